"""POST /api/v1/reports: what a phone sends, good and bad."""

from __future__ import annotations

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from support.problems import refused
from support.small_town import (
    LAMP,
    LAMP_DEFECT,
    MONDAY,
    REFUSE,
    VENDING,
    a_report_body,
    cell_of,
    spot,
    west_of_town,
)
from wanmi.gis.points import Datum, LonLat, RawPoint
from wanmi.platform.casework.classes import STANDARD_2013

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from support.small_town import SmallTown

MISSING = object()


def changed(path: str, value: object) -> dict[str, Any]:
    """Return a good report in which one value is another, or missing."""
    body = a_report_body()
    *way, last = path.split(".")
    inner = body
    for name in way:
        inner = inner[name]
    if value is MISSING:
        del inner[last]
    else:
        inner[last] = value
    return body


def send_text(town: SmallTown, text: str | bytes, kind: str = "application/json") -> TestResponse:
    """Send a body as it is."""
    return town.inspector.post("/reports", data=text, content_type=kind)


def nothing_was_kept(town: SmallTown) -> bool:
    return town.count("cases") == town.count("journal") == 0


# Good ones


def test_a_report_is_answered_with_its_receipt(town: SmallTown) -> None:
    body = a_report_body(at=spot(3.5, 0.7))
    answer = town.inspector.post("/reports", body)
    assert answer.status_code == 201
    said = answer.json
    number = said.pop("number")
    assert len(number) == 21
    assert number in said.pop("receipt")
    trace = said.pop("trace")
    assert trace[-1] == {"rule": "model-street", "outcome": "won", "unit": "CO-SZ"}
    assert said.pop("street")["distance_m"] == pytest.approx(22.18, abs=0.1)
    place = {name: body["location"][name] for name in ("lon", "lat", "datum")}
    assert said == {
        "id": body["id"],
        "status": "reported",
        "location": {"original": {**place, "accuracy_m": None}, "stored": place},
        "cell": {
            "code": cell_of(3, 0),
            "match": "inside",
            "distance_m": 0.0,
            "unit": {"code": "C610902001003", "name": "西大街社区居委会"},
        },
        "zones": [
            {"kind": "inspection", "code": "I1", "name": "I1 区"},
            {"kind": "sanitation", "code": "SAN0", "name": "SAN0 区"},
            {"kind": "street_order", "code": "ORDER", "name": "ORDER 区"},
        ],
        "suggested_unit": {"code": "CO-SZ", "name": "市政养护公司（示意）"},
        "flags": [],
        "stage_due_at": "2026-11-23T09:45:00+08:00",
        "expected_limit": {
            "amount": 4,
            "unit": "working_hour",
            "words": "4 个工作时",
            "condition": "exposed-refuse",
            "forecast": True,
            "source": "K2",
        },
    }


def test_the_same_report_again_is_answered_the_same(town: SmallTown) -> None:
    body = a_report_body(VENDING, spot(2.8, 3.5), answers={"food": True}, sent_at=None)
    first = town.inspector.post("/reports", body)
    town.clock.now = MONDAY + timedelta(minutes=3)
    again = town.inspector.post("/reports", {**body, "sent_at": town.clock.now.isoformat()})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert town.count("cases") == 1


def test_the_same_moment_in_another_zone_is_the_same_report(town: SmallTown) -> None:
    body = a_report_body()
    town.inspector.post("/reports", body)
    body["observed_at"] = "2026-11-23T01:30:00Z"
    assert town.inspector.post("/reports", body).status_code == 200


@pytest.mark.parametrize("zone", ["Z", "+14:00", "-23:59", "+23:59", "+05:45"])
def test_any_zone_is_a_zone(town: SmallTown, zone: str) -> None:
    said = f"2026-11-22T09:30:00{zone}"
    number = town.inspector.reports(observed_at=said, sent_at=said).json["number"]
    case = town.commander.get(f"/cases/{number}").json
    assert datetime.fromisoformat(case["observed_at"]) == datetime.fromisoformat(said)
    span = {"from_": f"2026-11-20T00:00:00{zone}", "to": f"2026-11-25T00:00:00{zone}"}
    later = town.commander.get("/cases", **span).json
    assert [case["number"] for case in later["cases"]] == [number]


