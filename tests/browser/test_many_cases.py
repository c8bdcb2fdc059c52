"""More cases than the list holds: heaps from far off, single cases near by, the rest on demand."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from support import city
from support.live_server import DAY
from support.reporting import report_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from support.browser import Watch
    from support.live_server import Live

MANY, AT_ONCE = 330, 300
LATE = 7
EAST, WEST = (250.0, 250.0), (-350.0, -250.0)
"""Metres from the town's centre: most are in the east, the late ones in the west."""

HEAPS = (
    """() => [...wanmi.layers.heaps.signs.values()].map(({ heap }) => [heap.cases, heap.overdue])"""
)
GATHERED = """(wanted) => wanmi.leaflet.hasLayer(wanmi.layers.heaps)
  && [...wanmi.layers.heaps.signs.values()]
    .reduce((sum, { heap }) => sum + heap.cases, 0) === wanted"""


def post(live: Live, reports: list[dict[str, Any]]) -> list[str]:
    """Send a batch as an inspector; return the numbers."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{live.address}/api/v1/reports/batch",
        json.dumps(reports).encode(),
        {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {live.token('inspector')}",
        },
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
        items = json.load(answer)
    return [item["body"]["number"] for item in items]


@pytest.fixture(scope="module", autouse=True)
def late(live: Live) -> list[str]:
    """Many cases; of those in the west the first has waited longest, all longer than the others."""
    post(live, [report_body(*EAST) for _ in range(MANY - LATE - 1)])
    late = post(live, [report_body(*WEST) for _ in range(LATE)])
    # One that no cell counts.
    post(live, [report_body(4000, 4000)])
    now = live.services.clock()
    with live.engine.begin() as connection:
        for waited, number in enumerate(reversed(late), start=40):
            connection.execute(
                text(
                    "UPDATE cases SET received_at = :at, observed_at = :at, stage_due_at = :due "
                    "WHERE number = :number"
                ),
                {"at": now - waited * DAY, "due": now - (waited - 1) * DAY, "number": number},
            )
    return late


def asked(watch: Watch, path: str) -> list[dict[str, list[str]]]:
    """Return what was asked of a path, in order."""
    parts = [urlsplit(url) for url in watch.requests]
    return [parse_qs(part.query) for part in parts if part.path == f"/api/v1/{path}"]


def look(page: Page, east_m: float, north_m: float, zoom: int) -> None:
    place = city.spot(east_m, north_m)
    page.evaluate(
        "([lat, lon, zoom]) => wanmi.leaflet.setView([lat, lon], zoom, { animate: false })",
        [place.lat, place.lon, zoom],
    )


@pytest.fixture
def far(go: Callable[..., Page]) -> Page:
    """Return the page with the whole town in view, seen from far off."""
    page = go()
    look(page, 0, 0, 14)
    return page


def test_from_far_off_nothing_is_sent_for_each_case(far: Page, watch: Watch) -> None:
    page = far
    page.wait_for_function(GATHERED, arg=MANY - 1)  # the one far outside is not in view
    assert sum(overdue for _, overdue in page.evaluate(HEAPS)) == LATE
    assert page.evaluate("() => wanmi.layers.issues.markers.size") == 0
    assert asked(watch, "cases/points")[0]["limit"] == [str(AT_ONCE)]
    asked_before = len(asked(watch, "cases/points"))
    assert page.inner_text("#cases-count") == str(MANY)
    look(page, 2000, 2000, 12)
    page.wait_for_function(GATHERED, arg=MANY)
    assert len(asked(watch, "cases/points")) == asked_before, "looking elsewhere asks for no case"
    look(page, 0, 0, 14)
    sign = page.get_by_role("button", name=f"{LATE} cases here, Overdue {LATE}")
    expect(sign).to_contain_text(f"■ {LATE}")


def test_near_by_cases_stand_one_by_one(far: Page, watch: Watch, late: list[str]) -> None:
    page = far
    page.wait_for_function(GATHERED, arg=MANY - 1)
    look(page, *WEST, 17)
    page.wait_for_function(f"() => wanmi.layers.issues.markers.size === {LATE}")
    assert not page.evaluate("() => wanmi.leaflet.hasLayer(wanmi.layers.heaps)")
    assert page.evaluate("() => [...wanmi.layers.issues.markers.keys()].sort()") == sorted(late)
    assert "bbox" in asked(watch, "cases/points")[-1]
    look(page, *WEST, 14)
    page.wait_for_function(GATHERED, arg=MANY - 1)
    assert page.evaluate("() => wanmi.layers.issues.markers.size") == 0


def test_a_heap_leads_closer_by_mouse_and_keyboard(far: Page) -> None:
    page = far
    page.wait_for_function(GATHERED, arg=MANY - 1)
    look(page, *WEST, 14)
    sign = page.get_by_role("button", name=f"{LATE} cases here, Overdue {LATE}")
    sign.click()
    page.wait_for_function("() => wanmi.leaflet.getZoom() === 16")
    page.wait_for_function(f"() => wanmi.layers.issues.markers.size >= {LATE}")
    look(page, *WEST, 14)
    sign.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => wanmi.leaflet.getZoom() === 16")


def test_what_is_due_first_is_asked_of_all_cases(go: Callable[..., Page], late: list[str]) -> None:
    """The oldest would not be among the newest three hundred."""
    page = go()
    first = page.locator("#cases li").first
    assert first.get_attribute("data-number") not in late
    page.get_by_text("Due first").click()
    expect(first).to_have_attribute("data-number", late[0])
    assert parse_qs(urlsplit(page.url).query)["order"] == ["due"]
    again = go(f"?{urlsplit(page.url).query}")
    expect(again.locator("#cases li").first).to_have_attribute("data-number", late[0])


def test_the_list_goes_on_to_its_end(go: Callable[..., Page], late: list[str]) -> None:
    page = go()
    more = page.locator("#cases-more")
    for shown in (200, AT_ONCE, MANY):
        more.click()
        expect(page.locator("#cases li")).to_have_count(shown)
    expect(more).to_be_hidden()
    expect(page.locator("#cases-cut")).to_be_hidden()
    last = page.locator("#cases li").last
    assert last.get_attribute("data-number") == late[0]


def test_a_report_is_in_list_and_heap_at_once(far: Page, send: Callable[..., str]) -> None:
    page = far
    page.wait_for_function(GATHERED, arg=MANY - 1)
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "live")
    number = send(*WEST)
    arrived = page.locator(f'#cases li[data-number="{number}"]')
    expect(arrived).to_have_class(re.compile("arrives"), timeout=2000)
    page.wait_for_function(GATHERED, arg=MANY, timeout=2000)
    expect(page.locator("#cases-count")).to_have_text(str(MANY + 1))


def test_cases_can_be_hidden_whatever_they_are_shown_as(go: Callable[..., Page]) -> None:
    page = go("?layers=density")
    page.wait_for_timeout(500)
    assert not page.evaluate("() => wanmi.leaflet.hasLayer(wanmi.layers.heaps)")
    look(page, *WEST, 17)
    page.wait_for_timeout(500)
    assert page.evaluate("() => wanmi.layers.issues.markers.size") == 0


def test_few_cases_of_many_are_shown_one_by_one(go: Callable[..., Page], late: list[str]) -> None:
    page = go("?overdue=true")
    look(page, 0, 0, 14)
    page.wait_for_function(f"() => wanmi.layers.issues.markers.size === {LATE}")
    assert not page.evaluate("() => wanmi.leaflet.hasLayer(wanmi.layers.heaps)")
    page.locator("#filter-clear").click()
    page.wait_for_function("() => wanmi.leaflet.hasLayer(wanmi.layers.heaps)")
    assert page.evaluate("() => wanmi.layers.issues.markers.size") == 0
