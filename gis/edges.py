"""Which edges do the cells have, and which two cells share each of them?

An edge goes upward: from its southern end to its northern, a level one from west to east. Two
cells share an edge when both have it with exactly the same ends, one on either side. Where cells
meet otherwise (a corner on the middle of a long edge, an overlap) each keeps an edge of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from wanmi.gis.kernels import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOBODY = -1
_MIX = 0x9E3779B97F4A7C15 - (1 << 64)  # an odd int64 with its bits well spread


class Edges(NamedTuple):
    """Edges and who has them, in the order in which cells name them first.

    Attributes:
        ends: float64, four an edge: lon and lat of the lower end, of the upper end, degrees.
        sides: int32, two an edge: the cell on the left and on the right, or NOBODY.
        of_cell: int32 edges, cell after cell.
        cell_start: int64: where in `of_cell` a cell's edges start; one longer than the cells.
    """

    ends: NDArray[np.float64]
    sides: NDArray[np.int32]
    of_cell: NDArray[np.int32]
    cell_start: NDArray[np.int64]


class Rings(NamedTuple):
    """The rings of all cells, closed, in the order of the cells.

    Attributes:
        vertices: (n, 2) lon and lat in degrees.
        bits: the same memory as integers.
        ring: the ring of each vertex.
        cell: the cell of each ring.
        inside_left: for each ring, whether its cell lies on the left of one who walks along it.
    """

    vertices: NDArray[np.float64]
    bits: NDArray[np.int64]
    ring: NDArray[np.int64]
    cell: NDArray[np.int64]
    inside_left: NDArray[np.bool_]


def edges_of(cells: NDArray[np.object_]) -> Edges:
    """Return the edges of valid (multi)polygons in degrees; cell i is `cells[i]`."""
    rings = _rings_of(cells)
    most = len(rings.vertices)
    ends, sides = np.empty(4 * most), np.empty(2 * most, np.int32)
    of_cell, counts = np.empty(most, np.int32), np.zeros(len(cells) + 1, np.int64)
    # At most two thirds full, so that a search is short.
    table = np.full(1 << (most + most // 2).bit_length(), NOBODY, np.int32)
    edges = compiled(pair_up, (slot_of, place_for))(rings, table, ends, sides, of_cell, counts)
    start = np.cumsum(counts)
    # In place: nobody else has these arrays, and a copy would cost as much as the search.
    ends.resize(4 * edges, refcheck=False)
    sides.resize(2 * edges, refcheck=False)
    of_cell.resize(start[-1], refcheck=False)
    return Edges(ends, sides, of_cell, start)


def _rings_of(cells: NDArray[np.object_]) -> Rings:
    parts, cell_of_part = shapely.get_parts(cells, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    vertices += 0.0  # minus zero becomes zero: equal numbers have equal bits
    outer = np.concatenate([[True], part_of_ring[1:] != part_of_ring[:-1]])
    return Rings(
        vertices,
        vertices.view(np.int64),
        ring,
        cell_of_part[part_of_ring],
        shapely.is_ccw(rings) == outer,
    )


def slot_of(bits: NDArray[np.int64], low: int, high: int, slots: int) -> int:
    """Return where the search for the edge between two vertices starts in a table."""
    key = (bits[low, 0] * _MIX) ^ bits[low, 1]
    key = ((key ^ (key >> 32)) * _MIX) ^ bits[high, 0]
    key = ((key ^ (key >> 32)) * _MIX) ^ bits[high, 1]
    key = (key ^ (key >> 32)) * _MIX
    slot: int = (key ^ (key >> 32)) & (slots - 1)
    return slot


def place_for(
    slot: int,
    table: NDArray[np.int32],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    side: int,
    known: tuple[NDArray[np.float64], NDArray[np.int32]],
) -> int:
    """Return the slot of an edge with these ends whose `side` is free, or an empty slot."""
    ends, sides = known
    while table[slot] != NOBODY:
        edge = table[slot]
        at = 4 * edge
        if (
            sides[2 * edge + side] == NOBODY
            and ends[at] == low[0]
            and ends[at + 1] == low[1]
            and ends[at + 2] == high[0]
            and ends[at + 3] == high[1]
        ):
            break
        slot = (slot + 1) & (len(table) - 1)
    return slot


def pair_up(
    rings: Rings,
    table: NDArray[np.int32],
    ends: NDArray[np.float64],
    sides: NDArray[np.int32],
    of_cell: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> int:
    """Write the edges of all rings; return how many different ones there are. A kernel.

    `counts` gets each cell's number of edges, one place up.
    """
    vertices, bits, ring, cells, inside_left = rings
    edges, halves = 0, 0
    for i in range(len(vertices) - 1):
        a, b = vertices[i], vertices[i + 1]
        if ring[i] != ring[i + 1] or (a[0] == b[0] and a[1] == b[1]):
            continue
        upward = a[1] < b[1] or (a[1] == b[1] and a[0] < b[0])
        low, high = (i, i + 1) if upward else (i + 1, i)
        side = 0 if upward == inside_left[ring[i]] else 1
        slot = slot_of(bits, low, high, len(table))
        slot = place_for(slot, table, vertices[low], vertices[high], side, (ends, sides))
        edge = table[slot]
        if edge == NOBODY:
            edge = edges
            edges += 1
            table[slot] = edge
            sides[2 * edge], sides[2 * edge + 1] = NOBODY, NOBODY
            ends[4 * edge], ends[4 * edge + 1] = vertices[low, 0], vertices[low, 1]
            ends[4 * edge + 2], ends[4 * edge + 3] = vertices[high, 0], vertices[high, 1]
        cell = cells[ring[i]]
        sides[2 * edge + side] = cell
        of_cell[halves] = edge
        halves += 1
        counts[cell + 1] += 1
    return edges
