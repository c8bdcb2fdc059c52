"""Signing in with a password: equal answers in equal work, and no endless guessing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete, func, select, text, update

from support.people import MORNING, PASSWORD, enrol, roles
from wanmi.platform.organisation import passwords
from wanmi.platform.organisation.account_changes import disable
from wanmi.platform.organisation.signing_in import LIMITS, WINDOW, sign_in, verify_password
from wanmi.platform.organisation.tables import accounts, login_attempts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from wanmi.platform.organisation.signing_in import SignIn

HOME = "192.0.2.7"
ELSEWHERE = "198.51.100.9"
A_PAIR, A_LOGIN, AN_ADDRESS = (limit for _, limit in LIMITS)


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords that cost nothing, for tests that try many."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._nobodys_hash.cache_clear()
    monkeypatch.setattr(passwords, "hasher", lambda: quick)
    yield
    passwords._nobodys_hash.cache_clear()


def try_in(
    connection: Connection,
    password: str,
    *,
    login: str = "li.ming",
    address: str = HOME,
    minutes: float = 0,
) -> SignIn:
    now = MORNING + timedelta(minutes=minutes)
    return sign_in(connection, login, password, address=address, now=now)


def test_the_right_password_lets_in_however_the_login_was_typed(connection: Connection) -> None:
    made = enrol(connection)
    assert try_in(connection, PASSWORD).account == made
    assert try_in(connection, PASSWORD, login=" Li.Ming ").account == made
    assert try_in(connection, PASSWORD + " ").account is None


def test_nobody_learns_which_logins_exist(
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enrol(connection)
    enrol(connection, "gone")
    enrol(connection, "link.only", password=None)
    disable(connection, "gone", roles=roles(), now=MORNING)
    compared: list[str] = []
    real = PasswordHasher.verify

    def counting(self: PasswordHasher, kept: str | bytes, password: str | bytes) -> bool:
        compared.append(str(kept).rsplit("$", 2)[0])
        return bool(real(self, kept, password))

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    logins = ("li.ming", "gone", "link.only", "nobody", "no such login!", "\ud800", "a\x00b")
    answers = {login: try_in(connection, "wrong password", login=login) for login in logins}
    assert all(answer.account is None and not answer.too_often for answer in answers.values())
    assert len(compared) == len(logins), "each answer costs one comparison"
    assert len(set(compared)) == 1, "with the same parameters"


@pytest.mark.parametrize("password", ["", "\x00", "\ud800", "x" * 1_000_000, "密码" * 8])
def test_odd_passwords_are_wrong_and_nothing_worse(connection: Connection, password: str) -> None:
    enrol(connection)
    assert verify_password(connection, "li.ming", password) is None


def test_a_hash_of_older_parameters_is_renewed_at_the_next_sign_in(connection: Connection) -> None:
    enrol(connection)
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    connection.execute(update(accounts).values(password_hash=old))
    assert verify_password(connection, "li.ming", "wrong password") is None
    kept = select(accounts.c.password_hash)
    assert connection.execute(kept).scalar_one() == old
    assert verify_password(connection, "li.ming", PASSWORD) is not None
    assert connection.execute(kept).scalar_one() != old
    assert verify_password(connection, "li.ming", PASSWORD) is not None


def test_a_damaged_hash_lets_nobody_in(connection: Connection) -> None:
    enrol(connection)
    connection.execute(update(accounts).values(password_hash="not a hash"))
    assert verify_password(connection, "li.ming", PASSWORD) is None


@pytest.mark.usefixtures("cheap")
def test_after_too_many_wrong_passwords_even_the_right_one_waits(connection: Connection) -> None:
    made = enrol(connection)
    other = enrol(connection, "wang.fang")
    for number in range(A_PAIR):
        assert not try_in(connection, "wrong password", minutes=number / 10).too_often
    stopped = try_in(connection, PASSWORD, minutes=1)
    assert stopped.account is None
    assert stopped.wait == WINDOW - timedelta(minutes=1)
    assert try_in(connection, PASSWORD, login="wang.fang", minutes=1).account == other
    assert try_in(connection, PASSWORD, address=ELSEWHERE, minutes=1).account == made
    assert try_in(connection, PASSWORD, minutes=15).account == made


@pytest.mark.usefixtures("cheap")
def test_right_passwords_do_not_count(connection: Connection) -> None:
    enrol(connection)
    for _ in range(A_PAIR + 2):
        assert try_in(connection, PASSWORD).account is not None


@pytest.mark.usefixtures("cheap")
def test_guessing_one_login_from_many_addresses_ends(connection: Connection) -> None:
    enrol(connection)
    tries = [
        try_in(connection, "wrong password", address=f"192.0.2.{number}")
        for number in range(A_LOGIN + 1)
    ]
    assert [one.too_often for one in tries] == [False] * A_LOGIN + [True]


@pytest.mark.usefixtures("cheap")
def test_guessing_many_logins_from_one_address_ends(connection: Connection) -> None:
    enrol(connection)
    tries = [
        try_in(connection, "wrong password", login=f"user{number}")
        for number in range(AN_ADDRESS + 1)
    ]
    assert [one.too_often for one in tries] == [False] * AN_ADDRESS + [True]
    assert try_in(connection, PASSWORD, address=ELSEWHERE).account is not None


@pytest.mark.usefixtures("cheap")
def test_old_tries_are_forgotten(connection: Connection) -> None:
    enrol(connection)
    for minutes in (0, 1, 30):
        try_in(connection, "wrong password", minutes=minutes)
    assert connection.execute(select(func.count()).select_from(login_attempts)).scalar_one() == 1


def test_two_tries_at_once_for_one_login_are_not_both_looked_at(engine: Engine) -> None:
    try:
        with engine.connect() as first, engine.connect() as second:
            second.execute(text("SET lock_timeout = '2s'"))
            looked_at = try_in(first, "wrong password", login="nobody")
            meanwhile = try_in(second, "wrong password", login="nobody")
            first.commit()
            second.rollback()
            afterwards = try_in(second, "wrong password", login="nobody")
            second.rollback()
        assert [one.too_often for one in (looked_at, meanwhile, afterwards)] == [False, True, False]
    finally:
        with engine.begin() as connection:
            connection.execute(delete(login_attempts))
