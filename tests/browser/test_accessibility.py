"""What axe-core finds on every page, and whether the pages keep still for who asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from support import page_states
from support.full_town import FullTown, full_town
from support.page_states import State, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

GRAVE = {"serious", "critical"}
BLINK_S = 0.1
"""What lasts no longer is seen as one change, not as a movement."""

MOVEMENTS = """(longest) => {
  const seconds = (text) => text.split(",").map((each) =>
    parseFloat(each) * (each.trim().endsWith("ms") ? 0.001 : 1));
  const parts = [...document.querySelectorAll("*")].flatMap((one) =>
    ["", "::before", "::after"].map((part) => [one, part]));
  const styled = parts.filter(([one, part]) => {
    const style = getComputedStyle(one, part || null);
    const runs = style.animationName !== "none" ? seconds(style.animationDuration) : [];
    return Math.max(0, ...seconds(style.transitionDuration), ...runs) > longest;
  });
  return styled.map(([one, part]) => `${one.tagName}.${one.getAttribute("class")}${part}`);
}"""


WAYS_OF_THE_MAP = """async () => {
  const map = wanmi.leaflet;
  const moved = [];
  // A way that takes time passes through other places: more than one `move` a call.
  const ways = {
    zoom: () => map.setZoom(map.getZoom() - 1),
    pan: () => map.panBy([120, 80]),
    far: () => map.setView([map.getCenter().lat + 0.002, map.getCenter().lng]),
    fly: () => map.flyTo(map.getCenter(), map.getZoom() + 1),
  };
  for (const [name, go] of Object.entries(ways)) {
    let steps = 0;
    const count = () => (steps += 1);
    map.on("move", count);
    const done = new Promise((resolve) => map.once("moveend", resolve));
    go();
    await done;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    map.off("move", count);
    const gliding = map.getContainer().querySelector(".leaflet-zoom-anim, .leaflet-pan-anim");
    if (steps > 1 || gliding) moved.push(name);
  }
  return moved;
}"""


@pytest.fixture(scope="module")
def town(server: str) -> Iterator[FullTown]:
    with full_town(server) as running:
        yield running


def grave_findings(page: Page) -> list[str]:
    found = Axe().run(page).response
    assert found["passes"], "the rules were run"
    return [
        f"{rule['id']} {node['target']}: {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("state", page_states.ALL, ids=str)
def test_nothing_grave_is_found_in_either_theme(
    browser: Browser, town: FullTown, state: State
) -> None:
    with opened(browser, town, state) as page:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert grave_findings(page) == [], scheme


def test_what_axe_is_there_for_is_found(browser: Browser, town: FullTown) -> None:
    with opened(browser, town, page_states.DOORS[1]) as page:
        page.evaluate("""() => {
          document.querySelector("label[for=login]").remove();
          document.querySelector(".hint").style.color = "#bbbbbb";
        }""")
        found = " ".join(grave_findings(page))
    assert "label" in found
    assert "color-contrast" in found


@pytest.mark.parametrize("state", page_states.MOVING, ids=str)
def test_who_asked_for_calm_sees_nothing_move(
    browser: Browser, town: FullTown, state: State
) -> None:
    with opened(browser, town, state, reduced_motion="reduce") as page:
        assert page.evaluate(MOVEMENTS, BLINK_S) == []
        if page.evaluate("() => Boolean(window.wanmi?.leaflet)"):
            assert page.evaluate(WAYS_OF_THE_MAP) == []
