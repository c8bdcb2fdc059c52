"""The command centre without a pointer: all is reached and used, the focus never lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from support import city, page_states
from support.full_town import LAMP, FullTown, full_town
from support.page_states import State, opened
from support.reporting import bearer, report_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

NOTED = """() => {
  const radios = (one) => one.type === "radio"
    ? [...document.querySelectorAll(`[name="${one.name}"]`)].find(({ checked }) => checked) === one
    : true;
  window.controls = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
  )].filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)
    .filter(radios);
  window.named = (one) => one.id || one.title || one.getAttribute("aria-label")
    || `${one.localName} ${one.name ?? ""} ${one.textContent.trim().slice(0, 30)}`;
  return window.controls.length;
}"""

HERE = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const shows = one.matches(".by input, .order input") ? one.nextElementSibling : one;
  const { outlineStyle, outlineWidth } = getComputedStyle(shows);
  const { width, height, right, bottom } = shows.getBoundingClientRect();
  return {
    at: window.controls.indexOf(one),
    name: window.named(one),
    seen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
      && width > 0 && height > 0 && right > 0 && bottom > 0,
    scrolls: one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth,
  };
}"""

FOCUSED = "() => document.activeElement"
WALKED = [
    state
    for state in (*page_states.COMMAND, *page_states.WALLS, *page_states.SMALL)
    if not state.name.endswith("photo")
]


@pytest.fixture(scope="module")
def town(server: str) -> Iterator[FullTown]:
    with full_town(server) as running:
        yield running


def command(path: str = "/command") -> State:
    return State("command", path, "commander")


def asked(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def report(town: FullTown, east_m: float, north_m: float) -> str:
    answer = town.live.app.test_client().post(
        "/api/v1/reports",
        json=report_body(east_m, north_m),
        headers=bearer(town.live.token("inspector")),
    )
    assert answer.status_code == 201
    return str(answer.json["number"])


@pytest.mark.parametrize("state", WALKED, ids=str)
def test_tab_comes_to_every_control_once(browser: Browser, town: FullTown, state: State) -> None:
    with opened(browser, town, state) as page:
        page.keyboard.press("Tab")
        page.locator(".skip").focus()
        count = page.evaluate(NOTED)
        met = []
        for _ in range(count + 40):
            here = page.evaluate(HERE)
            if here is None:
                break
            assert here["seen"], f"the focus is seen on {here['name']}"
            # A field for a day is one control with several parts.
            if not met or met[-1]["at"] != here["at"]:
                met.append(here)
            page.keyboard.press("Tab")
        else:
            pytest.fail("Tab comes to no end")
        # A browser stops at what scrolls and holds no control, too: else nobody could scroll it.
        strange = [one["name"] for one in met if one["at"] < 0 and not one["scrolls"]]
        assert strange == []
        places = [one["at"] for one in met if one["at"] >= 0]
        names = page.evaluate("() => window.controls.map(window.named)")
        missed = [names[at] for at in range(count) if at not in places]
        assert missed == []
        assert sorted(places) == sorted(set(places)), "each once"


def test_what_goes_away_hands_the_focus_on(browser: Browser, town: FullTown) -> None:
    with opened(browser, town, command("/command?class_code=09&cell=610902001003900")) as page:
        page.keyboard.press("Tab")
        page.locator(".chip").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".chip")).to_have_count(0)
        page.wait_for_function("() => document.activeElement.closest('#filter')")
        page.locator("#filter-clear").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#filter-clear")).to_be_hidden()
        page.wait_for_function("() => document.activeElement.closest('#filter')")


def test_a_row_that_is_made_anew_keeps_the_focus(browser: Browser, town: FullTown) -> None:
    with opened(browser, town, command()) as page:
        expect(page.locator("[data-live]")).to_have_attribute("data-state", "live")
        page.keyboard.press("Tab")
        row = page.locator("#cases li").nth(1)
        number = row.get_attribute("data-number")
        row.locator("a").focus()
        page.select_option("[name=period]", "7d")
        row = page.locator(f'#cases li[data-number="{number}"] a')
        page_states.command_ready(page)
        row.focus()
        page.evaluate("""() => { const row = document.activeElement.closest("li");
          row.replaceWith(row.cloneNode(true)); }""")
        expect(row).to_be_focused()
        fresh = report(town, 200, 200)
        expect(page.locator(f'#cases li[data-number="{fresh}"]')).to_be_visible()
        expect(row).to_be_focused()


