"""GET /api/v1/cases and what hangs on one: lists, pages, features, history."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from support.problems import refused
from support.small_town import MONDAY, REFUSE, VENDING, cell_of, middle_of

if TYPE_CHECKING:
    from support.small_town import Person, SmallTown


def report(town: SmallTown, **changes: Any) -> str:  # noqa: ANN401
    answer = town.inspector.reports(**changes)
    assert answer.status_code == 201
    return str(answer.json["number"])


def listed(person: Person, **query: object) -> list[str]:
    answer = person.get("/cases", **query)
    assert answer.status_code == 200, answer.text
    return [case["number"] for case in answer.json["cases"]]


def test_a_case_says_what_was_reported_and_what_can_be_done(town: SmallTown) -> None:
    number = report(town, at=middle_of(1, 2))
    said = town.shift_leader.get(f"/cases/{number}").json
    assert (said["number"], said["version"], said["status"]) == (number, 1, "reported")
    assert (said["status_type"], said["status_label"]) == ("open", "已上报")
    assert said["class"] == {"code": REFUSE, "name": "暴露垃圾", "edition": "GB/T 47678.5-2026"}
    assert said["cell"]["code"] == cell_of(1, 2)
    assert said["suggested_unit"]["code"] == "CO-HW1"
    assert said["unit"] is None
    assert said["received_at"] == "2026-11-23T09:30:00+08:00"
    assert said["trace"][-1]["outcome"] == "won"
    moves = {move["move"]: move for move in said["moves"]}
    assert set(moves) == {"file", "void"}
    assert moves["file"]["requires"] == [{"field": "condition", "options": ["exposed-refuse"]}]
    assert moves["void"]["requires"] == [{"field": "reason"}]


def test_each_is_offered_their_own_moves(town: SmallTown) -> None:
    number = report(town)
    offered = {
        login: [move["move"] for move in answer.json["moves"]]
        for login, person in town.people.items()
        if (answer := person.get(f"/cases/{number}")).status_code == 200
    }
    assert offered["shift_leader"] == ["file", "void"]
    assert offered["inspector"] == offered["commander"] == offered["dispatcher"] == []


def test_either_number_finds_the_case(town: SmallTown) -> None:
    number = report(town)
    case_number = town.shift_leader.moves(number, "file", condition="exposed-refuse").json[
        "case_number"
    ]
    assert town.commander.get(f"/cases/{case_number}").json["number"] == number
    answer = town.dispatcher.post(
        f"/cases/{case_number}/moves", {"move": "dispatch", "version": 2, "unit": "CO-HW1"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "number", ["1", "610900202611239999999", "x" * 40, "' OR 1=1 --", "%00", "é", "𠮷", " "]
)
def test_what_is_not_there_is_not_found(town: SmallTown, number: str) -> None:
    path = number if number == "%00" else quote(number)
    for rest in ("", "/history"):
        answer = town.commander.get(f"/cases/{path}{rest}")
        assert answer.status_code in {404, 422}
        refused(answer, answer.status_code)


def test_what_one_may_not_see_is_not_found(town: SmallTown) -> None:
    number = report(town, at=middle_of(1, 2))
    missing = refused(town.county_leader.get("/cases/610900202611239999999"), 404)
    assert refused(town.county_leader.get(f"/cases/{number}"), 404) == missing
    assert refused(town.county_leader.get(f"/cases/{number}/history"), 404) == missing
    refused(town.gisadmin.get(f"/cases/{number}"), 403)


def test_who_reported_is_told_to_few(town: SmallTown) -> None:
    number = report(town)
    assert "reporter_id" in town.operator.get(f"/cases/{number}").json
    assert "reporter_id" not in town.commander.get(f"/cases/{number}").json
    journal = town.commander.get(f"/cases/{number}/history").json["journal"]
    assert "account_id" not in journal[0]
    assert "account_id" in town.operator.get(f"/cases/{number}/history").json["journal"][0]


def test_a_history_tells_moves_and_clocks(town: SmallTown) -> None:
    number = report(town)
    town.shift_leader.moves(number, "file", condition="exposed-refuse")
    town.dispatcher.moves(number, "dispatch", unit="CO-HW1", reason="尽快")
    town.clock.now = MONDAY + timedelta(hours=1)
    said = town.commander.get(f"/cases/{number}/history").json
    assert [entry["move"] for entry in said["journal"]] == ["report", "file", "dispatch"]
    assert said["journal"][-1]["unit"]["code"] == "CO-HW1"
    assert said["journal"][-1]["given"] == {"reason": "尽快"}
    clocks = {clock["clock"]: clock for clock in said["clocks"]}
    assert clocks["handling"]["phase"] == "running"
    assert clocks["handling"]["spent"] == pytest.approx(1.0)
    assert clocks["handling"]["due_at"] == "2026-11-23T15:30:00+08:00"
    assert clocks["accept"]["phase"] == "stopped"
    kinds = [(row["clock"], row["kind"]) for row in said["ledger"]]
    assert kinds[-1] == ("handling", "start")


def test_lists_are_filtered(town: SmallTown) -> None:
    refuse = report(town, at=middle_of(1, 2))
    vending = report(town, class_code=VENDING, at=middle_of(3, 4))
    gone = report(town, at=middle_of(5, 4))
    town.shift_leader.moves(gone, "void", reason="?")
    everybody = town.commander
    assert listed(everybody) == [gone, vending, refuse]
    assert listed(everybody, status="open") == [vending, refuse]
    assert listed(everybody, status="void") == [gone]
    assert listed(everybody, class_code="09") == [vending]
    assert listed(everybody, cell=cell_of(1, 2)) == [refuse]
    assert listed(everybody, zone="I0") == [refuse]
    assert listed(everybody, unit="CO-HW1", status="open") == [refuse]
    assert listed(everybody, q=vending) == [vending]
    assert listed(everybody, overdue="true") == []
    assert listed(everybody, from_="2026-11-23T09:30:00+08:00") == [gone, vending, refuse]
    assert listed(everybody, to="2026-11-23T01:30:00Z") == []
    place = middle_of(3, 4)
    box = f"{place.lon},{place.lat},{place.lon},{place.lat}"
    assert listed(everybody, bbox=box) == [vending]
    assert listed(town.south_cleaner) == []
    assert listed(town.county_leader) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"class_code": "6"}, "class_code"),
        ({"class_code": "06x10"}, "class_code"),
        ({"overdue": "perhaps"}, "overdue"),
        ({"from_": "2026-11-23T09:30:00"}, "from"),
        ({"from_": "yesterday"}, "from"),
        ({"to": "2026-13-01T00:00:00Z"}, "to"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "110,32,109,33"}, "bbox"),
        ({"bbox": "nan,32,109,33"}, "bbox"),
        ({"bbox": "109,32,190,33"}, "bbox"),
        ({"cursor": "x"}, "cursor"),
        ({"cell": "x" * 41}, "cell"),
        ({"q": "x" * 101}, "q"),
        ({"color": "red"}, "color"),
        ({"status": "nonsense"}, "status"),
        ({"status": ""}, "status"),
        ({"cell": "6109020010010"}, "cell"),
        ({"source": "pigeon"}, "source"),
        ({"from_": "2026-11-23T09:30:01+08:00", "to": "2026-11-23T01:30:00Z"}, "to"),
    ],
)
def test_a_filter_that_can_mean_no_case_is_named(
    town: SmallTown, query: dict[str, object], field: str
) -> None:
    refused(town.commander.get("/cases", **query), 422, field)


@pytest.mark.parametrize(
    "path",
    [
        "/cases",
        "/cases/points",
        "/density",
        "/figures",
        "/grid/counts",
        "/tiles/cases/14/13151/6620.mvt",
    ],
)
def test_wherever_cases_are_chosen_all_that_is_wrong_is_said(town: SmallTown, path: str) -> None:
    query = {"status": "nonsense", "bbox": "110,32,109,33", "cell": "x", "source": "x"}
    said = refused(town.commander.get(path, **query), 422, *query)
    sentence = next(row["message"] for row in said["errors"] if row["field"] == "status")
    words = set(re.findall("[a-z]+", sentence))
    assert {"open", "closed", "void", "reported", "dispatched"} <= words
    assert said["detail"] == sentence


def test_every_status_that_there_is_can_be_asked_for(town: SmallTown) -> None:
    number = report(town)
    for status in ("closed", "void", *town.office.workflow.states):
        assert listed(town.commander, status=status) == ([number] if status == "reported" else [])
    assert listed(town.commander, from_="2026-11-23T01:30:00Z", to="2026-11-23T01:30:00Z") == []


@pytest.mark.parametrize("name", ["q", "cell", "status", "unit", "street", "cursor"])
def test_no_query_carries_what_cannot_be_stored(town: SmallTown, name: str) -> None:
    refused(town.commander.get("/cases", **{name: "a\0b"}), 422)


def test_pages_go_on_where_the_last_one_ended(town: SmallTown) -> None:
    numbers = []
    for place in range(7):
        town.clock.now = MONDAY + timedelta(seconds=place // 2)
        numbers.append(report(town))
    found, cursor = [], None
    while True:
        query = {"cursor": cursor} if cursor else {}
        page = town.commander.get("/cases", limit=3, **query).json
        found += [case["number"] for case in page["cases"]]
        report(town)  # a new one arrives meanwhile
        cursor = page["next"]
        if cursor is None:
            break
    assert found == numbers[::-1]


def test_features_are_what_a_map_reads(town: SmallTown) -> None:
    numbers = [report(town, at=middle_of(place, 2)) for place in (1, 3)]
    answer = town.commander.get("/cases", limit=1, headers={"Accept": "application/geo+json"})
    assert answer.content_type == "application/geo+json"
    said = answer.get_json(force=True)
    assert said["type"] == "FeatureCollection"
    [feature] = said["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": list(middle_of(3, 2).lonlat)}
    assert feature["id"] == feature["properties"]["number"] == numbers[1]
    assert "location" not in feature["properties"]
    following = town.commander.get(
        "/cases", cursor=said["next"], headers={"Accept": "application/geo+json"}
    ).get_json(force=True)
    assert [feature["id"] for feature in following["features"]] == [numbers[0]]
    assert following["next"] is None


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html", ""])
def test_json_is_the_answer_to_everybody_else(town: SmallTown, accept: str) -> None:
    answer = town.commander.get("/cases", headers={"Accept": accept})
    assert answer.content_type == "application/json"
    assert set(answer.json) == {"cases", "next", "as_of"}


def test_names_are_in_the_reader_s_language(town: SmallTown) -> None:
    number = report(town)
    said = town.commander.get(f"/cases/{number}", headers={"Accept-Language": "en-GB,en"}).json
    assert said["status_label"] == "Reported"
    assert said["class"]["name"] == "exposed refuse"
    assert said["suggested_unit"]["name"].startswith("South Bank")
