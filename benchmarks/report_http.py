"""How many reports a second, committed, beside a naive endpoint that writes the same rows?

    python -m benchmarks.report_http [--seconds 5] [--rounds 3] [--connections 16]

Also batches of 1,000 against the naive endpoint's single reports, and the limit: an endpoint that
does nothing. All on one cluster with fsync on, served by gunicorn (2 workers, 16 threads), in turn.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.load import Result, request, run
from benchmarks.rounds import machine, verdict
from benchmarks.served import City, city, gunicorn, report_body

if TYPE_CHECKING:
    from collections.abc import Iterator

GOAL_SINGLE, GOAL_BATCH = 3.0, 20.0
BATCH, BATCH_CONNECTIONS = 1000, 4
SPAN = 2**24
_run = itertools.count(1)


def places(seed: int, count: int) -> np.ndarray:
    """Return places about the centre of the demonstration city."""
    rng = np.random.default_rng(seed)
    return rng.normal((109.0258, 32.6905), (0.012, 0.006), (count, 2)).round(7)


def singles(path: str, token: str, base: int, connection: int) -> Iterator[bytes]:
    """Give single reports for ever; no id twice."""
    spots = places(connection, 2000)
    for number in itertools.count():
        lon, lat = spots[number % len(spots)]
        identity = base * SPAN + connection * 2**18 + number
        yield request(path, report_body(identity, float(lon), float(lat)), token)


def batches(token: str, base: int, connection: int) -> Iterator[bytes]:
    """Give batches for ever."""
    spots = places(connection, BATCH)
    for number in itertools.count():
        first = base * SPAN + connection * 2**20 + number * BATCH
        bodies = [
            report_body(first + place, float(lon), float(lat))
            for place, (lon, lat) in enumerate(spots)
        ]
        yield request("/api/v1/reports/batch", b"[" + b",".join(bodies) + b"]", token)


def empty(connection: int) -> Iterator[bytes]:
    """Give requests that ask for nothing."""
    del connection
    return itertools.repeat(request("/hello", b"{}"))


def measure(made: City, arguments: argparse.Namespace) -> dict[str, list[Result]]:
    """Run every side in turn, `rounds` times."""
    found: dict[str, list[Result]] = {"empty": [], "naive": [], "wanmi": [], "wanmi batch": []}
    seconds, connections = arguments.seconds, arguments.connections
    with (
        gunicorn("benchmarks.naive:hello()", made) as hello,
        gunicorn("benchmarks.naive:naive()", made) as naive,
        gunicorn("benchmarks.naive:wanmi()", made) as ours,
    ):
        for turn in range(arguments.rounds + 1):
            base = next(_run)
            sides = {
                "empty": (hello, empty, connections),
                "naive": (naive, lambda n, b=base: singles("/reports", "", 4 * b, n), connections),
                "wanmi": (
                    ours,
                    lambda n, b=base: singles("/api/v1/reports", made.token, 4 * b + 1, n),
                    connections,
                ),
                "wanmi batch": (
                    ours,
                    lambda n, b=base: batches(made.token, 4 * b + 2, n),
                    BATCH_CONNECTIONS,
                ),
            }
            for name, (port, make, many) in sides.items():
                result = run(port, make, connections=many, seconds=1.5 if turn == 0 else seconds)
                if turn:
                    found[name].append(result)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    arguments = parser.parse_args()
    print(machine())
    with city() as made:
        found = measure(made, arguments)
    for name, results in found.items():
        middle = sorted(results, key=lambda result: result.rate)[len(results) // 2]
        each = BATCH if name == "wanmi batch" else 1
        print(
            f"{name:<12} {middle.rate * each:>9,.0f} /s   p50 {middle.p50_ms:6.1f} ms   "
            f"p99 {middle.p99_ms:6.1f} ms   {middle.statuses}",
        )
    pairs = {
        "one report": ("wanmi", 1, GOAL_SINGLE),
        "batch of 1,000": ("wanmi batch", BATCH, GOAL_BATCH),
    }
    for name, (side, each, goal) in pairs.items():
        ratios = [
            each * ours.rate / theirs.rate
            for ours, theirs in zip(found[side], found["naive"], strict=True)
        ]
        print(verdict(f"{name}: times the naive endpoint", statistics.median(ratios), goal))
    share = statistics.median(
        ours.rate / limit.rate for ours, limit in zip(found["wanmi"], found["empty"], strict=True)
    )
    print(f"one report: {share:.0%} of an empty endpoint")


if __name__ == "__main__":
    main()
