"""Which divisions and jurisdictions are there, and what is known of their outlines?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from demo_city.sources import counties, table
from demo_city.territory import HIGH_TECH
from demo_city.writing import SHAPE, Row

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

    from demo_city.cells import Grid

CITY = "610900"
_UNITS = {CITY: "AK-GOV", "610902": "HB-GOV"}
_ZONES = (
    (HIGH_TECH, "高新区", "GX-GWH"),
    ("610902-HK", "恒口示范区", "HK-GWH"),
    ("610902-YH", "瀛湖生态旅游区", "YH-GWH"),
)
_DRAWN = "示意；仅建成区部分，由点生长而成"
_SIMPLIFIED = "天地图县界，简化"


def town_names() -> dict[str, str]:
    """Return the name of each town of the district by code."""
    return {row["code"]: row["name"] for row in table("divisions.csv") if row["level"] == "town"}


def division_rows(grid: Grid) -> list[Row]:
    """Return city, counties, towns and the communities of the built-up area."""
    outlines = {**_county_outlines(), **_union_of_cells(grid)}
    rows = []
    for division in table("divisions.csv"):
        code, level = division["code"], division["level"]
        shape = outlines.get(code)
        grown = level in ("town", "community")
        note = (_DRAWN if shape else "未绘") if grown else _SIMPLIFIED
        rows.append(
            {
                "CODE": code,
                "NAME": division["name"],
                "LEVEL": level,
                "PARENT": division["parent"],
                "BASIS": "" if not shape else "schematic" if grown else "simplified",
                "NOTE": note,
                SHAPE: shape,
            },
        )
    return rows


def jurisdiction_rows(grid: Grid) -> list[Row]:
    """Return the city, the district, the counties and the three functional zones."""
    outlines = _county_outlines()
    rows = []
    for division in table("divisions.csv"):
        code = division["code"]
        if division["level"] in ("city", "county"):
            kind = {CITY: "city", "610902": "district"}.get(code, "county")
            rows.append(
                {
                    "CODE": code,
                    "NAME": division["name"],
                    "KIND": kind,
                    "PARENT": division["parent"],
                    "UNIT": _UNITS.get(code, f"G{code}"),
                    "BASIS": "simplified",
                    "NOTE": _SIMPLIFIED,
                    SHAPE: outlines[code],
                },
            )
    for code, name, unit in _ZONES:
        own = [i for i, c in enumerate(grid.community) if c.jurisdiction == code]
        shape = shapely.coverage_union_all([grid.degrees[i] for i in own]) if own else None
        rows.append(
            {
                "CODE": code,
                "NAME": name,
                "KIND": "functional_zone",
                "PARENT": CITY,
                "UNIT": unit,
                "BASIS": "schematic" if shape else "",
                "NOTE": _DRAWN if shape else "未绘",
                SHAPE: shape,
            },
        )
    return rows


def _county_outlines() -> dict[str, Polygon | MultiPolygon]:
    found = counties()
    return {CITY: shapely.union_all(list(found.values())), **found}


def _union_of_cells(grid: Grid) -> dict[str, Polygon | MultiPolygon]:
    """Return the outlines of communities and towns, made of whole cells."""
    members: dict[str, list[Polygon]] = {}
    for cell, community in zip(grid.degrees, grid.community, strict=True):
        members.setdefault(community.code, []).append(cell)
        members.setdefault(community.town, []).append(cell)
    return {code: shapely.coverage_union_all(cells) for code, cells in members.items()}
