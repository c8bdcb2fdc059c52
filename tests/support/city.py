"""A small city for tests: rows of layers, put straight into the tables, and a random one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon
from sqlalchemy import insert, text

from wanmi.gis import tables
from wanmi.gis.frames import Plane
from wanmi.gis.points import LonLat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import ClauseElement

PLANE = Plane(4545)
CENTRE = LonLat(109.03, 32.69)
LOADED = datetime(2026, 11, 23, 1, tzinfo=UTC)

_MULTI = {LineString: MultiLineString, Polygon: MultiPolygon}
_REQUIRED: dict[type[Any], dict[str, Any]] = {
    tables.Cell: {"valid_from": date(2026, 1, 1), "edition": 1},
    tables.Street: {"grade": "branch"},
    tables.Section: {"kind": "cleaning"},
    tables.Area: {"kind": "old_compound"},
    tables.Park: {"kind": "community"},
    tables.School: {"kind": "primary"},
    tables.Place: {"kind": "poi"},
    tables.Zone: {"kind": "sanitation"},
    tables.Jurisdiction: {"kind": "district"},
    tables.Component: {
        "competent_code": "AK-CGJ",
        "cell_code": "610902001001001",
        "state": "完好",
        "valid_from": date(2026, 1, 1),
    },
}
_NAMELESS = {tables.Cell}


def spot(east_m: float, north_m: float) -> LonLat:
    """The place so many metres east and north of the centre, in the city's plane."""
    middle = PLANE.point(CENTRE)
    lon, lat = PLANE.to_lonlat(middle.x_m + east_m, middle.y_m + north_m)
    return LonLat(float(lon), float(lat))


def line(*corners: tuple[float, float]) -> LineString:
    """A line through places given in metres from the centre."""
    return LineString([spot(*corner).lonlat for corner in corners])


def polygon(*corners: tuple[float, float]) -> Polygon:
    """An outline through places given in metres from the centre."""
    return Polygon([spot(*corner).lonlat for corner in corners])


def square(east_m: float, north_m: float, side_m: float) -> Polygon:
    """A square, by its south-west corner in metres from the centre."""
    east, north = east_m + side_m, north_m + side_m
    return polygon((east_m, north_m), (east, north_m), (east, north), (east_m, north))


def point(east_m: float, north_m: float) -> Point:
    """A point in metres from the centre."""
    return Point(*spot(east_m, north_m).lonlat)


def add(
    connection: Connection,
    model: type[Any],
    code: str,
    shape: BaseGeometry | None = None,
    **values: object,
) -> None:
    """Put one row into a layer; what it must have and is not given, it gets."""
    add_many(connection, model, [{"code": code, "shape": shape, **values}])


def add_many(connection: Connection, model: type[Any], rows: Iterable[Mapping[str, Any]]) -> None:
    """Put rows into a layer."""
    made = [_row(model, row) for row in rows]
    if made:
        connection.execute(insert(model.__table__), made)


def _row(model: type[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    named = {} if model in _NAMELESS else {"name": row["code"]}
    shape = row.get("shape")
    multi = _MULTI.get(type(shape))
    shape = multi([shape]) if multi else shape
    wkt = None if shape is None else f"SRID=4490;{shapely.to_wkt(shape, rounding_precision=-1)}"
    return {**_REQUIRED.get(model, {}), **named, **row, "shape": wkt}


def add_zone(connection: Connection, code: str, cells: Iterable[str], **values: object) -> None:
    """Put in a zone of whole cells."""
    add(connection, tables.Zone, code, **values)
    kind, shift = values.get("kind", "sanitation"), values.get("shift", "")
    members = [
        {"zone_code": code, "cell_code": cell, "kind": kind, "shift": shift} for cell in cells
    ]
    connection.execute(insert(tables.ZoneCell.__table__), members)


def add_load(connection: Connection, layer: str) -> None:
    """Write down that a layer was loaded."""
    counts = dict.fromkeys(("rows", "added", "changed", "unchanged", "withdrawn", "complaints"), 0)
    connection.execute(
        insert(tables.LayerLoad.__table__).values(
            layer=layer,
            file_name=f"{layer}.shp",
            sha256="0" * 64,
            frame="EPSG:4490",
            loaded_at=LOADED,
            **counts,
        ),
    )


def plan_of(connection: Connection, statement: ClauseElement | None) -> str:
    """How PostgreSQL would run `statement`, as text."""
    assert statement is not None
    compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
    rows = connection.execute(text("EXPLAIN (FORMAT JSON) " + str(compiled).replace(":", "\\:")))
    return json.dumps(rows.scalar_one())


@dataclass
class RandomCity:
    """Layers at random in a box of `size_m` metres around the centre; one seed, one city."""

    seed: int = 20261123
    size_m: float = 1200.0
    layers: dict[type[Any], list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Draw the layers; codes are not in the order of the rows."""
        random = np.random.default_rng(self.seed)
        self._draw(random, tables.Street, 60, self._winding(random, 700))
        self._draw(random, tables.Frontage, 200, self._winding(random, 40))
        self._draw(random, tables.Section, 60, self._winding(random, 250))
        self._draw(random, tables.School, 12, self._outline(random, 80))
        self._draw(random, tables.Area, 60, self._outline(random, 150))
        self._draw(random, tables.Park, 20, self._outline(random, 150))
        self._draw(random, tables.Place, 60, self._anywhere(random))
        self._draw(random, tables.Component, 300, self._anywhere(random))
        # Twins: the tie rule must decide between lines and outlines that are the same.
        for rows in self.layers.values():
            rows.append({**rows[0], "code": f"{rows[0]['code']}-TWIN"})

    def add_to(self, connection: Connection) -> None:
        """Put all layers into the database."""
        for model, rows in self.layers.items():
            add_many(connection, model, rows)

    def shapes(self) -> list[Any]:
        """All shapes of the city, in degrees."""
        return [row["shape"] for rows in self.layers.values() for row in rows]

    def _draw(
        self,
        random: np.random.Generator,
        model: type[Any],
        count: int,
        shapes: Iterator[BaseGeometry],
    ) -> None:
        codes = random.permutation(count)
        self.layers[model] = [
            {"code": f"{model.__tablename__[:2].upper()}-{code:04}", "shape": next(shapes)}
            for code in codes
        ]

    def _corner(self, random: np.random.Generator) -> NDArray[np.float64]:
        return random.uniform(-self.size_m / 2, self.size_m / 2, 2)

    def _winding(self, random: np.random.Generator, length_m: float) -> Iterator[BaseGeometry]:
        while True:
            steps = random.normal(0, 1, 2) + random.normal(0, 0.4, (random.integers(2, 12), 2))
            ways = np.cumsum(steps, axis=0)
            ways *= length_m / np.hypot(*ways[-1])
            yield line(*map(tuple, self._corner(random) + ways))

    def _outline(self, random: np.random.Generator, width_m: float) -> Iterator[BaseGeometry]:
        while True:
            angles = np.sort(random.uniform(0, 2 * np.pi, random.integers(5, 20)))
            radii = width_m * random.uniform(0.3, 1, (len(angles), 1))
            around = radii * np.column_stack([np.cos(angles), np.sin(angles)])
            found = polygon(*map(tuple, self._corner(random) + around))
            if found.is_valid:
                yield found

    def _anywhere(self, random: np.random.Generator) -> Iterator[BaseGeometry]:
        while True:
            yield point(*self._corner(random))
