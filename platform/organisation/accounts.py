"""Which accounts are there, and how is one made and found?

All functions take a connection and never commit.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from wanmi.platform.kernel.errors import Conflict, FieldError, Invalid, NotFound
from wanmi.platform.organisation.passwords import hash_password, password_fault
from wanmi.platform.organisation.tables import accounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from wanmi.platform.organisation.roles import RoleTable
    from wanmi.platform.organisation.units import UnitRegister

LOGIN = re.compile(r"[a-z][a-z0-9_.-]{1,62}")
"""Form of a login: a small letter, then small letters, digits, `_`, `.`, `-`; 2 to 63 in all."""

LONGEST_NAME = 60

COLUMNS = (
    accounts.c.id,
    accounts.c.login,
    accounts.c.name,
    accounts.c.role,
    accounts.c.unit_code,
    accounts.c.jurisdiction_code,
    accounts.c.active,
    accounts.c.session_stamp,
    accounts.c.created_at,
)
"""The columns of an `Account`, in its order."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account without its password. A browser session carries `session_stamp`."""

    id: int
    login: str
    name: str
    role: str
    unit_code: str
    jurisdiction_code: str
    active: bool
    session_stamp: str
    created_at: datetime

    @classmethod
    def of(cls, row: Sequence[Any]) -> Account:
        """Return the account in a row of COLUMNS."""
        return cls(*row)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is said of an account when it is made; without a password only links let it in."""

    login: str
    name: str
    role: str
    unit_code: str
    jurisdiction_code: str
    password: str | None = None


def create_account(
    connection: Connection,
    new: NewAccount,
    *,
    roles: RoleTable,
    register: UnitRegister,
    now: datetime,
) -> Account:
    """Make an account.

    Raises:
        Invalid: login, name, password, role, unit or jurisdiction cannot be taken; by field.
        Conflict: the login is taken.
    """
    _check(new, roles, register)
    made = connection.execute(
        insert(accounts)
        .values(
            login=new.login,
            name=new.name.strip(),
            role=new.role,
            unit_code=new.unit_code,
            jurisdiction_code=new.jurisdiction_code,
            password_hash=None if new.password is None else hash_password(new.password),
            session_stamp=new_stamp(),
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["login"])
        .returning(*COLUMNS),
    ).one_or_none()
    if made is None:
        raise Conflict(f"The login {new.login} is taken; choose another.")
    return Account.of(made)


def new_stamp() -> str:
    """Return a stamp that no earlier browser session carries."""
    return secrets.token_urlsafe(12)


_BY_LOGIN = select(*COLUMNS).where(accounts.c.login == bindparam("login"))
_BY_SESSION = select(*COLUMNS).where(
    accounts.c.id == bindparam("account_id"),
    accounts.c.session_stamp == bindparam("stamp"),
    accounts.c.active,
)


def account_by_login(connection: Connection, login: str) -> Account:
    """Return the account `login`, disabled or not.

    Raises:
        NotFound: there is none.
    """
    row = None
    if LOGIN.fullmatch(login):
        row = connection.execute(_BY_LOGIN, {"login": login}).one_or_none()
    if row is None:
        raise NotFound("There is no account of that login.")
    return Account.of(row)


def account_for_session(connection: Connection, account_id: int, stamp: str) -> Account | None:
    """Return the active account of a browser session, or None when the session has ended."""
    row = connection.execute(_BY_SESSION, {"account_id": account_id, "stamp": stamp}).one_or_none()
    return None if row is None else Account.of(row)


def list_accounts(connection: Connection) -> tuple[Account, ...]:
    """Return all accounts, disabled ones too, by login."""
    rows = connection.execute(select(*COLUMNS).order_by(accounts.c.login))
    return tuple(Account.of(row) for row in rows)


def _check(new: NewAccount, roles: RoleTable, register: UnitRegister) -> None:
    faults: list[FieldError] = []
    if not LOGIN.fullmatch(new.login):
        said = "A login has 2 to 63 small letters, digits, _ . - and begins with a letter."
        faults.append(FieldError("login", said))
    name = new.name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        faults.append(FieldError("name", f"A name has 1 to {LONGEST_NAME} printable characters."))
    if new.role not in roles.by_code:
        known = ", ".join(roles.by_code)
        faults.append(FieldError("role", f"The role must be one of {known}."))
    if new.unit_code not in register.by_code:
        faults.append(FieldError("unit_code", "There is no unit of that code."))
    if new.jurisdiction_code not in register.jurisdictions.by_code:
        faults.append(FieldError("jurisdiction_code", "There is no jurisdiction of that code."))
    if new.password is not None and (fault := password_fault(new.password)) is not None:
        faults.append(FieldError("password", fault))
    if faults:
        raise Invalid("The account cannot be made like this.", errors=tuple(faults))
