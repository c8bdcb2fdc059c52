"""How far do towns and communities reach? Grown from points over blocks (示意)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from demo_city.frame import points_to_plane
from demo_city.network import GRID_M
from demo_city.sources import table
from wanmi.gis.growth import grow
from wanmi.gis.partition import faces, noded
from wanmi.gis.slivers import merge_slivers

if TYPE_CHECKING:
    from shapely import LineString, MultiPolygon, Polygon

    from demo_city.terrain import Terrain

HIGH_TECH = "610902-GX"
DISTRICT = "610902"
_HIGH_TECH_TOWN = "610902004"
_HIGH_TECH_EAST_LON = 108.9855
_SMALLEST_BLOCK_M2 = 4_000.0


@dataclass(frozen=True, slots=True)
class Community:
    """One community with its part of the built-up area, in the plane."""

    code: str
    name: str
    shape: Polygon | MultiPolygon
    jurisdiction: str
    bank: str

    @property
    def town(self) -> str:
        """Code of the town it belongs to."""
        return self.code[:9]


def communities(terrain: Terrain, streets: list[LineString]) -> list[Community]:
    """Return the communities, grown from their seeds over the blocks of their bank."""
    lines = [terrain.built_up.exterior, terrain.axis, *terrain.lines, *streets]
    blocks = _blocks(lines, terrain)
    rows = [row for row in table("divisions.csv") if row["level"] == "community"]
    places = points_to_plane(np.array([[float(r["seed_lon"]), float(r["seed_lat"])] for r in rows]))
    found: list[Community] = []
    for bank in ("south", "north"):
        own = [b for b in blocks if _bank(b.point_on_surface(), terrain) == bank]
        here = [i for i, place in enumerate(places) if _bank(shapely.Point(place), terrain) == bank]
        taken = grow(own, places[here])
        for n, i in enumerate(here):
            shape = shapely.coverage_union_all([own[j] for j in np.flatnonzero(taken == n)])
            jurisdiction = HIGH_TECH if _is_high_tech(rows[i], bank) else DISTRICT
            found.append(Community(rows[i]["code"], rows[i]["name"], shape, jurisdiction, bank))
    return sorted(found, key=lambda community: community.code)


def _blocks(lines: list[LineString], terrain: Terrain) -> list[Polygon]:
    """Return the blocks of the built-up area, strips between near lines joined to a neighbour."""
    blocks = [
        b for b in faces(noded(lines, GRID_M)) if terrain.built_up.contains(b.point_on_surface())
    ]
    bank = np.array(
        [_bank(b.point_on_surface(), terrain) == "south" for b in blocks], dtype=np.int64
    )
    joined, _ = merge_slivers(
        blocks,
        bank,
        smallest_m2=_SMALLEST_BLOCK_M2,
        narrowest_m=0.0,
        largest_m2=np.inf,
    )
    return joined


def _is_high_tech(row: dict[str, str], bank: str) -> bool:
    return (
        row["parent"] == _HIGH_TECH_TOWN
        and bank == "north"
        and float(row["seed_lon"]) < _HIGH_TECH_EAST_LON
    )


def _bank(point: shapely.Point, terrain: Terrain) -> str:
    """Say on which side of the Han's axis (flowing east) a point lies."""
    at = terrain.axis.project(point)
    here, ahead = (np.array(terrain.axis.interpolate(a).coords[0]) for a in (at - 1, at + 1))
    step, off = ahead - here, np.array(point.coords[0]) - here
    return "north" if step[0] * off[1] - step[1] * off[0] > 0 else "south"
