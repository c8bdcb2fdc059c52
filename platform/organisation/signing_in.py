"""Do this login and password let somebody in, and how often may one guess?

At most so many wrong passwords within a quarter of an hour, as LIMITS says; one try at a time for a
login. The answer is a value, not an error: the caller commits it either way, or the failed try
would be forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, text, update

from wanmi.platform.organisation.accounts import COLUMNS, LOGIN, Account
from wanmi.platform.organisation.passwords import hash_password, is_outdated, matches
from wanmi.platform.organisation.tables import accounts, login_attempts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

WINDOW = timedelta(minutes=15)
LONGEST_ADDRESS = 45
"""An IPv6 address with an IPv4 one inside it."""

_SAME_LOGIN = login_attempts.c.login == bindparam("login")
_SAME_ADDRESS = login_attempts.c.address == bindparam("address")

LIMITS = (
    (_SAME_LOGIN & _SAME_ADDRESS, 8),
    # From many places, so that one who guesses elsewhere does not lock the owner out at once.
    (_SAME_LOGIN, 60),
    # Many people may sit behind one address.
    (_SAME_ADDRESS, 60),
)
"""Whose failures are counted, and how many are let pass within WINDOW."""

_ONE_AT_A_TIME = text("SELECT pg_try_advisory_xact_lock(hashtextextended('login:' || :key, 0))")


@dataclass(frozen=True, slots=True)
class SignIn:
    """What became of a try: the account, or None and perhaps the time to wait."""

    account: Account | None
    wait: timedelta = timedelta(0)

    @property
    def too_often(self) -> bool:
        """Say whether the password was not even looked at."""
        return self.wait > timedelta(0)


def sign_in(
    connection: Connection,
    login: str,
    password: str,
    *,
    address: str,
    now: datetime,
) -> SignIn:
    """Check login and password and keep the try; commit afterwards, whatever the answer.

    An unknown login, a disabled account and a wrong password give the same answer in the same time.

    Args:
        connection: an open connection.
        login: what was typed; blanks around it and capitals do not matter.
        password: what was typed.
        address: where the request came from, for the limit.
        now: the moment, with its zone.
    """
    login = login.strip().lower()
    who = {
        "login": login if LOGIN.fullmatch(login) else "",
        "address": address[:LONGEST_ADDRESS],
    }
    key = who["login"] or who["address"]
    if not connection.execute(_ONE_AT_A_TIME, {"key": key}).scalar_one():
        return SignIn(None, timedelta(seconds=1))
    connection.execute(delete(login_attempts).where(login_attempts.c.tried_at <= now - WINDOW))
    wait = _wait(connection, who, now)
    if wait > timedelta(0):
        return SignIn(None, wait)
    account = verify_password(connection, login, password)
    tried = {**who, "tried_at": now, "succeeded": account is not None}
    connection.execute(insert(login_attempts).values(tried))
    return SignIn(account)


def verify_password(connection: Connection, login: str, password: str) -> Account | None:
    """Return the active account of login and password, or None, in about equal time.

    Counts nothing; `sign_in` does. A hash made with older parameters is renewed.
    """
    row = None
    if LOGIN.fullmatch(login):
        found = select(accounts.c.password_hash, *COLUMNS).where(accounts.c.login == login)
        row = connection.execute(found).one_or_none()
    password_hash: str | None = None if row is None else row[0]
    if not matches(password_hash, password) or row is None or password_hash is None:
        return None
    account = Account.of(row[1:])
    if not account.active:
        return None
    if is_outdated(password_hash):
        renewed = update(accounts).where(accounts.c.id == account.id)
        connection.execute(renewed.values(password_hash=hash_password(password)))
    return account


def _wait(connection: Connection, who: dict[str, str], now: datetime) -> timedelta:
    """Return how long until every limit lets another try pass; zero when it does now."""
    longest = timedelta(0)
    for whose, limit in LIMITS:
        failures = (
            select(login_attempts.c.tried_at)
            .where(whose, ~login_attempts.c.succeeded, login_attempts.c.tried_at > now - WINDOW)
            .order_by(login_attempts.c.tried_at.desc())
            .limit(limit)
            .subquery()
        )
        count_and_oldest = select(func.count(), func.min(failures.c.tried_at))
        count, oldest = connection.execute(count_and_oldest, who).one()
        if count >= limit:
            longest = max(longest, oldest + WINDOW - now, timedelta(seconds=1))
    return longest
