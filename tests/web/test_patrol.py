"""What the phone page stands on: page, catalogue, the place before a report, my reports."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from support import city
from support.clusters import fresh_database, temporary_home
from support.live_server import MODEL_STREET, Live, live_server
from support.reporting import PEDLAR, bearer, cases, report_body
from wanmi.web.maps.links import STATIC
from wanmi.web.pages.patrol_words import PATROL_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

SCRIPTS = STATIC / "js" / "patrol"
DATA = re.compile(r'<script type="application/json" id="patrol-data">(.*?)</script>', re.DOTALL)
SCHOOL_GATE = (150, 90)
"""Metres from the centre: at the west side of the town's school."""


@pytest.fixture(scope="module")
def live(server: str) -> Iterator[Live]:
    with (
        fresh_database(server) as url,
        temporary_home() as home,
        live_server(url, home) as running,
    ):
        yield running


@pytest.fixture
def client(live: Live) -> FlaskClient:
    return live.app.test_client()


def signed_in(live: Live, login: str) -> FlaskClient:
    browser = live.app.test_client()
    browser.environ_base["HTTP_ACCEPT"] = "text/html"
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    browser.get(live.login_link(login).removeprefix(live.address))
    return browser


def locate(client: FlaskClient, live: Live, east_m: float, north_m: float, **more: str) -> dict:
    place = city.spot(east_m, north_m)
    answer = client.get(
        "/api/v1/locate",
        query_string={"lon": place.lon, "lat": place.lat, "datum": "cgcs2000", **more},
        headers=bearer(live.token()),
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


# The page


def data_of(page: TestResponse) -> dict:
    found = DATA.search(page.text)
    assert found
    return dict(json.loads(found.group(1)))


@pytest.mark.parametrize(
    ("login", "first", "several"),
    [
        ("inspector", "inspector", 0),
        ("operator", "hotline_12319", 1),
        ("handler", "department", 1),
    ],
)
def test_the_page_offers_the_sources_of_its_reader(
    live: Live, login: str, first: str, several: int
) -> None:
    page = signed_in(live, login).get("/patrol")
    assert page.status_code == 200
    sources = [row["code"] for row in data_of(page)["sources"]]
    assert sources[0] == first
    assert (len(sources) > 1) == several
    role = live.services.office.roles.by_code[login]
    assert {f"report.source.{source}" for source in sources} <= role.permissions


def test_who_does_not_report_has_no_such_page(live: Live) -> None:
    for login in ("dispatcher", "gisadmin", "admin"):
        page = signed_in(live, login).get("/patrol")
        assert page.status_code == 403
        assert page.mimetype == "text/html"


def test_the_page_is_small_and_asks_no_other_host(live: Live) -> None:
    page = signed_in(live, "inspector").get("/patrol")
    assert len(page.data) < 20_000
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        assert (STATIC / address.removeprefix("/static/")).is_file(), address
    for address in (*data_of(page)["map"]["scripts"], *data_of(page)["map"]["styles"]):
        assert (STATIC / address.removeprefix("/static/")).is_file(), address


def test_every_script_of_the_page_is_loaded_ahead(live: Live) -> None:
    page = signed_in(live, "inspector").get("/patrol")
    ahead = set(re.findall(r'rel="modulepreload" href="/static/js/patrol/(\w+\.js)"', page.text))
    assert ahead == {script.name for script in SCRIPTS.glob("*.js")}


def said(scripts: Path) -> set[str]:
    """The keys of words that the scripts say."""
    text = "".join(script.read_text("utf-8") for script in scripts.glob("*.js"))
    keys = set(re.findall(r"say\(\s*\"(\w+)\"", text))
    # Chosen first, said later.
    chosen = r"\"((?:position|help|kept|similar|sending)_\w+|yes|sending|not_kept)\""
    return keys | set(re.findall(chosen, text))


def test_every_word_of_the_scripts_can_be_translated() -> None:
    spoken = said(SCRIPTS)
    assert spoken - set(PATROL_WORDS) == set()
    unspoken = set(PATROL_WORDS) - spoken
    assert {key for key in unspoken if not key.startswith(("flag_", "waiting_"))} <= {"no"}


# The catalogue


def test_anybody_may_read_the_classes_in_their_language(client: FlaskClient, live: Live) -> None:
    english = client.get("/api/v1/catalogue", headers={"Accept-Language": "en"})
    chinese = client.get("/api/v1/catalogue", headers={"Accept-Language": "zh-CN"})
    catalogue = live.services.office.catalogue
    for answer, name in ((english, "name_en"), (chinese, "name_zh")):
        assert answer.status_code == 200
        listed = {row["code"]: row["name"] for row in answer.json["classes"]}
        assert listed == {code: getattr(m, name) for code, m in catalogue.matters.items()}
    assert [row["label"] for row in chinese.json["favourites"]][:2] == ["流动摊贩", "占道经营"]
    assert [row["code"] for row in chinese.json["majors"]] == [f"{n:02}" for n in range(1, 11)]
    pedlar = next(row for row in chinese.json["classes"] if row["code"] == PEDLAR)
    assert pedlar["words"] == ["流动摊贩"]
    assert pedlar["questions"] == ["food"]
    assert chinese.json["questions"]["food"]["required"] is True


def test_an_unchanged_catalogue_is_not_sent_again(client: FlaskClient) -> None:
    chinese, english = {"Accept-Language": "zh-CN"}, {"Accept-Language": "en"}
    first = client.get("/api/v1/catalogue", headers=chinese)
    tag = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/api/v1/catalogue", headers={**chinese, **tag})
    assert again.status_code == 304
    assert not again.data
    assert client.get("/api/v1/catalogue", headers={**english, **tag}).status_code == 200
    assert {"Accept-Language", "Cookie"} <= set(first.vary)


# The place, before a report is made


def test_without_a_class_a_place_has_neither_flags_nor_limit(
    client: FlaskClient, live: Live
) -> None:
    found = locate(client, live, 10, 10)
    assert (found["flags"], found["expected_limit"]) == ([], None)
    assert found["street"]["name"] == MODEL_STREET


@pytest.mark.parametrize(
    ("answers", "flags"),
    [
        (None, ["food-not-said-near-school"]),
        ("food:yes", ["food-sold-near-school"]),
        ("food:no", []),
    ],
)
def test_what_the_rules_will_say_is_known_before(
    client: FlaskClient, live: Live, answers: str | None, flags: list[str]
) -> None:
    more = {"answers": answers} if answers else {}
    found = locate(client, live, *SCHOOL_GATE, class_code=PEDLAR, **more)
    assert [flag["code"] for flag in found["flags"]] == flags
    said_before = {"location", "expected_limit", "flags", "suggested_unit", "trace"}
    assert said_before <= set(found)
    sent = report_body(
        *SCHOOL_GATE,
        class_code=PEDLAR,
        answers={"food": answers == "food:yes"} if answers else None,
    )
    receipt = client.post("/api/v1/reports", json=sent, headers=bearer(live.token())).json
    for key in ("flags", "suggested_unit", "expected_limit", "trace"):
        assert receipt[key] == found[key], key


def test_the_limit_is_said_in_words(client: FlaskClient, live: Live) -> None:
    limit = locate(client, live, 10, 10, class_code=PEDLAR)["expected_limit"]
    assert (limit["amount"], limit["unit"]) == (2, "urgent_hour")
    assert limit["words"] == "2 h, day and night"
    assert limit["forecast"] is True


@pytest.mark.parametrize("answers", ["food", "food:maybe", "food:yes,", "Food:yes", "loud:yes"])
def test_answers_that_are_none_are_refused(client: FlaskClient, live: Live, answers: str) -> None:
    place = city.spot(10, 10)
    asked = {"lon": place.lon, "lat": place.lat, "datum": "cgcs2000", "class_code": PEDLAR}
    answer = client.get(
        "/api/v1/locate",
        query_string={**asked, "answers": answers},
        headers=bearer(live.token()),
    )
    assert answer.status_code == 422


# Mine


def test_my_reports_are_those_that_i_have_made(client: FlaskClient, live: Live) -> None:
    mine, theirs = report_body(), report_body(source="hotline_12345")
    for report, login in ((mine, "inspector"), (theirs, "operator")):
        sent = client.post("/api/v1/reports", json=report, headers=bearer(live.token(login)))
        assert sent.status_code == 201
    token = live.token("inspector")
    ids = {case["id"] for case in cases(client, token, mine="true", limit="1000")}
    assert mine["id"] in ids
    assert theirs["id"] not in ids
    for asked in ({}, {"mine": "false"}):
        assert {mine["id"], theirs["id"]} <= {
            case["id"] for case in cases(client, token, limit="1000", **asked)
        }
