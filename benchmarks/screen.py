"""How quickly does the command centre show a large store, and what does an open screen cost?

    python -m benchmarks.screen HOME [--rounds 5] [--screens 50]

Serves the store that `benchmarks.store` has made in HOME and looks at it in Chromium, with a cold
cache each time, over loopback, 1920 × 1080. Prints each goal and whether it is met. The browser,
the server and the database share the cores.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from benchmarks.rounds import machine
from benchmarks.screen_cost import screen_cost
from benchmarks.served import City, gunicorn
from benchmarks.store import running
from wanmi.migrations import runner
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.organisation.accounts import account_by_login
from wanmi.platform.organisation.login_links import issue_login_link
from wanmi.platform.organisation.tokens import issue_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Response
    from sqlalchemy import Engine

FIRST_S, CHANGE_MS, DATA_MB, GAP_MS = 1.5, 300, 0.6, 1000
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
WIDE = {"width": 1920, "height": 1080}
CODE = {"script", "stylesheet", "font", "image"}

WATCH = """
window.seen = { gaps: [], long: [] };
new PerformanceObserver((list) => seen.long.push(...list.getEntries().map((e) => e.duration)))
  .observe({ type: "longtask", buffered: true });
let last = performance.now();
(function look(now) {
  seen.gaps.push(now - last);
  last = now;
  const cells = window.wanmi?.layers?.cells;
  const { heaps, issues } = window.wanmi?.layers ?? {};
  const signs = heaps?.signs.size || issues?.markers.size;
  const drawn = cells?.colours?.length > 0 && cells._map && signs;
  const told = document.querySelector("#figures:not([aria-busy])");
  if (drawn && told && !seen.first) {
    // Painted with the frame that follows.
    seen.first = -1;
    requestAnimationFrame(() => (seen.first = performance.now()));
  }
  requestAnimationFrame(look);
})(last);
"""
CHANGE = """
([name, value]) => new Promise((resolve) => {
  const start = performance.now();
  const { cells, heaps, issues } = wanmi.layers;
  const before = cells.values;
  const [piled, columns] = [heaps.heaps, issues.columns];
  const signed = () =>
    wanmi.leaflet.hasLayer(heaps) ? heaps.heaps !== piled : issues.columns !== columns;
  let told = false;
  new MutationObserver(() => (told = true))
    .observe(document.querySelector("#figures"), { subtree: true, childList: true });
  const control = document.querySelector(`#filter select[name="${name}"]`);
  control.value = value;
  control.dispatchEvent(new Event("change", { bubbles: true }));
  (function look() {
    const list = document.querySelector("#cases:not([aria-busy])");
    if (told && list && signed() && cells.values !== before)
      return requestAnimationFrame(() => resolve(performance.now() - start));
    requestAnimationFrame(look);
  })();
})
"""
CHANGES = (
    ("class_code", "06"),
    ("class_code", "06010"),
    ("class_code", ""),
    ("overdue", "true"),
    ("overdue", ""),
    ("status", "closed"),
    ("status", "any"),
    ("status", "open"),
)


@dataclass
class Weight:
    """What came over the wire, compressed with gzip: data, and scripts, styles, fonts, pictures."""

    answers: list[Response] = field(default_factory=list)
    kept: dict[str, dict[str, float]] = field(default_factory=dict)

    def kilobytes(self) -> dict[str, dict[str, float]]:
        """Return kB by address, of data and of code."""
        found: dict[str, dict[str, float]] = {"data": {}, "code": {}}
        for answer in self.answers:
            if answer.status != 200 or "/events" in answer.url:
                continue
            kind = "code" if answer.request.resource_type in CODE else "data"
            path = answer.url.split("/", 3)[3].split("?")[0]
            found[kind][path] = len(gzip.compress(answer.body(), 6)) / 1000
        return found


@dataclass(frozen=True, slots=True)
class Served:
    """The store behind an address."""

    address: str
    engine: Engine

    def link(self, following: str) -> str:
        """Return a one-time address that signs the commander in."""
        with self.engine.begin() as connection:
            account = account_by_login(connection, "commander")
            secret = issue_login_link(connection, account, datetime.now(UTC))
        return f"{self.address}/login/link/{secret}?next={following}"

    def token(self, login: str) -> str:
        """Return a token for a day."""
        now = datetime.now(UTC)
        with self.engine.begin() as connection:
            account = account_by_login(connection, login)
            return issue_token(
                connection, account, label="benchmark", lifetime=timedelta(days=1), now=now
            )


@contextmanager
def served(home: Path, threads: int) -> Iterator[Served]:
    """Serve the store with two workers."""
    with running(home) as url:
        engine = make_engine(url)
        runner.upgrade(engine)
        engine.dispose()
        with gunicorn("benchmarks.naive:wanmi()", City(home, url, ""), threads=threads) as port:
            yield Served(f"http://127.0.0.1:{port}", engine)
        engine.dispose()


@contextmanager
def cold(browser: Browser, store: Served) -> Iterator[tuple[BrowserContext, Page]]:
    """A signed-in browser that has kept nothing but its cookie."""
    context = browser.new_context(viewport=WIDE, locale="zh-CN", color_scheme="dark")
    page = context.new_page()
    page.goto(store.link("/healthz"))
    page.close()
    page = context.new_page()
    page.add_init_script(WATCH)
    yield context, page
    context.close()


def first_picture(browser: Browser, store: Served, rounds: int) -> tuple[list[float], Weight]:
    """Return the seconds to the first useful picture, and what was loaded for it."""
    times, weight = [], Weight()
    for turn in range(rounds + 1):
        with cold(browser, store) as (_, page):
            if turn == rounds:
                page.on("response", lambda answer: weight.answers.append(answer))  # noqa: PLW0108
            page.goto(f"{store.address}/command")
            page.wait_for_function("() => seen.first > 0", timeout=40_000)
            if 0 < turn < rounds or rounds == 1:
                times.append(page.evaluate("() => seen.first") / 1000)
            if turn == rounds:
                page.wait_for_timeout(3000)
                weight.kept = weight.kilobytes()
    return times, weight


def changes(browser: Browser, store: Served, rounds: int) -> dict[str, float]:
    """Return the milliseconds of each change of the filter, the median of the rounds."""
    found: dict[str, list[float]] = {f"{name}={value or 'all'}": [] for name, value in CHANGES}
    with cold(browser, store) as (_, page):
        page.goto(f"{store.address}/command")
        page.wait_for_function("() => seen.first > 0", timeout=40_000)
        page.wait_for_timeout(2000)
        for _ in range(rounds):
            for name, value in CHANGES:
                took = page.evaluate(CHANGE, [name, value])
                found[f"{name}={value or 'all'}"].append(took)
                page.wait_for_timeout(400)
    return {name: statistics.median(times) for name, times in found.items()}


def moving(browser: Browser, store: Served) -> dict[str, Any]:
    """Return the longest gap between two frames and the long tasks while one zooms and pans."""
    with cold(browser, store) as (_, page):
        page.goto(f"{store.address}/command")
        page.wait_for_function("() => seen.first > 0", timeout=40_000)
        page.wait_for_timeout(2000)
        page.evaluate("() => { seen.gaps.length = 0; seen.long.length = 0; }")
        box = page.locator(".leaflet-container").bounding_box() or {}
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        for notches in (-1, -1, -1, -1, 1, 1, 1, 1):
            page.mouse.wheel(0, 240 * notches)
            page.wait_for_timeout(600)
            page.mouse.down()
            page.mouse.move(x + 200, y + 100, steps=12)
            page.mouse.up()
            page.wait_for_timeout(300)
            page.mouse.move(x, y)
        seen: dict[str, Any] = page.evaluate("() => seen")
    return seen


def say(what: str, value: float, goal: float, unit: str) -> None:
    """Print one goal."""
    verdict = "met" if value <= goal else "NOT MET"
    print(f"{what:<52} {value:10.2f} {unit:<4} goal {goal:g} {unit}: {verdict}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--screens", type=int, default=50)
    asked = parser.parse_args()
    print(machine())
    with served(asked.home, threads=asked.screens) as store, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        times, weight = first_picture(browser, store, asked.rounds)
        say("first useful picture, cold cache", statistics.median(times), FIRST_S, "s")
        kept = weight.kept
        say("data on first load, gzip", sum(kept["data"].values()) / 1000, DATA_MB, "MB")
        print("   ", json.dumps({k: round(v, 1) for k, v in kept["data"].items()}))
        print(f"    scripts, styles, fonts, pictures: {sum(kept['code'].values()) / 1000:.2f} MB")
        found = changes(browser, store, asked.rounds)
        say("filter change, the slowest kind", max(found.values()), CHANGE_MS, "ms")
        print("   ", json.dumps({name: round(took) for name, took in found.items()}))
        seen = moving(browser, store)
        say("zoom and pan: longest gap between frames", max(seen["gaps"]), GAP_MS, "ms")
        print(f"    long tasks: {len(seen['long'])}, longest {max(seen['long'], default=0):.0f} ms")
        browser.close()
        screen_cost(store, asked.screens, say)
    print(machine())


if __name__ == "__main__":
    main()
