"""The export menu in a browser: by keyboard, with the number of cases, and a picture of the map."""

from __future__ import annotations

import io
import json
import urllib.request
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from support.browser import Watch
from support.clusters import fresh_database, temporary_home
from support.live_server import Live, live_server
from support.reporting import report_body
from support.small_city import NASTY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def live(server: str) -> Iterator[Live]:
    with (
        fresh_database(server) as url,
        temporary_home() as home,
        live_server(url, home) as running,
    ):
        token = running.token("inspector")
        for east_m in (10, 20, 300):
            request = urllib.request.Request(  # noqa: S310 - our own server
                f"{running.address}/api/v1/reports",
                json.dumps(report_body(east_m, description=NASTY)).encode(),
                {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
            )
            urllib.request.urlopen(request).close()  # noqa: S310 - the same
        yield running


@pytest.fixture
def page(browser: Browser, live: Live) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en")
    context.set_default_timeout(15_000)
    context.route(
        lambda url: not url.startswith((live.address, "data:", "blob:")),
        lambda route: route.abort(),
    )
    page = context.new_page()
    page.goto(live.login_link("commander", "/healthz"))
    watch = Watch()
    watch.on(page)
    page.goto(f"{live.address}/command")
    yield page
    # A question that a newer one has ended counts as failed.
    assert not [fault for fault in watch.faults if not fault.startswith("failed")]
    context.close()


def test_a_file_by_keyboard(page: Page, tmp_path: Path) -> None:
    expect(page.locator("#export-cases")).to_contain_text("3 cases")
    page.locator("#export summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("a[data-export='cases.csv']")).to_be_focused()
    with page.expect_download() as begun:
        page.keyboard.press("Enter")
    begun.value.save_as(tmp_path / "cases.csv")
    lines = (tmp_path / "cases.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("Report number,")
    assert len(lines) >= 4
    expect(page.locator("#export-state")).to_contain_text("wanmi-cases-")
    page.keyboard.press("Escape")
    expect(page.locator(".export-menu")).to_be_hidden()
    expect(page.locator("#export summary")).to_be_focused()


def test_the_menu_follows_the_filter(page: Page) -> None:
    page.locator("#filter select[name='status']").select_option("closed")
    expect(page.locator("#export-cases")).to_contain_text("0 cases")
    address = page.locator("a[data-export='cases.xlsx']").get_attribute("href") or ""
    assert "status=closed" in address


def test_a_picture_shows_the_map(page: Page, tmp_path: Path) -> None:
    page.wait_for_function("() => wanmi.layers.issues.markers.size === 3")
    page.locator("#export summary").click()
    with page.expect_download() as begun:
        page.locator("#export-picture").click()
    begun.value.save_as(tmp_path / "map.png")
    with Image.open(io.BytesIO((tmp_path / "map.png").read_bytes())) as picture:
        box = page.locator(".leaflet-container").bounding_box()
        assert box is not None
        assert picture.width == round(box["width"] * 2)
        colours = picture.convert("RGB").getcolors(1 << 24) or []
        assert len(colours) > 50
