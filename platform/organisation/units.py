"""Which units are there, who is in charge of each, and for which ground does it answer?

Read from `data/units.csv`: departments, governments, subdistricts, communities and companies, with
heads 主要责任人, deputies 分管 and direct persons 直接. The packaged persons are invented (示意).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Self, cast

from wanmi.platform.kernel.errors import NotFound
from wanmi.platform.kernel.tables import Faults, Row, Source, packaged
from wanmi.platform.organisation.jurisdictions import JurisdictionTree, read_jurisdictions
from wanmi.platform.organisation.trees import read_tree, subtrees

if TYPE_CHECKING:
    from collections.abc import Mapping

UnitKind = Literal["department", "government", "subdistrict", "community", "company"]

KINDS = ("department", "government", "subdistrict", "community", "company")
TERRITORIAL_KINDS = frozenset({"government", "subdistrict", "community"})
"""Kinds of unit that answer for ground (属地)."""

COLUMNS = (
    "code",
    "name_zh",
    "name_en",
    "kind",
    "parent",
    "jurisdiction_code",
    "division_code",
    "head",
    "deputies",
    "direct",
    "phone",
)
CODE_LENGTH = 18
"""Longest unit code: the standard's field for a department has 18 characters."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. `division_code` (6, 9 or 12 digits) is set when it answers for that division."""

    code: str
    name_zh: str
    name_en: str
    kind: UnitKind
    parent: str | None
    jurisdiction_code: str
    division_code: str | None
    head: str
    deputies: tuple[str, ...]
    direct: str
    phone: str | None

    @property
    def is_territorial(self) -> bool:
        """Say whether this unit answers for ground rather than for a trade."""
        return self.kind in TERRITORIAL_KINDS


@dataclass(frozen=True, slots=True)
class UnitRegister:
    """All units and jurisdictions, checked; a frozen value."""

    jurisdictions: JurisdictionTree
    by_code: Mapping[str, Unit]
    by_division: Mapping[str, str]
    subtrees: Mapping[str, frozenset[str]]

    @classmethod
    def load(cls, units: Source | None = None, jurisdictions: Source | None = None) -> Self:
        """Read and check both tables (the packaged ones, or files of the same columns).

        Raises:
            SettingsInvalid: rows are wrong; `errors` names every one with file and line.
        """
        faults = Faults()
        tree, ground = read_jurisdictions(faults, jurisdictions)
        source = units or packaged("organisation", "units.csv")
        by_code, parents = read_tree(source, COLUMNS, faults, of="unit")
        divisions: dict[str, str] = {}
        for row in by_code.values():
            _check(row, ground, divisions)
        for row in ground.values():
            _check_answering(row, by_code)
        if tree is None and not faults.found:
            faults.add("jurisdictions.csv", "has no rows; a city needs at least its own")
        faults.stop_if_any()
        return cls(
            jurisdictions=cast("JurisdictionTree", tree),
            by_code=MappingProxyType({code: _unit(row) for code, row in by_code.items()}),
            by_division=MappingProxyType(divisions),
            subtrees=MappingProxyType(subtrees(parents)),
        )

    def get(self, code: str) -> Unit:
        """Return the unit `code`.

        Raises:
            NotFound: there is none of that code.
        """
        try:
            return self.by_code[code]
        except KeyError:
            raise NotFound(f"There is no unit {code}.") from None

    def subtree(self, code: str) -> frozenset[str]:
        """Return `code` and all units that stand below it. Raises NotFound."""
        self.get(code)
        return self.subtrees[code]


def _check(row: Row, ground: Mapping[str, Row], divisions: dict[str, str]) -> None:
    row.required("head")
    row.one_of("kind", KINDS)
    if len(row["code"]) > CODE_LENGTH:
        row.wrong(f"code {row['code']} has more than {CODE_LENGTH} characters")
    if row["jurisdiction_code"] not in ground:
        row.wrong(f"jurisdiction {row['jurisdiction_code'] or '(empty)'} is unknown")
    division = row.get("division_code")
    if division is None:
        return
    if row["kind"] not in TERRITORIAL_KINDS:
        row.wrong(f"a {row['kind']} cannot answer for division {division}")
    if division in divisions:
        row.wrong(f"division {division} already belongs to unit {divisions[division]}")
    divisions.setdefault(division, row["code"])


def _check_answering(row: Row, by_code: Mapping[str, Row]) -> None:
    unit = by_code.get(row["unit_code"])
    if row["unit_code"] and unit is None:
        row.wrong(f"unit {row['unit_code']} is not in the table of units")
    elif unit is not None and unit["kind"] not in TERRITORIAL_KINDS:
        row.wrong(f"unit {unit['code']} is a {unit['kind']}; it cannot answer for land")


def _unit(row: Row) -> Unit:
    return Unit(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        kind=cast("UnitKind", row["kind"]),
        parent=row.get("parent"),
        jurisdiction_code=row["jurisdiction_code"],
        division_code=row.get("division_code"),
        head=row["head"],
        deputies=row.listed("deputies"),
        direct=row["direct"],
        phone=row.get("phone"),
    )
