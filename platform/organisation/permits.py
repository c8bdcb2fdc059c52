"""May this person do that, and which rows may they see?

The permission table answers the first; the `Viewer` made from an account answers the second, once
in memory (`sees`) and once as the condition of a query (`visibility.visible`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import NotAllowed

if TYPE_CHECKING:
    from wanmi.platform.organisation.accounts import Account
    from wanmi.platform.organisation.roles import RoleTable, Scope
    from wanmi.platform.organisation.units import UnitRegister


@dataclass(frozen=True, slots=True)
class Viewer:
    """An account with all that decides what it may do and see; a frozen value.

    `jurisdictions` is its own and all that this contains, `units` its unit and those below.
    `whole_city` viewers also see rows whose jurisdiction nobody knows.
    """

    account_id: int
    login: str
    name: str
    role: str
    scope: Scope
    unit_code: str
    units: frozenset[str]
    jurisdiction_code: str
    jurisdictions: frozenset[str]
    whole_city: bool
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        """Say whether the viewer has `permission`."""
        return permission in self.permissions

    def must(self, permission: str) -> None:
        """Return when the viewer has `permission`.

        Raises:
            NotAllowed: it has not.
        """
        if permission not in self.permissions:
            raise NotAllowed("Your role does not allow this; ask a colleague whose role does.")

    def sees(
        self,
        *,
        jurisdiction_code: str | None,
        unit_code: str | None,
        reporter_id: int | None,
    ) -> bool:
        """Say whether a row of that jurisdiction, unit and reporter is for the viewer's eyes.

        What the viewer reported itself it sees within its jurisdiction whatever its scope.
        """
        if not self.whole_city and jurisdiction_code not in self.jurisdictions:
            return False
        if self.scope == "jurisdiction" or reporter_id == self.account_id:
            return True
        return self.scope == "unit" and unit_code in self.units


def may(roles: RoleTable, account: Account, permission: str) -> bool:
    """Say whether the account has `permission`; a disabled account has none.

    Raises:
        LookupError: the table has no such permission, which is a slip in the program.
    """
    if permission not in roles.permissions:
        raise LookupError(f"There is no permission {permission!r} in the table.")
    role = roles.by_code.get(account.role)
    return account.active and role is not None and permission in role.permissions


def viewer(account: Account, roles: RoleTable, register: UnitRegister) -> Viewer:
    """Return the account as a viewer.

    Raises:
        NotAllowed: the account is disabled, or its role, unit or jurisdiction is gone.
    """
    role = roles.by_code.get(account.role)
    tree = register.jurisdictions
    if role is None or not account.active:
        raise NotAllowed("This account is disabled; ask the administrator.")
    if account.unit_code not in register.by_code or account.jurisdiction_code not in tree.by_code:
        raise NotAllowed("This account's unit or jurisdiction is gone; ask the administrator.")
    return Viewer(
        account_id=account.id,
        login=account.login,
        name=account.name,
        role=role.code,
        scope=role.scope,
        unit_code=account.unit_code,
        units=register.subtree(account.unit_code),
        jurisdiction_code=account.jurisdiction_code,
        jurisdictions=tree.subtree(account.jurisdiction_code),
        whole_city=account.jurisdiction_code == tree.root,
        permissions=role.permissions,
    )
