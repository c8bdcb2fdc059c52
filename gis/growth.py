"""How far does each division reach when only one point of it is known?

Two ways to draw outlines that nobody has published, both to be marked as schematic: Voronoi parts
(straight lines half way between two points) and growth over blocks (outlines that follow streets,
as the principle of geographic layout asks; standards.md 1.2).
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
import shapely

from wanmi.gis.adjacency import borders
from wanmi.gis.errors import GridInvalid
from wanmi.gis.reckoning import length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon


def voronoi_parts(
    area: Polygon | MultiPolygon,
    seeds: NDArray[np.float64],
) -> list[Polygon | MultiPolygon]:
    """Return, for each seed, the part of `area` that is nearer to it than to any other.

    Args:
        area: what is divided, in a metric plane.
        seeds: (n, 2) points in the same plane, all different; they may lie outside `area`.

    Raises:
        GridInvalid: no seed, or two seeds in the same place.
    """
    if not len(seeds) or len(np.unique(seeds, axis=0)) != len(seeds):
        raise GridInvalid("Dividing an area needs seed points, each in a place of its own.")
    if len(seeds) == 1:
        return [area]
    parts = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=area, ordered=True),
    )
    return list(shapely.intersection(parts, area))


def grow(blocks: Sequence[Polygon], seeds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return, for each block, the seed whose division takes it.

    Divisions grow from the block nearest to their seed over shared borders, always to the block
    that is nearest on the way (sum of the steps between the blocks' middles), so each division is
    in one piece.

    Args:
        blocks: a noded cover (neighbours share vertices exactly), in a metric plane.
        seeds: (n, 2) points in the same plane, at most as many as blocks.

    Raises:
        GridInvalid: more seeds than blocks, or blocks that no seed can reach.
    """
    if len(seeds) > len(blocks):
        raise GridInvalid(f"{len(seeds)} seeds cannot share {len(blocks)} blocks.")
    middles = shapely.get_coordinates(shapely.point_on_surface(np.asarray(blocks, dtype=object)))
    neighbours = borders(blocks).by_piece(len(blocks))
    taken = np.full(len(blocks), -1, dtype=np.int64)
    front = [(0.0, seed, block) for seed, block in enumerate(_starts(middles, seeds))]
    for _, seed, block in front:
        taken[block] = seed
    settled: set[int] = set()
    heapq.heapify(front)
    while front:
        way, seed, block = heapq.heappop(front)
        if block in settled or taken[block] not in (-1, seed):
            continue
        settled.add(block)
        taken[block] = seed
        for other in neighbours[block]:
            if other not in settled and taken[other] == -1:
                step = float(length(*(middles[other] - middles[block])))
                heapq.heappush(front, (way + step, seed, other))
    if (taken < 0).any():
        raise GridInvalid(f"{int((taken < 0).sum())} blocks are cut off from every seed.")
    return taken


def spread_points(
    candidates: NDArray[np.float64],
    count: int,
    fixed: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return `count` of the candidates, each as far as possible from the others and the fixed.

    Args:
        candidates: (n, 2) points to choose from, n >= count.
        count: how many are wanted.
        fixed: (m, 2) points that stand already; may be empty.

    Raises:
        GridInvalid: fewer candidates than points wanted.
    """
    if count > len(candidates):
        raise GridInvalid(f"{count} points cannot be chosen from {len(candidates)}.")
    start = fixed if len(fixed) else candidates.mean(axis=0, keepdims=True)
    gap = np.min(np.linalg.norm(candidates[:, None] - start[None], axis=2), axis=1)
    chosen: list[int] = []
    for _ in range(count):
        best = int(np.argmax(gap))
        chosen.append(best)
        gap = np.minimum(gap, np.linalg.norm(candidates - candidates[best], axis=1))
    return candidates[chosen]


def _starts(middles: NDArray[np.float64], seeds: NDArray[np.float64]) -> list[int]:
    """Give each seed the nearest block that no earlier seed has taken."""
    free = np.ones(len(middles), dtype=bool)
    starts: list[int] = []
    for seed in seeds:
        gap = np.where(free, np.linalg.norm(middles - seed, axis=1), np.inf)
        block = int(np.argmin(gap))
        free[block] = False
        starts.append(block)
    return starts
