"""How fast do many points find their cells, beside geopandas, shapely and PostGIS?

    python -m benchmarks.geocode --points 1000000 --cells 12000

Ours starts from two arrays of degrees, the others from points that are already made. PostGIS is
asked at the address in WANMI_DATABASE_URL, in temporary tables; without it that part is left out.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from benchmarks.city import PLANE, City, make_city, make_points
from benchmarks.rounds import Times, in_turn, machine, verdict
from wanmi.gis.index import CellIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

OURS, WITHIN, INTERSECTS, TREE = "wanmi", "sjoin within", "sjoin intersects", "STRtree intersects"
MANY_POINTS, MANY_CELLS = 10_000_000, 100_000
BUILD_GOAL_S = {False: 1.0, True: 10.0}  # by whether there are many cells
MEMORY_GOAL = 4.0  # times less than sjoin


def goal(points: int, cells: int) -> float:
    """Return by how much sjoin must be beaten (performance.md, the goals at a glance)."""
    if cells >= MANY_CELLS:
        return 15.0
    return 45.0 if points >= MANY_POINTS else 25.0


def build(city: City, folder: Path) -> CellIndex:
    """Build the index with kernels ready, print its time against the goal, open it from disk."""
    CellIndex.build(city.cells[:2], city.codes[:2], edition="warm-up", plane=PLANE)
    wall, cpu = time.perf_counter(), time.process_time()
    index = CellIndex.build(city.cells, city.codes, edition="benchmark", plane=PLANE)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    limit = BUILD_GOAL_S[len(city.cells) >= MANY_CELLS]
    index.save(folder)
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    print(
        f"index of {len(city.cells):,} cells built in {wall:.2f} s (CPU {cpu:.2f} s, "
        f"goal {limit:g} s: {'met' if wall <= limit else 'NOT MET'}), {size:.0f} MB on disk",
    )
    return CellIndex.open(folder, plane=PLANE)


def engines(
    city: City, index: CellIndex, lon: Floats, lat: Floats
) -> dict[str, Callable[[], object]]:
    """Return the ways to compare, each a call without arguments."""
    import geopandas  # noqa: PLC0415  (the child that measures our memory must not load it)

    made = shapely.points(lon, lat)
    points = geopandas.GeoDataFrame(geometry=made, crs=4490)
    cells = geopandas.GeoDataFrame(geometry=city.cells, crs=4490)
    tree = shapely.STRtree(city.cells)
    shapely.prepare(city.cells)
    return {
        OURS: lambda: index.locate_many(lon, lat),
        WITHIN: lambda: geopandas.sjoin(points, cells, predicate="within"),
        INTERSECTS: lambda: geopandas.sjoin(points, cells, predicate="intersects"),
        TREE: lambda: tree.query(made, predicate="intersects"),
    }


def check(times: dict[str, Times], count: int) -> None:
    """Stop when we and GEOS do not agree on every point."""
    point, cell = times[TREE].answer
    lowest = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(lowest, point, cell)
    lowest[lowest == np.iinfo(np.int64).max] = -1
    wrong = int((lowest != times[OURS].answer).sum())
    assert wrong == 0, f"{wrong} points are in other cells than GEOS says"
    print(f"all {count:,} points are in the cells that GEOS says ({(lowest < 0).sum():,} outside)")


def compare(city: City, index: CellIndex, points: int, rounds: int, *, short: bool) -> None:
    """Time all ways in turn and print the ratios; when `short`, only ours and sjoin within."""
    lon, lat = make_points(city, points)
    ways = engines(city, index, lon, lat)
    if short:
        ways = {name: ways[name] for name in (OURS, WITHIN)}
    times = in_turn(ways, rounds)
    if not short:
        check(times, points)
    print(f"{'':20} {'seconds':>8} {'CPU s':>8} {'M/s':>7} {'times ours':>11} {'by CPU':>7}")
    for name, one in times.items():
        wall, cpu = float(np.median(one.wall)), float(np.median(one.cpu))
        by_wall, by_cpu = one.over(times[OURS])
        numbers = f"{wall:8.3f} {cpu:8.3f} {points / wall / 1e6:7.2f} {by_wall:11.1f} {by_cpu:7.1f}"
        print(f"{name:20} {numbers}")
    by_wall, by_cpu = times[WITHIN].over(times[OURS])
    wanted = goal(points, len(city.cells))
    print(verdict("over sjoin within", by_wall, wanted), f"(by CPU {by_cpu:.1f})")


def memory(city: City, folder: Path, points: int) -> None:
    """Let ours and sjoin do the same points in a process of their own, and print their peaks."""
    np.save(folder / "points.npy", np.vstack(make_points(city, points)))
    np.save(folder / "cells.npy", shapely.to_wkb(city.cells), allow_pickle=True)
    peaks = {}
    for name in ("ours", "sjoin"):
        command = [sys.executable, "-m", "benchmarks.geocode", "--child", name, str(folder)]
        peaks[name] = float(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout
        )
        print(f"peak memory of {name}: {peaks[name]:,.0f} MB")
    print(verdict("memory below sjoin", peaks["sjoin"] / peaks["ours"], MEMORY_GOAL))


def child(name: str, folder: Path) -> None:
    """Do the points once, from the arrays on, and print this process's peak in MB."""
    lon, lat = np.load(folder / "points.npy")
    if name == "ours":
        CellIndex.open(folder / "index", plane=PLANE).locate_many(lon, lat)
    else:
        import geopandas  # noqa: PLC0415  (as above)

        cells = shapely.from_wkb(np.load(folder / "cells.npy", allow_pickle=True))
        points = geopandas.GeoDataFrame(geometry=shapely.points(lon, lat), crs=4490)
        geopandas.sjoin(
            points, geopandas.GeoDataFrame(geometry=cells, crs=4490), predicate="within"
        )
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Read the sizes and run the parts."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    reader.add_argument("--points", type=int, default=1_000_000)
    reader.add_argument("--cells", type=int, default=12_000)
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--short", action="store_true", help="only beside sjoin within")
    reader.add_argument("--sql-points", type=int, default=100_000, help="points that PostGIS gets")
    reader.add_argument("--memory", action="store_true", help="measure peak memory instead")
    reader.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    said = reader.parse_args()
    if said.child:
        child(said.child[0], Path(said.child[1]))
        return
    print(machine())
    city = make_city(said.cells)
    with tempfile.TemporaryDirectory() as folder:
        index = build(city, Path(folder) / "index")
        if said.memory:
            memory(city, Path(folder), said.points)
            return
        compare(city, index, said.points, said.rounds, short=said.short)
        url = os.environ.get("WANMI_DATABASE_URL")
        if url:
            from benchmarks.geocode_sql import compare_sql  # noqa: PLC0415  (only with a server)

            compare_sql(url, city, index, said.sql_points)
        else:
            print("PostGIS: left out, because WANMI_DATABASE_URL is not set")


if __name__ == "__main__":
    main()