def test_twenty_equal_posts_at_once_make_one_case(town: SmallTown) -> None:
    body = a_report_body()
    gate = threading.Barrier(20)

    def send(_: int) -> tuple[int, dict[str, Any]]:
        gate.wait()
        answer = town.inspector.post("/reports", body)
        return answer.status_code, answer.json

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert all(said == answers[0][1] for _, said in answers)
    assert (town.count("cases"), town.count("journal")) == (1, 1)


def test_a_used_id_is_a_conflict_that_tells_nothing(town: SmallTown) -> None:
    body = a_report_body()
    number = town.inspector.post("/reports", body).json["number"]
    other = refused(town.inspector.post("/reports", {**body, "description": "anders"}), 409)
    foreign = refused(town.second_inspector.post("/reports", body), 409)
    assert other == foreign
    assert number not in json.dumps(foreign)
    assert cell_of(1, 2) not in json.dumps(foreign)
    assert town.count("cases") == 1


def test_null_is_absent(town: SmallTown) -> None:
    body = a_report_body()
    town.inspector.post("/reports", body)
    nulls = dict.fromkeys(
        ("sent_at", "component_id", "condition", "photos", "edition", "answers"), None
    )
    same = {**body, **nulls, "location": {**body["location"], "accuracy_m": None}}
    assert town.inspector.post("/reports", same).status_code == 200


def test_a_whole_number_is_a_number(town: SmallTown) -> None:
    body = changed("location.accuracy_m", 8)
    assert town.inspector.post("/reports", body).status_code == 201
    body["location"]["accuracy_m"] = 8.0
    assert town.inspector.post("/reports", body).status_code == 200


def test_a_component_s_report(town: SmallTown) -> None:
    answer = town.inspector.reports(LAMP_DEFECT, spot(1.5, 1.5), component_id=LAMP)
    assert answer.json["suggested_unit"]["code"] == "CO-LD"


def test_a_code_of_2013_with_its_edition(town: SmallTown) -> None:
    answer = town.inspector.reports("0110", edition=STANDARD_2013)
    assert answer.status_code == 201
    case = town.commander.get(f"/cases/{answer.json['number']}").json
    assert case["class"]["code"] == REFUSE


def test_outside_the_grid_nothing_is_lost(town: SmallTown) -> None:
    said = town.inspector.reports(at=LonLat(109.2, 32.9)).json
    assert said["cell"] == {
        "code": None,
        "match": "none",
        "distance_m": None,
        "unit": {"code": "AK-GOV", "name": "市政府"},
    }
    assert [flag["code"] for flag in said["flags"]] == ["outside_grid"]
    near = town.inspector.reports(at=west_of_town(0.1)).json["cell"]
    assert near["match"] == "nearest"
    assert 0 < near["distance_m"] <= 30


def test_a_clock_that_is_two_days_ahead_is_marked(town: SmallTown) -> None:
    ahead = (MONDAY + timedelta(hours=47)).isoformat()
    answer = town.inspector.reports(observed_at=ahead)
    assert answer.status_code == 201
    assert [flag["code"] for flag in answer.json["flags"]] == ["clock_suspect"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script><img src=x onerror=alert(2)>",
        "{{ 7*7 }} {% raw %} ${7*7} %s %(x)s \\x41",
        "𠮷野家 👨‍👩‍👧‍👦 \U0010ffff",
        "abc \u202e gpj.exe \u2066 x \u2069 \ufeff",
        "'; DROP TABLE cases; --",
        "é e\u0301 \u00a0 \t \r\n",
        "x" * 2000,
        "",
    ],
)
def test_any_text_is_kept_to_the_letter(town: SmallTown, text: str) -> None:
    number = town.inspector.reports(description=text).json["number"]
    case = town.inspector.get(f"/cases/{number}")
    assert case.content_type == "application/json"
    assert case.json["description"] == text


