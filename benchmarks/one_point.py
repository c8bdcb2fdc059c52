"""How long does one point take to find its cell, in this process and in PostGIS?

    python -m benchmarks.one_point

PostGIS is asked at the address in WANMI_DATABASE_URL; without it that part is left out.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from benchmarks.city import PLANE, make_city, make_points
from benchmarks.rounds import machine
from wanmi.gis.index import CellIndex
from wanmi.gis.points import LonLat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

P50_GOAL_US, P99_GOAL_US, SQL_GOAL = 2.0, 15.0, 100.0


def timed(call: Callable[[object], object], arguments: Iterable[object]) -> list[int]:
    """Return how many nanoseconds each call takes; reading the clock included."""
    clock, took = time.perf_counter_ns, []
    for argument in arguments:
        start = clock()
        call(argument)
        took.append(clock() - start)
    return took


def main() -> None:
    """Time every way in turn, round by round."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--calls", type=int, default=5_000)
    reader.add_argument("--cells", type=int, default=12_000)
    reader.add_argument("--rounds", type=int, default=5)
    said = reader.parse_args()
    print(machine())
    city = make_city(said.cells)
    lon, lat = make_points(city, said.calls)
    places = [LonLat(*pair) for pair in zip(lon.tolist(), lat.tolist(), strict=True)]
    points = np.asarray(shapely.points(lon, lat)).tolist()
    with tempfile.TemporaryDirectory() as folder:
        built = CellIndex.build(city.cells, city.codes, edition="benchmark", plane=PLANE)
        built.save(Path(folder) / "index")
        index = CellIndex.open(Path(folder) / "index", plane=PLANE)
    tree = shapely.STRtree(city.cells)
    shapely.prepare(city.cells)
    ways: dict[str, tuple[Callable[..., object], list[object]]] = {
        "locate": (index.locate, list(places)),
        "match, 30 m": (lambda place: index.match(place, 30.0), list(places)),
        "STRtree intersects": (lambda p: tree.query(p, predicate="intersects"), points),
    }
    url = os.environ.get("WANMI_DATABASE_URL")
    if url:
        from benchmarks.one_point_sql import asker  # noqa: PLC0415  (only with a server)

        ways["PostGIS, SQLAlchemy"] = (asker(url, city), list(places))
    took: dict[str, list[int]] = {name: [] for name in ways}
    for _ in range(said.rounds):
        for name, (call, arguments) in ways.items():
            took[name] += timed(call, arguments)
    report(took)
    if not url:
        print("PostGIS: left out, because WANMI_DATABASE_URL is not set")


def report(took: dict[str, list[int]]) -> None:
    """Print the percentiles and what they mean beside the goals."""
    micros = {name: np.percentile(one, [50, 99]) / 1000 for name, one in took.items()}
    ours = micros["locate"]
    print(f"{'':20} {'p50 us':>9} {'p99 us':>9} {'times ours (p50)':>17}")
    for name, (p50, p99) in micros.items():
        print(f"{name:20} {p50:9.2f} {p99:9.2f} {p50 / ours[0]:17.1f}")
    for what, value, limit in zip(("p50", "p99"), ours, (P50_GOAL_US, P99_GOAL_US), strict=True):
        print(f"{what} {value:.2f} us (goal {limit:g}): {'met' if value <= limit else 'NOT MET'}")
    if "PostGIS, SQLAlchemy" in micros:
        ratio = micros["PostGIS, SQLAlchemy"][0] / ours[0]
        reached = "met" if ratio >= SQL_GOAL else "NOT MET"
        print(f"under SQLAlchemy and PostGIS: {ratio:.0f} times (goal {SQL_GOAL:g}): {reached}")


if __name__ == "__main__":
    main()
