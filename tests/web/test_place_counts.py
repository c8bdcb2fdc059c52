"""The counts behind small pictures: months of a cell, dimensions of model streets, sizes, rings."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import shapely
from pyproj import Geod
from sqlalchemy import text

from support.problems import refused
from support.small_town import (
    COUNTY,
    LAMP,
    MONDAY,
    SCHOOL,
    VENDING,
    cell_of,
    middle_of,
    spot,
    west_of_town,
)
from support.town import cell_shapes
from wanmi.platform.casework.monthly import months_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.small_town import Person, SmallTown

GEOD = Geod(ellps="GRS80")
SWEEPING, BOARD = "06010", "06002"


def months(person: Person, code: str) -> dict[str, int]:
    answer = person.get(f"/cells/{code}/months")
    assert answer.status_code == 200, answer.text
    return {row["month"]: row["reported"] for row in answer.json["months"]}


def box(west: float, south: float, east: float, north: float) -> str:
    lower, upper = spot(west, south), spot(east, north)
    return f"{lower.lon},{lower.lat},{upper.lon},{upper.lat}"


# Months of a cell


def received(town: SmallTown, moment: datetime, *args: Any) -> str:  # noqa: ANN401
    town.clock.now = moment
    try:
        return str(town.inspector.reports(*args, observed_at=moment.isoformat()).json["number"])
    finally:
        town.clock.now = MONDAY


def test_twelve_months_that_end_with_this_one(town: SmallTown) -> None:
    found = months(town.commander, cell_of(1, 2))
    assert list(found) == [f"2025-{n:02d}" for n in (12,)] + [f"2026-{n:02d}" for n in range(1, 12)]
    assert set(found.values()) == {0}


def test_a_month_is_one_of_the_citys_calendar(town: SmallTown) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    received(town, datetime(2026, 10, 31, 23, 59, tzinfo=zone))
    received(town, datetime(2026, 11, 1, 0, 1, tzinfo=zone))
    received(town, datetime(2025, 11, 30, 12, tzinfo=zone))
    gone = town.inspector.reports().json["number"]
    town.shift_leader.moves(gone, "void", reason="?")
    town.inspector.reports(at=middle_of(2, 2))
    found = months(town.commander, cell_of(1, 2))
    assert {name: n for name, n in found.items() if n} == {"2026-10": 1, "2026-11": 2}


def test_what_was_filed_under_the_nearest_cell_counts_with_it(town: SmallTown) -> None:
    beside = west_of_town(0.2)
    case = town.inspector.reports(at=beside).json
    assert case["cell"]["match"] == "nearest"
    assert months(town.commander, case["cell"]["code"])["2026-11"] == 1


def test_months_are_for_those_who_may_see_the_cases(town: SmallTown) -> None:
    town.inspector.reports(at=middle_of(9, 3))
    assert months(town.county_leader, cell_of(9, 3))["2026-11"] == 1
    refused(town.county_leader.get(f"/cells/{cell_of(1, 2)}/months"), 404)
    refused(town.commander.get("/cells/610902001003999/months"), 404)
    refused(town.admin.get(f"/cells/{cell_of(1, 2)}/months"), 403)
    assert months(town.handler, cell_of(9, 3))["2026-11"] == 0, "another unit's case"


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 1, 31), date(2025, 2, 1), date(2026, 1, 1)),
        (date(2026, 12, 1), date(2026, 1, 1), date(2026, 12, 1)),
    ],
)
def test_months_go_over_the_new_year(day: date, first: date, last: date) -> None:
    found = months_before(day, 12)
    assert (found[0], found[-1], len(set(found))) == (first, last, 12)


# An ended cell


@pytest.fixture
def ended(town: SmallTown) -> Iterator[str]:
    code = cell_of(5, 5)
    with town.engine.begin() as connection:
        connection.execute(
            text("UPDATE cells SET valid_to = '2026-11-01', ended_edition = 2 WHERE code = :code"),
            {"code": code},
        )
    yield code
    with town.engine.begin() as connection:
        connection.execute(
            text("UPDATE cells SET valid_to = NULL, ended_edition = NULL WHERE code = :code"),
            {"code": code},
        )


def test_a_cell_that_has_ended_still_tells_what_it_was(town: SmallTown, ended: str) -> None:
    cell = town.commander.get(f"/cells/{ended}").json
    assert cell["valid_to"] == "2026-11-01"
    inside = shapely.Point(cell["inside"]["lon"], cell["inside"]["lat"])
    assert shapely.from_geojson(str(cell["geometry"]).replace("'", '"')).contains(inside)
    assert len(months(town.commander, ended)) == 12


# Dimensions of model streets


def test_cases_of_a_model_street_by_dimension(town: SmallTown) -> None:
    on_street = spot(3.5, 0.52)
    for class_code, times in ((SWEEPING, 2), (BOARD, 1), (VENDING, 1)):
        for _ in range(times):
            town.inspector.reports(class_code, on_street)
    town.inspector.reports(SWEEPING, spot(0.52, 3.5))
    body = town.commander.get("/density/dimensions", status="open").json
    names = [one["code"] for one in body["dimensions"]]
    assert names == [
        "sanitation",
        "street_order",
        "municipal_facilities",
        "greening",
        "shop_signs",
        "traffic",
    ]
    assert set(body["streets"]) == {"S-YC"}, "the lane is no model street"
    found = dict(zip(names, body["streets"]["S-YC"], strict=True))
    assert {name: n for name, n in found.items() if n} == {
        "sanitation": 2,
        "shop_signs": 1,
        "street_order": 1,
    }
    later = (MONDAY + timedelta(days=1)).isoformat()
    assert town.commander.get("/density/dimensions", from_=later).json["streets"] == {}


def test_dimensions_are_for_the_eyes_of_the_jurisdiction(town: SmallTown) -> None:
    town.inspector.reports(SWEEPING, spot(3.5, 0.52))
    assert town.county_leader.get("/density/dimensions").json["streets"] == {}
    refused(town.admin.get("/density/dimensions"), 403)
    refused(town.commander.get("/density/dimensions", status="somewhere"), 422)


# Sizes and rings


def test_cells_have_their_true_size(town: SmallTown) -> None:
    body = town.commander.get("/grid/areas").json
    shapes = cell_shapes(10, 6)
    assert len(body["areas_m2"]) == len(shapes)
    true = [abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in shapes]
    assert sorted(body["areas_m2"]) == pytest.approx(sorted(true), abs=1)
    assert len(town.county_leader.get("/grid/areas").json["areas_m2"]) == 12
    assert body["edition"] != town.county_leader.get("/grid/areas").json["edition"]


def test_streets_and_zones_have_theirs(town: SmallTown) -> None:
    streets = town.commander.get("/layers/streets").json["features"]
    street = next(one for one in streets if one["properties"]["code"] == "S-YC")
    line = shapely.LineString(street["geometry"]["coordinates"])
    assert street["properties"]["length_m"] == pytest.approx(GEOD.geometry_length(line), abs=2)
    for zone in town.commander.get("/layers/zones", kind="inspection").json["features"]:
        shape = shapely.geometry.shape(zone["geometry"])
        true = abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0])
        assert zone["properties"]["area_m2"] == pytest.approx(true, rel=1e-3)


def test_the_ring_around_a_school_is_a_hundred_true_metres_wide(town: SmallTown) -> None:
    (ring,) = town.commander.get("/layers/school_rings").json["features"]
    assert ring["properties"]["within_m"] == 100
    assert ring["properties"]["name"] == "第一小学"
    outline = shapely.geometry.shape(ring["geometry"])
    assert outline.contains(SCHOOL)
    middle = SCHOOL.centroid
    west, south, east, north = SCHOOL.bounds
    for bearing, start in (
        (0, (middle.x, north)),
        (90, (east, middle.y)),
        (180, (middle.x, south)),
        (270, (west, middle.y)),
        (45, (east, north)),
    ):
        lon, lat, _ = GEOD.fwd(*start, bearing, 99)
        assert outline.contains(shapely.Point(lon, lat)), bearing
        lon, lat, _ = GEOD.fwd(*start, bearing, 101.5)
        assert not outline.contains(shapely.Point(lon, lat)), bearing


def test_rings_are_kept_and_for_the_right_eyes(town: SmallTown) -> None:
    first = town.commander.get("/layers/school_rings")
    again = town.commander.get(
        "/layers/school_rings", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    assert town.county_leader.get("/layers/school_rings").json["features"] == []


# Components


def test_components_of_a_view(town: SmallTown) -> None:
    body = town.commander.get("/components", bbox=box(1, 1, 2, 2)).json
    (row,) = body["rows"]
    lamp = dict(zip(body["columns"], row, strict=True))
    place = spot(1.5, 1.5)
    assert lamp == {
        "code": LAMP,
        "name": "路灯",
        "major": "01",
        "state": "完好",
        "lon": pytest.approx(place.lon, abs=1e-7),
        "lat": pytest.approx(place.lat, abs=1e-7),
    }
    assert body["more"] is False
    assert town.commander.get("/components", bbox=box(2, 2, 3, 3)).json["rows"] == []


def test_components_by_major_class(town: SmallTown) -> None:
    def found(major: str) -> int:
        return len(
            town.commander.get("/components", bbox=box(1, 1, 2, 2), major=major).json["rows"]
        )

    assert (found("01"), found("02")) == (1, 0)


def test_never_all_components(town: SmallTown) -> None:
    refused(town.commander.get("/components"), 422)
    refused(town.commander.get("/components", bbox="109,32,110,33"), 422, "bbox")
    refused(town.commander.get("/components", bbox="1,2,3"), 422, "bbox")
    refused(town.commander.get("/components", bbox=box(1, 1, 2, 2), major="1"), 422)
    refused(town.admin.get("/components", bbox=box(1, 1, 2, 2)), 403)


def test_components_of_nobodys_ground_are_for_the_whole_city(town: SmallTown) -> None:
    assert town.county_leader.viewer.jurisdiction_code == COUNTY
    assert town.county_leader.get("/components", bbox=box(1, 1, 2, 2)).json["rows"] == []


# Days and hours


def steps(person: Person, **query: object) -> dict[str, Any]:
    answer = person.get("/density/steps", **query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json
    return body


def test_days_begin_at_the_citys_midnight(town: SmallTown) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    received(town, datetime(2026, 11, 20, 23, 59, tzinfo=zone))
    received(town, datetime(2026, 11, 21, 0, 1, tzinfo=zone))
    received(town, datetime(2026, 11, 21, 12, tzinfo=zone))
    received(town, datetime(2026, 11, 22, 12, tzinfo=zone), VENDING, middle_of(9, 3))
    start = datetime(2026, 11, 20, tzinfo=zone)
    asked = {"from_": start.isoformat(), "to": (start + timedelta(days=3)).isoformat()}
    body = steps(town.commander, **asked)
    assert [moment[:10] for moment in body["starts"]] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert body["counts"] == {cell_of(1, 2): [[0, 1], [1, 2]], cell_of(9, 3): [[2, 1]]}
    assert steps(town.commander, **asked, class_code="06")["counts"].keys() == {cell_of(1, 2)}
    assert steps(town.county_leader, **asked)["counts"].keys() == {cell_of(9, 3)}
    zones = steps(town.commander, **asked, by="zone")["counts"]
    assert zones["I0"] == [[0, 1], [1, 2]]
    assert zones["I4"] == [[2, 1]]


def test_hours_and_the_usual_periods(town: SmallTown) -> None:
    town.inspector.reports(at=spot(3.5, 0.52))
    hours = steps(town.commander, step="hour", by="street")
    assert len(hours["starts"]) == 48
    assert hours["starts"][-1] == "2026-11-23T09:00:00+08:00"
    assert hours["counts"] == {}, "received at this very moment: the period ends before it"
    town.clock.now = MONDAY + timedelta(minutes=1)
    try:
        assert steps(town.commander, step="hour", by="street")["counts"] == {"S-YC": [[47, 1]]}
        days = steps(town.commander)
        assert len(days["starts"]) == 30
        assert days["counts"] == {cell_of(3, 0): [[29, 1]]}
    finally:
        town.clock.now = MONDAY


def test_too_many_steps_are_refused(town: SmallTown) -> None:
    refused(town.commander.get("/density/steps", from_="2020-01-01T00:00:00Z"), 422, "from")
    refused(
        town.commander.get("/density/steps", from_="2026-11-01T00:00:00Z", step="hour"),
        422,
        "from",
    )
    refused(town.commander.get("/density/steps", step="minute"), 422, "step")
    refused(town.admin.get("/density/steps"), 403)
