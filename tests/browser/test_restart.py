"""The server is started anew under an open command centre: nothing is lost, and nobody reloads."""

from __future__ import annotations

import json
import signal
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from support import city
from support.clusters import fresh_database, temporary_home
from support.live_server import ROLES, build_town
from support.people import enrol
from support.reporting import report_body
from support.small_town import a_report
from support.up import Up
from wanmi.migrations import runner
from wanmi.platform.casework.intake import sender_of, submit
from wanmi.platform.casework.office import open_office
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.kernel.settings import Settings
from wanmi.platform.organisation.login_links import issue_login_link
from wanmi.platform.organisation.permits import viewer
from wanmi.platform.organisation.tokens import issue_token

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser
    from sqlalchemy import Engine

    from wanmi.platform.organisation.accounts import Account

LOST_MS, BACK_MS = 20_000, 60_000


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with temporary_home() as folder:
        yield folder


@pytest.fixture(scope="module")
def url(server: str) -> Iterator[str]:
    with fresh_database(server) as url:
        yield url


@pytest.fixture(scope="module")
def engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    runner.upgrade(engine)
    with engine.begin() as connection:
        build_town(connection)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def people(engine: Engine) -> dict[str, Account]:
    with engine.begin() as connection:
        return {role: enrol(connection, role, role, unit="AK-CGJ") for role in ROLES}


@pytest.fixture
def up(home: Path, url: str) -> Iterator[Up]:
    up = Up(home)
    up.environment["WANMI_DATABASE_URL"] = url
    yield up
    if up.process and up.process.poll() is None:
        up.stop(signal.SIGKILL)


def report(home: Path, engine: Engine, inspector: Account) -> str:
    """Report past the server, as the shell does: it may be down. Return the number."""
    office = open_office(Settings.from_environ({}).city, engine, home)
    with engine.begin() as connection:
        who = sender_of(viewer(inspector, office.roles, office.register))
        now = datetime.now(UTC)
        place = a_report(at=city.spot(20, 20), observed_at=now)
        return str(submit(connection, office, place, who, now).case["number"])


def send(up: Up, engine: Engine, inspector: Account) -> str:
    """Report over HTTP. Return the number."""
    with engine.begin() as connection:
        token = issue_token(
            connection,
            inspector,
            label="test",
            lifetime=timedelta(hours=1),
            now=datetime.now(UTC),
        )
    request = urllib.request.Request(
        f"http://127.0.0.1:{up.port}/api/v1/reports",
        json.dumps(report_body(20, 20)).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
        return str(json.load(answer)["number"])


def test_what_happened_while_the_server_was_down_is_shown_when_it_is_back(
    browser: Browser, up: Up, engine: Engine, people: dict[str, Account]
) -> None:
    up.start("up", "--no-demo")
    with engine.begin() as connection:
        secret = issue_login_link(connection, people["commander"], datetime.now(UTC))
    with browser.new_context(locale="en") as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{up.port}/login/link/{secret}?next=/command")
        sign = page.locator("[data-live]")
        expect(sign).to_have_attribute("data-state", "live", timeout=BACK_MS)
        page.evaluate("() => (window.untouched = true)")
        up.stop(signal.SIGTERM)
        expect(sign).to_have_attribute("data-state", "lost", timeout=LOST_MS)
        meanwhile = report(up.home, engine, people["inspector"])
        up.start("up", "--no-demo")
        expect(sign).to_have_attribute("data-state", "live", timeout=BACK_MS)
        listed = page.locator(f'#cases li[data-number="{meanwhile}"]')
        expect(listed).to_be_visible(timeout=BACK_MS)
        after = send(up, engine, people["inspector"])
        expect(page.locator(f'#cases li[data-number="{after}"]')).to_be_visible(timeout=BACK_MS)
        assert page.evaluate("() => window.untouched"), "nobody has loaded the page again"
