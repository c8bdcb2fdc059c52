"""Are these cells ones that an index can be made of?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from wanmi.gis.errors import CodeInvalid, GridInvalid
from wanmi.gis.points import LAT_LIMIT, LON_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_CODE = re.compile(r"[0-9]{15}")
_POLYGON, _MULTIPOLYGON = 3, 6  # GEOS's numbers of the types


def checked(
    cells: Sequence[Any] | NDArray[np.object_], codes: Sequence[str] | NDArray[np.str_]
) -> tuple[NDArray[np.object_], NDArray[np.str_]]:
    """Return the shapes and their codes by ascending code, or refuse them."""
    shapes, names = np.asarray(cells, dtype=np.object_), np.asarray(codes, dtype=np.str_)
    if len(shapes) == 0:
        raise GridInvalid("A grid without cells has no index; load its cells first.")
    if len(shapes) != len(names):
        raise GridInvalid(f"{len(shapes)} cells, but {len(names)} codes.")
    for name in names.tolist():
        if _CODE.fullmatch(name) is None:
            raise CodeInvalid(f"{name!r} is no cell code of 15 digits.")
    order = np.argsort(names, kind="stable")
    shapes, names = shapes[order], names[order]
    twice = names[1:][names[1:] == names[:-1]]
    if len(twice):
        raise GridInvalid(f"Two cells have the code {twice[0]}.")
    bounds = shapely.bounds(shapes)
    limits = np.array([-LON_LIMIT, -LAT_LIMIT, LON_LIMIT, LAT_LIMIT])
    complaints = (
        (~np.isin(shapely.get_type_id(shapes), (_POLYGON, _MULTIPOLYGON)), "is no polygon"),
        (shapely.is_empty(shapes), "is empty"),
        (~shapely.is_valid(shapes), "crosses or overlaps itself; `wanmi grid check` shows where"),
        (
            ~((bounds[:, :2] >= limits[:2]) & (bounds[:, 2:] <= limits[2:])).all(axis=1),
            "is not in degrees of longitude and latitude",
        ),
    )
    for wrong, complaint in complaints:
        if wrong.any():
            raise GridInvalid(f"Cell {names[wrong][0]} {complaint}.")
    return shapes, names
