"""GET /api/v1/density and /figures: how many, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.problems import refused
from support.small_town import MONDAY, VENDING, cell_of, middle_of, spot
from wanmi.platform.casework.case_filters import CaseFilter
from wanmi.platform.casework.key_figures import key_figures

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from support.small_town import Person, SmallTown


@pytest.fixture(autouse=True)
def cases(town: SmallTown) -> None:
    """Two on the model street, one stall, one in the county; one of all is closed as void."""
    for place in (spot(3.5, 0.52), spot(3.5, 0.55), middle_of(9, 3)):
        town.inspector.reports(at=place)
    town.inspector.reports(VENDING, middle_of(1, 2))
    gone = town.inspector.reports(at=middle_of(1, 2)).json["number"]
    town.shift_leader.moves(gone, "void", reason="?")


def counts(person: Person, **query: object) -> dict[str, int]:
    answer = person.get("/density", **query)
    assert answer.status_code == 200, answer.text
    assert set(answer.json) == {"as_of", "counts"}
    found: dict[str, int] = answer.json["counts"]
    return found


def test_cells_streets_and_zones(town: SmallTown) -> None:
    whole = town.commander
    assert counts(whole) == {cell_of(3, 0): 2, cell_of(9, 3): 1, cell_of(1, 2): 2}
    assert counts(whole, by="cell", status="open") == {
        cell_of(3, 0): 2,
        cell_of(9, 3): 1,
        cell_of(1, 2): 1,
    }
    assert counts(whole, by="street", status="open") == {"S-YC": 2}
    assert counts(whole, by="zone", status="open") == {
        "I0": 1,
        "I1": 2,
        "I4": 1,
        "SAN0": 3,
        "ORDER": 3,
    }


def test_a_class_or_a_major(town: SmallTown) -> None:
    assert counts(town.commander, class_code="09") == {cell_of(1, 2): 1}
    assert counts(town.commander, class_code=VENDING) == {cell_of(1, 2): 1}
    assert counts(town.commander, class_code="06", status="void") == {cell_of(1, 2): 1}
    assert counts(town.commander, class_code="01") == {}


def test_other_filters_are_those_of_the_list(town: SmallTown) -> None:
    assert counts(town.commander, unit="CO-SZ") == {cell_of(3, 0): 2}
    assert counts(town.commander, q="nothing like this") == {}


def test_each_sees_the_counts_of_their_ground(town: SmallTown) -> None:
    assert counts(town.county_leader) == {cell_of(9, 3): 1}
    assert counts(town.county_leader, by="street") == {}
    assert counts(town.gisadmin) == {}
    refused(town.south_cleaner.get("/density"), 403)
    refused(town.admin.get("/density"), 403)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"by": "planet"}, "by"),
        ({"class_code": "0601"}, "class_code"),
        ({"limit": 5}, "limit"),
        ({"bbox": "x"}, "bbox"),
    ],
)
def test_a_question_that_cannot_be_read_is_named(
    town: SmallTown, query: dict[str, object], field: str
) -> None:
    refused(town.commander.get("/density", **query), 422, field)


def test_figures_say_how_many_there_are(town: SmallTown) -> None:
    figures = town.commander.get("/figures").json["figures"]
    assert figures == {
        "all": 5,
        "open": 4,
        "closed": 0,
        "void": 1,
        "overdue": 0,
        "states": {"reported": 4, "voided": 1},
        "reported_today": 5,
        "closed_today": 0,
        "closed_today_limited": 0,
        "closed_today_in_time": 0,
    }
    figures = town.county_leader.get("/figures").json["figures"]
    assert (figures["all"], figures["states"]) == (1, {"reported": 1})
    assert town.commander.get("/figures", class_code="09").json["figures"]["all"] == 1
    refused(town.gisadmin.get("/figures"), 403)
    refused(town.commander.get("/figures", by="cell"), 422, "by")


@pytest.mark.parametrize(
    "asked",
    [
        CaseFilter(),
        CaseFilter(class_code="06"),
        CaseFilter(class_code=VENDING),
        CaseFilter(cell=cell_of(1, 2)),
        CaseFilter(street="S-YC"),
        CaseFilter(status="void"),
        CaseFilter(status="reported"),
        CaseFilter(overdue=True),
        CaseFilter(street="S-FAR"),
    ],
    ids=str,
)
@pytest.mark.parametrize("login", ["commander", "county_leader", "south_cleaner"])
def test_counters_and_cases_tell_the_same(
    town: SmallTown, work: Connection, asked: CaseFilter, login: str
) -> None:
    person = town.people[login]
    asked_for = {"class_code", "cell", "street", "status", "overdue"}
    query = {name: v for name in asked_for if (v := getattr(asked, name)) is not None}
    told = person.get("/figures", **query).json["figures"]
    today = MONDAY.replace(hour=0, minute=0)
    counted = key_figures(work, asked, person.viewer, town.clock.now, today)
    assert told == counted
