"""One browser for all tests of this folder, a fresh context for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from support.browser import started

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
