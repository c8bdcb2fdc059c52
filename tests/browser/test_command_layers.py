"""The command centre's map in a browser: layers, rates, place card, time, and what may go wrong."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from support import city
from support.browser import COMMAND_READY, Watch
from support.clusters import fresh_database, temporary_home
from support.full_town import ENDED, LAMP, town_with_everything
from support.live_server import Live, live_server
from support.reporting import PEDLAR, report_body
from support.small_city import NASTY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SUM = "() => wanmi.layers.cells.values.reduce((a, b) => a + b, 0)"
Go = Callable[..., "Page"]


@pytest.fixture(scope="module")
def live(server: str) -> Iterator[Live]:
    with (
        fresh_database(server) as url,
        temporary_home() as home,
        live_server(url, home, town=town_with_everything) as running,
    ):
        token = running.token("inspector")
        for number in range(7):
            _report(running, token, 10 + number, 10)
        _report(running, token, 150, -150, class_code=PEDLAR)
        yield running


def _report(live: Live, token: str, east_m: float, north_m: float, **more: object) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{live.address}/api/v1/reports",
        json.dumps(report_body(east_m, north_m, **more)).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
        assert answer.status == 201


@pytest.fixture(scope="module")
def signed_in(browser: Browser, live: Live) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en")
    context.set_default_timeout(15_000)
    context.route(
        lambda url: not url.startswith((live.address, "data:", "blob:")),
        lambda route: route.abort(),
    )
    page = context.new_page()
    page.goto(live.login_link("commander", "/healthz"))
    page.close()
    yield context
    context.close()


@pytest.fixture
def go(signed_in: BrowserContext, live: Live) -> Iterator[Go]:
    """Open the command centre at an address; nothing may have failed at the end."""
    watch = Watch()
    pages = []

    def opened(query: str = "") -> Page:
        page = watch.on(signed_in.new_page())
        pages.append(page)
        page.goto(f"{live.address}/command{query}")
        page.wait_for_function(COMMAND_READY)
        return page

    yield opened
    for page in pages:
        assert page.evaluate("() => window.hacked") is None
        watch.off(page)
        page.close()
    assert watch.faults == []


def query(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def choose(page: Page, *keys: str) -> None:
    """Tick layers in the tree."""
    opener = page.get_by_role("button", name="Layers")
    if opener.get_attribute("aria-expanded") == "false":
        opener.click()
    for key in keys:
        page.locator(f'.wanmi-tree input[value="{key}"]').check()


def on_map(page: Page, key: str) -> bool:
    return page.evaluate("(key) => wanmi.leaflet.hasLayer(wanmi.layers[key])", key)


def look(page: Page, east_m: float, north_m: float, zoom: int) -> None:
    place = city.spot(east_m, north_m)
    # Nothing is returned: the map with all its markers would take long to copy out of the browser.
    page.evaluate(
        "([lat, lon, zoom]) => { wanmi.leaflet.setView([lat, lon], zoom, { animate: false }); }",
        [place.lat, place.lon, zoom],
    )


# Layers


def test_layers_are_chosen_in_the_tree_and_kept_in_the_address(go: Go) -> None:
    page = go()
    assert "layers" not in query(page)
    choose(page, "areas_stall_area", "schools_", "greening_points", "inspection_routes")
    legend = page.locator(".wanmi-legend")
    for words in ("stall areas", "Schools", "reach of the rules", "planned", "Inspection routes"):
        expect(legend).to_contain_text(words)
    page.locator('.wanmi-tree input[value="issues"]').uncheck()
    assert not on_map(page, "issues")
    again = go("?" + urlsplit(page.url).query)
    assert query(again)["layers"] == query(page)["layers"]
    assert on_map(again, "schools_")
    assert on_map(again, "cells")
    assert not on_map(again, "issues")
    again.get_by_role("button", name="Layers").click()
    assert again.locator('.wanmi-tree input[value="schools_"]').is_checked()
    page.go_back()
    page.wait_for_function("() => wanmi.leaflet.hasLayer(wanmi.layers.issues)")


def test_heat_takes_the_place_of_density(go: Go) -> None:
    page = go()
    choose(page, "heat")
    expect(page.locator(".wanmi-legend")).to_contain_text("smoothed over 250 m")
    assert not on_map(page, "cells")
    page.wait_for_function("() => wanmi.layers.heat.top > 0")
    # Eight reports, seven of them in one cell: the kernel's peak is 3 / (pi r²) a case.
    top = page.evaluate("() => wanmi.layers.heat.top")
    assert 7 * 15.2 < top < 8 * 15.3
    page.select_option('[name="class_code"]', "09")
    page.wait_for_function("() => wanmi.layers.heat.top < 16")
    choose(page, "density")
    assert on_map(page, "cells")
    assert not on_map(page, "heat")


def test_rates_are_per_square_kilometre_and_per_kilometre(go: Go) -> None:
    page = go()
    assert page.evaluate(SUM) == 8
    page.locator('input[name="per"]').check()
    expect(page.locator(".wanmi-legend")).to_contain_text("/km²")
    # Cells of 100 m by 100 m: a hundred to a square kilometre, true metres aside.
    assert page.evaluate(SUM) == pytest.approx(800, rel=2e-3)
    assert query(page)["per"] == "size"
    page.get_by_text("By street").click()
    expect(page.locator(".wanmi-legend")).to_contain_text("/km")
    expect(page.locator(".wanmi-legend")).not_to_contain_text("/km²")
    assert page.evaluate("() => wanmi.layers.by_street._unit()") == "/km"
    page.locator('input[name="per"]').uncheck()
    expect(page.locator(".wanmi-legend")).not_to_contain_text("/km")


def test_the_model_street_has_six_bars(go: Go) -> None:
    page = go("?layers=ribbon,density&view=15/32.69000/109.03000")
    ribbon = page.locator(".wanmi-ribbon")
    expect(ribbon).to_have_count(1)
    assert ribbon.locator("rect.bar").count() == 6
    expect(page.locator(".wanmi-legend")).to_contain_text("1 Sanitation")
    ribbon.hover()
    expect(page.locator(".wanmi-tip", has_text="育才路")).to_contain_text("Sanitation 7")
    ribbon.click()
    page.wait_for_function("() => location.search.includes('street=ST-1')")
    page.evaluate("() => { wanmi.leaflet.setZoom(12, { animate: false }); }")
    expect(ribbon).to_have_count(0)
    expect(page.locator(".wanmi-legend")).to_contain_text("come closer")


def test_components_are_asked_for_close_up_and_for_the_view_only(go: Go) -> None:
    page = go("?layers=components_01&view=15/32.69000/109.03000")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/components" in one.url else None)
    expect(page.locator(".wanmi-legend")).to_contain_text("come closer")
    assert asked == []
    look(page, 0, 150, 18)
    page.wait_for_function("() => wanmi.layers.components_01.rows.length === 1")
    assert all("bbox=" in address and "major=01" in address for address in asked)
    look(page, 400, -400, 18)
    page.wait_for_function("() => wanmi.layers.components_01.rows.length === 0")


def test_names_with_markup_are_text_on_the_map(go: Go) -> None:
    page = go("?layers=schools_,greening_points,components_01&view=18/32.69000/109.03000")
    look(page, 0, 150, 18)
    page.wait_for_function("() => wanmi.layers.components_01.rows.length === 1")
    box = page.locator(".wanmi-map").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".wanmi-tip", has_text=LAMP)).to_contain_text("<script>")
    look(page, 30, 200, 18)
    page.locator(".wanmi-greening").hover()
    expect(
        page.locator(".wanmi-tip", has_text="planned")
        .or_(page.locator(".wanmi-tip", has_text="<script>"))
        .first
    ).to_be_visible()
    assert page.locator(".wanmi-map script").count() == 0


# Place card


def test_the_place_card_has_months_and_a_unit_for_each_dimension(go: Go) -> None:
    place = city.spot(10, 10)
    page = go(f"?at={place.lon:.6f},{place.lat:.6f}")
    card = page.locator("#card-body")
    expect(card.locator(".sparkline")).to_have_attribute(
        "aria-label", "7 reports in twelve months, at most 7 in one, 7 in the present one"
    )
    expect(card.locator(".sparkline rect")).to_have_count(12)
    text = card.inner_text()
    for dimension in ("Sanitation", "Street order", "Greening", "Traffic"):
        assert dimension in text
    assert "保洁责任区 Z-N" in text
    assert "no zone here" in text
    assert "In this cell: 7 open" in text
    expect(page.locator(".wanmi-chosen")).to_have_count(1)


def test_a_cell_that_has_ended_says_so(go: Go) -> None:
    page = go(f"?cell={ENDED}&at={ENDED}")
    card = page.locator("#card-body")
    expect(card).to_contain_text(f"The cell {ENDED} was in force from")
    expect(card).to_contain_text("ended on Jun 1, 2026")
    expect(card).to_contain_text("Here lies now the cell 610902001003")
    expect(page.locator(".wanmi-chosen.ended")).to_have_count(1)
    expect(page.locator(".chip")).to_contain_text("ended Jun 1, 2026")
    expect(page.locator("#cases-none")).to_be_visible()


# Time


def test_one_day_after_another_on_the_map_alone(go: Go) -> None:
    page = go("?step=day")
    slider = page.locator("#time-slider")
    expect(slider).to_have_attribute("max", "29")
    expect(slider).to_have_value("29")
    page.wait_for_function(f"() => ({SUM})() === 8")
    assert "only" in page.locator("#time-said").inner_text()
    page.get_by_role("button", name="Step back").click()
    page.wait_for_function(f"() => ({SUM})() === 0")
    page.wait_for_function("() => wanmi.layers.issues.markers.size === 0")
    assert page.locator("#cases li").count() == 8, "the list keeps the filter"
    moment = query(page)["moment"]
    assert date.fromisoformat(moment) < date.today() + timedelta(days=1)  # noqa: DTZ011 - the city's
    again = go("?" + urlsplit(page.url).query)
    expect(again.locator("#time-slider")).to_have_value("28")
    page.get_by_role("button", name="Play").click()
    expect(slider).to_have_value("29")
    page.select_option('[name="step"]', "")
    page.wait_for_function(f"() => ({SUM})() === 8")
    page.wait_for_function("() => wanmi.layers.issues.markers.size === 8")
    assert "moment" not in query(page)


def test_hours(go: Go) -> None:
    page = go("?step=hour&by=street")
    expect(page.locator("#time-slider")).to_have_attribute("max", "47")
    expect(page.locator(".wanmi-legend")).to_contain_text(":00")


def test_two_periods_are_compared_where_there_are_enough_cases(go: Go) -> None:
    page = go()
    page.select_option('[name="compare"]', "before")
    legend = page.locator(".wanmi-legend")
    expect(legend).to_contain_text("Fewer than 5 in both together")
    expect(legend).to_contain_text("+7")
    expect(legend).to_contain_text("against")
    asked = query(page)
    assert (asked["compare"], asked["period"], asked["status"]) == ("before", "30d", "any")
    values = page.evaluate("() => wanmi.layers.cells.values.filter((one) => one !== null)")
    assert values == [7], "one cell has enough cases; where there are fewer it is hatched"
    page.select_option('[name="compare"]', "")
    page.wait_for_function(f"() => ({SUM})() === 8")
    expect(legend).not_to_contain_text("Fewer than")


# What may go wrong


def test_hand_written_layers_are_left_out_and_said(go: Go) -> None:
    page = go("?layers=density,nonsense,%3Cb%3Ex%3C/b%3E&step=week&moment=never&compare=1")
    notice = page.locator(".notice").first
    for words in ("layers=nonsense", "layers=<b>x</b>", "step=week", "moment=never", "compare=1"):
        expect(notice).to_contain_text(words)
    assert query(page) == {"layers": "density"}
    assert on_map(page, "cells")


def test_ten_thousand_cases_on_one_point_stay_usable(go: Go) -> None:
    page = go()
    place = city.spot(300, 300)
    took = page.evaluate(
        """([lon, lat, nasty]) => {
          const began = performance.now();
          const columns = ["number", "lon", "lat", "sign", "class"];
          const row = (i) => [String(i), lon, lat, i % 3 ? "ok" : "late", nasty];
          const rows = Array.from({ length: 10000 }, (_, i) => row(i));
          wanmi.layers.issues.set({ columns, rows });
          return performance.now() - began;
        }""",
        [place.lon, place.lat, NASTY],
    )
    assert took < 5000
    for zoom in (15, 18, 20):
        look(page, 300, 300, zoom)
        expect(page.locator(".wanmi-cluster")).to_have_count(1)
        expect(page.locator(".wanmi-cluster")).to_contain_text("10,000")
        expect(page.locator(".wanmi-issue")).to_have_count(0)
    page.locator(".wanmi-cluster").click()
    popup = page.locator(".wanmi-card")
    expect(popup.locator("li")).to_have_count(20)
    expect(popup).to_contain_text("and 9980 more")
    expect(popup).to_contain_text("<script>")
    expect(popup.locator("li").first).to_contain_text("■")
    assert page.locator(".wanmi-leg").count() == 0


def test_my_position_is_shown_or_the_page_says_why_not(go: Go, signed_in: BrowserContext) -> None:
    page = go()
    note = page.locator(".wanmi-measure:visible")
    page.get_by_role("button", name="My position").click()
    expect(note).to_contain_text("gave no position")
    signed_in.grant_permissions(["geolocation"])
    place = city.spot(20, 20)
    signed_in.set_geolocation({"longitude": place.lon, "latitude": place.lat, "accuracy": 12})
    page.get_by_role("button", name="My position").click()
    expect(note).to_contain_text("within 12 m")
    expect(page.locator(".wanmi-here")).to_have_count(1)
    signed_in.clear_permissions()


def test_the_print_view_is_the_map_alone(go: Go) -> None:
    page = go("?layers=density,schools_,issues,streets,ground")
    page.get_by_role("button", name="Print", exact=True).click()
    sheet: dict[str, Any] = page.locator(".wanmi-map").bounding_box()  # type: ignore[assignment]
    assert sheet["width"] / sheet["height"] == pytest.approx(265 / 165, rel=0.01)
    expect(page.locator(".print-head")).to_contain_text("State")
    expect(page.locator(".wanmi-legend")).to_be_visible()
    expect(page.locator(".leaflet-control-scale")).to_be_visible()
    expect(page.locator("#cases")).to_be_hidden()
    expect(page.locator("#time-bar")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#cases")).to_be_visible()
    expect(page.locator(".print-head")).to_have_count(0)
