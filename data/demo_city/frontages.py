"""Whose frontage is where along the model streets (门前四包)?"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import shapely
from shapely import LineString
from shapely.ops import substring

from demo_city.frame import to_degrees
from demo_city.territory import HIGH_TECH
from demo_city.words import INSTITUTIONS, SHOPS
from demo_city.writing import SHAPE, Row

if TYPE_CHECKING:
    import numpy as np

    from demo_city.city import City
    from demo_city.streets import Street

_CORNER_M = 18.0
_SETBACK_M = 4.0
_GAP_M = 2.0
_DUTIES = "hygiene;order;facilities;greening"
_FRONT_M = {"三横两纵": (34.0, 62.0), "文明示范街区": (55.0, 110.0)}
_WIDE_M = 36.0


def frontage_rows(city: City, rng: np.random.Generator) -> list[Row]:
    """Return the strips before doors along the model streets."""
    rows: list[Row] = []
    for street in city.streets:
        if street.programme:
            for part, number in _strips(city, street, rng):
                rows.append(_row(city, street, part, number, len(rows) + 1, _holder(rng)))
    return rows


def _strips(
    city: City,
    street: Street,
    rng: np.random.Generator,
) -> list[tuple[LineString, int]]:
    """Return one street's strips with their numbers: odd on the left, even on the right."""
    low, high = _FRONT_M[street.programme.split(";")[0]]
    spread = 2.0 if street.width_m >= _WIDE_M else 1.0
    line = street.shape
    ends = [end for edge in street.edges for end in (edge.coords[0], edge.coords[-1])]
    corners = sorted({round(line.project(shapely.Point(end)), 1) for end in ends})
    found = []
    for side, first in ((1, 1), (-1, 2)):
        doors = 0
        for start, end in pairwise(corners):
            at = start + _CORNER_M
            while at + low < end - _CORNER_M:
                stop = min(at + float(rng.uniform(low, high)) * spread, end - _CORNER_M)
                offset = side * (street.width_m / 2 + _SETBACK_M)
                part = shapely.offset_curve(substring(line, at, stop), offset)
                if _is_front(city, part):
                    found.append((part, first + 2 * doors))
                at = stop + _GAP_M
                doors += 1
    return found


def _is_front(city: City, part: LineString) -> bool:
    """Say whether a strip is one line on built land, clear of other streets."""
    if not isinstance(part, LineString) or part.is_empty:
        return False
    closed = [city.terrain.water, *city.terrain.parks.values()]
    if any(land.intersects(part) for land in closed) or not city.terrain.built_up.contains(part):
        return False
    return not len(city.edge_tree.query(part, predicate="intersects"))


def _holder(rng: np.random.Generator) -> str:
    names = INSTITUTIONS if rng.random() < 0.15 else SHOPS
    return names[int(rng.integers(len(names)))]


def _row(
    city: City,
    street: Street,
    part: LineString,
    number: int,
    place: int,
    holder: str,
) -> Row:
    community = city.grid.community[city.nearest_cell(part)]
    high_tech = community.jurisdiction == HIGH_TECH
    return {
        "CODE": f"FR{place:05d}",
        "NAME": f"{street.name}{number}号{holder}",
        "DUTIES": _DUTIES,
        "HOLDER": f"{holder}（示意）",
        "UNIT": "GX-GWH" if high_tech else f"C{community.code}",
        "STREET": street.code,
        "JURIS": community.jurisdiction,
        "NOTE": "示意；单位名称为虚构",
        SHAPE: to_degrees(part),
    }
