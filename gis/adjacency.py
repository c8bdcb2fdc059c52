"""Which pieces of a seamless cover lie side by side, and along how many metres?

Pieces must share their vertices exactly (a noded cover), so that a common border is the same list
of segments on both sides; nothing is measured twice and no tolerance is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from wanmi.gis.reckoning import length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import Polygon


@dataclass(frozen=True, slots=True)
class Borders:
    """Pairs of neighbouring pieces, each pair once.

    Attributes:
        first, second: (n,) positions of the pieces, first < second.
        length_m: (n,) length of what they share, in the unit of the shapes.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    length_m: NDArray[np.float64]

    def by_piece(self, count: int) -> list[dict[int, float]]:
        """Return, for each of `count` pieces, its neighbours with the length shared."""
        neighbours: list[dict[int, float]] = [{} for _ in range(count)]
        pairs = zip(self.first.tolist(), self.second.tolist(), self.length_m.tolist(), strict=True)
        for one, other, shared in pairs:
            neighbours[one][other] = shared
            neighbours[other][one] = shared
        return neighbours


def borders(pieces: Sequence[Polygon]) -> Borders:
    """Return which of `pieces` share a border and how long it is.

    Pieces that only touch in a point are no neighbours.
    """
    ends, owner = _segments(pieces)
    order = np.lexsort((owner, *ends.T[::-1]))
    ends, owner = ends[order], owner[order]
    same = np.all(ends[1:] == ends[:-1], axis=1) & (owner[1:] != owner[:-1])
    one, other = owner[:-1][same], owner[1:][same]
    shared = length(
        ends[:-1][same, 2] - ends[:-1][same, 0], ends[:-1][same, 3] - ends[:-1][same, 1]
    )
    pair = np.stack((np.minimum(one, other), np.maximum(one, other)), axis=1)
    if not len(pair):
        nothing = np.empty(0, dtype=np.int64)
        return Borders(nothing, nothing, np.empty(0))
    unique, where = np.unique(pair, axis=0, return_inverse=True)
    total = np.zeros(len(unique))
    np.add.at(total, where.ravel(), shared)
    return Borders(unique[:, 0], unique[:, 1], total)


def _segments(pieces: Sequence[Polygon]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return every ring segment as (x0, y0, x1, y1), smaller end first, and its piece."""
    shapes = np.asarray(pieces, dtype=object)
    rings, piece_of_ring = shapely.get_rings(shapes, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    start, end = points[:-1][inside], points[1:][inside]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[swap], end[swap] = end[swap].copy(), start[swap].copy()
    owner = piece_of_ring[ring[:-1][inside]]
    return np.hstack((start, end)), np.asarray(owner, dtype=np.int64)
