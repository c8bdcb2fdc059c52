"""Accounts for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from wanmi.platform.organisation.accounts import Account, NewAccount, create_account
from wanmi.platform.organisation.roles import RoleTable
from wanmi.platform.organisation.units import UnitRegister

if TYPE_CHECKING:
    from sqlalchemy import Connection

MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
"""Half past nine in the morning in Ankang."""

PASSWORD = "correct horse battery"  # made up


@cache
def roles() -> RoleTable:
    """The roles that ship."""
    return RoleTable.load()


@cache
def register() -> UnitRegister:
    """The units that ship."""
    return UnitRegister.load()


def enrol(
    connection: Connection,
    login: str = "li.ming",
    role: str = "inspector",
    *,
    unit: str = "AK-CGJ",
    jurisdiction: str = "610900",
    password: str | None = PASSWORD,
    name: str = "李明（示意）",
) -> Account:
    """Make an account as an administrator would."""
    return create_account(
        connection,
        NewAccount(login, name, role, unit, jurisdiction, password),
        roles=roles(),
        register=register(),
        now=MORNING,
    )
