"""Which neighbour takes a piece that is too small or too thin to be a cell?

The one of the same division that shares the longest border, so that a cell never leaves its
community (属地管理, GB/T 30428.1; standards.md 1.2).
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
import shapely

from wanmi.gis.adjacency import borders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import Polygon

NOBODY = -1
"""Division of a piece that lies in none: a crack between two division outlines."""


def merge_slivers(
    pieces: Sequence[Polygon],
    division: NDArray[np.int64],
    *,
    smallest_m2: float,
    narrowest_m: float,
    largest_m2: float,
) -> tuple[list[Polygon], NDArray[np.int64]]:
    """Merge pieces that are too small or too thin into a neighbour of the same division.

    Args:
        pieces: a noded cover (neighbours share vertices exactly), in a metric plane.
        division: (n,) the division of each piece; NOBODY goes to whichever neighbour is longest.
        smallest_m2: pieces below are merged.
        narrowest_m: pieces whose mean width (2 area / perimeter) is below are merged.
        largest_m2: a neighbour that would grow beyond is taken only when there is no other.

    Returns:
        The merged pieces and their divisions. A sliver without a neighbour of its division stays.
    """
    merge = _Merge(pieces, division, smallest_m2, narrowest_m, largest_m2)
    merge.run()
    return merge.result()


class _Merge:
    """Groups of pieces that grow by one sliver at a time, the smallest sliver first."""

    def __init__(
        self,
        pieces: Sequence[Polygon],
        division: NDArray[np.int64],
        smallest_m2: float,
        narrowest_m: float,
        largest_m2: float,
    ) -> None:
        self.pieces = np.asarray(pieces, dtype=object)
        self.division = division.tolist()
        self.area = shapely.area(self.pieces).tolist()
        self.perimeter = shapely.length(self.pieces).tolist()
        self.shared = borders(pieces).by_piece(len(pieces))
        self.members = [[i] for i in range(len(pieces))]
        self.limits = (smallest_m2, narrowest_m, largest_m2)

    def run(self) -> None:
        waiting = [(self.area[i], i) for i in range(len(self.members)) if self._is_sliver(i)]
        heapq.heapify(waiting)
        while waiting:
            area, piece = heapq.heappop(waiting)
            if not self.members[piece] or area != self.area[piece]:
                continue
            taker = self._taker(piece)
            if taker is None:
                continue
            self._give(piece, taker)
            if self._is_sliver(taker):
                heapq.heappush(waiting, (self.area[taker], taker))

    def result(self) -> tuple[list[Polygon], NDArray[np.int64]]:
        left = [i for i, members in enumerate(self.members) if members]
        shapes = [_joined(self.pieces[self.members[i]]) for i in left]
        return shapes, np.array([self.division[i] for i in left], dtype=np.int64)

    def _is_sliver(self, piece: int) -> bool:
        smallest_m2, narrowest_m, _ = self.limits
        width = 2 * self.area[piece] / self.perimeter[piece]
        nobody = self.division[piece] == NOBODY
        return bool(nobody or self.area[piece] < smallest_m2 or width < narrowest_m)

    def _taker(self, piece: int) -> int | None:
        own = self.division[piece]
        fitting = {
            other: length
            for other, length in self.shared[piece].items()
            if self.division[other] != NOBODY and own in (NOBODY, self.division[other])
        }
        if not fitting:
            return None
        room = {
            o: n for o, n in fitting.items() if self.area[o] + self.area[piece] <= self.limits[2]
        }
        choice = room or fitting
        return max(choice, key=lambda other: (choice[other], -other))

    def _give(self, piece: int, taker: int) -> None:
        self.perimeter[taker] += self.perimeter[piece] - 2 * self.shared[piece][taker]
        self.area[taker] += self.area[piece]
        self.members[taker] += self.members[piece]
        self.members[piece] = []
        del self.shared[taker][piece]
        for other, length in self.shared[piece].items():
            if other != taker:
                del self.shared[other][piece]
                self.shared[taker][other] = self.shared[taker].get(other, 0.0) + length
                self.shared[other][taker] = self.shared[taker][other]
        self.shared[piece] = {}


def _joined(shapes: NDArray[np.object_]) -> Polygon:
    joined: Polygon = shapes[0]
    if len(shapes) > 1:
        joined = shapely.get_parts(shapely.coverage_union_all(shapes))[0]
    return joined
