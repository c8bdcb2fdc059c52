"""Which pixels does each edge touch, and which does each cell cover?

Sources of kernels (`kernels.compiled`) that fill the pixels of a raster; `lookup` tells what a
raster is. Lengths here are in finest pixels from the raster's corner. A pixel counts as touched
from a margin outside its square, far more than all rounding of these computations, so that a
pixel that no edge touches lies wholly inside or wholly outside of every cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ids = NDArray[np.int32]
    Longs = NDArray[np.int64]


class Canvas(NamedTuple):
    """What is painted on, and with.

    Attributes:
        margin: how far outside its square a pixel is touched.
        fine: finest pixels along a tile.
        level_bits: how many bits of a tile's entry say its level.
        wide: tiles from west to east.
        tiles: int64 entry a tile, as in `lookup.Raster`.
        pixels: int32: -1, a cell, or `-2 - t` for the newest touch t.
        ends: float64, four an edge, upward.
        sides: int32, two an edge: the cell on its left and on its right, or -1.
        of_cell: int32 edges, cell after cell.
        cell_start: int64: where in `of_cell` a cell's edges start; one longer than the cells.
    """

    margin: float
    fine: int
    level_bits: int
    wide: int
    tiles: Longs
    pixels: Ids
    ends: Floats
    sides: Ids
    of_cell: Ids
    cell_start: Longs


class Touches(NamedTuple):
    """Edges that touch pixels: the edge, and the pixel's next touch or -1."""

    edge: Ids
    after: Ids


class Under(NamedTuple):
    """Cells that cover a touched pixel without touching it: there cells overlap.

    `found` has one number, which may be more than there was room for.
    """

    pixel: Longs
    cell: Longs
    found: Longs


class Brush(NamedTuple):
    """A cell about to be painted: from which v to which, and its edges in one row of tiles."""

    cell: int
    south: float
    north: float
    band: Ids
    cuts: Floats


def reach(ends: Floats, edge: int, low: float, high: float) -> tuple[float, float]:
    """Return the least and greatest u of the piece of `edge` between two values of v."""
    at = 4 * edge
    u, v, last_u, last_v = ends[at], ends[at + 1], ends[at + 2], ends[at + 3]
    slope = (last_u - u) / (last_v - v) if last_v > v else 0.0
    if last_v > high:
        last_u = u + (high - v) * slope
    if v < low:
        u += (low - v) * slope
    return min(u, last_u), max(u, last_u)


