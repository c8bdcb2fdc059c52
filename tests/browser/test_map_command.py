"""`wanmi map -o FILE`: one file that opens from a stick, with no network, and shows the city."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, text

from support.browser import Watch
from support.clusters import temporary_home
from support.small_city import NASTY
from support.small_town import MONDAY, cell_of, middle_of, small_town
from wanmi.platform.casework.installation import note
from wanmi.platform.casework.tables import InstallationNote
from wanmi.platform.demonstration.setting_up import DEMONSTRATION
from wanmi.web.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from support.small_town import SmallTown

    Draw = Callable[..., Path]
    Show = Callable[..., Page]

SIZES = {"phone": (360, 740), "screen": (1440, 900)}
ON_SCREEN = pytest.mark.parametrize("context", ["screen"], indirect=True)
READY = "() => Promise.all(Object.values(wanmi.layers).map((layer) => layer.ready))"
FRIDAY = MONDAY - timedelta(days=3)
NASTY_STREET, NASTY_ZONE = f"育才路 {NASTY}", f"I0 区 {NASTY}"


@pytest.fixture(scope="module")
def city(server: str) -> Iterator[SmallTown]:
    """A town with a case of Friday, three of Monday, and names that would be code if they could."""
    with small_town(server) as town:
        with town.engine.begin() as connection:
            name = text("UPDATE streets SET name = :name WHERE code = 'S-YC'")
            connection.execute(name, {"name": NASTY_STREET})
            name = text("UPDATE zones SET name = :name WHERE code = 'I0'")
            connection.execute(name, {"name": NASTY_ZONE})
            note(connection, DEMONSTRATION, {"finished": True}, MONDAY)
        reported(town, FRIDAY, (4, 4))
        for cell in ((1, 0), (1, 0), (3, 0)):
            reported(town, MONDAY, cell)
        yield town


def reported(town: SmallTown, moment: datetime, cell: tuple[int, int]) -> None:
    town.clock.now = moment
    answer = town.inspector.reports(at=middle_of(*cell), observed_at=moment.isoformat())
    assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A state folder of the command's: the town's own belongs to who runs the tests."""
    with temporary_home() as folder:
        yield folder


@pytest.fixture(scope="module")
def draw(city: SmallTown, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Draw:
    """Run `wanmi map` with some words; returns the file, once made."""

    @cache
    def drawn(*words: str, locale: str = "zh_CN") -> Path:
        target = tmp_path_factory.mktemp("map") / "map.html"
        environment = {
            "WANMI_DATABASE_URL": city.url,
            "WANMI_HOME": str(home),
            "WANMI_LOCALE": locale,
        }
        done = CliRunner().invoke(cli, ["map", "-o", str(target), *words], env=environment)
        assert done.exit_code == 0, done.output
        return target

    return drawn


@pytest.fixture(params=SIZES)
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """A browser of one size that has no network, and would be refused one."""
    width, height = SIZES[request.param]
    fresh = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", offline=True
    )
    fresh.set_default_timeout(60_000)
    fresh.route(
        lambda url: not url.startswith(("file:", "data:", "blob:")), lambda route: route.abort()
    )
    yield fresh
    fresh.close()


@pytest.fixture
def show(context: BrowserContext) -> Iterator[Show]:
    """Open a file; at the end nothing may have been asked for or have failed."""
    watch = Watch()

    def shown(file: Path) -> Page:
        page = watch.on(context.new_page())
        page.goto(file.as_uri())
        page.evaluate(READY)
        page.wait_for_timeout(300)
        return page

    yield shown
    assert watch.faults == []
    assert [url for url in watch.requests if not url.startswith(("file:", "data:", "blob:"))] == []


def total(page: Page, layer: str) -> int:
    counts: dict[str, Any] = page.evaluate(
        "(name) => wanmi.layers[name].settings.counts.json", layer
    )
    values = counts["values"] if layer == "cells" else counts["counts"].values()
    return sum(values)


def colours_drawn(page: Page) -> int:
    """How many different pixels the canvas of the cells has."""
    return int(
        page.evaluate(
            """() => {
              const canvas = document.querySelector(".leaflet-wanmi-density-pane canvas");
              const { width, height } = canvas;
              const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
              return new Set(new Uint32Array(data.buffer)).size;
            }""",
        )
    )


