from __future__ import annotations

import dataclasses
import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from support import city
from wanmi.gis import layer_reading, queries, squares, tables
from wanmi.gis.components import component, components
from wanmi.gis.errors import PlaceInvalid
from wanmi.gis.points import LonLat
from wanmi.gis.snapshot import CitySnapshot, layers_stamp
from wanmi.gis.surroundings import AreaHere, ParkHere, Reach, Surroundings, ZoneHere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

CELL, OTHER_CELL = "610902001001001", "610902001001002"
SAME_M = 1e-6  # PROJ of the database and PROJ of Python may differ by this
HERE = city.spot(0, 0)


def around(
    connection: Connection,
    place: LonLat = HERE,
    cell: str | None = None,
    reach: Reach | None = None,
) -> Surroundings:
    snapshot = CitySnapshot.load(connection, city.PLANE)
    found = snapshot.around(place, cell, reach=reach or Reach())
    assert snapshot.around_many([place.lon], [place.lat], [cell], reach or Reach()) == [found]
    return found


def test_nothing_lies_around_a_place_in_an_empty_city(connection: Connection) -> None:
    assert around(connection) == Surroundings()
    assert around(connection, cell=CELL) == Surroundings()


def test_the_street_is_the_nearest_line_with_programmes_and_unit(connection: Connection) -> None:
    city.add(
        connection,
        tables.Street,
        "S-FAR",
        city.line((-500, 20), (500, 20)),
    )
    city.add(
        connection,
        tables.Street,
        "S-NEAR",
        city.line((-500, -12), (500, -12)),
        name="育才路",
        programme="双十示范街; 城管示范路 ;",
        unit_code="AK-CGJ",
    )

    street = around(connection).street

    assert street is not None
    assert (street.code, street.name, street.unit_code) == ("S-NEAR", "育才路", "AK-CGJ")
    assert street.programmes == ("双十示范街", "城管示范路")
    assert street.distance_m == pytest.approx(12, abs=1e-3)


@pytest.mark.parametrize(("away_m", "found"), [(29.99, True), (30.01, False)])
def test_beyond_thirty_metres_there_is_no_street(
    connection: Connection, away_m: float, *, found: bool
) -> None:
    city.add(connection, tables.Street, "S1", city.line((-50, away_m), (50, away_m)))
    assert (around(connection).street is not None) == found


def test_of_two_streets_equally_near_the_lowest_code_is_taken(connection: Connection) -> None:
    same = city.line((-50, 10), (50, 10))
    for code in ("S9", "S10", "s1", "路1"):
        city.add(connection, tables.Street, code, same)
    street = around(connection).street
    assert street is not None
    assert street.code == "S10"


def test_zones_and_grade_and_jurisdiction_come_with_the_cell(connection: Connection) -> None:
    for code, valid_to in ((CELL, None), (OTHER_CELL, None)):
        city.add(
            connection,
            tables.Cell,
            code,
            city.square(-50, -50, 100),
            valid_to=valid_to,
            grade="1" if code == CELL else "3",
            jurisdiction_code="610902",
        )
    for kind in ("traffic", "inspection", "sanitation"):
        city.add_zone(connection, f"Z-{kind}", [CELL], kind=kind, name=kind, unit_code="T610902001")
        city.add_zone(connection, f"A-{kind}", [OTHER_CELL], kind=kind)

    here = around(connection, cell=CELL)

    assert here.zones == tuple(
        ZoneHere(f"Z-{kind}", kind, kind, "T610902001")
        for kind in ("inspection", "sanitation", "traffic")
    )
    assert (here.grade, here.jurisdiction_code) == ("1", "610902")
    assert around(connection, cell=OTHER_CELL).grade == "3"


def test_an_ended_cell_says_nothing_about_the_current_one(connection: Connection) -> None:
    shape = city.square(-50, -50, 100)
    ended = tables.Cell.valid_from.type.python_type(2026, 6, 1)
    city.add(connection, tables.Cell, CELL, shape, valid_to=ended, ended_edition=2, grade="3")
    city.add(connection, tables.Cell, CELL, shape, valid_from=ended, edition=2, grade="1")
    assert around(connection, cell=CELL).grade == "1"


