"""How is the raster of a grid made?

The plane of lon/lat is cut into tiles of about two cells; each gets as many pixels as its edges
are long, so that about a tenth of its pixels are touched by one. `painting` and `recording` do
the work; here are its order, its memory and its numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from wanmi.gis import painting, recording
from wanmi.gis.edges import edges_of
from wanmi.gis.errors import GridInvalid
from wanmi.gis.kernels import compiled
from wanmi.gis.lookup import FINE, LEVEL_BITS, LEVEL_MASK, LEVELS, OUTSIDE, Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanmi.gis.painting import Floats, Ids, Longs
    from wanmi.gis.recording import Flags

CELLS_IN_TILE = 1.9  # along a side of the tile
PIXELS_A_LENGTH = 12.0  # pixels along a tile whose edges are one tile side long together
MOST_PIXELS = 1 << 26  # more cost more memory than they save time
MOST_TILES = 1 << 22
MARGIN = 1e-4  # of a finest pixel
USUAL_RECORD = 16  # numbers; only a first guess


def build_raster(cells: NDArray[np.object_]) -> tuple[Raster, Ids]:
    """Return the raster of valid (multi)polygons in degrees, and the cells of the rim.

    The rim are the cells (ascending) that have or touch an edge that no other cell shares: only
    they can be the nearest to a point outside.

    Raises:
        GridInvalid: more edges than a raster can number.
    """
    edges = edges_of(cells)
    corner, per_degree, wide, high = _frame(shapely.bounds(cells))
    ends = ((edges.ends.reshape(-1, 2) - corner) * per_degree).reshape(-1)
    tiles = _tiles(ends, wide, high)
    pixels = np.full((1 << 2 * (tiles & LEVEL_MASK)).sum(), OUTSIDE, np.int32)
    canvas = painting.Canvas(
        MARGIN,
        FINE,
        LEVEL_BITS,
        wide,
        tiles,
        pixels,
        ends,
        edges.sides,
        edges.of_cell,
        edges.cell_start,
    )
    records, rim = _fill(canvas)
    west, south = corner.tolist()
    per_lon, per_lat = per_degree.tolist()
    arrays = tiles, pixels, edges.ends, edges.sides, records
    for array in arrays:
        array.flags.writeable = False
    raster = Raster(west, south, per_lon, per_lat, wide, high, *arrays)
    return raster, np.flatnonzero(rim).astype(np.int32)


def _frame(bounds: Floats) -> tuple[Floats, Floats, int, int]:
    """Return the corner (degrees), finest pixels in a degree, and tiles east and north."""
    low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    side = CELLS_IN_TILE * np.median(bounds[:, 2:] - bounds[:, :2], axis=0)
    while np.prod(np.ceil((high - low) / side) + 3) > MOST_TILES:
        side *= 1.5
    # A tile and a half all round: no rounding puts a cell off the raster, and nothing touches the
    # first tile, which `lookup.seek` takes for all that is off.
    wide, tall = (np.ceil((high - low) / side) + 3).astype(int).tolist()
    return low - 1.5 * side, FINE / side, wide, tall


def _tiles(ends: Floats, wide: int, high: int) -> Longs:
    lengths = np.zeros(wide * high)
    compiled(painting.measure, (painting.reach,))(ends, FINE, wide, lengths)
    wanted = np.maximum(PIXELS_A_LENGTH * lengths / FINE, 1.0)
    levels = np.minimum(np.ceil(np.log2(wanted)), LEVELS).astype(np.int64)
    while (1 << 2 * levels).sum() > max(MOST_PIXELS, len(levels)):
        levels = np.maximum(levels - 1, 0)
    counts: Longs = 1 << 2 * levels
    return ((np.cumsum(counts) - counts) << LEVEL_BITS) | levels


def _fill(canvas: painting.Canvas) -> tuple[Ids, Flags]:
    """Fill the canvas's pixels; return the records and which cells are on the rim."""
    touch = compiled(painting.touch, painting.TOUCH_PARTS)
    none = np.empty(0, np.int32)
    count = touch(canvas, painting.Touches(none, none))
    if count + len(canvas.ends) // 4 >= np.iinfo(np.int32).max:
        raise GridInvalid("The grid has more edges than one index can hold; divide it.")
    touches = painting.Touches(np.empty(count, np.int32), np.empty(count, np.int32))
    touch(canvas, touches)
    under = _paint(canvas, touches)
    rim = np.zeros(len(canvas.cell_start) - 1, np.bool_)
    several = np.empty((count // 2 + len(under.pixel), 3), np.int64)
    classify = compiled(recording.classify, recording.CLASSIFY_PARTS)
    several = several[: classify(canvas, touches, under, several, rim)]
    record = compiled(recording.record, recording.RECORD_PARTS)
    records, needed = none, USUAL_RECORD * len(several)
    while len(records) < needed:
        records = np.empty(needed, np.int32)
        needed = record(canvas, touches, under, several, records, rim)
    if needed + len(canvas.ends) // 4 >= np.iinfo(np.int32).max:
        raise GridInvalid("The grid has more edges than one index can hold; divide it.")
    records.resize(needed, refcheck=False)
    return records, rim


def _paint(canvas: painting.Canvas, touches: painting.Touches) -> painting.Under:
    """Paint all cells; return where cells overlap, by pixel and then by cell."""
    paint = compiled(painting.paint, painting.PAINT_PARTS)
    needed, room = 1, 0
    while needed > room:
        room = needed
        under = painting.Under(
            np.empty(room, np.int64), np.empty(room, np.int64), np.zeros(1, np.int64)
        )
        paint(canvas, touches, under)
        needed = int(under.found[0])
    pixel, cell = under.pixel[:needed], under.cell[:needed]
    order = np.lexsort([cell, pixel])
    return painting.Under(pixel[order], cell[order], under.found)
