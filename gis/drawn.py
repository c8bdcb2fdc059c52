"""What do maps draw of the city's layers: shapes with a name, a kind, a grade?

Selects only, to which a viewer's filter may be added; `read_drawn` runs one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import LargeBinary, func, select, type_coerce

from wanmi.gis import tables

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select

    from wanmi.gis.schema import Base

DRAWN: dict[str, tuple[type[Base], tuple[str, ...]]] = {
    "cells": (tables.Cell, ("code",)),
    "zones": (tables.Zone, ("code", "name", "kind", "unit_code")),
    "streets": (tables.Street, ("code", "name", "grade", "programme", "bridge", "unit_code")),
    "parks": (tables.Park, ("code", "name", "kind", "unit_code")),
    "areas": (tables.Area, ("code", "name", "kind", "hours", "unit_code")),
    "schools": (tables.School, ("code", "name", "kind", "unit_code")),
    "greening_points": (
        tables.GreeningPoint,
        ("code", "name", "kind", "programme", "state", "unit_code"),
    ),
    "inspection_routes": (
        tables.InspectionRoute,
        ("code", "name", "programme", "stops", "unit_code"),
    ),
}
"""Layer → its table and the columns that travel with each shape."""

SHAPE = "shape_wkb"


@dataclass(frozen=True, slots=True)
class DrawnRows:
    """Rows of a layer by code, and their shapes in EPSG:4490 degrees, longitude first."""

    rows: tuple[dict[str, Any], ...]
    shapes: NDArray[np.object_]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)


def drawn_rows(name: str) -> Select[Any]:
    """Return the select of a layer's rows that have a shape, by code; of cells the current ones.

    Raises:
        KeyError: there is no such layer.
    """
    model, columns = DRAWN[name]
    table = model.__table__
    shape = type_coerce(func.ST_AsBinary(table.c.shape), LargeBinary).label(SHAPE)
    rows = select(shape, *(table.c[column] for column in columns)).where(
        table.c.shape.is_not(None),
        func.ST_IsEmpty(table.c.shape).is_(False),
    )
    if name == "cells":
        rows = rows.where(table.c.valid_to.is_(None))
    return rows.order_by(table.c.code)


def read_drawn(connection: Connection, rows: Select[Any]) -> DrawnRows:
    """Return what `drawn_rows`, perhaps narrowed, finds."""
    found = [dict(row) for row in connection.execute(rows).mappings()]
    shapes = shapely.from_wkb([bytes(row.pop(SHAPE)) for row in found])
    return DrawnRows(tuple(found), np.asarray(shapes, dtype=object))