@pytest.mark.parametrize("datum", list(Datum))
def test_every_datum_is_understood(town: SmallTown, datum: Datum) -> None:
    said = town.inspector.reports(at=RawPoint(109.03, 32.69, datum)).json["location"]
    assert said["original"] == {"lon": 109.03, "lat": 32.69, "datum": datum, "accuracy_m": None}
    assert said["stored"]["datum"] == "cgcs2000"
    shifted = abs(said["stored"]["lon"] - 109.03) > 0.001
    assert shifted is (datum in {Datum.GCJ02, Datum.BD09})


# Bad ones, each a sentence about its field


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("id", MISSING, "id"),
        ("id", "not a uuid", "id"),
        ("id", 5, "id"),
        ("class_code", MISSING, "class_code"),
        ("class_code", 6010, "class_code"),
        ("class_code", "0601", "class_code"),
        ("class_code", "99999", "class_code"),
        ("class_code", "6010\n", "class_code"),
        ("class_code", "０６０１０", "class_code"),
        ("class_code", "06010; --", "class_code"),
        ("edition", "GB/T 1-1999", "edition"),
        ("edition", STANDARD_2013, "class_code"),
        ("description", MISSING, "description"),
        ("description", None, "description"),
        ("description", 7, "description"),
        ("description", "x" * 2001, "description"),
        ("description", "a\0b", "description"),
        ("location", MISSING, "location"),
        ("location", [109.02, 32.68], "location"),
        ("location.datum", MISSING, "location.datum"),
        ("location.datum", None, "location.datum"),
        ("location.datum", "wgs72", "location.datum"),
        ("location.datum", "WGS84", "location.datum"),
        ("location.lon", MISSING, "location.lon"),
        ("location.lon", "109.02", "location.lon"),
        ("location.lon", True, "location.lon"),
        ("location.lon", 181, "location.lon"),
        ("location.lat", 109.02, "location.lat"),
        ("location.lat", -32.7, "location"),
        ("location.lat", 55.5, "location"),
        ("location.lon", 1e300, "location.lon"),
        ("location.accuracy_m", -1, "location.accuracy_m"),
        ("location.accuracy_m", 1e9, "location.accuracy_m"),
        ("location.crs", "EPSG:4326", "location.crs"),
        ("observed_at", MISSING, "observed_at"),
        ("observed_at", "2026-11-23T09:30:00", "observed_at"),
        ("observed_at", "yesterday", "observed_at"),
        ("observed_at", 1_795_400_000, "observed_at"),
        ("observed_at", "2026-11-26T09:30:00+08:00", "observed_at"),
        ("observed_at", "0001-01-01T00:00:00+08:00", "observed_at"),
        ("observed_at", "9999-12-31T23:59:59-12:00", "observed_at"),
        ("sent_at", "9999-12-31T23:59:59-12:00", "sent_at"),
        ("sent_at", "0001-01-01T00:00:00+14:00", "sent_at"),
        ("source", MISSING, "source"),
        ("source", "nobody", "source"),
        ("source", "Inspector", "source"),
        ("condition", "no-such", "condition"),
        ("component_id", LAMP, "class_code"),
        ("component_id", "1", "component_id"),
        ("photos", ["x"], "photos[0]"),
        ("photos", [str(uuid.UUID(int=3))], "photos[0]"),
        ("photos", [str(uuid.UUID(int=place)) for place in range(10)], "photos"),
        ("answers", {"food": True}, "answers.food"),
        ("answers", {"food": "yes"}, "answers.food"),
        ("answers", {f"q{place}": True for place in range(21)}, "answers"),
        ("answers", {"a\0": True}, None),
        ("unit", "CO-HW1", "unit"),
        ("__proto__", {}, "__proto__"),
    ],
)
def test_a_wrong_value_is_named(
    town: SmallTown, path: str, value: object, field: str | None
) -> None:
    answer = town.inspector.post("/reports", changed(path, value))
    refused(answer, 422, *([field] if field else []))
    assert nothing_was_kept(town)


