"""Coming in by a browser: password, one-time address, language, and what a stranger is shown."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from support.clusters import fresh_database, temporary_home
from support.live_server import Live, live_server
from wanmi.platform.kernel.settings import Settings
from wanmi.platform.organisation import passwords
from wanmi.platform.organisation.signing_in import LIMITS, WINDOW
from wanmi.platform.organisation.tables import login_attempts
from wanmi.web.pages.signing_in import local_path, page_after
from wanmi.web.resources import BLUEPRINTS
from wanmi.web.wiring.app import create_app
from wanmi.web.wiring.services import wall_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Clock:
    """The wall clock, and as far ahead of it as a test likes."""

    ahead = timedelta(0)

    def __call__(self) -> datetime:
        return wall_clock() + self.ahead


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def live(server: str, clock: Clock) -> Iterator[Live]:
    with (
        fresh_database(server) as url,
        temporary_home() as home,
        live_server(url, home, clock=clock) as running,
    ):
        yield running


@pytest.fixture
def browser(live: Live, clock: Clock) -> FlaskClient:
    """A browser of its own; every test a day after the one before, so that no try is left over."""
    clock.ahead += timedelta(days=1)
    client = live.app.test_client()
    client.environ_base.update(
        {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in BROWSER.items()}
    )
    return client


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords that cost nothing, for tests that try many."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._nobodys_hash.cache_clear()
    monkeypatch.setattr(passwords, "hasher", lambda: quick)
    yield
    passwords._nobodys_hash.cache_clear()


def csrf(browser: FlaskClient, path: str = "/login") -> str:
    """The token on a page as this browser has it."""
    found = TOKEN.search(browser.get(path).text)
    assert found, path
    return found.group(1)


def come_in(
    browser: FlaskClient, live: Live, login: str = "inspector", **more: str
) -> TestResponse:
    form = {"login": login, "password": live.password, "csrf_token": csrf(browser), **more}
    return browser.post("/login", data=form)


def failures(live: Live) -> int:
    """How many tries of this moment were kept."""
    recent = login_attempts.c.tried_at > live.services.clock() - timedelta(minutes=1)
    query = select(func.count()).where(recent, ~login_attempts.c.succeeded)
    with live.engine.connect() as connection:
        return connection.execute(query).scalar_one()


def test_the_right_password_lets_in_and_leads_on(browser: FlaskClient, live: Live) -> None:
    answer = come_in(browser, live, next="/api/v1/cases?limit=1")
    assert (answer.status_code, answer.location) == (303, "/api/v1/cases?limit=1")
    assert browser.get(answer.location).status_code == 200
    start = browser.get("/").text
    assert "李明（示意）" in start
    assert "Inspector" in start


def test_the_session_cookie_is_for_the_server_alone(browser: FlaskClient, live: Live) -> None:
    answer = come_in(browser, live)
    said = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("wanmi="))
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said
    assert "Expires=" in said, "a shift outlasts a phone's browser being put away"
    assert "Secure" not in said, "this server is reached without HTTPS"


def test_with_https_the_cookie_is_secure(live: Live, server: str) -> None:
    environ = {"WANMI_HOME": str(live.settings.home), "WANMI_PUBLIC_URL": "https://wanmi.example"}
    app = create_app(Settings.from_environ(environ), server, BLUEPRINTS)
    answer = app.test_client().get("/language/en")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert app.config["SESSION_COOKIE_SECURE"] is True


def test_a_wrong_password_is_said_and_remembered(browser: FlaskClient, live: Live) -> None:
    answer = come_in(browser, live, password="wrong", next="/patrol")
    assert answer.status_code == 401
    assert "Login or password is wrong." in answer.text
    assert 'value="inspector"' in answer.text, "what was typed stays"
    assert "wrong" not in re.findall(r'value="([^"]*)"', answer.text), "but never a password"
    assert 'value="/patrol"' in answer.text
    assert failures(live) == 1
    assert browser.get("/api/v1/cases").status_code == 401


def test_too_many_tries_are_told_how_long_to_wait(
    browser: FlaskClient, live: Live, clock: Clock, cheap: None
) -> None:
    token = csrf(browser)
    form = {"login": "operator", "password": "wrong", "csrf_token": token}
    allowed = LIMITS[0][1]
    codes = [browser.post("/login", data=form).status_code for _ in range(allowed + 1)]
    assert codes == [401] * allowed + [429]
    answer = browser.post("/login", data={**form, "password": live.password})
    assert answer.status_code == 429, "not even the right one is looked at"
    assert "Wait 15 min" in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= WINDOW.total_seconds()
    clock.ahead += WINDOW
    assert browser.post("/login", data={**form, "password": live.password}).status_code == 303


def test_without_the_pages_token_nothing_is_looked_at(browser: FlaskClient, live: Live) -> None:
    answer = browser.post("/login", data={"login": "inspector", "password": live.password})
    assert answer.status_code == 403
    assert "load the page again" in answer.text
    assert failures(live) == 0


def test_what_others_put_into_the_session_does_not_survive_the_log_in(
    browser: FlaskClient, live: Live
) -> None:
    with browser.session_transaction() as session:
        session["planted"] = "x"
    come_in(browser, live)
    with browser.session_transaction() as session:
        assert "planted" not in session


def test_signing_out_ends_the_session(browser: FlaskClient, live: Live) -> None:
    come_in(browser, live)
    assert browser.get("/logout").status_code == 405
    assert browser.post("/logout").status_code == 403
    assert browser.get("/api/v1/cases").status_code == 200
    answer = browser.post("/logout", data={"csrf_token": csrf(browser, "/")})
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get("/api/v1/cases").status_code == 401


def test_who_is_in_is_not_asked_again(browser: FlaskClient, live: Live) -> None:
    come_in(browser, live)
    answer = browser.get("/login?next=/api/v1/cases")
    assert (answer.status_code, answer.location) == (303, "/api/v1/cases")


ELSEWHERE = (
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "\t//elsewhere.example",
    "http:elsewhere.example",
    "javascript:alert(1)",
    "elsewhere",
    "",
    "/" + "x" * 2000,
    "//[",
)


@pytest.mark.parametrize("address", ELSEWHERE)
def test_the_log_in_leads_to_no_other_place(browser: FlaskClient, live: Live, address: str) -> None:
    assert local_path(address) == "/"
    assert come_in(browser, live, next=address).location == "/"


@pytest.mark.parametrize("address", ["/", "/patrol", "/command?class_code=06&q=路#a"])
def test_the_log_in_leads_to_every_page_of_ours(address: str) -> None:
    assert local_path(address) == address


def test_the_log_in_does_not_lead_to_itself() -> None:
    assert page_after("/login?next=/login") == "/"
    assert page_after("/logout") == "/"
    assert page_after("/patrol") == "/patrol"
    assert page_after("//elsewhere.example") == "/"


def test_a_one_time_address_lets_in_once(browser: FlaskClient, live: Live) -> None:
    path = live.login_link("commander", "/api/v1/cases").removeprefix(live.address)
    looked = browser.head(path)
    assert looked.status_code == 200, "a program that looks does not use it up"
    answer = browser.get(path)
    assert (answer.status_code, answer.location) == (303, "/api/v1/cases")
    assert "Commander" in browser.get("/").text
    other = live.app.test_client()
    again = other.get(path, headers=BROWSER)
    assert again.status_code == 410
    assert "wanmi login-link" in again.text
    assert other.get("/api/v1/cases").status_code == 401


def test_a_one_time_address_is_good_for_ten_minutes(
    browser: FlaskClient, live: Live, clock: Clock
) -> None:
    path = live.login_link().removeprefix(live.address)
    clock.ahead += timedelta(minutes=10, seconds=1)
    assert browser.get(path).status_code == 410
    assert browser.get("/login/link/nonsense").status_code == 410


def test_a_one_time_address_leads_to_no_other_server(browser: FlaskClient, live: Live) -> None:
    path = live.login_link("inspector", "//elsewhere.example").removeprefix(live.address)
    assert browser.get(path).location == "/"


def test_the_language_is_the_readers(browser: FlaskClient) -> None:
    assert 'lang="en"' in browser.get("/login").text
    answer = browser.get("/language/zh_CN?next=/login")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert 'lang="zh-CN"' in browser.get("/login").text
    browser.get("/language/en")
    assert 'lang="en"' in browser.get("/login").text
    assert browser.get("/language/fr").status_code == 404
    assert browser.get("/language/en?next=//elsewhere.example").location == "/"


def test_a_stranger_is_greeted_and_shown_the_way_in(browser: FlaskClient) -> None:
    start = browser.get("/")
    assert start.status_code == 200
    assert 'href="/login"' in start.text
    for address in ("/patrol", "/command", "/desk", "/evaluation"):
        assert f'href="{address}"' not in start.text


def test_who_administers_has_no_pages_of_business(browser: FlaskClient, live: Live) -> None:
    come_in(browser, live, "admin")
    start = browser.get("/").text
    assert "There is no page for your role yet" in start
    assert 'href="/patrol"' not in start


def test_an_error_is_a_page_for_people_and_a_document_for_programs(
    browser: FlaskClient, live: Live
) -> None:
    page = browser.get("/nowhere")
    assert page.status_code == 404
    assert page.mimetype == "text/html"
    assert "Not Found" in page.text
    assert browser.get("/api/v1/nowhere").mimetype == "application/problem+json"
    assert browser.get("/healthz/no").mimetype == "application/problem+json"
    program = live.app.test_client().get("/nowhere", headers={"Accept": "*/*"})
    assert program.mimetype == "application/problem+json"


def test_a_page_that_needs_its_reader_leads_to_the_log_in_and_back(browser: FlaskClient) -> None:
    answer = browser.get("/patrol?step=report")
    assert answer.status_code == 303
    assert answer.location == "/login?next=%2Fpatrol%3Fstep%3Dreport"


def test_a_database_that_is_away_is_a_page_too(live: Live) -> None:
    app = create_app(live.settings, "postgresql://nobody@127.0.0.1:1/none", BLUEPRINTS)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "1:stamp"
    answer = client.get("/login", headers=BROWSER)
    assert answer.status_code == 503
    assert answer.mimetype == "text/html"
    assert answer.headers["Retry-After"]


def test_pages_load_and_run_only_what_is_ours(browser: FlaskClient) -> None:
    for path in ("/", "/login", "/nowhere"):
        answer = browser.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", answer.text)
        ours = r"\sstyle=|<script(?![^>]*(?:src=|application/json))|\son\w+="
        assert not re.search(ours, answer.text)
