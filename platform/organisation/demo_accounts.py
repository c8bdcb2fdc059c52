"""Which accounts does the demonstration begin with? One for each role, with random passwords."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from wanmi.platform.kernel.tables import Faults, Source, packaged, read_table, unique_rows
from wanmi.platform.organisation.accounts import NewAccount, create_account

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from wanmi.platform.organisation.roles import RoleTable
    from wanmi.platform.organisation.units import UnitRegister

PASSWORD_BYTES = 12
COLUMNS = ("login", "name", "role", "unit_code", "jurisdiction_code")


def create_demo_accounts(
    connection: Connection,
    *,
    roles: RoleTable,
    register: UnitRegister,
    now: datetime,
    source: Source | None = None,
) -> dict[str, str]:
    """Make the accounts of `data/demo_accounts.csv`; return login → password, this once.

    Raises:
        SettingsInvalid: the table is wrong.
        Invalid: a role, unit or jurisdiction in it is not there.
        Conflict: one of the logins is taken.
    """
    faults = Faults()
    rows = read_table(source or packaged("organisation", "demo_accounts.csv"), COLUMNS, faults)
    table = unique_rows(rows, "login")
    faults.stop_if_any()
    passwords: dict[str, str] = {}
    for login, row in table.items():
        passwords[login] = secrets.token_urlsafe(PASSWORD_BYTES)
        new = NewAccount(
            login=login,
            name=row["name"],
            role=row["role"],
            unit_code=row["unit_code"],
            jurisdiction_code=row["jurisdiction_code"],
            password=passwords[login],
        )
        create_account(connection, new, roles=roles, register=register, now=now)
    return passwords