def test_all_faults_are_said_at_once(town: SmallTown) -> None:
    body = {**a_report_body(), "id": 1, "extra": 2, "source": None}
    refused(town.inspector.post("/reports", body), 422, "id", "extra", "source")


def test_swapped_coordinates_are_said_to_be_so(town: SmallTown) -> None:
    body = changed("location", {"lon": 32.69, "lat": 109.02, "datum": "wgs84"})
    answer = town.inspector.post("/reports", body, headers={"Accept-Language": "en"})
    said = refused(answer, 422, "location.lat")
    assert "swapped" in said["errors"][0]["message"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e999"])
def test_numbers_that_are_none_are_refused(town: SmallTown, number: str) -> None:
    text = json.dumps(changed("location.lon", 12321)).replace("12321", number)
    refused(send_text(town, text), 422, "location.lon")
    assert nothing_was_kept(town)


def test_a_number_of_a_hundred_thousand_digits(town: SmallTown) -> None:
    text = json.dumps(changed("location.lon", 12321)).replace("12321", "9" * 100_000)
    assert send_text(town, text).status_code in {400, 422}
    assert nothing_was_kept(town)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "nonsense",
        b"\xff\xfe{\x00}\x00",
        b'{"description": "\xff"}',
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        '{"id": 1} {"id": 2}',
        "{'id': 1}",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_what_is_no_json_is_refused(town: SmallTown, text: str | bytes) -> None:
    refused(send_text(town, text), 400, "body")
    refused(town.inspector.post("/reports/batch", data=text, content_type="application/json"), 400)


def test_half_a_character_is_refused(town: SmallTown) -> None:
    refused(send_text(town, '{"description": "\\ud800"}'), 400, "body")


@pytest.mark.parametrize("text", ["[]", "null", "5", '"text"', "true", "{}"])
def test_json_that_is_no_report_is_refused(town: SmallTown, text: str) -> None:
    refused(send_text(town, text), 422)


def test_nesting_inside_a_value_is_refused(town: SmallTown) -> None:
    deep = "[" * 150 + "]" * 150
    text = json.dumps(changed("photos", 12321)).replace("12321", deep)
    refused(send_text(town, text), 422, "photos[0]")


def test_of_a_key_that_comes_twice_the_last_counts(town: SmallTown) -> None:
    text = json.dumps(a_report_body(description="第二"))
    twice = '{"description": "第一", ' + text[1:]
    number = send_text(town, twice.encode()).json["number"]
    assert town.inspector.get(f"/cases/{number}").json["description"] == "第二"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_body_of_another_kind_is_refused(town: SmallTown, kind: str) -> None:
    refused(send_text(town, json.dumps(a_report_body()), kind), 415)
    assert nothing_was_kept(town)


def test_ten_megabytes_are_too_many(town: SmallTown) -> None:
    text = json.dumps(changed("description", "x" * 10_000_000))
    refused(send_text(town, text), 413)
    # Without a length said before: the body is counted while it is read.
    with town.app.test_client() as client:
        answer = client.post(
            "/api/v1/reports",
            headers={**town.inspector.headers, "Transfer-Encoding": "chunked"},
            input_stream=BytesIO(text.encode()),
            content_type="application/json",
            environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
        )
    refused(answer, 413)
    assert nothing_was_kept(town)


def test_a_source_that_is_not_theirs_is_forbidden(town: SmallTown) -> None:
    refused(town.inspector.reports(source="hotline_12345"), 403)
    assert town.operator.reports(source="hotline_12345").status_code == 201


@pytest.mark.parametrize("who", ["gisadmin", "admin", "dispatcher"])
def test_who_does_not_report_is_told_so(town: SmallTown, who: str) -> None:
    refused(town.people[who].reports(), 403)
    assert nothing_was_kept(town)
