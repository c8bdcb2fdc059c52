"""What must a pixel that edges touch remember, to tell its cells apart exactly?

Sources of kernels (`kernels.compiled`), run after those of `painting` and in their units. A pixel
with one edge remembers the edge. Any other gets a record (`lookup` tells its form): the cells
that may cover a point in it and, of each, the edges that a ray from the pixel to the east may
meet. Edges that lie wholly below, above or west of the pixel cannot change the count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanmi.gis.painting import Canvas, Floats, Ids, Longs, Touches, Under

    Flags = NDArray[np.bool_]


class Box(NamedTuple):
    """The square of a pixel with its margin; what is east of it matters too."""

    west: float
    south: float
    north: float


def advance(pixels: Longs, place: int, pixel: int) -> int:
    """Return the first place from `place` on that is not before `pixel`."""
    while place < len(pixels) and pixels[place] < pixel:
        place += 1
    return place


def classify(canvas: Canvas, touches: Touches, under: Under, several: Longs, rim: Flags) -> int:
    """Turn pixels with one edge into that edge; list the others in `several`. A kernel.

    `under` is sorted by pixel. `several` gets (pixel, tile, first touch), pixels ascending, and
    has room for every two touches and for each of `under`. `rim` is set for the cells beside an
    edge that no other cell shares. Returns how many pixels are listed.
    """
    found, place = 0, 0
    for tile in range(len(canvas.tiles)):
        entry = canvas.tiles[tile]
        start, level = entry >> canvas.level_bits, entry & ((1 << canvas.level_bits) - 1)
        for pixel in range(start, start + (1 << 2 * level)):
            at = -2 - canvas.pixels[pixel]
            if at < 0:
                continue
            place = advance(under.pixel, place, pixel)
            covered = place < len(under.pixel) and under.pixel[place] == pixel
            if touches.after[at] < 0 and not covered:
                edge = touches.edge[at]
                canvas.pixels[pixel] = -2 - edge
                left, right = canvas.sides[2 * edge], canvas.sides[2 * edge + 1]
                if min(left, right) < 0:
                    rim[max(left, right)] = True
            else:
                several[found, 0], several[found, 1], several[found, 2] = pixel, tile, at
                found += 1
    return found


def add(cell: int, cells: Ids, count: int) -> int:
    """Put a cell into the first `count`, ascending and once; return how many there are then."""
    place = count
    while place > 0 and cells[place - 1] > cell:
        place -= 1
    if place > 0 and cells[place - 1] == cell:
        return count
    for k in range(count, place, -1):
        cells[k] = cells[k - 1]
    cells[place] = cell
    return count + 1


def touching(at: int, sides: Ids, touches: Touches, cells: Ids, rim: Flags) -> int:
    """Write the cells of the touches from `at` on, ascending; return how many there are.

    When one of the edges is unshared, they are all on the rim.
    """
    count, unshared = 0, False
    while at >= 0:
        edge = touches.edge[at]
        for side in range(2):
            cell = sides[2 * edge + side]
            if cell < 0:
                unshared = True
            else:
                count = add(cell, cells, count)
        at = touches.after[at]
    for k in range(count):
        rim[cells[k]] |= unshared
    return count


def relevant(edges: Ids, ends: Floats, box: Box, out: Ids) -> int:
    """Write those `edges` that a ray from the box to the east may meet, as far as there is room.

    Returns how many there are.
    """
    count = 0
    for edge in edges:
        at = 4 * edge
        if (
            ends[at + 1] <= box.north
            and ends[at + 3] >= box.south
            and max(ends[at], ends[at + 2]) >= box.west
        ):
            if count < len(out):
                out[count] = edge
            count += 1
    return count


def box_of(pixel: int, tile: int, canvas: Canvas) -> Box:
    """Return where a pixel of a tile is."""
    entry = canvas.tiles[tile]
    level, local = entry & ((1 << canvas.level_bits) - 1), pixel - (entry >> canvas.level_bits)
    size = canvas.fine >> level
    west = (tile % canvas.wide) * canvas.fine + (local & ((1 << level) - 1)) * size
    south = (tile // canvas.wide) * canvas.fine + (local >> level) * size
    return Box(west - canvas.margin, south - canvas.margin, south + size + canvas.margin)


def record(
    canvas: Canvas, touches: Touches, under: Under, several: Longs, out: Ids, rim: Flags
) -> int:
    """Write the records one after the other, set their pixels; return their length. A kernel.

    When they do not fit into `out`, they must be written again with more room.
    """
    length, place, nobody = 0, 0, len(canvas.cell_start)
    cells = np.empty(nobody, np.int32)
    for k in range(len(several)):
        pixel, begin = several[k, 0], length
        box = box_of(pixel, several[k, 1], canvas)
        count = touching(several[k, 2], canvas.sides, touches, cells, rim)
        place = advance(under.pixel, place, pixel)
        covered = place < len(under.pixel) and under.pixel[place] == pixel
        whole = under.cell[place] if covered else nobody
        length, listed = begin + 1, 0
        while listed < count and cells[listed] < whole:
            cell = cells[listed]
            own = canvas.of_cell[canvas.cell_start[cell] : canvas.cell_start[cell + 1]]
            many = relevant(own, canvas.ends, box, out[length + 2 :])
            out[length : length + 1] = cell
            out[length + 1 : length + 2] = many
            length += 2 + many
            listed += 1
        if covered:  # from here on every point has its cell
            out[length : length + 1] = whole
            out[length + 1 : length + 2] = 0
            length += 2
            listed += 1
        out[begin : begin + 1] = listed
        canvas.pixels[pixel] = -2 - len(canvas.ends) // 4 - begin
    return length


CLASSIFY_PARTS = (advance,)
RECORD_PARTS = (advance, add, touching, relevant, box_of)
