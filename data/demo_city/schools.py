"""Where are the schools, and how far do their grounds reach?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from demo_city.frame import to_degrees
from demo_city.sources import place, table
from demo_city.writing import SHAPE, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely import Polygon

    from demo_city.city import City
    from demo_city.quarters import Quarters

_KINDS = (
    ("primary", "小学", 2),
    ("secondary", "中学", 3),
    ("primary", "小学", 2),
    ("kindergarten", "幼儿园", 1),
)
_INSET_M = 7.0
_CAMPUS_M = 190.0


def school_rows(city: City, quarters: Quarters, names: Iterator[str]) -> list[Row]:
    """Return one row a school: a known campus, and invented schools in their blocks."""
    rows = [_campus(city)]
    for number, block in enumerate(quarters.school_blocks):
        kind, suffix, size = _KINDS[number % len(_KINDS)]
        middles = np.array([city.grid.plane[i].centroid.coords[0] for i in block.cells])
        gap = np.linalg.norm(middles - middles[0], axis=1)
        own = [block.cells[i] for i in np.argsort(gap, kind="stable")[:size]]
        ground = shapely.coverage_union_all([city.grid.plane[i] for i in own])
        shape = city.inset(ground, _INSET_M)
        rows.append(_row(f"{next(names)}{suffix}", kind, shape, "schematic", city))
    for number, row in enumerate(rows, start=1):
        row["CODE"] = f"SX{number:03d}"
    return rows


def _campus(city: City) -> Row:
    """Return the university campus whose place is published."""
    anchor = next(row for row in table("anchors.csv") if row["kind"] == "高校")
    middle = place(anchor, "lon", "lat")
    cells = [i for i in city.cells_in(middle.buffer(_CAMPUS_M)) if not city.grid.wet[i]]
    shape = city.inset(shapely.union_all([city.grid.plane[i] for i in cells]), _INSET_M)
    return _row(anchor["name"], "university", shape, "constrained", city)


def _row(name: str, kind: str, shape: Polygon, basis: str, city: City) -> Row:
    return {
        "NAME": name,
        "KIND": kind,
        "UNIT": "AK-JYJ",
        "JURIS": city.jurisdiction_of(shape),
        "BASIS": basis,
        "NOTE": "示意；校界为虚构" if basis == "constrained" else "示意；校名与校界为虚构",
        SHAPE: to_degrees(shape),
    }
