"""Which jurisdictions (管理辖区) are there, and which one contains which?

A tree of its own beside the division codes: the land of a functional zone has district codes, but
its management committee answers for it (`data/jurisdictions.csv`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, cast

from wanmi.platform.kernel.errors import NotFound
from wanmi.platform.kernel.tables import Faults, Row, Source, packaged
from wanmi.platform.organisation.trees import chains, read_tree, subtrees

if TYPE_CHECKING:
    from collections.abc import Mapping

JurisdictionKind = Literal["city", "district", "county", "functional_zone"]
TerritorialLevel = Literal["community", "subdistrict", "jurisdiction"]

KINDS = ("city", "district", "county", "functional_zone")
LEVELS = ("community", "subdistrict", "jurisdiction")
COLUMNS = ("code", "name_zh", "name_en", "kind", "parent", "unit_code", "territorial_level")


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One jurisdiction.

    `unit_code` is the government or committee that answers for all of it; `territorial_level` says
    whether the territorial unit (属地) of a place is found at its community, its subdistrict, or is
    that government itself.
    """

    code: str
    name_zh: str
    name_en: str
    kind: JurisdictionKind
    parent: str | None
    unit_code: str
    territorial_level: TerritorialLevel


@dataclass(frozen=True, slots=True)
class JurisdictionTree:
    """All jurisdictions; `root` is the code of the whole city."""

    root: str
    by_code: Mapping[str, Jurisdiction]
    chains: Mapping[str, tuple[str, ...]]
    subtrees: Mapping[str, frozenset[str]]

    def get(self, code: str) -> Jurisdiction:
        """Return the jurisdiction `code`.

        Raises:
            NotFound: there is none of that code.
        """
        try:
            return self.by_code[code]
        except KeyError:
            raise NotFound(f"There is no jurisdiction {code}.") from None

    def chain(self, code: str) -> tuple[str, ...]:
        """Return `code` and what contains it, up to the root. Raises NotFound."""
        self.get(code)
        return self.chains[code]

    def subtree(self, code: str) -> frozenset[str]:
        """Return `code` and all that it contains. Raises NotFound."""
        self.get(code)
        return self.subtrees[code]

    def or_root(self, code: str | None) -> Jurisdiction:
        """Return the jurisdiction `code`, or the root when it is missing or unknown."""
        return self.by_code.get(code or self.root) or self.by_code[self.root]


def read_jurisdictions(
    faults: Faults,
    source: Source | None = None,
) -> tuple[JurisdictionTree | None, Mapping[str, Row]]:
    """Return the tree and its rows by code; None with `faults` when a row is wrong."""
    before = len(faults.found)
    used = source or packaged("organisation", "jurisdictions.csv")
    by_code, parents = read_tree(used, COLUMNS, faults, of="jurisdiction")
    for row in by_code.values():
        row.required("unit_code")
        row.one_of("kind", KINDS)
        row.one_of("territorial_level", LEVELS)
    roots = [code for code, parent in parents.items() if parent is None]
    if by_code and len(roots) != 1:
        said = ", ".join(roots) or "none"
        first = next(iter(by_code.values()))
        first.wrong(f"exactly one jurisdiction must have no parent; found: {said}")
    if len(faults.found) > before or not roots:
        return None, by_code
    return _tree(roots[0], by_code, parents), by_code


def _tree(
    root: str,
    by_code: Mapping[str, Row],
    parents: Mapping[str, str | None],
) -> JurisdictionTree:
    made = {code: _jurisdiction(row) for code, row in by_code.items()}
    return JurisdictionTree(
        root=root,
        by_code=MappingProxyType(made),
        chains=MappingProxyType(chains(parents)),
        subtrees=MappingProxyType(subtrees(parents)),
    )


def _jurisdiction(row: Row) -> Jurisdiction:
    return Jurisdiction(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        kind=cast("JurisdictionKind", row["kind"]),
        parent=row.get("parent"),
        unit_code=row["unit_code"],
        territorial_level=cast("TerritorialLevel", row["territorial_level"]),
    )
