"""How do cells, zones and streets look as rows of their layers?"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

import shapely

from demo_city.frame import to_degrees
from demo_city.territory import DISTRICT, HIGH_TECH
from demo_city.writing import SHAPE, Row

if TYPE_CHECKING:
    from demo_city.cells import Grid
    from demo_city.streets import Street
    from demo_city.zones import Zone

EDITION = dt.date(2024, 1, 1)
"""From when the demonstration's cells and components are valid."""


def cell_rows(grid: Grid) -> list[Row]:
    """Return one row a cell."""
    return [
        {
            "BGID": code,
            "Area": plane.area,
            "ORDate": EDITION,
            "GRADE": str(int(grade)),
            "JURIS": community.jurisdiction,
            "Note": "示意；水域" if wet else "示意",
            SHAPE: degrees,
        }
        for code, plane, degrees, community, wet, grade in zip(
            grid.codes,
            grid.plane,
            grid.degrees,
            grid.community,
            grid.wet,
            grid.grade,
            strict=True,
        )
    ]


def zone_rows(zones: list[Zone], grid: Grid) -> list[Row]:
    """Return one row a zone; the outline is the union of its cells."""
    return [
        {
            "CODE": zone.code,
            "KIND": zone.kind,
            "NAME": zone.name,
            "UNIT": zone.unit,
            "SHIFT": zone.shift,
            "JURIS": zone.jurisdiction,
            "NOTE": "示意",
            SHAPE: zone.outline(grid),
        }
        for zone in zones
    ]


def zone_cells(zones: list[Zone], grid: Grid) -> list[tuple[str, str]]:
    """Return which cells belong to which zone, in order."""
    return [(zone.code, grid.codes[i]) for zone in zones for i in sorted(zone.cells)]


def street_rows(streets: list[Street], grid: Grid) -> list[Row]:
    """Return one row a street."""
    tree = shapely.STRtree(grid.plane)
    return [
        {
            "CODE": street.code,
            "NAME": street.name,
            "GRADE": street.grade,
            "PROGRAMME": street.programme,
            "AXIS": street.axis,
            "WIDTH_M": street.width_m,
            "ONEWAY": int(street.one_way),
            "BRIDGE": int(street.bridge),
            "UNIT": _street_unit(street, jurisdiction),
            "JURIS": jurisdiction,
            "BASIS": street.basis,
            "NOTE": street.note,
            SHAPE: to_degrees(street.shape),
        }
        for street in streets
        for jurisdiction in [jurisdiction_along(street, grid, tree)]
    ]


def jurisdiction_along(street: Street, grid: Grid, tree: shapely.STRtree) -> str:
    """Return the jurisdiction of most of a street."""
    points = shapely.line_interpolate_point(street.edges, 0.5, normalized=True)
    edge, cell = tree.query(points, predicate="intersects")
    length: Counter[str] = Counter()
    for e, i in zip(edge.tolist(), cell.tolist(), strict=True):
        length[grid.community[i].jurisdiction] += street.edges[e].length
    return max(sorted(length), key=lambda code: length[code], default=DISTRICT)


def _street_unit(street: Street, jurisdiction: str) -> str:
    """Model streets answer to who leads the programme, others to who keeps the road."""
    if jurisdiction == HIGH_TECH:
        return "GX-GWH" if street.programme else "CO-GX"
    return "AK-CGJ" if street.programme else "CO-SZ"
