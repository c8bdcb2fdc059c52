"""Which cell covers one point, without a kernel?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanmi.gis.lookup import (
    FINE,
    INSIDE,
    LEVEL_BITS,
    LEVEL_MASK,
    LEVELS,
    OUTSIDE,
    UNDECIDED,
    beside_edge,
    in_record,
    quick_side,
)
from wanmi.gis.orientation import exact_side

if TYPE_CHECKING:
    from collections.abc import Callable

    from wanmi.gis.lookup import Raster


def sure_side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Return LEFT, ON or RIGHT, quickly where that is possible."""
    side = quick_side(ax, ay, bx, by, px, py)
    return exact_side(ax, ay, bx, by, px, py) if side == UNDECIDED else side


def finder(raster: Raster) -> Callable[[float, float], int]:
    """Return the function that finds the cell of one point (degrees), OUTSIDE if there is none."""
    # A memory view gives plain numbers, several times faster than an array does.
    west, south, per_lon, per_lat, wide, high, *arrays = raster
    tiles, pixels, ends, sides, records = (memoryview(array) for array in arrays)
    columns, rows, edges = wide * FINE, high * FINE, len(ends) // 4

    def settle(value: int, lon: float, lat: float) -> int:
        e = OUTSIDE - 1 - value
        if e >= edges:
            return in_record(e - edges, lon, lat, ends, records, sure_side)
        ax, ay, bx, by = ends[4 * e : 4 * e + 4]
        side = sure_side(ax, ay, bx, by, lon, lat)
        return beside_edge(side, sides[2 * e], sides[2 * e + 1])

    def find(lon: float, lat: float) -> int:
        u, v = (lon - west) * per_lon, (lat - south) * per_lat
        if not (0.0 <= u < columns and 0.0 <= v < rows):
            return OUTSIDE
        col, row = int(u), int(v)
        tile = tiles[(row >> LEVELS) * wide + (col >> LEVELS)]
        level = tile & LEVEL_MASK
        coarse = LEVELS - level
        local = (((row & INSIDE) >> coarse) << level) + ((col & INSIDE) >> coarse)
        value: int = pixels[(tile >> LEVEL_BITS) + local]
        return value if value >= OUTSIDE else settle(value, lon, lat)

    return find
