"""POST /api/v1/reports/batch: many at once, each with its own answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from support.problems import is_problem, refused
from support.small_town import REFUSE, a_report_body, middle_of
from wanmi.platform.casework.recording import recount

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from support.small_town import SmallTown


def send(town: SmallTown, body: object) -> TestResponse:
    return town.inspector.post("/reports/batch", body)


def send_text(town: SmallTown, text: str) -> TestResponse:
    return town.inspector.post(
        "/reports/batch",
        data=text.encode("utf-8", "surrogatepass"),
        content_type="application/json",
    )


def bodies(count: int) -> list[dict[str, Any]]:
    return [a_report_body(at=middle_of(place % 10, place // 10 % 6)) for place in range(count)]


def test_each_is_answered_in_its_place(town: SmallTown) -> None:
    known = a_report_body()
    town.inspector.post("/reports", known)
    foreign = a_report_body()
    town.second_inspector.post("/reports", foreign)
    good = a_report_body()
    items: list[Any] = [
        good,
        {**a_report_body(), "location": {"lon": 109.02, "lat": 32.68}},
        known,
        foreign,
        {**known, "description": "anders"},
        a_report_body(source="hotline_12345"),
        a_report_body("99999"),
        5,
        None,
        a_report_body(description="a\0b"),
        {**good, "description": "anders"},
        good,
    ]
    answer = send(town, items)
    assert answer.status_code == 200
    assert [item["status"] for item in answer.json] == [
        201, 422, 200, 409, 409, 403, 422, 422, 422, 422, 409, 200,
    ]  # fmt: skip
    for item in answer.json:
        if item["status"] in {200, 201}:
            assert set(item) == {"status", "body"}
        else:
            assert set(item) == {"status", "problem"}
            is_problem(item["problem"], item["status"])
    assert [row["field"] for row in answer.json[1]["problem"]["errors"]] == ["location.datum"]
    assert answer.json[0]["body"] == answer.json[11]["body"]
    assert answer.json[0]["body"]["id"] == good["id"]
    assert town.count("cases") == town.count("journal") == 3
    with town.engine.connect() as connection:
        assert recount(connection) == []


def test_each_is_answered_as_if_it_came_alone(town: SmallTown) -> None:
    many = bodies(60)
    answer = send(town, many)
    for body, item in zip(many, answer.json, strict=True):
        assert town.inspector.post("/reports", body).json == item["body"]
    again = send(town, many[::-1])
    assert [item["status"] for item in again.json] == [200] * 60
    assert [item["body"] for item in again.json[::-1]] == [item["body"] for item in answer.json]


def test_a_list_in_an_object_is_a_list(town: SmallTown) -> None:
    assert [item["status"] for item in send(town, {"reports": bodies(2)}).json] == [201, 201]


def test_none_is_answered_with_none(town: SmallTown) -> None:
    answer = send(town, [])
    assert (answer.status_code, answer.json) == (200, [])


def test_a_thousand_are_taken_and_one_more_is_not(town: SmallTown) -> None:
    many = bodies(1001)
    refused(send(town, many), 413)
    assert town.count("cases") == 0
    answer = send(town, many[:1000])
    assert {item["status"] for item in answer.json} == {201}
    assert len({item["body"]["number"] for item in answer.json}) == 1000
    with town.engine.connect() as connection:
        assert recount(connection) == []


def test_five_megabytes_are_the_limit(town: SmallTown) -> None:
    text = json.dumps(bodies(3))
    fits = text + " " * (5_000_000 - len(text))
    assert {item["status"] for item in send_text(town, fits).json} == {201}
    refused(send_text(town, fits + " "), 413)
    refused(send_text(town, fits + " " * 6_000_000), 413)


@pytest.mark.parametrize("bad", ['"\\ud800"', '"\\udfff\\ud800"', "NaN", "Infinity", "-Infinity"])
def test_half_a_character_or_no_number_costs_only_its_report(town: SmallTown, bad: str) -> None:
    body = a_report_body()
    where = "description" if bad.startswith('"') else "accuracy_m"
    if where == "description":
        broken = json.dumps({**a_report_body(), "description": 12321})
    else:
        broken = json.dumps(a_report_body())
        broken = broken.replace('"datum"', '"accuracy_m": 12321, "datum"')
    text = f"[{json.dumps(body)}, {broken.replace('12321', bad)}, {json.dumps(a_report_body())}]"
    answer = send_text(town, text)
    assert [item["status"] for item in answer.json] == [201, 422, 201]
    is_problem(answer.json[1]["problem"], 422)


def test_nesting_in_one_costs_only_that_one(town: SmallTown) -> None:
    deep = json.dumps(a_report_body(photos=12321)).replace("12321", "[" * 150 + "]" * 150)
    answer = send_text(town, f"[{deep}, {json.dumps(a_report_body())}]")
    assert [item["status"] for item in answer.json] == [422, 201]


@pytest.mark.parametrize("body", [{}, {"reports": {}}, {"reports": [], "more": 1}, 5, "x", None])
def test_what_is_no_list_is_refused(town: SmallTown, body: object) -> None:
    text = json.dumps(body)
    refused(send_text(town, text), 422, "body")


def test_another_kind_of_body_is_refused(town: SmallTown) -> None:
    answer = town.inspector.post("/reports/batch", data="[]", content_type="text/csv")
    refused(answer, 415)


def test_who_does_not_report_sends_no_batch(town: SmallTown) -> None:
    refused(town.admin.post("/reports/batch", bodies(1)), 403)


def test_words_are_in_the_language_that_was_asked_for(town: SmallTown) -> None:
    bad = [{**a_report_body(REFUSE), "extra": 1}]
    said = {
        language: town.inspector.post(
            "/reports/batch", bad, headers={"Accept-Language": language}
        ).json[0]["problem"]
        for language in ("en", "zh-CN")
    }
    assert said["en"]["errors"][0]["message"] == "This key is not known; leave it out."
    assert said["zh-CN"]["errors"][0]["message"] != said["en"]["errors"][0]["message"]
