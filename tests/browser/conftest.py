"""One browser for all tests of this folder, a fresh context for each."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from support.browser import COMMAND_READY, Watch, started
from support.clusters import fresh_database, temporary_home
from support.live_server import Live, live_server
from support.reporting import report_body

# A busy machine is no fault of a page.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with started() as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    fresh = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    fresh.set_default_timeout(60_000)
    yield fresh
    fresh.close()


@pytest.fixture(scope="module")
def live(server: str) -> Iterator[Live]:
    """A server on the small city, for the tests of one file."""
    with (
        fresh_database(server) as url,
        temporary_home() as home,
        live_server(url, home) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def send(live: Live) -> Callable[..., str]:
    """Report over HTTP as an inspector; returns the number."""
    token = live.token("inspector")

    def report(east_m: float = 10, north_m: float = 10, **more: object) -> str:
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{live.address}/api/v1/reports",
            json.dumps(report_body(east_m, north_m, **more)).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            found: dict[str, Any] = json.load(answer)
        return str(found["number"])

    return report


@pytest.fixture(scope="module")
def signed_in(browser: Browser, live: Live) -> Iterator[BrowserContext]:
    """A browser of the commander's, which reaches no other host."""
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
def watch() -> Watch:
    return Watch()


@pytest.fixture
def go(signed_in: BrowserContext, live: Live, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Open the command centre at an address; nothing may have failed at the end."""
    pages = []

    def opened(query: str = "", *, wait: bool = True) -> Page:
        page = watch.on(signed_in.new_page())
        pages.append(page)
        page.goto(f"{live.address}/command{query}")
        if wait:
            page.wait_for_function(COMMAND_READY)
        return page

    yield opened
    for page in pages:
        watch.off(page)
        page.close()
    assert watch.faults == []
    assert [url for url in watch.requests if not url.startswith((live.address, "data:"))] == []
