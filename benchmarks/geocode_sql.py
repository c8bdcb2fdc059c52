"""The part of `benchmarks.geocode` that asks PostGIS, in both join orders."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

import numpy as np
import psycopg2
import shapely

from benchmarks.city import make_points

if TYPE_CHECKING:
    from benchmarks.city import City
    from wanmi.gis.index import CellIndex

TABLES = """
create temp table bench_cells (code text collate "C" not null, geom geometry(Polygon, 4490));
create temp table bench_points (id integer not null, geom geometry(Point, 4490));
"""
POINTS_OUTER = """
select p.id, (
    select c.code from bench_cells c where ST_Covers(c.geom, p.geom) order by c.code limit 1
)
from bench_points p
"""
# OFFSET 0 keeps the planner from turning the join round.
CELLS_OUTER = """
select p.id, min(c.code) from bench_cells c
cross join lateral (
    select q.id from bench_points q where ST_Covers(c.geom, q.geom) offset 0
) p
group by p.id
"""


def connect(url: str) -> psycopg2.extensions.connection:
    """Connect to an address of libpq's or of SQLAlchemy's form."""
    scheme, _, rest = url.partition("://")
    return psycopg2.connect(f"{scheme.partition('+')[0]}://{rest}")


def fill(
    cursor: psycopg2.extensions.cursor, table: str, keys: list[str], shapes: np.ndarray
) -> None:
    """Copy keys and shapes into a table, build its index, and let the planner know it."""
    hexes = shapely.to_wkb(shapely.set_srid(shapes, 4490), hex=True, include_srid=True)
    rows = "".join(f"{key}\t{text}\n" for key, text in zip(keys, hexes, strict=True))
    cursor.copy_expert(f"copy {table} from stdin", io.StringIO(rows))
    cursor.execute(f"create index on {table} using gist (geom)")
    cursor.execute(f"analyze {table}")


def compare_sql(url: str, city: City, index: CellIndex, count: int) -> None:
    """Let PostGIS find the cells of `count` points, check its answers and print the ratios."""
    lon, lat = make_points(city, count)
    start = time.perf_counter()
    ours = index.locate_many(lon, lat)
    ours_s = time.perf_counter() - start
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        fill(cursor, "bench_cells", city.codes.tolist(), city.cells)
        start = time.perf_counter()
        points = np.asarray(shapely.points(lon, lat))
        fill(cursor, "bench_points", [str(i) for i in range(count)], points)
        print(
            f"PostGIS, {count:,} points: copied and indexed in {time.perf_counter() - start:.2f} s"
        )
        cursor.execute("set jit = off")
        for name, query in (("points outer", POINTS_OUTER), ("cells outer", CELLS_OUTER)):
            start = time.perf_counter()
            cursor.execute(query)
            rows = cursor.fetchall()
            seconds = time.perf_counter() - start
            found = np.full(count, "", dtype=city.codes.dtype)
            for point, code in rows:
                found[point] = code or ""
            expected = np.where(ours < 0, "", city.codes[ours])
            assert (found == expected).all(), f"{(found != expected).sum()} points differ from SQL"
            print(
                f"PostGIS, {name}: {seconds:.2f} s, {count / seconds / 1e6:.3f} M/s, "
                f"{seconds / ours_s:.0f} times ours; the same cell for every point",
            )
        connection.rollback()
