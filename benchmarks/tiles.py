"""How long does a density tile of the demonstration city take over HTTP, beside tipg's?

    python -m benchmarks.tiles [--tipg-python PATH] [--rounds 7]

tipg is only measured against, and Wanmi does not need it: `python -m venv FOLDER` and
`FOLDER/bin/pip install tipg uvicorn` put it into an environment of its own, whose
`FOLDER/bin/python` is named here or in WANMI_BENCH_TIPG; without it only our side is printed.

Both serve the same tiles (cells with their attributes, 4096 units, a buffer of 64) out of one
database, from one process, uncompressed, to one client on one connection. tipg reads a table of
its own in which each cell's count stands already, the best case for it. Ours sends the cells, which
a client keeps for ever under an address with their version, and beside them the counts of the
whole city in one answer for all tiles.
Cold: the tile was not made before. Warm: kept by the process. 304: the client has it and asks
whether it is new. Hello: an endpoint of the same server that does nothing, the limit.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import math
import os
import statistics
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import text

from benchmarks.density import prepare
from benchmarks.rounds import in_turn, machine, verdict
from benchmarks.served import City, account_token, city, gunicorn, tipg
from wanmi.platform.kernel.database import make_engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.rounds import Times

GOAL_COLD, GOAL_WARM, GOAL_COLD_MS = 5.0, 50.0, 10.0
ZOOMS = (10, 11, 12, 13, 14, 15, 16)
CITY_ZOOMS = (10, 11, 12, 13)
"""Where the goals were set: tiles with many cells."""

CENTRE = (109.0258, 32.6905)
AROUND = 1
"""Tiles on each side of the middle one."""

CASES = 100_000
COLD, WARM, KNOWN, HELLO, COUNTS, TIPG = "cold", "warm", "304", "hello", "counts", "tipg"
TABLE = "density_cells"

OPPONENT = f"""
CREATE TABLE {TABLE} AS
SELECT c.code, c.grade, c.area_m2, c.jurisdiction_code, coalesce(n.cases, 0)::int AS cases, c.shape
FROM cells c LEFT JOIN (
    SELECT cell_code, sum(cases) AS cases FROM case_counts WHERE state_type = 'open' GROUP BY 1
) n ON n.cell_code = c.code WHERE c.valid_to IS NULL;
ALTER TABLE {TABLE} ADD PRIMARY KEY (code);
CREATE INDEX ON {TABLE} USING gist (shape);
"""
ANALYZE = f"ANALYZE {TABLE}"

Tile = tuple[int, int, int]


class Wire:
    """One connection that stays open; answers are read whole."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        """Take where to and what is sent with every request."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = headers

    def get(self, path: str, **more: str) -> tuple[int, bytes, str]:
        """Return status, content and ETag."""
        self._connection.request("GET", path, headers={**self._headers, **more})
        answer = self._connection.getresponse()
        return answer.status, answer.read(), answer.getheader("ETag") or ""


def tiles_around(zoom: int) -> list[Tile]:
    """Return the tiles around the centre of the city."""
    side = 1 << zoom
    lon, lat = CENTRE
    column = int((lon + 180) / 360 * side)
    row = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)
    steps = range(-AROUND, AROUND + 1)
    return [(zoom, column + east, row + south) for south in steps for east in steps]


def our_path(tile: Tile) -> str:
    """Return the address of a tile with us."""
    return "/api/v1/tiles/cells/{}/{}/{}.mvt".format(*tile)


def their_path(tile: Tile) -> str:
    """Return the address of a tile with tipg."""
    return f"/collections/public.{TABLE}/tiles/WebMercatorQuad/" + "{}/{}/{}".format(*tile)


def fill(made: City) -> str:
    """Put cases and tipg's table into the city; return a token of the commander's."""
    engine = make_engine(made.url)
    with engine.begin() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        prepare(connection, CASES)
        connection.execute(text(OPPONENT))
        connection.execute(text(ANALYZE))
        token = account_token(connection, "commander")
    engine.dispose()
    return token


def measure(
    sides: dict[str, Callable[[Tile], int]], full: dict[int, list[Tile]], rounds: int
) -> dict[int, dict[str, Times]]:
    """Let every side serve the same tiles of each zoom, in turn."""

    def all_of(ask: Callable[[Tile], int], tiles: list[Tile]) -> int:
        return sum(map(ask, tiles))

    return {
        zoom: in_turn({name: partial(all_of, ask, tiles) for name, ask in sides.items()}, rounds)
        for zoom, tiles in full.items()
    }


