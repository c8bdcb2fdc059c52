"""The command centre in a browser: one filter for map and list, live, kept in the address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from support import city
from support.browser import COMMAND_READY
from support.people import enrol
from support.reporting import PEDLAR, RUBBISH
from support.small_city import NASTY
from wanmi.platform.organisation.login_links import issue_login_link

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from support.browser import Watch
    from support.live_server import Live

Sender = Callable[..., str]
WITHIN = 2000
"""Milliseconds within which a report has to be on the screen."""


def figure(page: Page, name: str) -> int:
    return int(page.locator(f'[data-figure="{name}"]').inner_text().replace(",", ""))


def query(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def on_map(page: Page) -> list[str]:
    return page.evaluate("() => [...wanmi.layers.issues.markers.keys()].sort()")


def listed(page: Page) -> list[str]:
    return page.eval_on_selector_all("#cases li", "all => all.map((one) => one.dataset.number)")


def test_map_list_and_figures_show_the_same(go: Callable[..., Page], send: Sender) -> None:
    send(10, 10)
    send(150, -150, class_code=PEDLAR)
    page = go()
    assert sorted(listed(page)) == on_map(page)
    assert figure(page, "open") == len(listed(page)) == int(page.inner_text("#cases-count"))
    assert page.evaluate("() => wanmi.layers.cells.values.reduce((a, b) => a + b)") == len(
        listed(page)
    )


def test_a_report_slides_in_within_two_seconds(go: Callable[..., Page], send: Sender) -> None:
    page = go()
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "live")
    before = figure(page, "open")
    number = send(-120, 80)
    arrived = page.locator(f'#cases li[data-number="{number}"]')
    expect(arrived).to_have_class(re.compile("arrives"), timeout=WITHIN)
    assert listed(page)[0] == number
    expect(page.locator('[data-figure="open"]')).to_have_text(str(before + 1), timeout=WITHIN)
    assert number in on_map(page)
    page.wait_for_function(
        "(n) => wanmi.layers.cells.values.reduce((a, b) => a + b) === n", arg=before + 1
    )


def test_what_does_not_fit_the_filter_stays_away(go: Callable[..., Page], send: Sender) -> None:
    page = go("?class_code=09")
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "live")
    rubbish = send(30, 30, class_code=RUBBISH)
    pedlar = send(40, 40, class_code=PEDLAR)
    expect(page.locator(f'#cases li[data-number="{pedlar}"]')).to_be_visible(timeout=WITHIN)
    assert rubbish not in listed(page)
    assert rubbish not in on_map(page)


def test_the_filter_is_in_the_address_and_back_works(go: Callable[..., Page], send: Sender) -> None:
    send(10, 10)
    send(150, -150, class_code=PEDLAR)
    page = go()
    everything = listed(page)
    page.select_option('[name="class_code"]', "09")
    page.wait_for_function(
        "(n) => document.querySelectorAll('#cases li').length < n", arg=len(everything)
    )
    assert query(page)["class_code"] == "09"
    narrow = listed(page)
    assert sorted(narrow) == on_map(page)
    page.select_option('[name="street"]', "ST-2")
    page.locator("#cases-none").wait_for()
    page.go_back()
    expect(page.locator("#cases li")).to_have_count(len(narrow))
    assert page.input_value('[name="street"]') == ""
    assert page.input_value('[name="class_code"]') == "09"
    page.get_by_role("button", name="Clear the filter").first.click()
    expect(page.locator("#cases li")).to_have_count(len(everything))
    assert "class_code" not in query(page)


def test_a_link_that_was_sent_opens_the_same_picture(go: Callable[..., Page], send: Sender) -> None:
    number = send(60, 60, class_code=PEDLAR)
    first = go()
    first.select_option('[name="class_code"]', "09")
    first.get_by_text("By street").click()
    first.get_by_text("Due first").click()
    first.locator(f'#cases li[data-number="{number}"] a').click()
    first.evaluate("() => { wanmi.leaflet.setView([32.6905, 109.031], 16, { animate: false }); }")
    first.wait_for_function("() => location.search.includes('view=16')")
    second = go("?" + urlsplit(first.url).query)
    assert query(second) == query(first)
    assert listed(second) == listed(first)
    expect(second.locator("#card")).to_contain_text(number)
    assert second.evaluate("() => wanmi.leaflet.getZoom()") == 16
    assert second.locator('[name="order"]:checked').input_value() == "due"


def test_a_case_card_shows_the_text_of_others_as_text(
    go: Callable[..., Page], send: Sender
) -> None:
    number = send(70, 20, description=NASTY)
    page = go()
    page.locator(f'#cases li[data-number="{number}"] a').click()
    card = page.locator("#card-body")
    expect(card).to_contain_text("<script>window.hacked=1</script>")
    assert card.locator("script").count() == 0
    assert page.evaluate("() => window.hacked") is None
    assert "Suggested unit" in card.inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    assert "case" not in query(page)


def test_the_same_case_is_chosen_on_the_map(go: Callable[..., Page], send: Sender) -> None:
    number = send(-330, -330)
    page = go()
    page.evaluate(
        """(number) => {
          const { lat, lon } = wanmi.layers.issues.markers.get(number).options.issue;
          wanmi.leaflet.setView([lat, lon], 19, { animate: false });
        }""",
        number,
    )
    page.locator(f'.wanmi-issue[title="{number}"]').click()
    expect(page.locator(f'#cases li[data-number="{number}"] a')).to_have_attribute(
        "aria-current", "true"
    )
    expect(page.locator("#card")).to_contain_text(number)
    expect(page.locator(".wanmi-card")).to_contain_text(number)


def test_hovering_runs_both_ways(go: Callable[..., Page], send: Sender) -> None:
    number = send(-330, -330)
    page = go()
    page.locator(f'#cases li[data-number="{number}"]').hover()
    expect(page.locator(".wanmi-cluster.pointed, .wanmi-issue.pointed")).to_have_count(1)
    page.locator(".wanmi-cluster, .wanmi-issue").first.hover()
    expect(page.locator("#cases li.pointed").first).to_be_attached()


def test_a_click_on_the_map_opens_the_place(go: Callable[..., Page], live: Live) -> None:
    place = city.spot(-250, 250)
    page = go()
    page.evaluate(
        "([lat, lon]) => wanmi.leaflet.setView([lat, lon], 18, { animate: false })",
        [place.lat, place.lon],
    )
    box = page.locator(".wanmi-map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = page.locator("#card-body")
    expect(card).to_contain_text("610902001003")
    text = card.inner_text()
    assert re.search(r"109\.\d{6}, 32\.\d{6}", text)
    assert re.search(r"\d{6}\.\d{2}, \d{7}\.\d{2}", text), "Gauss-Krueger metres"
    page.select_option("#owner-class", RUBBISH)
    expect(card.locator(".owner")).to_contain_text("Why:")
    card.get_by_role("button", name="Only this cell").click()
    assert query(page)["cell"].startswith("610902001003")
    expect(page.locator(".chip")).to_contain_text("610902001003")


def test_coordinates_are_copied_with_one_click(
    go: Callable[..., Page], signed_in: BrowserContext
) -> None:
    signed_in.grant_permissions(["clipboard-read", "clipboard-write"])
    page = go("?at=109.030000,32.690000")
    page.get_by_role("button", name="Copy: Longitude, latitude").click()
    assert page.evaluate("() => navigator.clipboard.readText()") == "109.030000, 32.690000"


def test_density_can_be_shown_by_street(go: Callable[..., Page], send: Sender) -> None:
    send(10, 10)
    page = go()
    asked = page.evaluate("() => performance.getEntriesByType('resource').map((one) => one.name)")
    assert not any("by=street" in address for address in asked), "loaded when it is shown"
    page.get_by_text("By street").click()
    page.wait_for_function("() => wanmi.layers.by_street.features.length > 0")
    page.wait_for_function("() => wanmi.layers.by_street.counts")
    assert page.evaluate("() => wanmi.layers.by_street.counts['ST-1']") >= 1
    assert query(page)["by"] == "street"
    page.select_option('[name="class_code"]', "09")
    page.wait_for_function("() => wanmi.layers.cells.stale")
    page.get_by_text("By cell").click()
    page.wait_for_function(
        """() => wanmi.layers.cells.values.reduce((a, b) => a + b)
          === document.querySelectorAll("#cases li").length""",
    )


def test_the_page_works_by_keyboard_alone(go: Callable[..., Page], send: Sender) -> None:
    send(10, 10)
    send(20, 20)
    page = go()
    page.locator("#cases a").first.focus()
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("() => document.activeElement.closest('li').dataset.number")
    assert chosen == listed(page)[1]
    page.keyboard.press("Enter")
    expect(page.locator("#card")).to_contain_text(chosen)
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    assert page.evaluate("() => document.activeElement.closest('li')?.dataset.number") == chosen


def test_a_figure_opens_its_cases(go: Callable[..., Page], send: Sender) -> None:
    send(10, 10)
    page = go()
    page.locator('button[data-status="closed"]').click()
    page.locator("#cases-none").wait_for()
    assert query(page)["status"] == "closed"
    expect(page.locator('button[data-status="closed"]')).to_have_attribute("aria-pressed", "true")
    assert figure(page, "open") > 0, "the chain stays whole"


def test_a_lost_stream_is_said_and_mended(
    go: Callable[..., Page], live: Live, send: Sender, watch: Watch
) -> None:
    page = go()
    sign = page.locator("[data-live]")
    expect(sign).to_have_attribute("data-state", "live")
    for stream in tuple(live.services.hub._streams):
        stream.overrun = True
    expect(sign).to_have_attribute("data-state", "lost", timeout=10_000)
    expect(sign).to_contain_text("■")
    number = send(90, 90)
    expect(page.locator(f'#cases li[data-number="{number}"]')).to_be_visible(timeout=10_000)
    expect(sign).to_have_attribute("data-state", "live")
    # The stream that was cut counts as a failed request, and is the only one.
    assert all(fault.endswith("/api/v1/events") for fault in watch.faults)
    watch.faults.clear()


def test_who_looks_after_another_county_sees_an_empty_city_and_no_fault(
    browser: Browser, live: Live, send: Sender, watch: Watch
) -> None:
    send(10, 10)
    with live.engine.begin() as connection:
        county = enrol(connection, "county", "commander", unit="G610921", jurisdiction="610921")
        secret = issue_login_link(connection, county, live.services.clock())
    with browser.new_context(viewport={"width": 1440, "height": 900}, locale="en") as context:
        page = watch.on(context.new_page())
        page.goto(f"{live.address}/login/link/{secret}?next=/command")
        page.wait_for_function(COMMAND_READY)
        assert listed(page) == []
        assert figure(page, "open") == 0
        expect(page.locator("#cases-none")).to_be_visible()
        assert page.locator('input[name="by"]').count() == 0, "there is nothing to count by"
        page.locator(".leaflet-container").click(position={"x": 300, "y": 200})
        expect(page.locator("#card")).to_be_visible()
        before = page.inner_text("#as-of")
        send(20, 20)
        page.wait_for_function(
            "(before) => document.querySelector('#as-of').textContent > before", arg=before
        )
        assert listed(page) == []
    assert watch.faults == []


@pytest.mark.parametrize(
    ("width", "height", "wall"), [(1440, 900, ""), (1920, 1080, ""), (1920, 1080, "?screen=wall")]
)
def test_a_large_screen_never_scrolls(
    go: Callable[..., Page], width: int, height: int, wall: str
) -> None:
    page = go(wall)
    page.set_viewport_size({"width": width, "height": height})
    size = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert size == [width, height]


def test_a_phone_shows_everything_below_one_another(go: Callable[..., Page], send: Sender) -> None:
    send(10, 10)
    page = go()
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("() => document.documentElement.scrollWidth") == 360
    expect(page.locator("#filter")).to_be_hidden()
    page.locator("#filter-open").click()
    expect(page.locator("#filter")).to_be_visible()
    page.locator("#cases a").first.click()
    expect(page.locator("#card")).to_be_in_viewport()
