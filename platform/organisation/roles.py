"""Which roles are there, and what may each do?

Read from `data/roles.csv` and `data/permissions.csv` (a matrix permission × role).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Self, cast

from wanmi.platform.kernel.tables import Faults, Row, Source, packaged, read_table, unique_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Scope = Literal["jurisdiction", "unit", "own"]

SCOPES = ("jurisdiction", "unit", "own")
KINDS = ("business", "layers", "administration")
SOURCE_PREFIX = "report.source."


@dataclass(frozen=True, slots=True)
class Role:
    """One role; `scope` says whose cases it sees."""

    code: str
    name_zh: str
    name_en: str
    scope: Scope
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Permission:
    """One right, with its words and whether it is business, layers or administration."""

    code: str
    kind: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class RoleTable:
    """All roles and all permissions; a frozen value."""

    by_code: Mapping[str, Role]
    permissions: Mapping[str, Permission]

    @classmethod
    def load(cls, roles: Source | None = None, permissions: Source | None = None) -> Self:
        """Read and check both tables (the packaged ones, or files of the same columns).

        Raises:
            SettingsInvalid: rows are wrong; `errors` names every one with file and line.
        """
        faults = Faults()
        columns = ("role", "name_zh", "name_en", "scope")
        rows = read_table(roles or packaged("organisation", "roles.csv"), columns, faults)
        named = unique_rows(rows, "role")
        for row in named.values():
            row.required("name_zh")
            row.required("name_en")
            row.one_of("scope", SCOPES)
        matrix_columns = ("permission", "kind", "name_zh", "name_en", *named)
        rows = read_table(
            permissions or packaged("organisation", "permissions.csv"), matrix_columns, faults
        )
        matrix = unique_rows(rows, "permission")
        for row in matrix.values():
            _check_permission(row, named)
        _check_separation(named, matrix.values())
        faults.stop_if_any()
        return cls(
            MappingProxyType({code: _role(row, matrix) for code, row in named.items()}),
            MappingProxyType({code: _permission(row) for code, row in matrix.items()}),
        )

    @property
    def sources(self) -> tuple[str, ...]:
        """Return every source that a report may have, in the order of the table."""
        return tuple(
            code.removeprefix(SOURCE_PREFIX)
            for code in self.permissions
            if code.startswith(SOURCE_PREFIX)
        )

    def holders(self, permission: str) -> tuple[str, ...]:
        """Return the roles that have `permission`, in the order of the table."""
        return tuple(role.code for role in self.by_code.values() if permission in role.permissions)


def _check_permission(row: Row, roles: Iterable[str]) -> None:
    row.required("name_zh")
    row.required("name_en")
    row.one_of("kind", KINDS)
    for role in roles:
        if row[role] not in {"", "x"}:
            row.wrong(f"the cell of {role} must be x or empty, not {row[role]!r}")


def _check_separation(roles: Iterable[str], rows: Iterable[Row]) -> None:
    table = tuple(rows)
    for role in roles:
        if not any(row[role] and row["kind"] == "administration" for row in table):
            continue
        for row in table:
            if row[role] and row["kind"] == "business":
                row.wrong(
                    f"{role} administers accounts or settings, so it may have no business right"
                )


def _role(row: Row, matrix: Mapping[str, Row]) -> Role:
    code = row["role"]
    return Role(
        code=code,
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        scope=cast("Scope", row["scope"]),
        permissions=frozenset(name for name, cells in matrix.items() if cells[code]),
    )


def _permission(row: Row) -> Permission:
    return Permission(row["permission"], row["kind"], row["name_zh"], row["name_en"])
