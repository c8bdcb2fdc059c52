"""Which stretches of street are cleaned by whom, and which are the back streets?"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString
from shapely.ops import substring

from demo_city.city import City, sanitation_unit
from demo_city.frame import to_degrees
from demo_city.territory import HIGH_TECH
from demo_city.writing import SHAPE, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo_city.streets import Street

BACK_STREETS = 185
"""As many as the city counts (mission-facts.md section 3)."""
_SECTION_M = 600.0
_SECTION_GRADE = {"main": "1", "secondary": "2", "branch": "3"}


def section_rows(city: City) -> list[Row]:
    """Return cleaning sections of the larger streets, and the back streets."""
    back = _back_streets(city)
    rows = []
    for street in city.streets:
        if street.code in back or street.grade == "lane":
            continue
        for part in _cleaning_parts(street):
            jurisdiction = city.jurisdiction_of(part)
            unit = sanitation_unit(jurisdiction, city.bank_of(part))
            rows.append(_section("SC", len(rows) + 1, street, part, unit, jurisdiction))
    lanes = [street for street in city.streets if street.code in back]
    for number, street in enumerate(lanes, start=1):
        jurisdiction = city.jurisdiction_of(street.shape)
        town = city.grid.community[city.nearest_cell(street.shape)].town
        unit = "CO-GX" if jurisdiction == HIGH_TECH else f"T{town}"
        rows.append(_section("SB", number, street, street.shape, unit, jurisdiction))
    return rows


def _section(
    prefix: str,
    number: int,
    street: Street,
    part: LineString,
    unit: str,
    jurisdiction: str,
) -> Row:
    cleaning = prefix == "SC"
    return {
        "CODE": f"{prefix}{number:04d}",
        "NAME": f"{street.name}保洁路段" if cleaning else street.name,
        "KIND": "cleaning" if cleaning else "back_street",
        "GRADE": _SECTION_GRADE[street.grade] if cleaning else "3",
        "WIDTH_M": street.width_m,
        "UNIT": unit,
        "STREET": street.code,
        "JURIS": jurisdiction,
        "NOTE": "示意",
        SHAPE: to_degrees(part),
    }


def _back_streets(city: City) -> set[str]:
    """Return the codes of all lanes and of as many narrow streets of the centre as are wanted."""
    lanes = [street for street in city.streets if street.grade == "lane" and not street.bridge]
    middle = city.street["解放路"].shape.centroid
    narrow = sorted(
        (street for street in city.streets if street.grade == "branch" and not street.bridge),
        key=lambda street: (round(street.shape.distance(middle)), street.code),
    )
    return {street.code for street in (lanes + narrow)[:BACK_STREETS]}


def _cleaning_parts(street: Street) -> Iterator[LineString]:
    """Yield runs of whole blocks of about 600 m."""
    for line in shapely.get_parts(street.shape):
        count = max(1, round(line.length / _SECTION_M))
        corners = [line.project(shapely.Point(end)) for e in street.edges for end in _ends(e)]
        wanted = np.linspace(0, line.length, count + 1)[1:-1]
        cuts = sorted({min(corners, key=lambda c, w=w: abs(c - w)) for w in wanted})
        at = [0.0, *(cut for cut in cuts if 1 < cut < line.length - 1), line.length]
        yield from (substring(line, a, b) for a, b in pairwise(at))


def _ends(edge: LineString) -> tuple[tuple[float, float], tuple[float, float]]:
    return edge.coords[0], edge.coords[-1]
