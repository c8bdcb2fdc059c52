"""Lists of cases: the filter, the page, and the eyes of who asks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from support.city import plan_of
from support.small_town import (
    COUNTY,
    HIGH_TECH,
    MONDAY,
    OLD_TOWN,
    REFUSE,
    VENDING,
    a_report,
    cell_of,
    middle_of,
    spot,
)
from wanmi.gis.points import Bounds, LonLat
from wanmi.platform.casework.case_filters import CaseFilter
from wanmi.platform.casework.case_queries import (
    Cursor,
    figures,
    list_cases,
    matching,
    may_see,
    newest,
    one_case,
)
from wanmi.platform.kernel.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from support.small_town import Person, SmallTown

NOBODY_KNOWS = LonLat(109.2, 32.9)


@pytest.fixture
def names(town: SmallTown, work: Connection) -> dict[str, str]:
    """Report numbers by a name: one case for each question, each the noise of all others."""
    reports = {
        "refuse": a_report(REFUSE, middle_of(1, 2), description="桶边 100% 满 _x_"),
        "vending": a_report(VENDING, middle_of(3, 3), description="占道"),
        "on the street": a_report(REFUSE, spot(3.5, 0.52)),
        "high-tech": a_report(REFUSE, middle_of(6, 3)),
        "county": a_report(REFUSE, middle_of(9, 3)),
        "outside": a_report(REFUSE, NOBODY_KNOWS),
        "voided": a_report("06001", middle_of(2, 2)),
        "at the unit": a_report(REFUSE, middle_of(4, 2)),
        "closed": a_report(REFUSE, middle_of(5, 5)),
        "by phone": a_report("08001", middle_of(0, 5), source="hotline_12345"),
    }
    found = {}
    for place, (name, report) in enumerate(reports.items()):
        town.clock.now = MONDAY + timedelta(minutes=place)
        person = town.operator if name == "by phone" else town.inspector
        found[name] = person.sends(work, report).case["number"]
    lead, send = town.shift_leader, town.dispatcher
    lead.does(work, found["voided"], "void", reason="?")
    for name in ("at the unit", "closed"):
        lead.does(work, found[name], "file", condition="exposed-refuse")
        send.does(work, found[name], "dispatch", unit="CO-HW1")
    town.handler.does(work, found["closed"], "handle")
    lead.does(work, found["closed"], "close", closing_condition="exposed-refuse")
    return found


def seen(
    work: Connection, names: dict[str, str], person: Person, asked: CaseFilter | None = None
) -> set[str]:
    """The names of the cases that a person is shown; the figures must agree."""
    now = person.town.clock.now
    asked = asked or CaseFilter()
    page = list_cases(work, asked, person.viewer, now, limit=1000)
    counted = figures(work, asked, person.viewer, now)
    assert counted["all"] == len(page.cases)
    assert counted["all"] == counted["open"] + counted["closed"] + counted["void"]
    whole = work.execute(matching(asked, person.viewer, now)).mappings().all()
    assert {row["number"] for row in whole} == {case["number"] for case in page.cases}
    by_number = {number: name for name, number in names.items()}
    return {by_number[case["number"]] for case in page.cases}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"status": "void"}, {"voided"}),
        ({"status": "closed"}, {"closed"}),
        ({"status": "dispatched"}, {"at the unit"}),
        ({"status": "nonsense"}, set()),
        ({"class_code": "09"}, {"vending"}),
        ({"class_code": "09001"}, {"vending"}),
        ({"class_code": "09002"}, set()),
        ({"class_code": "08"}, {"by phone"}),
        ({"cell": cell_of(1, 2)}, {"refuse"}),
        ({"street": "S-YC"}, {"on the street"}),
        ({"zone": "I3"}, {"high-tech"}),
        ({"zone": "I0"}, {"refuse", "by phone"}),
        ({"zone": "nowhere"}, set()),
        ({"unit": "CO-SZ"}, {"on the street"}),
        ({"unit": "CO-HW1"}, {"refuse", "at the unit", "closed"}),
        ({"source": "hotline_12345"}, {"by phone"}),
        ({"text": "占"}, {"vending"}),
        ({"text": "100%"}, {"refuse"}),
        ({"text": "_x_"}, {"refuse"}),
        ({"text": "%"}, {"refuse"}),
        ({"text": "61090020261123x"}, set()),
        ({"since": MONDAY + timedelta(minutes=9)}, {"by phone"}),
        ({"until": MONDAY + timedelta(minutes=1)}, {"refuse"}),
        (
            {"since": MONDAY + timedelta(minutes=1), "until": MONDAY + timedelta(minutes=2)},
            {"vending"},
        ),
        ({"class_code": "06", "status": "open", "cell": cell_of(4, 2)}, {"at the unit"}),
    ],
)
def test_a_filter_finds_its_cases_and_no_others(
    town: SmallTown,
    work: Connection,
    names: dict[str, str],
    asked: dict[str, Any],
    expected: set[str],
) -> None:
    assert seen(work, names, town.commander, CaseFilter(**asked)) == expected


def test_a_number_is_found_by_its_beginning(
    town: SmallTown, work: Connection, names: dict[str, str]
) -> None:
    assert seen(work, names, town.commander, CaseFilter(text=names["county"])) == {"county"}
    case_number = one_case(work, names["closed"], town.commander.viewer)["case_number"]
    assert seen(work, names, town.commander, CaseFilter(text=case_number)) == {"closed"}
    assert seen(work, names, town.commander, CaseFilter(text="6109002026")) == set(names)
    assert seen(work, names, town.commander, CaseFilter(text="9002026")) == set()


def test_overdue_is_what_has_run_out_of_its_stage(
    town: SmallTown, work: Connection, names: dict[str, str]
) -> None:
    # Fifteen minutes to accept; ten reports a minute apart.
    town.clock.now = MONDAY + timedelta(minutes=17, seconds=30)
    late = seen(work, names, town.commander, CaseFilter(overdue=True))
    assert late == {"refuse", "vending", "on the street"}
    in_time = seen(work, names, town.commander, CaseFilter(overdue=False))
    assert in_time == set(names) - late
    assert figures(work, CaseFilter(), town.commander.viewer, town.clock.now)["overdue"] == 3


def test_a_box_holds_what_lies_in_it_or_on_its_edge(
    town: SmallTown, work: Connection, names: dict[str, str]
) -> None:
    place = middle_of(1, 2)
    step = 1e-9  # a tenth of a millimetre: far below what a float of 32 bits can tell

    def box(west: float, east: float) -> CaseFilter:
        return CaseFilter(box=Bounds(place.lon + west, place.lat - step, place.lon + east, 90))

    assert seen(work, names, town.commander, box(0, step)) == {"refuse"}
    assert seen(work, names, town.commander, box(-step, 0)) == {"refuse"}
    here = Bounds(*place.lonlat, *place.lonlat)
    assert seen(work, names, town.commander, CaseFilter(box=here)) == {"refuse"}
    assert seen(work, names, town.commander, box(step, 2 * step)) == set()
    assert seen(work, names, town.commander, box(-2 * step, -step)) == set()


# Whose eyes


def test_each_viewer_sees_their_own(
    town: SmallTown, work: Connection, names: dict[str, str]
) -> None:
    assert seen(work, names, town.commander) == set(names)
    assert seen(work, names, town.second_inspector) == set(names)
    assert seen(work, names, town.south_cleaner) == {"at the unit", "closed"}
    assert seen(work, names, town.north_cleaner) == set()
    assert seen(work, names, town.county_leader) == {"county"}
    assert seen(work, names, town.zone_operator) == {"high-tech"}
    assert seen(work, names, town.gisadmin) == set()
    assert seen(work, names, town.admin) == set()


def test_what_one_may_not_see_is_not_found(
    town: SmallTown, work: Connection, names: dict[str, str]
) -> None:
    for name, number in names.items():
        case = one_case(work, number, town.commander.viewer)
        for person in town.people.values():
            visible = name in seen(work, names, person)
            assert may_see(work, case["id"], person.viewer) is visible
            if visible:
                assert one_case(work, number, person.viewer)["id"] == case["id"]
            else:
                with pytest.raises(NotFound):
                    one_case(work, number, person.viewer)
    with pytest.raises(NotFound):
        one_case(work, "", town.commander.viewer)


def test_the_database_and_the_event_stream_say_the_same(
    town: SmallTown, work: Connection, names: dict[str, str]
) -> None:
    rows = work.execute(text("SELECT * FROM cases")).mappings().all()
    by_number = {number: name for name, number in names.items()}
    for person in town.people.values():
        in_memory = {
            by_number[row["number"]]
            for row in rows
            if person.viewer.sees(
                jurisdiction_code=row["jurisdiction_code"],
                unit_code=row["unit_code"],
                reporter_id=row["account_id"],
            )
        }
        assert seen(work, names, person) == in_memory


def test_jurisdictions_are_those_of_the_ground(
    town: SmallTown, work: Connection, names: dict[str, str]
) -> None:
    found = {
        name: one_case(work, names[name], town.commander.viewer)["jurisdiction_code"]
        for name in ("refuse", "high-tech", "county", "outside")
    }
    assert found == {
        "refuse": OLD_TOWN,
        "high-tech": HIGH_TECH,
        "county": COUNTY,
        "outside": "610900",
    }


# Pages


def pages(
    work: Connection,
    person: Person,
    *,
    limit: int,
    between: Any = None,  # noqa: ANN401
) -> Iterator[list[int]]:
    cursor = None
    while True:
        page = list_cases(
            work, CaseFilter(), person.viewer, person.town.clock.now, limit=limit, cursor=cursor
        )
        yield [case["id"] for case in page.cases]
        if page.next is None:
            return
        cursor = Cursor.from_text(str(page.next))
        if between:
            between()


@pytest.mark.parametrize("limit", [1, 3, 7, 24, 25, 1000])
def test_pages_hold_every_case_once_while_new_ones_arrive(
    town: SmallTown, work: Connection, limit: int
) -> None:
    ids = []
    for place in range(25):
        # Five at the very same moment: the id decides among them.
        town.clock.now = MONDAY + timedelta(seconds=place // 5)
        ids.append(town.inspector.sends(work).case["id"])

    def another_arrives() -> None:
        town.clock.now += timedelta(seconds=1)
        town.inspector.sends(work)

    town.clock.now += timedelta(seconds=1)
    found = list(pages(work, town.commander, limit=limit, between=another_arrives))
    assert [case for page in found for case in page] == ids[::-1]
    assert all(len(page) == limit for page in found[:-1])


def test_a_page_is_one_walk_along_the_index(town: SmallTown, work: Connection) -> None:
    # As if the table were large: the planner is to be asked what it would do then.
    work.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"))
    page = newest(CaseFilter(), town.commander.viewer, MONDAY, Cursor(MONDAY, 5)).limit(10)
    plan = plan_of(work, page)
    assert "ix_cases_received" in plan
    assert "Index Cond" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize(
    "text_of_it",
    ["", "x", "W10", "WyIyMDI2Il0", "!!!!", "W251bGwsIDFd", "WyIyMDI2LTExLTIzVDA5OjMwIiwgMV0", "é"],
)
def test_a_cursor_of_somebody_else_is_refused(text_of_it: str) -> None:
    with pytest.raises(Invalid) as caught:
        Cursor.from_text(text_of_it)
    assert [fault.field for fault in caught.value.errors] == ["cursor"]


def test_a_cursor_is_read_as_it_was_written() -> None:
    cursor = Cursor(MONDAY, 42)
    assert Cursor.from_text(str(cursor)) == cursor
