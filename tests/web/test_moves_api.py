"""POST /api/v1/cases/{number}/moves: what people do with a case, from report to closed."""

from __future__ import annotations

import json
import uuid
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from support import pictures
from support.problems import refused
from support.small_town import middle_of

if TYPE_CHECKING:
    from support.small_town import SmallTown


@pytest.fixture
def number(town: SmallTown) -> str:
    return str(town.inspector.reports(at=middle_of(1, 2)).json["number"])


def test_a_case_goes_its_way(town: SmallTown, number: str) -> None:
    said = town.shift_leader.moves(number, "file", condition="exposed-refuse").json
    assert (said["status"], said["version"], said["condition"]) == ("filed", 2, "exposed-refuse")
    assert len(said["case_number"]) == 19
    assert not said["expected_limit"]["forecast"]
    said = town.dispatcher.moves(number, "dispatch", unit="CO-HW1").json
    assert said["unit"]["code"] == "CO-HW1"
    assert said["due_at"] == "2026-11-23T15:30:00+08:00"
    said = town.south_cleaner.moves(number, "handle", reason="已清理").json
    assert said["moves"] == []
    said = town.shift_leader.moves(number, "close", closing_condition="exposed-refuse").json
    assert (said["status"], said["status_type"]) == ("closed", "closed")
    assert said["ended_at"] == "2026-11-23T09:30:00+08:00"
    assert said["moves"] == []


def test_the_answer_is_the_case_as_it_is_read_afterwards(town: SmallTown, number: str) -> None:
    said = town.shift_leader.moves(number, "file", condition="exposed-refuse").json
    assert said == town.shift_leader.get(f"/cases/{number}").json


def test_the_same_move_again_is_answered_as_the_first_time(town: SmallTown, number: str) -> None:
    town.shift_leader.moves(number, "file", condition="exposed-refuse")
    move = {"id": str(uuid.uuid4()), "unit": "CO-HW1", "version": 2}
    first = town.dispatcher.moves(number, "dispatch", **move)
    town.south_cleaner.moves(number, "handle")
    again = town.dispatcher.moves(number, "dispatch", **move)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == first.json
    assert town.count("journal") == 4
    refused(town.dispatcher.moves(number, "void", id=move["id"], version=2, reason="?"), 409)


def test_who_comes_second_is_told(town: SmallTown, number: str) -> None:
    town.shift_leader.moves(number, "file", condition="exposed-refuse")
    answer = town.shift_leader.moves(number, "void", version=1, reason="?")
    refused(answer, 409, "version")
    answer = town.shift_leader.moves(number, "file", condition="exposed-refuse")
    refused(answer, 409)


def test_a_move_brings_photos(town: SmallTown, number: str) -> None:
    town.shift_leader.moves(number, "file", condition="exposed-refuse")
    town.dispatcher.moves(number, "dispatch", unit="CO-HW1")
    photo = town.south_cleaner.post(
        "/photos",
        data={"photo": (BytesIO(pictures.photo()), "x.jpg")},
        content_type="multipart/form-data",
    ).json["id"]
    answer = town.south_cleaner.moves(number, "handle", photos=[photo])
    assert answer.status_code == 200
    shown = town.shift_leader.get(f"/photos/{photo}")
    assert shown.status_code == 200
    shown.close()
    foreign = [str(uuid.uuid4())]
    answer = town.shift_leader.moves(
        number, "close", closing_condition="exposed-refuse", photos=foreign
    )
    refused(answer, 422, "photos[0]")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("inspector", 403),
        ("dispatcher", 403),
        ("commander", 403),
        ("handler", 404),
        ("county_leader", 404),
        ("gisadmin", 403),
        ("admin", 403),
    ],
)
def test_whose_move_it_is_not_is_told_so(
    town: SmallTown, number: str, who: str, status: int
) -> None:
    body = {"move": "file", "version": 1, "condition": "exposed-refuse"}
    refused(town.people[who].post(f"/cases/{number}/moves", body), status)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"move": None}, "move"),
        ({"move": 5}, "move"),
        ({"move": "fly"}, "move"),
        ({"move": "report"}, None),
        ({"version": "1"}, "version"),
        ({"version": 1.5}, "version"),
        ({"version": True}, "version"),
        ({"version": 0}, "version"),
        ({"version": 2**40}, "version"),
        ({"id": "x"}, "id"),
        ({"condition": None}, "condition"),
        ({"condition": "lamp-out"}, "condition"),
        ({"condition": 5}, "condition"),
        ({"unit": "CO-HW1"}, "unit"),
        ({"reason": "a\0b"}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"colour": "red"}, "colour"),
        ({"photos": ["x"]}, "photos[0]"),
    ],
)
def test_what_a_move_needs_is_named(
    town: SmallTown, number: str, changes: dict[str, Any], field: str | None
) -> None:
    body = {"move": "file", "version": 1, "condition": "exposed-refuse", **changes}
    answer = town.shift_leader.post(f"/cases/{number}/moves", body)
    if field is None:
        assert answer.status_code in {403, 409}
    else:
        refused(answer, 422, field)
    assert town.count("journal") == 1


def test_a_body_that_is_none_is_refused(town: SmallTown, number: str) -> None:
    path = f"/cases/{number}/moves"
    refused(town.shift_leader.post(path, data="{", content_type="application/json"), 400)
    refused(town.shift_leader.post(path, data="[" * 100_000, content_type="application/json"), 400)
    refused(town.shift_leader.post(path, data="move=file"), 415)
    refused(town.shift_leader.post(path, []), 422)
    big = json.dumps({"move": "x" * 10_000_000})
    refused(town.shift_leader.post(path, data=big, content_type="application/json"), 413)
