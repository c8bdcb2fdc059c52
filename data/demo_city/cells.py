"""Which cells does the built-up area have, and what is each one's code?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from demo_city.frame import points_to_degrees
from demo_city.network import GRID_M
from wanmi.gis.partition import Rules, partition, to_degrees
from wanmi.gis.rows import number_cells

if TYPE_CHECKING:
    from shapely import Polygon

    from demo_city.streets import Street
    from demo_city.terrain import Terrain
    from demo_city.territory import Community

OPEN_PARKS = ("香溪洞公园",)
FIRST_CLASS_TOWNS = ("610902001", "610902002")
_ON_STREET_M = 60.0
_NEAR_STREET_M = 200.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells in the order of their codes.

    Attributes:
        codes: 15 digits each.
        plane, degrees: outlines in metres and in degrees.
        community: each cell's community.
        wet: whether the cell is water.
        grade: management area class, 1 to 3.
    """

    codes: list[str]
    plane: list[Polygon]
    degrees: list[Polygon]
    community: list[Community]
    wet: np.ndarray
    grade: np.ndarray

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.codes)


def grid(
    communities: list[Community],
    terrain: Terrain,
    streets: list[Street],
    seed: int,
) -> Grid:
    """Cut the communities into cells along streets, banks, levees and parks."""
    edges = [edge for street in streets for edge in street.edges]
    open_land = [terrain.water, *(terrain.parks[name] for name in OPEN_PARKS)]
    cells = partition(
        [community.shape for community in communities],
        [*edges, *terrain.banks, *terrain.levees, *(p.exterior for p in terrain.parks.values())],
        open_land=open_land,
        rules=Rules(grid_m=GRID_M),
        seed=seed,
    )
    own = [communities[i] for i in cells.division.tolist()]
    codes = number_cells(cells.shapes, [community.code for community in own])
    order = np.argsort(codes)
    plane = [cells.shapes[i] for i in order]
    middles = shapely.point_on_surface(np.asarray(plane, dtype=object))
    wet = shapely.intersects(terrain.water, middles)
    own = [own[i] for i in order]
    return Grid(
        codes=[codes[i] for i in order],
        plane=plane,
        degrees=to_degrees(plane, points_to_degrees),
        community=own,
        wet=wet,
        grade=_grades(plane, own, wet, streets),
    )


def _grades(
    plane: list[Polygon],
    own: list[Community],
    wet: np.ndarray,
    streets: list[Street],
) -> np.ndarray:
    """Return the area class: 1 in the centre and on model streets, 2 in town, 3 beyond."""
    model = [street.shape for street in streets if street.programme]
    large = [street.shape for street in streets if street.grade in ("main", "secondary")]
    on_model = shapely.dwithin(plane, shapely.union_all(model), _ON_STREET_M)
    on_large = shapely.dwithin(plane, shapely.union_all(large), _NEAR_STREET_M)
    centre = np.array([community.town in FIRST_CLASS_TOWNS for community in own])
    village = np.array([community.code[9] == "2" for community in own])
    return np.select([wet, on_model | (centre & ~village), ~village | on_large], [3, 1, 2], 3)
