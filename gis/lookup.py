"""Which cell covers a point, read from a raster?

`find_many` is the source of the kernel for many points (`kernels.compiled`); `plain_lookup` asks
for one, through the same functions.

A raster lies over the lon/lat plane of the cells. Square tiles of FINE x FINE finest pixels each
have their own resolution. A pixel's value says

* `>= 0`: this cell covers all of it (of several, the lowest);
* `OUTSIDE` (-1): no cell comes near;
* `-2 - e` for an edge number e: edge e alone passes through; its two sides decide;
* further down: a record, in `records` from `-2 - value - number of edges` on. It lists, lowest
  first, the cells that may cover a point of the pixel, each with those of its edges that can
  matter there; no edge means that the cell covers all of the pixel.

Edges go upward (south to north, a level one west to east). Which cells cover a point is then the
ray-crossing count of GEOS, with exact orientation, over the edges that it would not skip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wanmi.gis.orientation import LEFT, ON, RIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ids = NDArray[np.int32]
    Longs = NDArray[np.int64]
    Side = Callable[[float, float, float, float, float, float], int]

LEVELS = 6
FINE = 1 << LEVELS  # finest pixels along a tile
INSIDE = FINE - 1
LEVEL_BITS = 3  # of a tile's entry: its level; the rest is where its pixels start
LEVEL_MASK = (1 << LEVEL_BITS) - 1
OUTSIDE = -1
UNDECIDED = -2

BLOCK = 1024  # points whose pixels are fetched before the first edge is looked at
_FILTER = 3.3306690738754716e-16  # (3 + 16 eps) eps of Shewchuk (1997), eps = 2 ** -53
_UNDERFLOW = 1e-270  # below, the tail of a product may be lost
_SPLIT = 134_217_729.0  # 2 ** 27 + 1 of Veltkamp


class Raster(NamedTuple):
    """An index as plain numbers; arrays for kernels, memory views of them for the plain path.

    Attributes:
        west: longitude of the raster's corner, degrees.
        south: latitude of the raster's corner, degrees.
        per_lon: finest pixels in a degree of longitude.
        per_lat: finest pixels in a degree of latitude.
        wide: tiles from west to east.
        high: tiles from south to north.
        tiles: int64, `wide * high`: start of the tile's pixels << LEVEL_BITS | level; a tile of
            level k has 2**k x 2**k pixels, row by row from the south.
        pixels: int32 values as told above.
        ends: float64, four an edge: lon and lat of its lower end, of its upper end, degrees.
        sides: int32, two an edge: cell on its left and on its right, or OUTSIDE.
        records: int32: number of cells, then for each the cell, its number of edges, the edges.
    """

    west: float
    south: float
    per_lon: float
    per_lat: float
    wide: int
    high: int
    tiles: Any
    pixels: Any
    ends: Any
    sides: Any
    records: Any


def difference_tail(a: float, b: float, difference: float) -> float:
    """Return what `difference`, the rounded a - b, lost by rounding (exact; Knuth)."""
    virtual = a - difference
    return (a - (difference + virtual)) + (virtual - b)


def product_tail(a: float, b: float, product: float) -> float:
    """Return what `product`, the rounded a * b, lost by rounding (exact; Dekker)."""
    big = _SPLIT * a
    a_high = big - (big - a)
    a_low = a - a_high
    big = _SPLIT * b
    b_high = big - (big - b)
    b_low = b - b_high
    return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


def quick_side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Return LEFT, ON, RIGHT as `exact_side` does, or UNDECIDED.

    UNDECIDED needs coordinates of very different size (a degree beside a billionth of one), so
    that not even their differences are doubles.
    """
    dx, dy, qx, qy = bx - ax, by - ay, px - ax, py - ay
    left, right = dx * qy, dy * qx
    if abs(left - right) > _FILTER * (abs(left) + abs(right)) + _UNDERFLOW:
        return LEFT if left > right else RIGHT
    if (
        difference_tail(bx, ax, dx) != 0.0
        or difference_tail(by, ay, dy) != 0.0
        or difference_tail(px, ax, qx) != 0.0
        or difference_tail(py, ay, qy) != 0.0
        or (abs(left) < _UNDERFLOW and dx != 0.0 and qy != 0.0)
        or (abs(right) < _UNDERFLOW and dy != 0.0 and qx != 0.0)
    ):
        return UNDECIDED
    if left == right:  # rounding keeps order, so only equal products need their tails
        left, right = product_tail(dx, qy, left), product_tail(dy, qx, right)
    if left == right:
        return ON
    return LEFT if left > right else RIGHT


def beside_edge(side: int, left: int, right: int) -> int:
    """Return the cell on that side of an edge; on the edge the lower one."""
    if side == LEFT:
        return left
    if side == RIGHT:
        return right
    if side == ON:
        return max(left, right) if min(left, right) < 0 else min(left, right)
    return UNDECIDED


def crosses(edge: int, lon: float, lat: float, ends: Sequence[float], side_of: Side) -> int:
    """Return LEFT where a ray to the east crosses `edge`, ON where the point is on it."""
    at = 4 * edge
    ay, by = ends[at + 1], ends[at + 3]
    if lat < ay or lat > by:
        return RIGHT
    ax, bx = ends[at], ends[at + 2]
    if lon > ax and lon > bx:
        return RIGHT
    if ay == by:
        return ON if ax <= lon else RIGHT
    side = LEFT if lon < ax and lon < bx else side_of(ax, ay, bx, by, lon, lat)
    # Half open: of two edges that meet at this latitude one counts.
    return RIGHT if side == LEFT and lat == by else side