def test_a_card_is_read_and_left_by_keyboard(browser: Browser, town: FullTown) -> None:
    with opened(browser, town, command()) as page:
        page.keyboard.press("Tab")
        row = page.locator(f'#cases li[data-number="{town.pictured}"] a')
        row.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#card-body")).to_be_focused()
        photo = page.locator("button.photo")
        expect(photo).to_be_visible()
        page.keyboard.press("Tab")
        expect(photo).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#photo-close")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#photo")).to_be_hidden()
        expect(photo).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#card")).to_be_hidden()
        expect(row).to_be_focused()


def test_signs_and_the_map_itself_answer_to_enter(browser: Browser, town: FullTown) -> None:
    here = city.spot(-150, 150)
    with opened(browser, town, command(f"/command?view=19/{here.lat:.5f}/{here.lon:.5f}")) as page:
        page.keyboard.press("Tab")
        page.locator(f'.wanmi-issue[title="{town.pictured}"]').focus()
        page.keyboard.press("Enter")
        expect(page.locator("#card")).to_contain_text(town.pictured)
        assert asked(page)["case"] == town.pictured
        page.locator(".wanmi-map").focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_url(re.compile("view="))
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("at="))
        assert "case" not in asked(page)
        measure = page.locator(".wanmi-measure-box a[aria-pressed]")
        measure.focus()
        page.keyboard.press("Space")
        expect(measure).to_have_attribute("aria-pressed", "true")


def test_a_crowd_is_listed_and_chosen_from(browser: Browser, town: FullTown) -> None:
    crowd = city.spot(150, -150)
    path = f"/command?view=20/{crowd.lat:.5f}/{crowd.lon:.5f}"
    with opened(browser, town, command(path)) as page:
        page.keyboard.press("Tab")
        page.locator(".wanmi-cluster").first.focus()
        page.keyboard.press("Enter")
        first = page.locator(".wanmi-stack button").first
        expect(first).to_be_focused()
        expect(page.locator(".leaflet-popup-close-button")).to_have_attribute("aria-label", "关闭")
        page.keyboard.press("Enter")
        expect(page.locator("#card-body")).to_be_focused()
        assert "case" in asked(page)


def test_a_stretch_of_the_trend_is_chosen_by_keys(browser: Browser, town: FullTown) -> None:
    with opened(browser, town, command()) as page:
        chart = page.locator("#trend-chart")
        chart.focus()
        for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft"):
            page.keyboard.press(key)
        days = page.locator("#trend-table tbody th").all_inner_texts()
        told = chart.get_attribute("aria-valuetext")
        assert told is not None
        assert days[-4] in told
        assert days[-2] in told
        page.keyboard.press("Escape")
        assert "from" not in asked(page)
        for key in ("End", "Shift+ArrowLeft", "Enter"):
            page.keyboard.press(key)
        page.wait_for_url(re.compile("from="))
        found = asked(page)
        assert (found["from"][5:], found["to"][5:]) == tuple(
            day.replace("/", "-") for day in days[-2:]
        )
        expect(chart).to_be_focused()


def test_components_are_read_without_a_pointer(browser: Browser, town: FullTown) -> None:
    lamp = city.spot(0, 150)
    path = f"/command?layers=components_01&view=18/{lamp.lat:.5f}/{lamp.lon:.5f}"
    with opened(browser, town, command(path)) as page:
        summary = page.locator(".wanmi-listed summary")
        expect(summary).to_contain_text("1")
        summary.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.locator(".wanmi-listed button").first).to_be_focused()
        expect(page.locator(".wanmi-tip")).to_contain_text(LAMP)
        page.keyboard.press("Shift+Tab")
        expect(page.locator(".wanmi-tip")).to_have_count(0)