def test_without_a_cell_the_innermost_jurisdiction_counts(connection: Connection) -> None:
    add = city.add
    add(connection, tables.Jurisdiction, "610900", city.square(-900, -900, 1800))
    # The district has no outline of its own; the zone inside it is still two steps down.
    add(connection, tables.Jurisdiction, "610902", parent_code="610900")
    add(
        connection,
        tables.Jurisdiction,
        "610902-GX",
        city.square(-100, -100, 300),
        parent_code="610902",
    )
    add(
        connection,
        tables.Jurisdiction,
        "610904",
        city.square(-300, -300, 600),
        parent_code="610900",
    )
    add(
        connection,
        tables.Jurisdiction,
        "100000",
        city.square(-300, -300, 600),
        parent_code="100000",
    )

    assert around(connection).jurisdiction_code == "610902-GX"
    assert around(connection, city.spot(250, 250)).jurisdiction_code == "610904"
    assert around(connection, city.spot(800, 800)).jurisdiction_code == "610900"
    assert around(connection, city.spot(5000, 0)).jurisdiction_code is None


def test_schools_are_measured_from_their_outline(connection: Connection) -> None:
    add = city.add
    add(connection, tables.School, "SC-B", city.square(-40, -40, 80), name="汉滨小学")
    add(connection, tables.School, "SC-A", city.square(90, -40, 80))
    add(connection, tables.School, "SC-C", city.square(-40, 101, 80))
    schools = around(connection).schools
    assert [(school.code, round(school.distance_m, 3)) for school in schools] == [
        ("SC-B", 0.0),
        ("SC-A", 90.0),
    ]
    assert schools[0].name == "汉滨小学"


def test_frontages_within_eight_metres_come_nearest_first(connection: Connection) -> None:
    for code, north_m in (("F3", 7.9), ("F1", -5), ("F2", 5), ("F4", 8.1)):
        city.add(
            connection,
            tables.Frontage,
            code,
            city.line((-5, north_m), (5, north_m)),
            duties="hygiene;order",
            holder="某商户",
        )
    frontages = around(connection).frontages
    assert sorted(front.code for front in frontages[:2]) == ["F1", "F2"]
    assert [front.code for front in frontages[2:]] == ["F3"]
    assert frontages[2].duties == ("hygiene", "order")
    assert frontages[2].holder == "某商户"


def test_sections_near_the_place(connection: Connection) -> None:
    city.add(
        connection,
        tables.Section,
        "B1",
        city.line((-50, 4), (50, 4)),
        kind="back_street",
        grade="2",
    )
    (section,) = around(connection).sections
    assert (section.code, section.kind, section.grade) == ("B1", "back_street", "2")


def test_an_area_holds_what_is_on_its_edge(connection: Connection) -> None:
    # The place is a corner of the one and lies in the middle of the other's edge.
    west, south = HERE.lon - 0.001, HERE.lat - 0.0005
    corner = shapely.box(west, south, HERE.lon, HERE.lat)
    edge = shapely.box(HERE.lon, south, HERE.lon + 0.001, HERE.lat + 0.0005)
    add = city.add
    add(connection, tables.Area, "A2", corner, kind="urban_village", name="城中村")
    add(connection, tables.Area, "A1", edge, kind="stall_area", hours="06:00-08:30")
    add(connection, tables.Area, "A0", city.square(1, 1, 50), kind="stall_area")
    assert around(connection).areas == (
        AreaHere("A1", "stall_area", "A1", "06:00-08:30", None),
        AreaHere("A2", "urban_village", "城中村", None, None),
    )


def test_of_parks_that_overlap_the_lowest_code_is_taken(connection: Connection) -> None:
    for code in ("P2", "P1"):
        city.add(connection, tables.Park, code, city.square(-20, -20, 40), unit_code="AK-LYJ")
    assert around(connection).park == ParkHere("P1", "P1", "AK-LYJ")


@pytest.mark.parametrize(
    ("east_m", "north_m", "bearing_deg"),
    [(0, -100, 0), (-100, 0, 90), (-30, 30, 135), (0, 100, 180), (1e-9, -100, 0)],
)
def test_the_nearest_place_says_in_which_direction_one_is(
    connection: Connection, east_m: float, north_m: float, bearing_deg: float
) -> None:
    city.add(connection, tables.Place, "N1", city.point(east_m, north_m), name="育才路 12 号")
    city.add(connection, tables.Place, "N0", city.point(-200, -200))
    nearest = around(connection).nearest_place
    assert nearest is not None
    assert nearest.code == "N1"
    assert nearest.distance_m == pytest.approx(math.hypot(east_m, north_m), abs=1e-3)
    off = (nearest.bearing_deg - bearing_deg + 180) % 360 - 180
    assert abs(off) < 1e-3
    assert 0 <= nearest.bearing_deg < 360


