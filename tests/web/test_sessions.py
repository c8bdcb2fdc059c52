"""Who asks: a token, a browser that is signed in, or nobody; and what each may change."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from support.problems import refused
from support.small_town import MONDAY, a_report_body
from wanmi.platform.organisation.account_changes import disable
from wanmi.platform.organisation.accounts import account_by_login
from wanmi.platform.organisation.login_links import issue_login_link
from wanmi.platform.organisation.tokens import issue_token, list_tokens, revoke_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from support.small_town import SmallTown

REPORTS = "/api/v1/reports"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def browser_of(town: SmallTown, login: str) -> FlaskClient:
    """A browser in which somebody has signed in."""
    with town.engine.begin() as connection:
        account = account_by_login(connection, login)
        secret = issue_login_link(connection, account, town.clock())
    client = town.app.test_client()
    assert client.get(f"/login/link/{secret}").status_code == 303
    return client


def page_token(client: FlaskClient) -> str:
    """The token that the pages of this browser carry."""
    found = TOKEN.search(client.get("/").get_data(as_text=True))
    assert found is not None
    return found[1]


@pytest.fixture
def passer_by(town: SmallTown) -> Iterator[str]:
    """Login of an account that is there for one test."""
    town.enrol("passer.by", "inspector", "AK-CGJ")
    yield "passer.by"
    with town.engine.begin() as connection:
        gone = "account_id = (SELECT id FROM accounts WHERE login = 'passer.by')"
        connection.execute(text(f"DELETE FROM account_tokens WHERE {gone}"))
        connection.execute(text("DELETE FROM accounts WHERE login = 'passer.by'"))
    del town.people["passer.by"]
    town.services.remembered.__init__()  # type: ignore[misc]


def forget(town: SmallTown) -> None:
    """Let the seconds pass in which a token is remembered."""
    town.services.remembered.__init__()  # type: ignore[misc]


# Tokens


def test_a_token_needs_no_page_token(town: SmallTown) -> None:
    assert town.inspector.post("/reports", a_report_body()).status_code == 201


@pytest.mark.parametrize(
    "said",
    [
        "Bearer wanmi_nonsense",
        "Bearer ",
        "Bearer",
        "bearer {token}",
        "Basic aW5zcGVjdG9yOng=",
        "Token {token}",
        "{token}",
        "Bearer {token}x",
        "Bearer é",
        "Bearer \u00ff\u00fe",
        "Bearer " + "x" * 5000,
    ],
)
def test_what_is_no_token_is_refused(town: SmallTown, said: str) -> None:
    header = {"Authorization": said.format(token=town.inspector.token)}
    client = town.app.test_client()
    for answer in (
        client.get("/api/v1/cases", headers=header),
        client.post(REPORTS, json=a_report_body(), headers=header),
    ):
        refused(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert town.count("cases") == 0


def test_a_token_ends(town: SmallTown, passer_by: str) -> None:
    person = town.people[passer_by]
    with town.engine.begin() as connection:
        account = account_by_login(connection, passer_by)
        token = issue_token(
            connection, account, label="short", lifetime=timedelta(hours=1), now=MONDAY
        )
    client = town.app.test_client()
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/cases", headers=headers).status_code == 200
    town.clock.now = MONDAY + timedelta(hours=2)
    forget(town)
    refused(client.get("/api/v1/cases", headers=headers), 401)
    assert person.get("/cases").status_code == 200


def test_a_revoked_token_and_a_disabled_account_are_out_within_seconds(
    town: SmallTown, passer_by: str
) -> None:
    person = town.people[passer_by]
    assert person.get("/cases").status_code == 200
    with town.engine.begin() as connection:
        account = account_by_login(connection, passer_by)
        for token in list_tokens(connection, account):
            revoke_token(connection, account, token.id, MONDAY)
    forget(town)
    refused(person.get("/cases"), 401)
    with town.engine.begin() as connection:
        fresh = issue_token(
            connection, account, label="new", lifetime=timedelta(hours=1), now=MONDAY
        )
    headers = {"Authorization": f"Bearer {fresh}"}
    client = town.app.test_client()
    assert client.get("/api/v1/cases", headers=headers).status_code == 200
    with town.engine.begin() as connection:
        disable(connection, passer_by, roles=town.office.roles, now=MONDAY)
    forget(town)
    refused(client.get("/api/v1/cases", headers=headers), 401)


def test_a_token_is_remembered_for_a_few_seconds_only(
    town: SmallTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wanmi.web.wiring import identity_cache  # noqa: PLC0415

    known = identity_cache.Remembered()
    monkeypatch.setattr(identity_cache, "REMEMBER_SECONDS", 0.0)
    known.put("key", town.inspector.viewer)
    assert known.get("key") is None
    monkeypatch.setattr(identity_cache, "REMEMBER_SECONDS", 5.0)
    monkeypatch.setattr(identity_cache, "MOST_REMEMBERED", 2)
    for key in "abc":
        known.put(key, town.inspector.viewer)
    assert known.get("c") == town.inspector.viewer
    assert known.get("a") is None


# Browsers


def test_a_browser_reads_as_its_account(town: SmallTown) -> None:
    client = browser_of(town, "county_leader")
    number = town.inspector.reports().json["number"]
    assert client.get("/api/v1/cases").json["cases"] == []
    refused(client.get(f"/api/v1/cases/{number}"), 404)


def test_a_change_needs_the_token_of_the_page(town: SmallTown) -> None:
    client = browser_of(town, "inspector")
    refused(client.post(REPORTS, json=a_report_body()), 403)
    wrong = {"X-CSRFToken": "nonsense"}
    refused(client.post(REPORTS, json=a_report_body(), headers=wrong), 403)
    other = {"X-CSRFToken": page_token(browser_of(town, "inspector"))}
    refused(client.post(REPORTS, json=a_report_body(), headers=other), 403)
    assert town.count("cases") == 0
    mine = {"X-CSRFToken": page_token(client)}
    answer = client.post(REPORTS, json=a_report_body(), headers=mine)
    assert answer.status_code == 201
    number = answer.json["number"]
    move = {"move": "void", "version": 1, "reason": "?"}
    refused(client.post(f"/api/v1/cases/{number}/moves", json=move), 403)
    answer = client.post(f"/api/v1/cases/{number}/moves", json=move, headers=mine)
    refused(answer, 403)  # the page's token is right, the role is not


def test_nobody_is_asked_to_sign_in(town: SmallTown) -> None:
    client = town.app.test_client()
    refused(client.get("/api/v1/cases"), 401)
    refused(client.post(REPORTS, json=a_report_body()), 401)
    refused(client.post("/api/v1/photos", data={}), 401)


def test_a_bad_token_is_not_made_good_by_a_session(town: SmallTown) -> None:
    client = browser_of(town, "inspector")
    headers = {"Authorization": "Bearer wanmi_nonsense"}
    refused(client.get("/api/v1/cases", headers=headers), 401)
    refused(client.post(REPORTS, json=a_report_body(), headers=headers), 401)


def test_a_token_in_a_browser_is_who_asks(town: SmallTown) -> None:
    client = browser_of(town, "admin")
    answer = client.post(REPORTS, json=a_report_body(), headers=town.inspector.headers)
    assert answer.status_code == 201


def test_a_disabled_account_s_browser_is_out_at_once(town: SmallTown, passer_by: str) -> None:
    client = browser_of(town, passer_by)
    assert client.get("/api/v1/cases").status_code == 200
    with town.engine.begin() as connection:
        disable(connection, passer_by, roles=town.office.roles, now=MONDAY)
    refused(client.get("/api/v1/cases"), 401)


@pytest.mark.parametrize("cookie", ["nonsense", "", ".eJw", "a" * 4000, "é"])
def test_a_cookie_that_is_not_ours_is_nobody(town: SmallTown, cookie: str) -> None:
    client = town.app.test_client()
    answer = client.get("/api/v1/cases", headers={"Cookie": f"wanmi={cookie}"})
    refused(answer, 401)


def test_a_cookie_with_another_stamp_is_nobody(town: SmallTown) -> None:
    client = town.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{town.inspector.viewer.account_id}:guess"
    refused(client.get("/api/v1/cases"), 401)
    for nobody in ("x", "1", ":", "٣:x", "9" * 30 + ":x"):
        with client.session_transaction() as session:
            session["_user_id"] = nobody
        refused(client.get("/api/v1/cases"), 401)
