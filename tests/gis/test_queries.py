from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import select, text

from support import city
from wanmi.gis import queries, tables
from wanmi.gis.points import Bounds, LonLat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.sql import Executable

HERE = city.spot(0, 0)
ENDED = {"valid_to": city.LOADED.date(), "ended_edition": 2}


def codes(connection: Connection, statement: Executable) -> list[str]:
    return [row.code for row in connection.execute(statement)]


@pytest.fixture(scope="module")
def large_city(engine: Engine) -> Iterator[Connection]:
    """Enough rows that walking through a table costs more than its index."""
    with engine.connect() as connection:
        transaction = connection.begin()
        _fill(connection)
        connection.execute(text("ANALYZE"))
        yield connection
        transaction.rollback()
    # ANALYZE's figures are rolled back too, but those of pg_class are written in place.
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def _fill(connection: Connection) -> None:
    corners = [(east * 100.0, north * 100.0) for east in range(-30, 30) for north in range(-30, 30)]
    squares = [city.square(*corner, 100) for corner in corners]
    lines = [city.line(corner, (corner[0] + 80, corner[1] + 10)) for corner in corners]
    points = [city.point(*corner) for corner in corners]
    for model, shapes in (
        (tables.Cell, squares),
        (tables.Area, squares),
        (tables.Park, squares),
        (tables.School, squares),
        (tables.Zone, squares),
        (tables.Street, lines),
        (tables.Frontage, lines),
        (tables.Section, lines),
        (tables.Component, points),
        (tables.Place, points),
    ):
        rows = [{"code": f"{model.__tablename__}-{i:05}", "shape": s} for i, s in enumerate(shapes)]
        city.add_many(connection, model, rows)


NEAR = {
    "ix_streets_shape": lambda: queries.nearest_street(HERE, 30, city.PLANE),
    "ix_frontages_shape": lambda: queries.frontages_near(HERE, 8, city.PLANE),
    "ix_sections_shape": lambda: queries.sections_near(HERE, 30, city.PLANE),
    "ix_schools_shape": lambda: queries.schools_near(HERE, 100, city.PLANE),
    "ix_places_shape": lambda: queries.nearest_place(HERE, 100, city.PLANE),
    "ix_components_shape": lambda: queries.components_near(HERE, 100, city.PLANE),
    "ix_areas_shape": lambda: queries.areas_at(HERE),
    "ix_parks_shape": lambda: queries.parks_at(HERE),
    "ix_cells_shape_current": lambda: queries.cell_at(HERE),
}


@pytest.mark.parametrize("index", NEAR)
def test_every_question_uses_the_index_of_its_layer(large_city: Connection, index: str) -> None:
    statement = NEAR[index]()
    plan = city.plan_of(large_city, statement)
    assert index in plan
    assert "Seq Scan" not in plan
    assert large_city.execute(statement).first() is not None


def test_cells_in_a_box_use_the_index(large_city: Connection) -> None:
    low, high = city.spot(-190, -190), city.spot(90, 90)
    statement = queries.cells_in(Bounds(*low.lonlat, *high.lonlat))
    assert "ix_cells_shape_current" in city.plan_of(large_city, statement)
    assert len(codes(large_city, statement)) == 9


def test_the_cell_of_a_place_is_the_lowest_current_one_that_covers_it(
    connection: Connection,
) -> None:
    square = city.square(-50, -50, 100)
    city.add(connection, tables.Cell, "610902001001001", square, **ENDED)
    city.add(connection, tables.Cell, "610902001001003", square)
    city.add(connection, tables.Cell, "610902001001002", square)
    city.add(connection, tables.Cell, "610902001001000", city.square(60, 60, 100))
    assert codes(connection, queries.cell_at(HERE)) == ["610902001001002"]
    assert codes(connection, queries.cell_at(city.spot(-500, 0))) == []
    corner = LonLat(*square.exterior.coords[0])
    assert codes(connection, queries.cell_at(corner)) == ["610902001001002"]


def test_cells_in_a_box_are_the_current_ones_that_touch_it(connection: Connection) -> None:
    city.add(connection, tables.Cell, "C3", city.square(-50, -50, 100), grade="2")
    city.add(connection, tables.Cell, "C2", city.square(50, -50, 100))
    city.add(connection, tables.Cell, "C1", city.square(500, 500, 100))
    city.add(connection, tables.Cell, "C0", city.square(-50, -50, 100), **ENDED)
    bounds = Bounds(*city.spot(0, 0).lonlat, *city.spot(60, 60).lonlat)
    found = connection.execute(queries.cells_in(bounds)).all()
    assert [(row.code, row.grade) for row in found] == [("C2", None), ("C3", "2")]


def test_a_box_is_exact_where_single_precision_is_not(connection: Connection) -> None:
    inside, outside = LonLat(109.0300001, 32.69), LonLat(109.0299999, 32.69)
    for code, place in (("IN", inside), ("OUT", outside)):
        shape = city.Point(*place.lonlat)
        city.add(connection, tables.Component, code, shape)
    components = tables.Component.__table__
    bounds = Bounds(109.03, 32.68, 109.04, 32.70)
    where = queries.within_box(components.c.shape, bounds)
    assert codes(connection, select(components.c.code).where(where)) == ["IN"]


def test_the_nearest_street_is_decided_in_the_plane(connection: Connection) -> None:
    # Nearer in degrees is the one in the north: a degree of longitude is shorter here.
    city.add(connection, tables.Street, "NORTH", city.line((-50, 22), (50, 22)))
    city.add(connection, tables.Street, "EAST", city.line((20, -50), (20, 50)), programme="双十")
    city.add(connection, tables.Street, "FAR", city.line((-900, -50), (900, -50)))
    row = connection.execute(queries.nearest_street(HERE, 30, city.PLANE)).one()
    assert (row.code, row.programme) == ("EAST", "双十")
    assert row.distance_m == pytest.approx(20, abs=1e-4)
    assert connection.execute(queries.nearest_street(HERE, 19, city.PLANE)).first() is None


def test_of_two_streets_equally_near_sql_takes_the_lowest_code(connection: Connection) -> None:
    same = city.line((-50, 10), (50, 10))
    for code in ("S9", "S10", "s1", "路1"):
        city.add(connection, tables.Street, code, same)
    assert codes(connection, queries.nearest_street(HERE, 30, city.PLANE)) == ["S10"]


def test_components_near_come_nearest_first_with_their_place(connection: Connection) -> None:
    for code, east_m in (("K1", 30), ("K2", -10), ("K3", 51)):
        city.add(connection, tables.Component, code, city.point(east_m, 0))
    rows = connection.execute(queries.components_near(HERE, 50, city.PLANE)).all()
    assert [row.code for row in rows] == ["K2", "K1"]
    assert LonLat(rows[0].lon, rows[0].lat) == city.spot(-10, 0)


@pytest.mark.parametrize("within_m", [0.0, 8.0, 100.0, 5_000.0, 50_000.0])
def test_the_box_around_a_place_holds_its_circle(within_m: float) -> None:
    box = queries.box_around(HERE, within_m, city.PLANE)
    middle, angles = city.PLANE.point(HERE), np.linspace(0, 2 * np.pi, 721)
    lons, lats = city.PLANE.to_lonlat(
        middle.x_m + within_m * np.cos(angles), middle.y_m + within_m * np.sin(angles)
    )
    assert all(
        box.contains(LonLat(lon, lat))
        for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)
    )
    assert (box.max_lat - box.min_lat) * 111_000 < 2.2 * within_m + 10