def test_a_component_is_found_by_its_code(connection: Connection) -> None:
    code = "61090201010000001"
    city.add(
        connection,
        tables.Component,
        code,
        city.point(3, 4),
        owner_code="CO-GS",
        maintainer_code="CO-SZ",
    )
    city.add(connection, tables.Component, "61090201010000002", city.point(3, 4))
    found = component(connection, code)
    assert found is not None
    assert (found.competent_code, found.owner_code, found.maintainer_code) == (
        "AK-CGJ",
        "CO-GS",
        "CO-SZ",
    )
    assert found.place == city.spot(3, 4)
    assert found.cell_code == CELL
    assert component(connection, "61090201010000003") is None
    assert components(connection, [code, "nothing", code]) == {code: found}
    assert components(connection, []) == {}


def test_the_stamp_changes_with_every_load_and_edition(connection: Connection) -> None:
    stamps = [layers_stamp(connection)]
    city.add_load(connection, "streets")
    stamps.append(layers_stamp(connection))
    city.add_load(connection, "streets")
    stamps.append(layers_stamp(connection))
    loads = tables.LayerLoad.__table__
    connection.execute(delete(loads).where(loads.c.id == stamps[1].last_load))
    stamps.append(layers_stamp(connection))
    edition = tables.GridEdition.__table__.insert()
    connection.execute(edition.values(edition=7, made_at=city.LOADED, cells=0))
    stamps.append(layers_stamp(connection))
    assert len(set(stamps)) == len(stamps)
    assert CitySnapshot.load(connection, city.PLANE).edition == stamps[-1]


