"""Letters twice as large, and the wall that is read from five metres: nothing cut, all in reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support import page_states
from support.full_town import FullTown, full_town
from support.page_states import DESK, PHONE, State, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

WALL_PX = 24

DOUBLED = """() => {
  const root = document.documentElement;
  root.style.fontSize = `${2 * parseFloat(getComputedStyle(root).fontSize)}px`;
}"""

TEXTS = """
  const hidden = (one) => one.closest(".only-read, .skip, caption, script, style, option, noscript")
    || !one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || hidden(one)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const boxes = [...range.getClientRects()].filter(({ width }) => width);
    if (boxes.length) texts.push([one, boxes, walker.currentNode.data.trim()]);
  }
"""

CUT = (
    "() => {"
    + TEXTS
    + """
  // A line's box is a little higher than its letters; a scroller brings what lies outside it.
  const cut = (one, boxes) => {
    const slack = parseFloat(getComputedStyle(one).fontSize) / 4;
    let [checksX, checksY] = [true, true];
    for (let frame = one; frame && frame !== document.body; frame = frame.parentElement) {
      const style = getComputedStyle(frame);
      const box = frame.getBoundingClientRect();
      const clips = (overflow) => ["hidden", "clip"].includes(overflow);
      const scrolls = (overflow) => ["auto", "scroll"].includes(overflow);
      checksX &&= !(scrolls(style.overflowX) && frame.matches(".photos, .table"));
      if (checksX && (clips(style.overflowX) || scrolls(style.overflowX))
        && boxes.some(({ left, right }) => left < box.left - 2 || right > box.right + 2)) {
        return true;
      }
      if (checksY && clips(style.overflowY)
        && boxes.some(({ top, bottom }) => top < box.top - slack || bottom > box.bottom + slack)) {
        return true;
      }
      checksY &&= !scrolls(style.overflowY);
      if (style.position === "fixed") {
        return checksY && (box.top < -1 || box.bottom > innerHeight + 1);
      }
    }
    return boxes.some(({ left, top }) => left < -1 || top + scrollY < -1);
  };
  // What moves under the hand is cut by the edge of the map, and by nothing else.
  return texts.filter(([one]) => !one.closest(".leaflet-map-pane"))
    .filter(([one, boxes]) => cut(one, boxes))
    .map(([one, , text]) => `${one.tagName}.${one.className}: ${text.slice(0, 40)}`);
}"""
)

OUT_OF_REACH = """() => {
  const controls = [...document.querySelectorAll(
    "button, a[href], input:not([type=hidden]), select, textarea, summary"
  )].filter((one) => one.checkVisibility() && !one.disabled
    && !one.closest(".skip, .leaflet-map-pane, [inert]"));
  const over = document.querySelector("dialog[open], .menu[open]");
  return controls.filter((one) => !over || over.contains(one)).filter((one) => {
    const target = one.closest("label") ?? one;
    return !["center", "start", "end"].some((block) => {
      target.scrollIntoView({ block, inline: "center" });
      const { left, top, width, height } = target.getBoundingClientRect();
      const hit = document.elementFromPoint(left + width / 2, top + height / 2);
      return hit && target.contains(hit);
    });
  }).map((one) => one.outerHTML.slice(0, 90));
}"""

TOO_SMALL = (
    "(least) => {"
    + TEXTS
    + """
  return texts.filter(([one]) => parseFloat(getComputedStyle(one).fontSize) < least)
    .map(([one, , text]) => `${one.tagName}.${one.className}: ${text.slice(0, 40)}`);
}"""
)

NOTES_LETTERS = """() => {
  window.drawn = new Set();
  const pen = CanvasRenderingContext2D.prototype;
  for (const name of ["fillText", "strokeText"]) {
    const write = pen[name];
    pen[name] = function (...given) {
      window.drawn.add(parseFloat(this.font.match(/([\\d.]+)px/)[1]));
      return write.apply(this, given);
    };
  }
}"""


@pytest.fixture(scope="module")
def town(server: str) -> Iterator[FullTown]:
    with full_town(server) as running:
        yield running


def over(page: Page) -> list[int]:
    found: list[int] = page.evaluate(
        "() => { const d = document.documentElement;"
        "  return [d.scrollWidth - d.clientWidth, d.scrollHeight - d.clientHeight]; }"
    )
    return found


BOTH = (*page_states.READ, *page_states.DOORS)
SIZES = [
    *[(state, size) for state in BOTH for size in (DESK, PHONE)],
    *[(state, PHONE) for state in (*page_states.PATROL, *page_states.CITIZEN)],
]


@pytest.mark.parametrize(
    ("state", "size"), SIZES, ids=[f"{state}-{size[0]}" for state, size in SIZES]
)
def test_with_letters_twice_as_large_nothing_is_lost(
    browser: Browser, town: FullTown, state: State, size: tuple[int, int]
) -> None:
    width, height = size
    with opened(
        browser, town, state, reduced_motion="reduce", viewport={"width": width, "height": height}
    ) as page:
        page.evaluate(DOUBLED)
        # Until the map and the page have taken their new sizes.
        page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
        assert over(page)[0] == 0, "the page does not scroll sideways"
        assert page.evaluate(CUT) == []
        assert page.evaluate(OUT_OF_REACH) == []


@pytest.mark.parametrize("state", page_states.WALLS, ids=str)
def test_the_wall_is_read_from_five_metres(browser: Browser, town: FullTown, state: State) -> None:
    with opened(browser, town, state, color_scheme="dark") as page:
        page.add_init_script(f"({NOTES_LETTERS})()")
        page.reload()
        page_states.command_ready(page)
        state.act(page)
        page.wait_for_function("() => window.drawn.size > 0 && window.echarts")
        assert page.evaluate(TOO_SMALL, WALL_PX) == []
        assert min(page.evaluate("() => [...window.drawn]")) >= WALL_PX
        assert over(page) == [0, 0]