def in_record(
    at: int,
    lon: float,
    lat: float,
    ends: Sequence[float],
    records: Sequence[int],
    side_of: Side,
) -> int:
    """Return the lowest cell of the record at `at` that covers the point, OUTSIDE if none does."""
    cells = records[at]
    at += 1
    for _ in range(cells):
        stop = at + 2 + records[at + 1]
        covered = stop == at + 2
        for i in range(at + 2, stop):
            crossing = crosses(records[i], lon, lat, ends, side_of)
            if crossing == UNDECIDED:
                return UNDECIDED
            if crossing == ON:
                covered = True
                break
            covered ^= crossing == LEFT
        if covered:
            return records[at]
        at = stop
    return OUTSIDE


def seek(lon: Floats, lat: Floats, raster: Raster, at: Longs) -> None:
    """Write the number of each point's pixel; off the raster the first, which is OUTSIDE."""
    west, south, per_lon, per_lat = raster.west, raster.south, raster.per_lon, raster.per_lat
    wide, tiles = raster.wide, raster.tiles
    columns, rows = float(wide * FINE), float(raster.high * FINE)
    for i in range(len(lon)):
        u, v = (lon[i] - west) * per_lon, (lat[i] - south) * per_lat
        at[i] = 0
        if 0.0 <= u < columns and 0.0 <= v < rows:
            col, row = int(u), int(v)
            tile = tiles[(row >> LEVELS) * wide + (col >> LEVELS)]
            level = tile & LEVEL_MASK
            coarse = LEVELS - level
            local = (((row & INSIDE) >> coarse) << level) + ((col & INSIDE) >> coarse)
            at[i] = (tile >> LEVEL_BITS) + local


def fetch(pixels: Ids, at: Longs, out: Ids) -> None:
    """Write the pixels' values. Nothing else is done here, so that many fetches overlap."""
    for i in range(len(out)):
        out[i] = pixels[at[i]]


def sort_out(out: Ids, edges: int, lone: Longs, several: Longs) -> tuple[int, int]:
    """List the points beside one edge, and those with a record; without a branch."""
    ones, others = 0, 0
    for i in range(len(out)):
        lone[ones] = i
        several[others] = i
        recorded = out[i] < OUTSIDE - edges
        ones += (out[i] < OUTSIDE) & (not recorded)
        others += recorded
    return ones, others


def gather(out: Ids, raster: Raster, lone: Longs, ends: Floats, sides: Ids) -> None:
    """Copy the edges of the listed points side by side; fetches overlap here too."""
    all_ends, all_sides = raster.ends, raster.sides
    for j in range(len(lone)):
        e = OUTSIDE - 1 - out[lone[j]]
        for k in range(4):
            ends[4 * j + k] = all_ends[4 * e + k]
        sides[2 * j], sides[2 * j + 1] = all_sides[2 * e], all_sides[2 * e + 1]


def approach(out: Ids, raster: Raster, several: Longs) -> int:
    """Fetch the records of the listed points, then the edges of their first cells.

    That is all: it brings them near before they are needed one by one. The sum means nothing;
    without it a compiler would leave the fetching out.
    """
    records, ends, edges = raster.records, raster.ends, len(raster.ends) // 4
    total = 0
    for i in several:
        total += records[OUTSIDE - 1 - out[i] - edges]
    for i in several:
        at = OUTSIDE - 1 - out[i] - edges
        for k in range(at + 3, at + 3 + records[at + 2]):
            total += int(ends[4 * records[k]])
    return total


def find_many(lon: Floats, lat: Floats, raster: Raster, out: Ids) -> int:
    """Write into `out` the cell of each point; OUTSIDE, or UNDECIDED for the plain path.

    A kernel. Memory's latency is the cost here, not arithmetic, so a block of points goes
    through short loops, each of which fetches one thing for all of them. Returns the sum of
    `approach`.
    """
    total = 0
    records, edges = raster.records, len(raster.ends) // 4
    at, lone, several = (
        np.empty(BLOCK, np.int64),
        np.empty(BLOCK, np.int64),
        np.empty(BLOCK, np.int64),
    )
    ends, sides = np.empty(4 * BLOCK), np.empty(2 * BLOCK, np.int32)
    for start in range(0, len(lon), BLOCK):
        stop = min(start + BLOCK, len(lon))
        x, y, cells = lon[start:stop], lat[start:stop], out[start:stop]
        seek(x, y, raster, at)
        fetch(raster.pixels, at, cells)
        ones, others = sort_out(cells, edges, lone, several)
        gather(cells, raster, lone[:ones], ends, sides)
        for j in range(ones):
            i = lone[j]
            side = quick_side(
                ends[4 * j], ends[4 * j + 1], ends[4 * j + 2], ends[4 * j + 3], x[i], y[i]
            )
            cells[i] = beside_edge(side, sides[2 * j], sides[2 * j + 1])
        total += approach(cells, raster, several[:others])
        for j in range(others):
            i = several[j]
            record = OUTSIDE - 1 - cells[i] - edges
            cells[i] = in_record(record, x[i], y[i], raster.ends, records, quick_side)
    return total


KERNEL_PARTS = (
    difference_tail,
    product_tail,
    quick_side,
    beside_edge,
    crosses,
    in_record,
    seek,
    fetch,
    sort_out,
    gather,
    approach,
)
"""What `find_many` calls, directly or not."""