def measure(ends: Floats, fine: int, wide: int, lengths: Floats) -> None:
    """Add up, for each tile, the length of the edges in it, roughly. A kernel."""
    for edge in range(len(ends) // 4):
        v, last_v = ends[4 * edge + 1], ends[4 * edge + 3]
        for j in range(int(v) // fine, int(last_v) // fine + 1):
            low, high = float(j * fine), float((j + 1) * fine)
            rise = min(high, last_v) - max(low, v)
            first, last = reach(ends, edge, low, high)
            for i in range(int(first) // fine, int(last) // fine + 1):
                run = min(last, (i + 1.0) * fine) - max(first, float(i * fine))
                lengths[j * wide + i] += run + rise * (run / max(last - first, 1e-9))


def rows_in(tile: int, bottom: float, top: float, canvas: Canvas) -> tuple[int, int]:
    """Return the first row of pixels that a piece from `bottom` to `top` meets, and past the last.

    Both are counted from the tile's south.
    """
    level = tile & ((1 << canvas.level_bits) - 1)
    size = canvas.fine >> level
    return max(0, int(bottom) // size), min((1 << level) - 1, int(top) // size) + 1


def touch_tile(edge: int, i: int, j: int, canvas: Canvas, touches: Touches, count: int) -> int:
    """Chain `edge` to the pixels that it touches in one tile; return the new count of touches."""
    ends, pixels, margin = canvas.ends, canvas.pixels, canvas.margin
    tile, south = canvas.tiles[j * canvas.wide + i], j * canvas.fine
    level = tile & ((1 << canvas.level_bits) - 1)
    size, west, writing = canvas.fine >> level, i * canvas.fine, len(touches.edge) > 0
    first, last = rows_in(
        tile, ends[4 * edge + 1] - margin - south, ends[4 * edge + 3] + margin - south, canvas
    )
    for row in range(first, last):
        low = south + row * size
        left, right = reach(ends, edge, low - margin, low + size + margin)
        left, right = left - margin - west, right + margin - west
        if right < 0 or left >= canvas.fine:
            continue
        at = (tile >> canvas.level_bits) + (row << level)
        for col in range(max(0, int(left) // size), min((1 << level) - 1, int(right) // size) + 1):
            if writing:
                touches.edge[count] = edge
                touches.after[count] = max(-2 - pixels[at + col], -1)
                pixels[at + col] = -2 - count
            count += 1
    return count


def touch(canvas: Canvas, touches: Touches) -> int:
    """Chain every edge to the pixels it touches; return how many touches that are. A kernel.

    With empty `touches` they are only counted.
    """
    ends, fine, margin, count = canvas.ends, canvas.fine, canvas.margin, 0
    for edge in range(len(ends) // 4):
        bottom, top = ends[4 * edge + 1] - margin, ends[4 * edge + 3] + margin
        for j in range(int(bottom) // fine, int(top) // fine + 1):
            first, last = reach(ends, edge, j * fine - margin, (j + 1) * fine + margin)
            for i in range(int(first - margin) // fine, int(last + margin) // fine + 1):
                count = touch_tile(edge, i, j, canvas, touches, count)
    return count


def touched_by(cell: int, value: int, sides: Ids, touches: Touches) -> bool:
    """Say whether an edge of `cell` is among the touches of a pixel with this value."""
    at = -2 - value
    while at >= 0:
        edge = touches.edge[at]
        if sides[2 * edge] == cell or sides[2 * edge + 1] == cell:
            return True
        at = touches.after[at]
    return False


def cut(v: float, band: Ids, ends: Floats, cuts: Floats) -> int:
    """Write where edges cross the level line at `v`, west to east; return how many do."""
    found = 0
    for edge in band:
        at = 4 * edge
        if ends[at + 1] <= v < ends[at + 3]:
            slope = (ends[at + 2] - ends[at]) / (ends[at + 3] - ends[at + 1])
            u = ends[at] + (v - ends[at + 1]) * slope
            place = found
            while place > 0 and cuts[place - 1] > u:
                cuts[place] = cuts[place - 1]
                place -= 1
            cuts[place] = u
            found += 1
    return found


def paint_pixel(pixel: int, cell: int, canvas: Canvas, touches: Touches, under: Under) -> None:
    """Give a pixel whose middle is in the cell to the cell, unless an edge decides there."""
    value = canvas.pixels[pixel]
    if value >= -1:
        canvas.pixels[pixel] = cell
    elif not touched_by(cell, value, canvas.sides, touches):
        if under.found[0] < len(under.pixel):
            under.pixel[under.found[0]] = pixel
            under.cell[under.found[0]] = cell
        under.found[0] += 1


def paint_tile(
    brush: Brush, i: int, j: int, canvas: Canvas, touches: Touches, under: Under
) -> None:
    """Paint one cell in one tile, row by row between the cuts of its edges."""
    tile, south, west = canvas.tiles[j * canvas.wide + i], j * canvas.fine, i * canvas.fine
    level = tile & ((1 << canvas.level_bits) - 1)
    size, last_col = canvas.fine >> level, (1 << level) - 1.0
    first, last = rows_in(tile, brush.south - south, brush.north - south, canvas)
    for row in range(first, last):
        found = cut(south + (row + 0.5) * size, brush.band, canvas.ends, brush.cuts)
        at = (tile >> canvas.level_bits) + (row << level)
        for k in range(0, found - 1, 2):
            begin = np.ceil((brush.cuts[k] - west) / size - 0.5)
            end = np.floor((brush.cuts[k + 1] - west) / size - 0.5)
            for col in range(int(max(0.0, begin)), int(min(last_col, end)) + 1):
                paint_pixel(at + col, brush.cell, canvas, touches, under)


def paint(canvas: Canvas, touches: Touches, under: Under) -> None:
    """Give every pixel that no edge touches the lowest cell that covers it. A kernel.

    When there is not enough room in `under`, paint again with more: the pixels stay the same.
    """
    ends, fine, cells = canvas.ends, canvas.fine, len(canvas.cell_start) - 1
    under.found[0] = 0
    band, cuts = np.empty(len(canvas.of_cell), np.int32), np.empty(len(canvas.of_cell))
    for cell in range(cells - 1, -1, -1):
        own = canvas.of_cell[canvas.cell_start[cell] : canvas.cell_start[cell + 1]]
        west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
        for edge in own:
            at = 4 * edge
            west, south = min(west, ends[at], ends[at + 2]), min(south, ends[at + 1])
            east, north = max(east, ends[at], ends[at + 2]), max(north, ends[at + 3])
        for j in range(int(south) // fine, int(north) // fine + 1):
            count = 0
            for edge in own:
                if ends[4 * edge + 1] < (j + 1) * fine and ends[4 * edge + 3] >= j * fine:
                    band[count] = edge
                    count += 1
            brush = Brush(cell, south, north, band[:count], cuts)
            for i in range(int(west) // fine, int(east) // fine + 1):
                paint_tile(brush, i, j, canvas, touches, under)


TOUCH_PARTS = (reach, rows_in, touch_tile)
PAINT_PARTS = (rows_in, touched_by, cut, paint_pixel, paint_tile)
