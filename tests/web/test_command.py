"""The page of the command centre: who may open it, what its address means, what it escapes."""

from __future__ import annotations

import gzip
import html
import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from support.small_town import COLUMNS, ROWS, cell_of, middle_of
from wanmi.web.pages.command_address import DEFAULTS, Known, read_address

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from support.small_town import Person, SmallTown

BROWSER = {"Accept": "text/html", "Accept-Language": "en"}
NASTY = "<script>alert(1)</script>{{7*7}}${8}"


def open_page(person: Person, query: str = "") -> TestResponse:
    with person.town.app.test_client() as client:
        return client.get(f"/command{query}", headers={**person.headers, **BROWSER})


def said(answer: TestResponse) -> dict[str, Any]:
    block = re.search(
        r'<script type="application/json" id="command-data">(.*?)</script>', answer.text
    )
    assert block
    found: dict[str, Any] = json.loads(block[1])
    return found


# Who


@pytest.mark.parametrize("login", ["commander", "inspector", "dispatcher", "handler"])
def test_those_who_see_cases_may_open_it(town: SmallTown, login: str) -> None:
    answer = open_page(town.people[login])
    assert answer.status_code == 200
    assert "Command centre" in answer.text


@pytest.mark.parametrize("login", ["admin", "gisadmin"])
def test_others_are_told_so_on_a_page(town: SmallTown, login: str) -> None:
    answer = open_page(town.people[login])
    assert answer.status_code == 403
    assert answer.mimetype == "text/html"
    assert "role does not allow" in answer.text


def test_a_stranger_signs_in_first_and_comes_back(town: SmallTown) -> None:
    with town.app.test_client() as client:
        answer = client.get("/command?status=closed", headers=BROWSER)
    assert answer.status_code in {302, 303}
    assert "/login?next=" in answer.location
    assert "status%3Dclosed" in answer.location


def test_who_may_not_see_the_density_gets_map_and_list_without_it(town: SmallTown) -> None:
    assert "wanmi.cells(" in open_page(town.commander).text
    page = open_page(town.handler).text
    assert "wanmi.cells(" not in page
    assert "/density" not in page
    assert "wanmi.issues(" in page


def test_the_county_is_offered_its_own(town: SmallTown) -> None:
    whole, county = open_page(town.commander).text, open_page(town.county_leader).text
    assert 'value="S-YC"' in whole
    assert 'value="S-YC"' not in county
    assert 'value="CO-HW1"' in whole
    assert "G610921" in county
    assert "GX-GWH" not in county


# Safety


def test_nothing_runs_on_the_page_but_what_is_ours(town: SmallTown) -> None:
    answer = open_page(town.commander)
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    scripts = re.findall(r"<script([^>]*)>", answer.text)
    inline = [tag for tag in scripts if "src=" not in tag and "application/json" not in tag]
    assert inline
    assert all(f'nonce="{nonce[1]}"' in tag for tag in inline)
    links = re.findall(r'(?:src|href)="([^"]*)"', answer.text)
    outside = [link for link in links if "//" in link and not link.startswith("data:")]
    assert outside == [], "no other host"
    assert nonce[1] not in open_page(town.commander).text, "another nonce each time"


def test_pages_and_answers_say_how_they_may_be_used(town: SmallTown) -> None:
    for answer in (open_page(town.commander), town.commander.get("/figures")):
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ["status", "case", "cell", "street", NASTY])
def test_markup_in_the_address_is_shown_as_text(town: SmallTown, name: str) -> None:
    with town.app.test_client() as client:
        answer = client.get(
            "/command", query_string={name: NASTY}, headers={**town.commander.headers, **BROWSER}
        )
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "49" not in said(answer)["state"].values()
    assert html.escape(NASTY)[:30] in answer.text


def test_what_people_wrote_is_not_in_the_page_at_all(town: SmallTown) -> None:
    town.inspector.reports(at=middle_of(1, 2), description=NASTY)
    assert "alert(1)" not in open_page(town.commander).text


# Addresses

KNOWN = Known(
    statuses={"open", "closed", "void", "any", "reported"},
    classes={"06", "06010"},
    streets={"S-YC"},
    zones={"I1"},
    cells={cell_of(1, 2)},
    units={"AK-CGJ"},
    by=("cell", "zone"),
)
DEFAULT = dict(DEFAULTS)


def test_an_address_without_anything_is_the_open_cases() -> None:
    asked = read_address({}, KNOWN)
    assert asked.state == DEFAULT
    assert asked.left_out == ()


