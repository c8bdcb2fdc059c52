"""A report on arrival: checked, located, given to a unit, written down once."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from support.small_town import (
    COUNTY,
    LAMP,
    LAMP_DEFECT,
    LOCAL,
    MONDAY,
    OLD_TOWN,
    REFUSE,
    VENDING,
    WOODLAND,
    a_report,
    cell_of,
    middle_of,
    spot,
    west_of_town,
)
from support.town import SOUTH, WEST
from wanmi.gis.errors import GisError
from wanmi.gis.frames import to_cgcs2000
from wanmi.gis.points import Datum, LonLat, RawPoint
from wanmi.platform.casework.classes import STANDARD, STANDARD_2013
from wanmi.platform.casework.intake import Arrival, Sender, Taken, sender_of, take_in
from wanmi.platform.kernel.errors import Conflict, Invalid, NotAllowed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from support.small_town import SmallTown
    from wanmi.platform.casework.reports import Report


def rows(work: Connection, table: str, case_id: int) -> list[dict[str, Any]]:
    found = work.execute(
        text(f"SELECT * FROM {table} WHERE case_id = :id ORDER BY id"), {"id": case_id}
    )
    return [dict(row) for row in found.mappings()]


def fields_of(error: Invalid) -> set[str]:
    return {fault.field for fault in error.errors}


def refused(town: SmallTown, work: Connection, report: Report) -> Invalid:
    with pytest.raises(Invalid) as caught:
        town.inspector.sends(work, report)
    assert work.execute(text("SELECT count(*) FROM cases")).scalar_one() == 0
    return caught.value


# What becomes of a good report


def test_a_report_becomes_a_case_with_its_cell_its_unit_and_its_clock(
    town: SmallTown, work: Connection
) -> None:
    taken = town.inspector.sends(work, a_report(REFUSE, middle_of(1, 2)))
    case = taken.case
    assert taken.is_new
    assert (case["cell_code"], case["cell_match"]) == (cell_of(1, 2), "inside")
    assert (case["state"], case["state_type"], case["version"]) == ("reported", "open", 1)
    assert case["territorial_unit"] == "C610902001003"
    assert case["suggested_unit"] == "CO-HW1"
    assert case["unit_code"] is None
    assert case["jurisdiction_code"] == OLD_TOWN
    assert case["stage_due_at"] == MONDAY + timedelta(minutes=15)
    assert case["trace"][-1] == {"rule": "zone", "outcome": "won", "unit": "CO-HW1"}
    assert [zone["code"] for zone in case["zones"]] == ["I0", "SAN0", "ORDER"]
    [entry] = rows(work, "journal", case["id"])
    assert (entry["move"], entry["from_state"], entry["to_state"]) == ("report", None, "reported")
    assert (entry["at"], entry["account_id"]) == (MONDAY, town.inspector.viewer.account_id)
    [clock] = rows(work, "clock_entries", case["id"])
    assert (clock["clock"], clock["kind"], clock["amount"]) == ("accept", "start", 0.25)


def test_its_number_carries_the_city_and_the_local_day(town: SmallTown, work: Connection) -> None:
    town.clock.now = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # Monday, one in the morning
    number = town.inspector.sends(work).case["number"]
    assert len(number) == 21
    assert number.startswith("61090020261123")
    assert town.inspector.sends(work).case["number"] > number


def test_what_is_read_back_is_what_was_made(town: SmallTown, work: Connection) -> None:
    report = a_report(
        VENDING,
        spot(2.8, 3.5),
        accuracy_m=8.25,
        sent_at=MONDAY,
        answers={"food": True},
        condition="trading-on-road",
        description="𠮷 \u202eevil\u202c <script>alert(1)</script> {{7*7}}",
    )
    made = town.inspector.sends(work, report).case
    again = town.inspector.sends(work, report)
    assert not again.is_new
    assert {key: again.case[key] for key in made if key in again.case} == {
        key: value for key, value in made.items() if key in again.case
    }
    assert again.case["description"] == report.description


def test_the_street_is_the_nearest_within_thirty_metres(town: SmallTown, work: Connection) -> None:
    # A step northwards is about 111 m; 育才路 runs at 0.5, 小巷 at 0.5 eastwards.
    near = town.inspector.sends(work, a_report(at=spot(3.5, 0.7))).case
    assert (near["street_code"], near["street_name"]) == ("S-YC", "育才路")
    assert near["street_distance_m"] == pytest.approx(22.2, abs=0.2)
    far = town.inspector.sends(work, a_report(at=spot(3.5, 0.8))).case
    assert far["street_code"] is None
    assert far["street_distance_m"] is None
    corner = town.inspector.sends(work, a_report(at=spot(0.51, 0.6))).case
    assert corner["street_code"] == "S-XJ"


def test_the_model_street_s_unit_answers_there(town: SmallTown, work: Connection) -> None:
    case = town.inspector.sends(work, a_report(at=spot(3.5, 0.52))).case
    assert case["suggested_unit"] == "CO-SZ"
    assert case["trace"][-1]["rule"] == "model-street"
    # Parks and trees are none of a model street's dimensions: greening has no zone here either.
    wood = town.inspector.sends(work, a_report(WOODLAND, spot(3.5, 0.52))).case
    assert wood["suggested_unit"] == "AK-LYJ"


def test_each_jurisdiction_has_its_own_answer(town: SmallTown, work: Connection) -> None:
    zone = town.inspector.sends(work, a_report(at=middle_of(6, 3))).case
    assert (zone["territorial_unit"], zone["suggested_unit"]) == ("GX-GWH", "CO-GX")
    county = town.inspector.sends(work, a_report("08001", at=middle_of(9, 3))).case
    assert (county["territorial_unit"], county["suggested_unit"]) == ("G610921", "G610921")
    assert county["jurisdiction_code"] == COUNTY


def test_a_component_s_maintainer_answers_for_it(town: SmallTown, work: Connection) -> None:
    case = town.inspector.sends(work, a_report(LAMP_DEFECT, spot(1.5, 1.5), component_id=LAMP)).case
    assert (case["suggested_unit"], case["component_id"]) == ("CO-LD", LAMP)


def test_coordinates_are_kept_as_said_and_moved_once(town: SmallTown, work: Connection) -> None:
    said = RawPoint(109.0278, 32.6812, Datum.GCJ02)
    case = town.inspector.sends(work, a_report(at=said)).case
    assert (case["original_lon"], case["original_lat"]) == (said.lon, said.lat)
    assert case["original_datum"] == "gcj02"
    moved = to_cgcs2000(said)
    assert (case["lon"], case["lat"]) == moved.lonlat
    stored = work.execute(
        text("SELECT ST_X(shape), ST_Y(shape), ST_SRID(shape) FROM cases WHERE id = :id"),
        {"id": case["id"]},
    ).one()
    assert tuple(stored) == (*moved.lonlat, 4490)
    assert abs(case["lon"] - said.lon) > 0.003  # half a kilometre off here


def test_a_place_outside_the_grid_is_kept_and_waits_for_a_person(
    town: SmallTown, work: Connection
) -> None:
    case = town.inspector.sends(work, a_report(at=LonLat(109.2, 32.9))).case
    assert (case["cell_code"], case["cell_match"], case["cell_distance_m"]) == (None, "none", None)
    assert (case["jurisdiction_code"], case["suggested_unit"]) == ("610900", "AK-GOV")
    assert case["state"] == "reported"


def test_a_place_just_outside_gets_the_nearest_cell(town: SmallTown, work: Connection) -> None:
    case = town.inspector.sends(work, a_report(at=west_of_town(0.1))).case
    assert (case["cell_code"], case["cell_match"]) == (cell_of(0, 0), "nearest")
    assert 0 < case["cell_distance_m"] <= 30
    far = a_report(at=west_of_town(0.6))
    assert town.inspector.sends(work, far).case["cell_match"] == "none"


def test_food_near_a_school_is_flagged_and_more_urgent(town: SmallTown, work: Connection) -> None:
    # The school's east side is at 2.7 steps, a step is about 94 m.
    stall = a_report(VENDING, spot(3.2, 3.5), answers={"food": True})
    case = town.inspector.sends(work, stall).case
    assert [flag["code"] for flag in case["flags"]] == ["food-sold-near-school"]
    assert case["priority"] == 1
    assert "第一小学" in case["flags"][0]["text_zh"]
    plain = town.inspector.sends(
        work, a_report(VENDING, spot(3.2, 3.5), answers={"food": False})
    ).case
    assert (plain["flags"], plain["priority"]) == ([], 0)
    away = a_report(VENDING, spot(3.85, 3.5), answers={"food": True})
    assert town.inspector.sends(work, away).case["flags"] == []


@pytest.mark.parametrize(
    ("hour", "flag"), [(7, "stall-in-hours"), (12, "stall-out-of-hours"), (20, "stall-in-hours")]
)
def test_a_permitted_stall_is_lawful_in_its_hours(
    town: SmallTown, work: Connection, hour: int, flag: str
) -> None:
    # Said in UTC: what counts is the city's own clock.
    seen = MONDAY.replace(hour=hour).astimezone(UTC) - timedelta(days=1)
    case = town.inspector.sends(
        work, a_report(VENDING, spot(4.5, 4.5), observed_at=seen, answers={"food": False})
    ).case
    assert [found["code"] for found in case["flags"]] == [flag]


# Classes


def test_a_code_of_2013_is_understood_with_its_edition(town: SmallTown, work: Connection) -> None:
    case = town.inspector.sends(work, a_report("0110", edition=STANDARD_2013)).case
    assert (case["class_code"], case["edition"]) == ("06010", STANDARD)


@pytest.mark.parametrize(
    ("code", "edition", "field"),
    [
        ("06099", None, "class_code"),
        ("06010", STANDARD_2013, "class_code"),
        ("0110", None, "class_code"),
        ("0110", STANDARD, "class_code"),
        ("06010", "local", "class_code"),
        ("06010", "GB/T 1", "edition"),
    ],
)
def test_a_class_that_is_not_there_is_refused(
    town: SmallTown, work: Connection, code: str, edition: str | None, field: str
) -> None:
    assert fields_of(refused(town, work, a_report(code, edition=edition))) == {field}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"component_id": "61090201037999999", "class_code": LAMP_DEFECT}, "component_id"),
        ({"component_id": LAMP, "class_code": "01001"}, "component_id"),
        ({"component_id": LAMP, "class_code": REFUSE}, "class_code"),
        ({"condition": "lamp-out"}, "condition"),
        ({"answers": {"food": True}}, "answers.food"),
        ({"source": "telepathy"}, "source"),
        ({"photos": (uuid.UUID(int=1),)}, "photos[0]"),
        ({"observed_at": MONDAY + timedelta(days=3)}, "observed_at"),
        ({"observed_at": MONDAY + timedelta(hours=48, seconds=1)}, "observed_at"),
    ],
)
def test_a_value_that_cannot_be_taken_is_named(
    town: SmallTown, work: Connection, changes: dict[str, Any], field: str
) -> None:
    assert fields_of(refused(town, work, a_report(**changes))) == {field}


@pytest.mark.parametrize(
    "place",
    [
        RawPoint(32.69, 89.0, Datum.WGS84),
        RawPoint(0.0, 0.0, Datum.WGS84),
        RawPoint(-109.03, 32.69, Datum.CGCS2000),
        RawPoint(109.03, -32.69, Datum.GCJ02),
        RawPoint(180.0, 90.0, Datum.BD09),
        RawPoint(-180.0, -90.0, Datum.WGS84),
    ],
)
def test_a_place_that_cannot_be_meant_is_refused(
    town: SmallTown, work: Connection, place: RawPoint
) -> None:
    with pytest.raises((Invalid, GisError)):
        town.inspector.sends(work, a_report(at=place))


# Time and people


@pytest.mark.parametrize(
    ("ahead", "suspect"),
    [
        (timedelta(hours=-300), False),
        (timedelta(seconds=30), False),
        (timedelta(minutes=2), True),
        (timedelta(hours=47), True),
        (timedelta(hours=48), True),
    ],
)
def test_a_clock_that_is_ahead_is_kept_and_marked(
    town: SmallTown, work: Connection, ahead: timedelta, *, suspect: bool
) -> None:
    case = town.inspector.sends(work, a_report(observed_at=MONDAY + ahead)).case
    assert case["clock_suspect"] is suspect
    # The stage runs from receipt, whatever the phone says.
    assert case["stage_due_at"] == MONDAY + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("who", "source", "allowed"),
    [
        ("inspector", "inspector", True),
        ("inspector", "hotline_12345", False),
        ("operator", "hotline_12345", True),
        ("operator", "inspector", False),
        ("handler", "self_check", True),
        ("commander", "instruction", True),
        ("dispatcher", "inspector", False),
        ("gisadmin", "inspector", False),
        ("admin", "self_check", False),
    ],
)
def test_each_role_has_its_own_sources(
    town: SmallTown, work: Connection, who: str, source: str, *, allowed: bool
) -> None:
    person = town.people[who]
    if allowed:
        assert person.sends(work, a_report(source=source)).case["source"] == source
    else:
        with pytest.raises(NotAllowed):
            person.sends(work, a_report(source=source))


# Once


def test_the_same_report_again_is_the_same_case(town: SmallTown, work: Connection) -> None:
    report = a_report()
    first = town.inspector.sends(work, report)
    town.clock.now = MONDAY + timedelta(hours=1)
    for again in (
        report,
        replace(report, sent_at=MONDAY),
        replace(report, observed_at=MONDAY.astimezone(UTC)),
    ):
        taken = town.inspector.sends(work, again)
        assert not taken.is_new
        assert (taken.case["number"], taken.case["id"]) == (
            first.case["number"],
            first.case["id"],
        )
    assert work.execute(text("SELECT count(*) FROM cases")).scalar_one() == 1
    assert work.execute(text("SELECT count(*) FROM journal")).scalar_one() == 1
    assert work.execute(text("SELECT sum(cases) FROM case_counts")).scalar_one() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"description": "别的"},
        {"class_code": "06001"},
        {"observed_at": MONDAY - timedelta(seconds=1)},
        {"accuracy_m": 5.0},
        {"location": RawPoint(WEST + 0.0015, SOUTH + 0.0025, Datum.WGS84)},
        {"condition": "exposed-refuse"},
    ],
)
def test_another_report_under_a_used_id_is_a_conflict(
    town: SmallTown, work: Connection, changes: dict[str, Any]
) -> None:
    report = a_report()
    number = town.inspector.sends(work, report).case["number"]
    with pytest.raises(Conflict) as caught:
        town.inspector.sends(work, replace(report, **changes))
    assert number not in str(caught.value)


def test_another_account_learns_nothing_from_a_used_id(town: SmallTown, work: Connection) -> None:
    report = a_report()
    case = town.inspector.sends(work, report).case
    with pytest.raises(Conflict) as caught:
        town.second_inspector.sends(work, report)
    assert not caught.value.errors
    assert case["number"] not in str(caught.value)
    assert case["cell_code"] not in str(caught.value)


# Many at once


def arrivals(town: SmallTown, *reports: Report) -> list[Arrival]:
    sender = sender_of(town.inspector.viewer)
    return [Arrival(report, sender, MONDAY) for report in reports]


def test_many_are_answered_in_order_and_a_bad_one_costs_only_itself(
    town: SmallTown, work: Connection
) -> None:
    known = a_report(at=middle_of(3, 3))
    town.inspector.sends(work, known)
    twin = a_report(at=middle_of(4, 4))
    answers = take_in(
        work,
        town.office,
        arrivals(
            town,
            a_report(at=middle_of(0, 0)),
            a_report("99999"),
            known,
            replace(known, description="anders"),
            twin,
            twin,
            replace(twin, description="anders"),
            a_report(source="hotline_12345"),
            a_report(component_id=LAMP, class_code=LAMP_DEFECT),
            a_report(component_id="61090201037999999", class_code=LAMP_DEFECT),
            a_report(photos=(uuid.UUID(int=5),)),
            a_report(at=LonLat(109.2, 32.9)),
        ),
    )
    said = [
        ("new" if answer.is_new else "known") if isinstance(answer, Taken) else type(answer)
        for answer in answers
    ]
    assert said == [
        "new", Invalid, "known", Conflict, "new", "known", Conflict, NotAllowed, "new", Invalid,
        Invalid, "new",
    ]  # fmt: skip
    assert isinstance(answers[4], Taken)
    assert isinstance(answers[5], Taken)
    assert answers[4].case["number"] == answers[5].case["number"]
    assert isinstance(answers[0], Taken)
    assert answers[0].case["cell_code"] == cell_of(0, 0)
    counted = work.execute(text("SELECT sum(cases) FROM case_counts")).scalar_one()
    assert counted == work.execute(text("SELECT count(*) FROM cases")).scalar_one() == 5


def test_many_say_of_each_what_one_says(town: SmallTown, work: Connection) -> None:
    places = [middle_of(column, row) for column in range(10) for row in (0, 2, 4)]
    places += [spot(0.5, 0.5), spot(3.2, 3.5), LonLat(109.2, 32.9), spot(-0.2, 1.5)]
    reports = [a_report(VENDING, place, answers={"food": True}) for place in places]
    together = take_in(work, town.office, arrivals(town, *reports))
    kept = ("cell_code", "cell_match", "street_code", "zones", "suggested_unit", "trace", "flags")
    for place, answer in zip(places, together, strict=True):
        alone = town.inspector.sends(work, a_report(VENDING, place, answers={"food": True})).case
        assert isinstance(answer, Taken)
        assert {key: answer.case[key] for key in kept} == {key: alone[key] for key in kept}


def test_a_batch_of_none_is_none(town: SmallTown, work: Connection) -> None:
    assert take_in(work, town.office, []) == []


def test_two_citizens_are_not_one_sender(town: SmallTown, work: Connection) -> None:
    rights = frozenset({"report.create", "report.source.citizen"})
    citizen = Sender(None, "citizen", rights)
    report = a_report(source="citizen")
    [first] = take_in(work, town.office, [Arrival(report, citizen, MONDAY)])
    assert isinstance(first, Taken)
    assert first.case["account_id"] is None
    [same] = take_in(
        work, town.office, [Arrival(replace(report, description="?"), citizen, MONDAY)]
    )
    assert isinstance(same, Conflict)


def test_a_zone_that_no_database_knows_is_still_a_zone(town: SmallTown, work: Connection) -> None:
    seen = MONDAY.astimezone(timezone(-timedelta(hours=23)))
    case = town.inspector.sends(work, a_report(observed_at=seen, sent_at=seen)).case
    stored = work.execute(text("SELECT observed_at, sent_at FROM cases")).one()
    assert tuple(stored) == (seen, seen)
    assert case["observed_at"] == seen


def test_times_that_no_database_can_tell_are_refused(town: SmallTown, work: Connection) -> None:
    first = datetime(1, 1, 1, tzinfo=LOCAL)
    last = datetime(9999, 12, 31, 23, tzinfo=UTC)
    for changes in ({"observed_at": first}, {"sent_at": first}, {"sent_at": last}):
        assert fields_of(refused(town, work, a_report(**changes))) == set(changes)