def in_view(page: Page, selector: str) -> bool:
    """Whether an element lies wholly inside the window."""
    box = page.locator(selector).first.bounding_box()
    size = page.viewport_size
    assert box
    assert size
    return (
        min(box["x"], box["y"]) >= 0
        and box["x"] + box["width"] <= size["width"]
        and box["y"] + box["height"] <= size["height"]
    )


def test_the_density_is_drawn_explained_and_called_what_it_is(show: Show, draw: Draw) -> None:
    page = show(draw())
    assert page.evaluate("() => document.documentElement.lang") == "zh-CN"
    assert "安康" in page.title()
    assert total(page, "cells") == 4
    counted = page.evaluate(
        "([code]) => wanmi.layers.cells.settings.counts.json.values"
        "[wanmi.layers.cells.edges.codes.indexOf(code)]",
        [cell_of(1, 0)],
    )
    assert counted == 2
    assert colours_drawn(page) > 3
    assert in_view(page, ".wanmi-legend")
    legend = page.locator(".wanmi-legend").inner_text()
    assert "未结案" in legend or "在办" in legend, legend
    assert "示意数据" in page.locator(".leaflet-control-attribution").inner_text()
    assert page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


@pytest.mark.parametrize(("by", "layer"), [("street", "by_street"), ("zone", "by_zone")])
def test_another_density_may_be_shown_first(show: Show, draw: Draw, by: str, layer: str) -> None:
    page = show(draw("--by", by))
    shown = page.evaluate(
        """() => Object.entries(wanmi.layers)
          .filter(([name, layer]) => ["cells", "by_street", "by_zone"].includes(name) && layer._map)
          .map(([name]) => name)""",
    )
    assert shown == [layer]
    assert total(page, layer) >= 3
    assert page.locator(".wanmi-legend li").count() > 2


@ON_SCREEN
def test_only_the_days_asked_for_are_counted(show: Show, draw: Draw) -> None:
    friday, monday = f"{FRIDAY:%Y-%m-%d}", f"{MONDAY:%Y-%m-%d}"
    saturday = f"{FRIDAY + timedelta(days=1):%Y-%m-%d}"
    for words, cases, days in (
        (("--to", friday), 1, f" – {friday}"),
        (("--from", monday, "--to", monday), 3, f"{monday} – {monday}"),
        (("--from", saturday), 3, f"{saturday} –"),
    ):
        page = show(draw(*words))
        assert total(page, "cells") == cases, words
        assert page.evaluate("() => wanmi.layers.issues.markers.size") == cases, words
        assert f"· {days.strip()}" in page.locator(".wanmi-legend").inner_text()
        page.close()


@ON_SCREEN
def test_text_of_people_is_shown_as_text(show: Show, draw: Draw) -> None:
    page = show(draw())
    page.evaluate(
        """(name) => {
          const found = [...wanmi.layers.issues.markers].find(([, marker]) =>
            Object.values(marker.options.issue).includes(name));
          wanmi.layers.issues.show(found[0]);
        }""",
        NASTY_STREET,
    )
    card = page.locator(".wanmi-card")
    card.wait_for()
    assert NASTY_STREET in card.inner_text()
    assert card.locator("script").count() == 0
    zones = show(draw("--by", "zone"))
    for opened in (page, zones):
        assert opened.evaluate("() => window.hacked") is None


@ON_SCREEN
def test_it_speaks_english_and_calls_only_made_up_data_so(
    show: Show, draw: Draw, city: SmallTown
) -> None:
    with city.engine.begin() as connection:
        notes = InstallationNote.__table__
        connection.execute(delete(notes).where(notes.c.key == DEMONSTRATION))
    try:
        page = show(draw(locale="en"))
    finally:
        with city.engine.begin() as connection:
            note(connection, DEMONSTRATION, {"finished": True}, MONDAY)
    assert page.evaluate("() => document.documentElement.lang") == "en"
    said = page.locator("body").inner_text()
    assert "Demonstration" not in said
    assert "示意数据" not in said
