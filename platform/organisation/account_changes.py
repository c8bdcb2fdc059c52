"""How does an account get a new password, and how is it disabled and enabled again?

All functions take a connection and never commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from wanmi.platform.kernel.errors import Conflict, FieldError, Invalid
from wanmi.platform.organisation.accounts import account_by_login, new_stamp
from wanmi.platform.organisation.passwords import hash_password, password_fault
from wanmi.platform.organisation.tables import account_tokens, accounts, login_links

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from wanmi.platform.organisation.roles import RoleTable

MANAGES_ACCOUNTS = "account.manage"


def set_password(connection: Connection, login: str, password: str) -> None:
    """Give the account a new password; its browser sessions end, tokens stay.

    Raises:
        Invalid: the password cannot be taken.
        NotFound: there is no such account.
    """
    if (fault := password_fault(password)) is not None:
        raise Invalid(fault, errors=(FieldError("password", fault),))
    account = account_by_login(connection, login)
    _change(connection, account.id, password_hash=hash_password(password))


def disable(connection: Connection, login: str, *, roles: RoleTable, now: datetime) -> None:
    """Take all ways in from the account: sessions, tokens, links. Twice does no harm.

    Raises:
        NotFound: there is no such account.
        Conflict: it is the last active one that may manage accounts.
    """
    account = account_by_login(connection, login)
    if not account.active:
        return
    managers = roles.holders(MANAGES_ACCOUNTS)
    if account.role in managers:
        _keep_one(connection, account.id, managers)
    _change(connection, account.id, active=False, disabled_at=now)
    connection.execute(
        update(account_tokens)
        .where(account_tokens.c.account_id == account.id, account_tokens.c.revoked_at.is_(None))
        .values(revoked_at=now),
    )
    connection.execute(
        update(login_links)
        .where(login_links.c.account_id == account.id, login_links.c.used_at.is_(None))
        .values(used_at=now),
    )


def enable(connection: Connection, login: str) -> None:
    """Let a disabled account in again, by its password or a new link; old tokens stay revoked.

    Raises:
        NotFound: there is no such account.
    """
    account = account_by_login(connection, login)
    if not account.active:
        _change(connection, account.id, active=True, disabled_at=None)


def _keep_one(connection: Connection, leaving: int, managers: tuple[str, ...]) -> None:
    # The rows are locked, so that two administrators cannot disable each other at once.
    active = connection.execute(
        select(accounts.c.id)
        .where(accounts.c.role.in_(managers), accounts.c.active)
        .order_by(accounts.c.id)
        .with_for_update(),
    ).scalars()
    if set(active) <= {leaving}:
        raise Conflict("This is the last account that may manage accounts; make another first.")


def _change(connection: Connection, account_id: int, **values: object) -> None:
    connection.execute(
        update(accounts)
        .where(accounts.c.id == account_id)
        .values(session_stamp=new_stamp(), **values),
    )
