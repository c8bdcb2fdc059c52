"""GET /api/v1/breakdown, /trend and /figures/compared."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from support.problems import refused
from support.small_town import MONDAY, VENDING, cell_of, middle_of, spot

if TYPE_CHECKING:
    from support.small_town import Person, SmallTown


@pytest.fixture(autouse=True)
def cases(town: SmallTown) -> None:
    """Two on the model street (one a day old), one in the county, a stall, and one void."""
    town.clock.now = MONDAY - timedelta(days=1, hours=1)
    town.inspector.reports(at=spot(3.5, 0.52), observed_at=town.clock.now.isoformat())
    town.clock.now = MONDAY - timedelta(minutes=30)
    town.inspector.reports(at=spot(3.5, 0.55))
    town.inspector.reports(VENDING, middle_of(1, 2))
    gone = town.inspector.reports(at=middle_of(1, 2)).json["number"]
    town.shift_leader.moves(gone, "void", reason="?")
    town.clock.now = MONDAY - timedelta(minutes=1)
    town.inspector.reports(at=middle_of(9, 3))
    town.clock.now = MONDAY


def rows(person: Person, **query: object) -> list[dict[str, Any]]:
    answer = person.get("/breakdown", **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["rows"]
    return found


def test_rows_have_names_units_and_a_place(town: SmallTown) -> None:
    [first, *_] = rows(town.commander, by="cell", status="open", criterion="open")
    assert first["code"] == first["name"] == cell_of(3, 0)
    assert (first["all"], first["open"]) == (2, 2)
    found = town.commander.get(
        "/locate", lon=first["at"]["lon"], lat=first["at"]["lat"], datum="cgcs2000"
    ).json["cell"]
    assert (found["code"], found["unit"]) == (first["code"], first["unit"])
    [street] = rows(town.commander, by="model_street", status="open")
    assert (street["name"], street["unit"]["code"], street["all"]) == ("育才路", "CO-SZ", 2)
    majors = {row["code"]: row["name"] for row in rows(town.commander, by="major")}
    assert majors.keys() == {"06", "09"}
    assert all(name and not name.isdigit() for name in majors.values())
    assert {row["name"] for row in rows(town.commander, by="unit")}.isdisjoint({"CO-SZ"})


def test_a_row_of_the_breakdown_is_the_filter_it_leads_to(town: SmallTown) -> None:
    for by, key in (("unit", "unit"), ("class", "class_code"), ("cell", "cell"), ("zone", "zone")):
        for row in rows(town.commander, by=by, status="open"):
            figures = town.commander.get("/figures", status="open", **{key: row["code"]}).json
            assert figures["figures"]["open"] == row["all"]


def test_rising_says_which_periods_it_compares(town: SmallTown) -> None:
    answer = town.commander.get(
        "/breakdown", by="cell", criterion="rising", from_="2026-11-23T00:00:00+08:00"
    ).json
    assert answer["period"]["from"] == "2026-11-23T00:00:00+08:00"
    assert answer["period_before"] == {
        "from": "2026-11-22T00:00:00+08:00",
        "to": "2026-11-22T09:30:00+08:00",
    }
    # One then, one now: not rising. The void one was reported all the same.
    assert {row["code"]: row["recent"] - row["before"] for row in answer["rows"]} == {
        cell_of(9, 3): 1,
        cell_of(1, 2): 2,
    }


def test_a_trend_has_empty_bins_too(town: SmallTown) -> None:
    answer = town.commander.get("/trend").json
    assert len(answer["starts"]) == len(answer["reported"]) == 30
    assert answer["reported"][-3:] == [0, 1, 4]
    assert answer["closed"] == [0] * 30
    hours = town.commander.get("/trend", bin="hour", class_code="09").json
    assert hours["starts"][-1] == "2026-11-23T09:00:00+08:00"
    assert hours["reported"] == [0] * 23 + [1]


def test_figures_beside_those_of_the_day_before(town: SmallTown) -> None:
    figures = town.commander.get("/figures/compared", status="open").json["figures"]
    assert figures["all"] == {
        "reported": 4,
        "reported_before": 1,
        "closed": 0,
        "closed_before": 0,
        "open": 4,
        "overdue": 3,
    }
    assert figures["components"]["reported"] == 0


def test_each_sees_the_counts_of_their_ground(town: SmallTown) -> None:
    county = town.county_leader
    assert [row["code"] for row in rows(county, by="cell")] == [cell_of(9, 3)]
    assert sum(county.get("/trend").json["reported"]) == 1
    assert county.get("/figures/compared").json["figures"]["all"]["open"] == 1
    refused(town.gisadmin.get("/breakdown", by="cell"), 403)
    for path in ("/trend", "/figures/compared"):
        refused(town.gisadmin.get(path), 403)


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/breakdown", {}, "by"),
        ("/breakdown", {"by": "planet"}, "by"),
        ("/breakdown", {"by": "unit", "criterion": "per_km2"}, "criterion"),
        ("/breakdown", {"by": "unit", "limit": 0}, "limit"),
        ("/trend", {"bin": "year"}, "bin"),
        ("/trend", {"bin": "hour", "from": "2026-10-01T00:00:00+08:00"}, "bin"),
        ("/trend", {"from": "0001-01-01T00:00:00+00:00"}, "bin"),
        ("/figures/compared", {"by": "cell"}, "by"),
    ],
)
def test_a_question_that_cannot_be_read_is_named(
    town: SmallTown, path: str, query: dict[str, object], field: str
) -> None:
    refused(town.commander.get(path, **query), 422, field)


def test_any_moment_is_taken(town: SmallTown) -> None:
    for query in (
        {"from": "0001-01-01T00:00:00+00:00"},
        {"to": "0001-01-01T00:00:00+00:00"},
        {"from": "9999-12-31T00:00:00+00:00"},
    ):
        assert town.commander.get("/figures/compared", **query).status_code == 200
        rising = town.commander.get("/breakdown", by="cell", criterion="rising", **query)
        assert rising.status_code == 200
