"""How do many shapes come out of the database, and go back, without an object a row?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from sqlalchemy import LargeBinary, func

from wanmi.gis.schema import SRID

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from sqlalchemy import ColumnElement


def wkb(column: ColumnElement[object]) -> ColumnElement[bytes]:
    """Return the expression that selects a shape as WKB."""
    return func.ST_AsBinary(column, type_=LargeBinary)


def shapes_of(values: Iterable[bytes | None]) -> npt.NDArray[np.object_]:
    """Return shapely geometries (None where there is none) of what `wkb` selected."""
    raw = [None if value is None else bytes(value) for value in values]
    return np.asarray(shapely.from_wkb(np.array(raw, dtype=object)), dtype=object)


def ewkb_hex(shapes: Iterable[object]) -> list[str | None]:
    """Return shapes (or None) as PostGIS reads them from text: EWKB in hexadecimal, EPSG:4490."""
    array = shapely.set_srid(np.array(list(shapes), dtype=object), SRID)
    texts: list[str | None] = shapely.to_wkb(array, hex=True, include_srid=True).tolist()
    return texts
