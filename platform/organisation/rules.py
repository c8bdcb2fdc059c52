"""Which responsibility rules has this city, and is the table sound?

Read from `data/responsibility_rules.csv`: class × place → unit, in order. The file's own heading
explains the columns. How the rules are applied stands in `responsibility`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, cast

from wanmi.platform.kernel.class_sets import ClassSet
from wanmi.platform.kernel.tables import Faults, Row, Source, packaged, read_table, unique_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanmi.platform.organisation.dimensions import Dimension, DimensionTable
    from wanmi.platform.organisation.units import UnitRegister

PlaceSource = Literal[
    "component",
    "frontage",
    "model_street",
    "zone",
    "community",
    "subdistrict",
    "jurisdiction",
]

OWN_UNITS: Mapping[PlaceSource, tuple[str, ...]] = MappingProxyType(
    {
        "component": ("component.maintainer", "component.owner", "component.competent"),
        "frontage": ("frontage.unit",),
        "model_street": ("street.unit",),
        "zone": ("zone.unit",),
        "community": ("community.unit",),
        "subdistrict": ("subdistrict.unit",),
        "jurisdiction": ("jurisdiction.unit",),
    },
)
"""What a rule may write for "the unit of that place", by kind of place."""

COLUMNS = (
    "code",
    "classes",
    "dimensions",
    "place",
    "jurisdictions",
    "unit",
    "reason_zh",
    "reason_en",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    `dimensions` empty: classes of every dimension and of none. `jurisdictions` None: everywhere,
    else the codes named and all that they contain. `unit` is a unit's code or one of OWN_UNITS.
    """

    code: str
    where: str
    classes: ClassSet
    dimensions: frozenset[str]
    place: PlaceSource
    jurisdictions: frozenset[str] | None
    unit: str
    reason_zh: str
    reason_en: str

    @property
    def own_unit(self) -> bool:
        """Say whether the rule names the place's own unit rather than a fixed one."""
        return self.unit in OWN_UNITS[self.place]

    def concerns(self, class_code: str, dimension: Dimension | None) -> bool:
        """Say whether the rule can apply to the class at all, wherever it may be."""
        if class_code not in self.classes:
            return False
        if self.dimensions and (dimension is None or dimension.code not in self.dimensions):
            return False
        if self.place == "zone":
            return dimension is not None
        if self.place == "frontage":
            return dimension is not None and dimension.frontage_duty is not None
        return True


def read_rules(
    faults: Faults,
    register: UnitRegister,
    dimensions: DimensionTable,
    source: Source | None = None,
) -> tuple[Rule, ...]:
    """Return the rules in order; wrong rows are left out and told to `faults`."""
    used = source or packaged("organisation", "responsibility_rules.csv")
    rules: list[Rule] = []
    for row in unique_rows(read_table(used, COLUMNS, faults), "code").values():
        before = len(faults.found)
        _check(row, register, dimensions)
        try:
            classes = ClassSet.from_text(row["classes"])
        except ValueError as error:
            row.wrong(str(error))
        if len(faults.found) == before:
            rules.append(_rule(row, classes, register))
    if not faults.found and not (rules and _catches_all(rules[-1])):
        where = rules[-1].where if rules else used.name
        faults.add(where, "the last rule must be: all classes (*), jurisdiction, jurisdiction.unit")
    return tuple(rules)


def _catches_all(rule: Rule) -> bool:
    return (
        rule.classes.text == "*"
        and not rule.dimensions
        and rule.jurisdictions is None
        and rule.unit == "jurisdiction.unit"
    )


def _check(row: Row, register: UnitRegister, dimensions: DimensionTable) -> None:
    row.required("reason_zh")
    row.required("reason_en")
    row.one_of("place", OWN_UNITS)
    for dimension in row.listed("dimensions"):
        if dimension not in dimensions.by_code:
            row.wrong(f"dimension {dimension} is unknown")
    for code in row.listed("jurisdictions"):
        if code not in register.jurisdictions.by_code:
            row.wrong(f"jurisdiction {code} is unknown")
    own = OWN_UNITS.get(cast("PlaceSource", row["place"]), ())
    if row["unit"] not in own and row["unit"] not in register.by_code:
        said = row["unit"] or "(empty)"
        row.wrong(f"unit {said} is neither a unit's code nor one of {', '.join(own)}")


def _rule(row: Row, classes: ClassSet, register: UnitRegister) -> Rule:
    scope: set[str] = set()
    for code in row.listed("jurisdictions"):
        scope |= register.jurisdictions.subtree(code)
    return Rule(
        code=row["code"],
        where=row.where,
        classes=classes,
        dimensions=frozenset(row.listed("dimensions")),
        place=cast("PlaceSource", row["place"]),
        jurisdictions=frozenset(scope) if scope else None,
        unit=row["unit"],
        reason_zh=row["reason_zh"],
        reason_en=row["reason_en"],
    )