def sides_of(wires: dict[str, Wire]) -> dict[str, Callable[[Tile], int]]:
    """Return, by name, what asks for one tile and returns its bytes."""
    known: dict[Tile, str] = {}

    def ours(wire: Wire, tile: Tile) -> int:
        status, content, known[tile] = wire.get(our_path(tile))
        assert status == http.HTTPStatus.OK, (status, tile)
        return len(content)

    def again(tile: Tile) -> int:
        status, content, _ = wires[WARM].get(our_path(tile), **{"If-None-Match": known[tile]})
        assert status == http.HTTPStatus.NOT_MODIFIED, status
        return len(content)

    def theirs(tile: Tile) -> int:
        status, content, _ = wires[TIPG].get(their_path(tile))
        assert status == http.HTTPStatus.OK, status
        return len(content)

    def counts(tile: Tile) -> int:
        del tile
        status, content, _ = wires[WARM].get("/api/v1/grid/counts?status=open")
        assert status == http.HTTPStatus.OK, status
        return len(content)

    def hello(tile: Tile) -> int:
        del tile
        return len(wires[WARM].get("/hello")[1])

    found: dict[str, Callable[[Tile], int]] = {
        COLD: partial(ours, wires[COLD]),
        WARM: partial(ours, wires[WARM]),
        KNOWN: again,
        HELLO: hello,
        COUNTS: counts,
    }
    return found | ({TIPG: theirs} if TIPG in wires else {})


def report(found: dict[int, dict[str, Times]], full: dict[int, list[Tile]]) -> None:
    """Print a line for each zoom, then the goals."""
    names = list(next(iter(found.values())))
    print("ms a request, median of the rounds; counts: of the whole city")
    print(f"{'zoom':>4} {'tiles':>5} {'kB':>6}", end="")
    print(*(f"{name:>8}" for name in names))
    for zoom, times in found.items():
        many = len(full[zoom])
        middle = [1000 * statistics.median(times[name].wall) / many for name in names]
        print(f"{zoom:>4} {many:>5} {times[WARM].answer / many / 1000:>6.1f}", end="")
        print(*(f"{value:>8.2f}" for value in middle))
    slowest = max(
        1000 * statistics.median(times[COLD].wall) / len(full[zoom])
        for zoom, times in found.items()
    )
    said = "met" if slowest <= GOAL_COLD_MS else "NOT MET"
    print(f"cold, the slowest zoom: {slowest:.1f} ms (goal {GOAL_COLD_MS:g}): {said}")
    if TIPG not in names:
        print("tipg was not given (--tipg-python): no ratios")
        return
    for zoom, times in found.items():
        for name, goal in ((COLD, GOAL_COLD), (WARM, GOAL_WARM), (KNOWN, GOAL_WARM)):
            ratio, _ = times[TIPG].over(times[name])
            line = f"z{zoom} {name}: times tipg"
            shown = verdict(line, ratio, goal) if zoom in CITY_ZOOMS else f"{line}: {ratio:.1f}"
            print(shown)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tipg-python", default=os.environ.get("WANMI_BENCH_TIPG"))
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    print(machine())
    with contextlib.ExitStack() as open_:
        made = open_.enter_context(city())
        ours = {"Authorization": f"Bearer {fill(made)}"}
        wires = {}
        for name, target in ((COLD, "wanmi_cold"), (WARM, "wanmi")):
            port = open_.enter_context(gunicorn(f"benchmarks.naive:{target}()", made, workers=1))
            wires[name] = Wire(port, ours)
        if arguments.tipg_python:
            port = open_.enter_context(tipg(arguments.tipg_python, made, TABLE))
            wires[TIPG] = Wire(port, {})
        full = {
            zoom: [
                tile
                for tile in tiles_around(zoom)
                if wires[WARM].get(our_path(tile))[0] == http.HTTPStatus.OK
            ]
            for zoom in ZOOMS
        }
        found = measure(sides_of(wires), {z: t for z, t in full.items() if t}, arguments.rounds)
    report(found, full)


if __name__ == "__main__":
    main()