def test_what_is_understood_is_kept() -> None:
    given = {
        "status": "closed",
        "class_code": "06010",
        "street": "S-YC",
        "zone": "I1",
        "cell": cell_of(1, 2),
        "unit": "AK-CGJ",
        "period": "7d",
        "by": "zone",
        "order": "due",
        "case": "6" * 21,
        "view": "15.5/32.69/109.02",
    }
    asked = read_address(given, KNOWN)
    assert asked.left_out == ()
    assert asked.state == {**DEFAULT, **given, "view": "15.5/32.69000/109.02000"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "opne"),
        ("class_code", "6"),
        ("street", "S-YC'--"),
        ("zone", ""),
        ("cell", "610902"),
        ("unit", "ak-cgj"),
        ("overdue", "maybe"),
        ("period", "yesterday"),
        ("from", "2026-02-30"),
        ("from", "2026-11-23T24"),
        ("to", "2026-11-23T09:30"),
        ("worst", "all"),
        ("trend", "year"),
        ("to", "0001-01-01"),
        ("to", "9999-12-31"),
        ("by", "street"),
        ("order", "desc"),
        ("case", "12"),
        ("at", "32.69"),
        ("at", "nan,32"),
        ("at", "109,132"),
        ("view", "99/32/109"),
        ("view", "nan/32/109"),
        ("view", "15/109/32"),
        ("utm_source", "mail"),
    ],
)
def test_what_is_not_understood_is_left_out_and_named(name: str, value: str) -> None:
    asked = read_address({name: value, "class_code" if name != "class_code" else "x": "06"}, KNOWN)
    assert name not in asked.state or asked.state[name] == DEFAULT.get(name)
    named = {part.name for part in asked.left_out}
    assert named - {"x"} == ({name} if value else set())


def test_a_long_value_is_cut() -> None:
    (part,) = read_address({"street": "长" * 5000}, KNOWN).left_out
    assert len(part.value) < 100


def test_contradictions_are_repaired() -> None:
    turned = read_address({"from": "2026-11-20", "to": "2026-11-01"}, KNOWN).state
    assert (turned["from"], turned["to"]) == ("2026-11-01", "2026-11-20")
    day = {"from": "2026-11-20T09", "to": "2026-11-20"}
    assert read_address(day, KNOWN).state.items() >= day.items()
    both = read_address({"period": "today", "from": "2026-11-01"}, KNOWN).state
    assert "from" not in both
    late = read_address({"overdue": "1", "status": "closed"}, KNOWN).state
    assert (late["overdue"], late["status"]) == ("true", "open")
    one = read_address({"case": "6" * 21, "at": "109,32"}, KNOWN).state
    assert "at" not in one


def test_days_become_moments_of_the_city() -> None:
    zone, today = ZoneInfo("Asia/Shanghai"), date(2026, 11, 23)
    between = read_address({"from": "2026-11-01", "to": "2026-11-02"}, KNOWN).query(today, zone)
    assert between == {
        "status": "open",
        "from": "2026-11-01T00:00:00+08:00",
        "to": "2026-11-03T00:00:00+08:00",
    }
    hours = {"from": "2026-11-02T09", "to": "2026-11-02T11", "trend": "hour"}
    assert read_address(hours, KNOWN).query(today, zone) == {
        "status": "open",
        "from": "2026-11-02T09:00:00+08:00",
        "to": "2026-11-02T12:00:00+08:00",
    }
    week = read_address({"period": "7d", "status": "any"}, KNOWN).query(today, zone)
    assert week == {"from": "2026-11-17T00:00:00+08:00"}


def test_the_page_opens_with_what_the_address_says(town: SmallTown) -> None:
    cell = cell_of(1, 2)
    answer = open_page(town.commander, f"?status=closed&cell={cell}&by=zone&foo=1")
    assert said(answer)["state"] == {**DEFAULT, "status": "closed", "cell": cell, "by": "zone"}
    assert "<code>foo=1</code>" in answer.text
    assert f"/api/v1/cases/points?status=closed\\u0026cell={cell}" in answer.text


def test_the_page_is_small(town: SmallTown) -> None:
    assert COLUMNS * ROWS == 60
    assert len(gzip.compress(open_page(town.commander).data)) < 40_000


def test_the_page_says_that_its_data_are_made_up_only_when_they_are(town: SmallTown) -> None:
    assert said(open_page(town.commander))["words"]["done"] == "Ended"
    assert 'class="badge"' not in open_page(town.commander).text