def test_a_load_in_the_middle_of_reading_makes_it_read_again(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_rows, loads = layer_reading._read_rows, iter(["schools"])

    def loading_meanwhile(*arguments: object) -> layer_reading.Rows:
        rows = read_rows(*arguments)  # type: ignore[arg-type]
        if arguments[1] is tables.School and (layer := next(loads, None)):
            city.add_load(connection, layer)
            city.add(connection, tables.School, "SC1", city.square(0, 0, 50))
        return rows

    monkeypatch.setattr(layer_reading, "_read_rows", loading_meanwhile)
    assert [school.code for school in around(connection).schools] == ["SC1"]

    loads = iter(["schools"] * 20)
    monkeypatch.setattr(city, "add", lambda *_: None)
    with pytest.raises(TimeoutError, match="try again"):
        CitySnapshot.load(connection, city.PLANE)


def test_a_place_that_the_plane_cannot_hold_is_refused(connection: Connection) -> None:
    snapshot = CitySnapshot.load(connection, city.PLANE)
    with pytest.raises(PlaceInvalid):
        snapshot.around(LonLat(18, 0), None)
    with pytest.raises(PlaceInvalid, match="Place 1"):
        snapshot.around_many([109, math.nan], [32, 32], [None, None])
    with pytest.raises(ValueError, match="1 cells"):
        snapshot.around_many([109, 109], [32, 32], [None])
    assert snapshot.around_many([], [], []) == []


# The same as SQL says, over a random city.

DRAWN = city.RandomCity()
VERTICES = shapely.get_coordinates(DRAWN.shapes())


@pytest.fixture(scope="module")
def random_city(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        transaction = connection.begin()
        DRAWN.add_to(connection)
        yield connection
        transaction.rollback()


@pytest.fixture(scope="module")
def snapshot(random_city: Connection) -> CitySnapshot:
    return CitySnapshot.load(random_city, city.PLANE)


metres = st.floats(-800, 800)
anywhere = st.builds(city.spot, metres, metres)
on_vertices = st.integers(0, len(VERTICES) - 1).map(lambda i: LonLat(*VERTICES[i]))


def _between(i: int, share: float) -> LonLat:
    a, b = VERTICES[i], VERTICES[i + 1]
    return LonLat(*(a + share * (b - a)))


on_lines = st.builds(_between, st.integers(0, len(VERTICES) - 2), st.floats(0, 1))
places = st.one_of(anywhere, on_vertices, on_lines)
reaches = st.builds(
    Reach,
    street_m=st.sampled_from([30.0, 0.0, 120.0]),
    frontage_m=st.sampled_from([8.0, 60.0]),
    school_m=st.sampled_from([100.0, 300.0]),
    place_m=st.sampled_from([500.0, 50.0]),
    section_m=st.sampled_from([30.0, 5.0]),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(place=places, reach=reaches)
def test_memory_and_sql_agree(
    random_city: Connection, snapshot: CitySnapshot, place: LonLat, reach: Reach
) -> None:
    here = snapshot.around(place, None, reach=reach)
    for model, found, limit_m in (
        (tables.Frontage, here.frontages, reach.frontage_m),
        (tables.Section, here.sections, reach.section_m),
        (tables.School, here.schools, reach.school_m),
    ):
        same_rows(random_city, model, place, limit_m, {row.code: row.distance_m for row in found})
    same_nearest(random_city, tables.Street, place, reach.street_m, here.street)
    same_nearest(random_city, tables.Place, place, reach.place_m, here.nearest_place)
    areas = random_city.execute(queries.areas_at(place)).all()
    assert sorted(here.areas, key=lambda area: area.code) == [AreaHere(*row) for row in areas]
    parks = random_city.execute(queries.parks_at(place)).all()
    assert here.park == (ParkHere(*parks[0]) if parks else None)


def sql_distances(
    connection: Connection, model: type[tables.Base], place: LonLat, limit_m: float
) -> dict[str, float]:
    select = queries.near(model, ("code",), place, limit_m, city.PLANE)
    return {row.code: row.distance_m for row in connection.execute(select)}


def same_rows(
    connection: Connection,
    model: type[tables.Base],
    place: LonLat,
    limit_m: float,
    found: dict[str, float],
) -> None:
    within = sql_distances(connection, model, place, limit_m + SAME_M)
    assert found.keys() <= within.keys()
    for code, distance_m in within.items():
        if code in found:
            assert found[code] == pytest.approx(distance_m, abs=SAME_M)
        else:
            assert distance_m > limit_m - SAME_M


def same_nearest(
    connection: Connection,
    model: type[tables.Base],
    place: LonLat,
    limit_m: float,
    found: object,
) -> None:
    within = sql_distances(connection, model, place, limit_m + SAME_M)
    least = min(within.values(), default=math.inf)
    if found is None:
        assert least > limit_m - SAME_M
        return
    assert found.distance_m == pytest.approx(least, abs=SAME_M)  # type: ignore[attr-defined]
    equals = [code for code, distance in within.items() if distance <= least + SAME_M]
    assert found.code in equals  # type: ignore[attr-defined]
    if len({within[code] for code in equals}) == 1:
        assert found.code == min(equals)  # type: ignore[attr-defined]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(place=places, reach=reaches)
def test_squares_hide_nothing(snapshot: CitySnapshot, place: LonLat, reach: Reach) -> None:
    """Against every shape of the layers, bit by bit."""
    here = snapshot.around(place, None, reach=reach)
    at = city.PLANE.point(place)
    spot = shapely.Point(at.x_m, at.y_m)

    def every(model: type[object], limit_m: float) -> list[tuple[float, str]]:
        rows = DRAWN.layers[model]
        shapes = city.PLANE.shape(np.array([row["shape"] for row in rows], dtype=object))
        distances = shapely.distance(shapes, spot).tolist()
        found = zip(distances, (row["code"] for row in rows), strict=True)
        return sorted((d, code) for d, code in found if d <= limit_m)

    street, place_near = here.street, here.nearest_place
    streets, named = every(tables.Street, reach.street_m), every(tables.Place, reach.place_m)
    assert (street and (street.distance_m, street.code)) == (streets[0] if streets else None)
    assert (place_near and (place_near.distance_m, place_near.code)) == (
        named[0] if named else None
    )
    assert [(s.distance_m, s.code) for s in here.schools] == every(tables.School, reach.school_m)
    fronts = every(tables.Frontage, reach.frontage_m)
    assert [(f.distance_m, f.code) for f in here.frontages] == fronts
    assert [(s.distance_m, s.code) for s in here.sections] == every(tables.Section, reach.section_m)


def test_many_places_at_once_get_the_same_answers_in_order(snapshot: CitySnapshot) -> None:
    spots = [LonLat(*vertex) for vertex in VERTICES[::3]]
    many = snapshot.around_many(
        [spot.lon for spot in spots], [spot.lat for spot in spots], [None] * len(spots)
    )
    fresh = dataclasses.replace(snapshot, _squares={})
    assert many == [fresh.around(spot, None) for spot in spots]


def test_threads_may_share_a_snapshot_and_squares_may_be_forgotten(
    snapshot: CitySnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(squares, "MAX_REMEMBERED", 3)
    spots = [LonLat(*vertex) for vertex in VERTICES[::7]]
    expected = [snapshot.around(spot, None) for spot in spots]
    fresh = dataclasses.replace(snapshot, _squares={})
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            answers = list(pool.map(lambda spot: fresh.around(spot, None), spots))
            assert answers == expected
