"""Which duty dimension (责任区 of which kind) does a class belong to?

Read from `data/dimensions.csv` (the six, with the frontage duty each falls under) and
`data/class_dimensions.csv` (classes → dimension; the first row that holds a class decides).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from wanmi.gis.layers import DIMENSIONS
from wanmi.platform.kernel.class_sets import ClassSet
from wanmi.platform.kernel.tables import Faults, Source, packaged, read_table, unique_rows

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Dimension:
    """One duty dimension; `frontage_duty` is None when no frontage answers for it."""

    code: str
    name_zh: str
    name_en: str
    frontage_duty: str | None


@dataclass(frozen=True, slots=True)
class DimensionTable:
    """The six dimensions and the classes of each, in the order of the file."""

    by_code: Mapping[str, Dimension]
    classes: tuple[tuple[ClassSet, Dimension | None], ...]

    def of_class(self, class_code: str) -> Dimension | None:
        """Return the dimension of the class, or None when it belongs to none of the six."""
        for classes, dimension in self.classes:
            if class_code in classes:
                return dimension
        return None


def read_dimensions(
    faults: Faults,
    dimensions: Source | None = None,
    class_dimensions: Source | None = None,
) -> DimensionTable:
    """Read both tables; what is wrong goes to `faults`, and the wrong rows are left out."""
    rows = read_table(
        dimensions or packaged("organisation", "dimensions.csv"),
        ("dimension", "name_zh", "name_en", "frontage_duty"),
        faults,
    )
    by_code: dict[str, Dimension] = {}
    for code, row in unique_rows(rows, "dimension").items():
        row.required("name_zh")
        row.required("name_en")
        if code not in DIMENSIONS:
            row.wrong(f"{code} is no dimension; the layers know {_said(DIMENSIONS)}")
        by_code[code] = Dimension(code, row["name_zh"], row["name_en"], row.get("frontage_duty"))
    classes: list[tuple[ClassSet, Dimension | None]] = []
    for row in read_table(
        class_dimensions or packaged("organisation", "class_dimensions.csv"),
        ("classes", "dimension", "note"),
        faults,
    ):
        dimension = row.get("dimension")
        if dimension is not None and dimension not in by_code:
            row.wrong(f"dimension {dimension} is unknown; write {_said(by_code)}")
            continue
        try:
            named = ClassSet.from_text(row["classes"])
        except ValueError as error:
            row.wrong(str(error))
            continue
        classes.append((named, by_code[dimension] if dimension else None))
    return DimensionTable(MappingProxyType(by_code), tuple(classes))


def _said(names: Mapping[str, Dimension] | tuple[str, ...]) -> str:
    return ", ".join(names)
