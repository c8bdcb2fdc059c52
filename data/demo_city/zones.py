"""Which whole cells form the zones of the inspectors and of the six duty dimensions?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from demo_city.territory import HIGH_TECH
from wanmi.gis.adjacency import borders
from wanmi.gis.growth import grow, spread_points

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely import MultiPolygon, Polygon

    from demo_city.cells import Grid
    from demo_city.territory import Community

MOST_CELLS = 130
FEWEST_CELLS = 55
ALL_DIMENSIONS_UNIT = "CO-GX"


@dataclass(frozen=True, slots=True)
class Zone:
    """A set of whole cells with one kind of duty."""

    code: str
    kind: str
    name: str
    unit: str
    jurisdiction: str
    cells: list[int]
    shift: str = ""

    def outline(self, grid: Grid) -> Polygon | MultiPolygon:
        """Return the outline in degrees, derived from the member cells."""
        return shapely.coverage_union_all([grid.degrees[i] for i in self.cells])


@dataclass(frozen=True, slots=True)
class _Duty:
    """How one dimension is divided and who holds it; GX is always one company's."""

    kind: str
    prefix: str
    label: str
    divided_by: Literal["town", "bank"]
    unit: Callable[[Community], str]


def _sanitation(community: Community) -> str:
    return "CO-HW1" if community.bank == "south" else "CO-HW2"


def _greening(community: Community) -> str:
    return "CO-YL1" if community.bank == "south" else "CO-YL2"


_DUTIES = (
    _Duty("sanitation", "ZS", "环境卫生", "town", _sanitation),
    _Duty("street_order", "ZO", "市容秩序", "town", lambda c: f"T{c.town}"),
    _Duty("municipal_facilities", "ZM", "市政配套", "bank", lambda _: "CO-SZ"),
    _Duty("greening", "ZG", "城市绿化", "bank", _greening),
    _Duty("shop_signs", "ZB", "门头牌匾", "town", lambda _: "AK-CGJ"),
    _Duty("traffic", "ZT", "交通管控", "bank", lambda _: "AK-GAJ"),
)
_BANKS = {"south": "江南", "north": "江北"}


def zones(grid: Grid, towns: dict[str, str]) -> list[Zone]:
    """Return the inspection zones and the zones of the six dimensions.

    Args:
        grid: the cells.
        towns: name of each town by code.
    """
    found = _inspection_zones(grid, towns)
    for duty in _DUTIES:
        found.extend(_duty_zones(duty, grid, towns))
    return found


def _duty_zones(duty: _Duty, grid: Grid, towns: dict[str, str]) -> list[Zone]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for i, community in enumerate(grid.community):
        place = community.town if duty.divided_by == "town" else ""
        groups.setdefault((community.jurisdiction, community.bank, place), []).append(i)
    found = []
    for number, (key, cells) in enumerate(sorted(groups.items()), start=1):
        jurisdiction, bank, town = key
        high_tech = jurisdiction == HIGH_TECH
        area = "高新区" if high_tech else towns.get(town, _BANKS[bank])
        unit = ALL_DIMENSIONS_UNIT if high_tech else duty.unit(grid.community[cells[0]])
        name = f"{area}{duty.label}责任区"
        found.append(Zone(f"{duty.prefix}{number:03d}", duty.kind, name, unit, jurisdiction, cells))
    return found


def _inspection_zones(grid: Grid, towns: dict[str, str]) -> list[Zone]:
    """Return zones of about a hundred cells: communities, joined when small, cut when large."""
    pieces = _joined([part for own in _by_community(grid) for part in _parts(own, grid)], grid)
    count: dict[str, int] = {}
    found = []
    for number, cells in enumerate(sorted(pieces), start=1):
        first = grid.community[cells[0]]
        high_tech = first.jurisdiction == HIGH_TECH
        area = "高新区" if high_tech else towns[first.town]
        count[area] = count.get(area, 0) + 1
        name = f"{area}第{count[area]}责任网格"
        unit = "GX-GWH" if high_tech else "AK-CGJ"
        code = f"ZI{number:03d}"
        found.append(Zone(code, "inspection", name, unit, first.jurisdiction, cells, "day"))
    return found


def _by_community(grid: Grid) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for i, community in enumerate(grid.community):
        groups.setdefault(community.code, []).append(i)
    return list(groups.values())


def _parts(cells: list[int], grid: Grid) -> list[list[int]]:
    """Cut a community that is too large for one inspector."""
    count = -(-len(cells) // MOST_CELLS)
    if count == 1:
        return [cells]
    shapes = [grid.plane[i] for i in cells]
    middles = shapely.get_coordinates(shapely.point_on_surface(np.asarray(shapes, dtype=object)))
    taken = grow(shapes, spread_points(middles, count, np.empty((0, 2))))
    return [[cells[j] for j in np.flatnonzero(taken == n)] for n in range(count)]


def _joined(pieces: list[list[int]], grid: Grid) -> list[list[int]]:
    """Join small pieces to their smallest neighbour of the same town and jurisdiction."""
    owner = np.empty(len(grid), dtype=np.int64)
    for n, cells in enumerate(pieces):
        owner[cells] = n
    found = borders(grid.plane)
    touching = {(owner[a], owner[b]) for a, b in zip(found.first, found.second, strict=True)}
    groups = {n: set(cells) for n, cells in enumerate(pieces)}
    near: dict[int, set[int]] = {n: set() for n in groups}
    for a, b in touching:
        one, other = grid.community[pieces[a][0]], grid.community[pieces[b][0]]
        if a != b and (one.town, one.jurisdiction) == (other.town, other.jurisdiction):
            near[a].add(b)
            near[b].add(a)
    while True:
        small = [n for n in groups if len(groups[n]) < FEWEST_CELLS and near[n]]
        fitting = [
            (len(groups[n]) + len(groups[m]), n, m)
            for n in small
            for m in near[n]
            if len(groups[n]) + len(groups[m]) <= MOST_CELLS
        ]
        if not fitting:
            return [sorted(cells) for cells in groups.values()]
        _, n, m = min(fitting)
        groups[m] |= groups.pop(n)
        near[m] = (near[m] | near.pop(n)) - {n, m}
        for others in near.values():
            if n in others:
                others.discard(n)
                others.add(m)
        near[m].discard(m)
