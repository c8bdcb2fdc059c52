"""Which cells lie together between streets, and what is built there?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from wanmi.gis.adjacency import borders

if TYPE_CHECKING:
    from shapely import Polygon

    from demo_city.city import City
    from demo_city.territory import Community

_ON_STREET_M = 1.0
_FROM_WATER_M = 70.0
_LEAST_M2, _MOST_M2 = 12_000.0, 130_000.0
_OLD_TOWNS = ("610902001", "610902002", "610902003")
_SHARE_LIVED_IN = 0.62
_VILLAGES = 19
_SCHOOLS = 20


@dataclass(frozen=True, slots=True)
class Block:
    """Whole cells of one community between streets, away from parks and water."""

    cells: list[int]
    shape: Polygon
    community: Community


@dataclass(frozen=True, slots=True)
class Quarters:
    """What the blocks are used for; no block is used twice."""

    lived_in: list[Block]
    villages: list[Block]
    school_blocks: list[Block]


def quarters(city: City, rng: np.random.Generator) -> Quarters:
    """Share the blocks of built land among schools, urban villages and housing."""
    built = _blocks(city)
    order = rng.permutation(len(built))
    shuffled = [built[i] for i in order]
    schools = _spread(shuffled, _SCHOOLS)
    left = [block for block in shuffled if block not in schools]
    rural = [block for block in left if block.community.code[9] == "2"]
    villages = _spread(rural, _VILLAGES)
    left = [block for block in left if block not in villages]
    lived_in = [block for block in left if rng.random() < _SHARE_LIVED_IN]
    lived_in.sort(key=lambda block: block.cells)
    return Quarters(lived_in, villages, schools)


def is_old_town(block: Block) -> bool:
    """Say whether a block is in a community of townsfolk of the three old subdistricts."""
    return block.community.town in _OLD_TOWNS and block.community.code[9] != "2"


def _blocks(city: City) -> list[Block]:
    grid = city.grid
    found = borders(grid.plane)
    shapes = np.asarray(grid.plane, dtype=object)
    shared = shapely.intersection(shapes[found.first], shapes[found.second])
    middle = shapely.point_on_surface(shared)
    on_street = np.zeros(len(middle), dtype=bool)
    on_street[city.edge_tree.query(middle, predicate="dwithin", distance=_ON_STREET_M)[0]] = True
    code = np.array([community.code for community in grid.community])
    joined = ~on_street & (code[found.first] == code[found.second])
    graph = coo_array(
        (np.ones(joined.sum()), (found.first[joined], found.second[joined])),
        shape=(len(grid),) * 2,
    )
    _, label = connected_components(graph, directed=False)
    closed = shapely.union_all(
        [city.terrain.water.buffer(_FROM_WATER_M), *city.terrain.parks.values()]
    )
    blocks = []
    for number in range(label.max() + 1):
        cells = np.flatnonzero(label == number).tolist()
        shape = shapely.coverage_union_all(shapes[cells])
        fits = _LEAST_M2 <= shape.area <= _MOST_M2 and shape.geom_type == "Polygon"
        if fits and not closed.intersects(shape.buffer(-2)):
            blocks.append(Block(cells, shape, grid.community[cells[0]]))
    return blocks


def _spread(blocks: list[Block], count: int) -> list[Block]:
    """Choose blocks that lie far from each other, the first as it comes."""
    middles = np.array([block.shape.centroid.coords[0] for block in blocks])
    gap = np.linalg.norm(middles - middles[0], axis=1)
    chosen = [0]
    while len(chosen) < count:
        best = int(np.argmax(np.minimum(gap, 1_800.0) + np.linspace(1, 0, len(blocks))))
        chosen.append(best)
        gap = np.minimum(gap, np.linalg.norm(middles - middles[best], axis=1))
    return [blocks[i] for i in chosen]
