"""The part of `benchmarks.one_point` that asks PostGIS through SQLAlchemy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from benchmarks.geocode_sql import TABLES, fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.city import City
    from wanmi.gis.points import LonLat

ONE = sa.text(
    "select code from bench_cells "
    "where ST_Covers(geom, ST_SetSRID(ST_Point(:lon, :lat), 4490)) order by code limit 1",
)


def asker(url: str, city: City) -> Callable[[LonLat], str | None]:
    """Load the cells into a temporary table; return a function that asks for one place."""
    rest = url.partition("://")[2]
    connection = sa.create_engine(f"postgresql+psycopg2://{rest}").connect()
    raw = connection.connection.cursor()
    raw.execute(TABLES)
    fill(raw, "bench_cells", city.codes.tolist(), city.cells)

    def ask(place: LonLat) -> str | None:
        code: str | None = connection.scalar(ONE, {"lon": place.lon, "lat": place.lat})
        return code

    return ask
