"""Accounts, tokens and one-time links, in the database."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, func, select, update

from support.people import MORNING, PASSWORD, enrol, register, roles
from support.sheets import put
from wanmi.platform.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, SettingsInvalid
from wanmi.platform.organisation.account_changes import disable, enable, set_password
from wanmi.platform.organisation.accounts import (
    account_by_login,
    account_for_session,
    list_accounts,
)
from wanmi.platform.organisation.demo_accounts import create_demo_accounts
from wanmi.platform.organisation.login_links import issue_login_link, redeem_login_link
from wanmi.platform.organisation.signing_in import verify_password
from wanmi.platform.organisation.tables import account_tokens, accounts, login_links
from wanmi.platform.organisation.tokens import (
    account_for_token,
    issue_token,
    list_tokens,
    revoke_token,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from wanmi.platform.organisation.accounts import Account

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def noise(connection: Connection) -> Account:
    """Somebody else, whose things must never be touched."""
    other = enrol(connection, "somebody.else", "commander", unit="AK-GOV")
    issue_token(connection, other, label="noise", lifetime=DAY, now=MORNING)
    issue_login_link(connection, other, MORNING)
    return other


def token_of(connection: Connection, account: Account, now: datetime = MORNING) -> str:
    return issue_token(connection, account, label="tests", lifetime=DAY, now=now)


# Accounts ---------------------------------------------------------------------------------------


def test_an_account_is_found_again_as_it_was_made(connection: Connection, noise: Account) -> None:
    made = enrol(connection)
    assert account_by_login(connection, "li.ming") == made
    assert made.active
    assert made.created_at == MORNING
    assert [one.login for one in list_accounts(connection)] == ["li.ming", noise.login]


def test_a_login_is_given_once(connection: Connection) -> None:
    enrol(connection)
    with pytest.raises(Conflict, match=r"li\.ming is taken"):
        enrol(connection, role="operator")
    assert account_by_login(connection, "li.ming").role == "inspector"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("login", "x"),
        ("login", "Li"),
        ("login", "李明"),
        ("login", "a b"),
        ("login", "ab\n"),
        ("login", "a" * 64),
        ("login", "a\x00b"),
        ("name", "  "),
        ("name", "a" * 61),
        ("name", "right\u202eleft"),
        ("name", "nul\x00"),
        ("role", "mayor"),
        ("unit", "AK-XXX"),
        ("jurisdiction", "610999"),
        ("password", "too short"),
        ("password", "x" * 257),
    ],
)
def test_what_cannot_be_taken_is_told_by_field(
    connection: Connection,
    field: str,
    value: str,
) -> None:
    with pytest.raises(Invalid) as raised:
        enrol(connection, **{field: value})
    told = {"unit": "unit_code", "jurisdiction": "jurisdiction_code"}.get(field, field)
    assert [fault.field for fault in raised.value.errors] == [told]
    assert list_accounts(connection) == ()


def test_nobody_is_found_under_a_login_that_cannot_be(connection: Connection) -> None:
    for login in ("nobody", "", "a\x00b", "\ud800"):
        with pytest.raises(NotFound):
            account_by_login(connection, login)


def test_passwords_are_kept_as_argon2_only(connection: Connection) -> None:
    enrol(connection)
    kept = connection.execute(select(accounts.c.password_hash)).scalar_one()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_a_new_password_ends_sessions_and_the_old_password(
    connection: Connection,
    noise: Account,
) -> None:
    made = enrol(connection)
    token = token_of(connection, made)
    assert account_for_session(connection, made.id, made.session_stamp) == made
    set_password(connection, "li.ming", "another fine password")
    assert account_for_session(connection, made.id, made.session_stamp) is None
    assert account_for_session(connection, noise.id, noise.session_stamp) == noise
    assert verify_password(connection, "li.ming", PASSWORD) is None
    assert verify_password(connection, "li.ming", "another fine password") is not None
    assert account_for_token(connection, token, MORNING) is not None
    with pytest.raises(Invalid):
        set_password(connection, "li.ming", "short")


def test_disabling_takes_every_way_in(connection: Connection, noise: Account) -> None:
    made = enrol(connection)
    token, link = token_of(connection, made), issue_login_link(connection, made, MORNING)
    disable(connection, "li.ming", roles=roles(), now=MORNING)
    disable(connection, "li.ming", roles=roles(), now=MORNING + DAY)
    gone = account_by_login(connection, "li.ming")
    assert not gone.active
    assert account_for_token(connection, token, MORNING) is None
    assert redeem_login_link(connection, link, MORNING) is None
    assert account_for_session(connection, made.id, gone.session_stamp) is None
    assert verify_password(connection, "li.ming", PASSWORD) is None
    with pytest.raises(NotAllowed):
        issue_login_link(connection, gone, MORNING)
    with pytest.raises(NotAllowed):
        token_of(connection, gone)
    assert account_by_login(connection, noise.login) == noise
    assert list_tokens(connection, noise)[0].revoked_at is None


def test_enabling_again_does_not_bring_old_tokens_back(connection: Connection) -> None:
    made = enrol(connection)
    token, link = token_of(connection, made), issue_login_link(connection, made, MORNING)
    disable(connection, "li.ming", roles=roles(), now=MORNING)
    enable(connection, "li.ming")
    assert verify_password(connection, "li.ming", PASSWORD) is not None
    assert account_for_token(connection, token, MORNING) is None
    assert redeem_login_link(connection, link, MORNING) is None
    assert account_for_session(connection, made.id, made.session_stamp) is None


def test_the_last_administrator_stays(connection: Connection) -> None:
    enrol(connection, "first", "admin")
    enrol(connection, "second", "admin")
    disable(connection, "first", roles=roles(), now=MORNING)
    with pytest.raises(Conflict, match="last account"):
        disable(connection, "second", roles=roles(), now=MORNING)
    enable(connection, "first")
    disable(connection, "second", roles=roles(), now=MORNING)


# Tokens -----------------------------------------------------------------------------------------


def test_a_token_names_its_account_until_it_ends(connection: Connection, noise: Account) -> None:
    made = enrol(connection)
    token = token_of(connection, made)
    assert token.startswith("wanmi_")
    assert len(token) == len("wanmi_") + 43
    assert account_for_token(connection, token, MORNING + DAY - MINUTE) == made
    assert account_for_token(connection, token, MORNING + DAY) is None
    assert made != noise


def test_only_the_digest_of_a_token_is_kept(connection: Connection) -> None:
    token = token_of(connection, enrol(connection))
    row = connection.execute(select(account_tokens)).one()
    assert len(row.secret_hash) == 64
    assert token not in str(row)
    assert token.removeprefix("wanmi_") not in str(row)


@pytest.mark.parametrize(
    "token",
    ["", "wanmi_", "wanmi_nonsense", "Bearer x", "wanmi_" + "a" * 5000, "wanmi_\x00", "wanmi_é"],
)
def test_what_is_no_token_names_nobody(connection: Connection, noise: Account, token: str) -> None:
    assert account_for_token(connection, token, MORNING) is None


def test_a_revoked_token_is_dead_at_once_and_others_live(connection: Connection) -> None:
    made, other = enrol(connection), enrol(connection, "wang.fang")
    first, second = token_of(connection, made), token_of(connection, made)
    newest, oldest = list_tokens(connection, made)
    revoke_token(connection, made, oldest.id, MORNING)
    revoke_token(connection, made, oldest.id, MORNING + DAY)
    assert account_for_token(connection, first, MORNING) is None
    assert account_for_token(connection, second, MORNING) == made
    assert list_tokens(connection, made)[1].revoked_at == MORNING
    with pytest.raises(NotFound):
        revoke_token(connection, other, newest.id, MORNING)


@pytest.mark.parametrize("lifetime", [timedelta(0), -DAY, 367 * DAY])
def test_a_token_has_a_lifetime_within_a_year(
    connection: Connection,
    lifetime: timedelta,
) -> None:
    with pytest.raises(Invalid):
        issue_token(connection, enrol(connection), label="x", lifetime=lifetime, now=MORNING)


def test_tokens_long_ended_are_cleared_away(connection: Connection) -> None:
    made = enrol(connection)
    token_of(connection, made)
    token_of(connection, made, MORNING + 80 * DAY)
    assert len(list_tokens(connection, made)) == 2
    token_of(connection, made, MORNING + 92 * DAY)
    assert len(list_tokens(connection, made)) == 2


# One-time links ---------------------------------------------------------------------------------


def test_a_link_lets_in_once_within_ten_minutes(connection: Connection, noise: Account) -> None:
    made = enrol(connection, password=None)
    link = issue_login_link(connection, made, MORNING)
    assert redeem_login_link(connection, link, MORNING + 9 * MINUTE) == made
    assert redeem_login_link(connection, link, MORNING + 9 * MINUTE) is None
    late = issue_login_link(connection, made, MORNING)
    assert redeem_login_link(connection, late, MORNING + 10 * MINUTE) is None
    unused = select(func.count()).where(login_links.c.used_at.is_(None))
    of_noise = unused.where(login_links.c.account_id == noise.id)
    assert connection.execute(of_noise).scalar_one() == 1


def test_of_many_browsers_with_one_link_one_gets_in(engine: Engine) -> None:
    with engine.begin() as connection:
        made = enrol(connection, "many.browsers")
        link = issue_login_link(connection, made, MORNING)
    entered: list[Account] = []

    def try_it() -> None:
        with engine.begin() as connection:
            account = redeem_login_link(connection, link, MORNING)
        if account is not None:
            entered.append(account)

    try:
        browsers = [Thread(target=try_it) for _ in range(6)]
        for browser in browsers:
            browser.start()
        for browser in browsers:
            browser.join()
        assert entered == [made]
    finally:
        with engine.begin() as connection:
            connection.execute(delete(accounts).where(accounts.c.id == made.id))


@pytest.mark.parametrize("secret", ["", "guess", "x" * 5000, "\x00", "é"])
def test_what_is_no_link_lets_nobody_in(
    connection: Connection,
    noise: Account,
    secret: str,
) -> None:
    assert redeem_login_link(connection, secret, MORNING) is None


# The demonstration's accounts ---------------------------------------------------------------------


def test_the_demonstration_has_one_account_a_role_with_its_own_password(
    connection: Connection,
) -> None:
    passwords = create_demo_accounts(connection, roles=roles(), register=register(), now=MORNING)
    assert list(passwords) == list(roles().by_code)
    assert len(set(passwords.values())) == 8
    for login, password in passwords.items():
        account = verify_password(connection, login, password)
        assert account is not None
        assert account.role == login
        assert account.jurisdiction_code == "610900"
        assert "示意" in account.name
    with pytest.raises(Conflict):
        create_demo_accounts(connection, roles=roles(), register=register(), now=MORNING)


def test_a_wrong_table_of_demonstration_accounts_is_told(
    connection: Connection,
    tmp_path: Path,
) -> None:
    twice = "login,name,role,unit_code,jurisdiction_code\na,b,c,d,e\na,b,c,d,e\n"
    with pytest.raises(SettingsInvalid, match=r"demo\.csv:3"):
        create_demo_accounts(
            connection,
            roles=roles(),
            register=register(),
            now=MORNING,
            source=put(tmp_path, "demo.csv", twice),
        )


def test_the_database_keeps_logins_in_small_letters_and_activity_with_its_moment(
    connection: Connection,
) -> None:
    made = enrol(connection)
    for values in ({"login": "Li"}, {"active": False}):
        with pytest.raises(Exception, match="ck_accounts_"), connection.begin_nested():
            connection.execute(update(accounts).where(accounts.c.id == made.id).values(**values))
