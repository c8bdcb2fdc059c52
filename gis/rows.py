"""Which number does each cell of a community get?

Rows of equal height from the north, each row from west to east (standards.md 1.4: the sequence
runs inside one community from west to east and from north to south).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from wanmi.gis.errors import CodeInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import Polygon

ROW_HEIGHT_M = 100.0
MOST_CELLS = 999
_COMMUNITY_DIGITS = 12


def order_in_rows(
    middles: NDArray[np.float64],
    row_height_m: float = ROW_HEIGHT_M,
) -> NDArray[np.int64]:
    """Return the positions of `middles` in reading order: rows from the north, west to east.

    Args:
        middles: (n, 2) points in a metric plane, east first.
        row_height_m: height of a row; the first row begins at the northernmost point.
    """
    if not len(middles):
        return np.empty(0, dtype=np.int64)
    east, north = middles[:, 0], middles[:, 1]
    row = np.floor((north.max() - north) / row_height_m).astype(np.int64)
    return np.lexsort((-north, east, row))


def number_cells(
    cells: Sequence[Polygon],
    communities: Sequence[str],
    row_height_m: float = ROW_HEIGHT_M,
) -> list[str]:
    """Return the 15-digit code of each cell: its community's 12 digits and a sequence of 3.

    Args:
        cells: outlines in a metric plane.
        communities: code of each cell's community, 12 digits.
        row_height_m: height of a row.

    Raises:
        CodeInvalid: a community code without 12 digits, or a community of more than 999 cells.
    """
    wrong = [c for c in communities if len(c) != _COMMUNITY_DIGITS or not c.isdecimal()]
    if wrong:
        raise CodeInvalid(f"{wrong[0]!r} is no community code; it must have 12 digits.")
    middles = shapely.get_coordinates(shapely.centroid(np.asarray(cells, dtype=object)))
    owner = np.asarray(communities)
    codes = [""] * len(cells)
    for community in np.unique(owner):
        own = np.flatnonzero(owner == community)
        if len(own) > MOST_CELLS:
            raise CodeInvalid(
                f"Community {community} has {len(own)} cells; the code has room for {MOST_CELLS}. "
                "Ask for larger cells.",
            )
        for number, cell in enumerate(own[order_in_rows(middles[own], row_height_m)], start=1):
            codes[cell] = f"{community}{number:03d}"
    return codes
