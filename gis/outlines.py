"""What is the outline of a zone? The union of its current cells, derived anew when those change."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import shapely
from geoalchemy2 import Geometry
from sqlalchemy import Column, and_, select, update

from wanmi.gis.schema import SRID, Code, table_of
from wanmi.gis.staging import copy_rows, temporary
from wanmi.gis.tables import Cell, Zone, ZoneCell
from wanmi.gis.wkb import ewkb_hex, shapes_of, wkb

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy import Connection

_zones, _members, _cells = (table_of(model) for model in (Zone, ZoneCell, Cell))


def derive_outlines(connection: Connection, zones: Collection[str] | None = None) -> int:
    """Set the outlines of `zones` (None: of all) from their cells; returns how many changed.

    A zone without current cells has no outline.
    """
    asked = (
        select(_zones.c.code, wkb(_cells.c.shape))
        .outerjoin_from(_zones, _members, _members.c.zone_code == _zones.c.code)
        .outerjoin(
            _cells,
            and_(_cells.c.code == _members.c.cell_code, _cells.c.valid_to.is_(None)),
        )
        .order_by(_zones.c.code)
    )
    if zones is not None:
        asked = asked.where(_zones.c.code.in_(zones))
    rows = connection.execute(asked).all()
    outlines = [
        (code, union_of(shapes_of(value for _, value in group if value is not None)))
        for code, group in groupby(rows, key=itemgetter(0))
    ]
    columns = Column("code", Code), Column("shape", Geometry("MULTIPOLYGON", srid=SRID))
    with temporary(connection, "staged_outlines", *columns) as stage:
        shapes = ewkb_hex(shape for _, shape in outlines)
        copy_rows(connection, stage, zip((code for code, _ in outlines), shapes, strict=True))
        return connection.execute(
            update(_zones)
            .where(_zones.c.code == stage.c.code, _zones.c.shape.is_distinct_from(stage.c.shape))
            .values(shape=stage.c.shape),
        ).rowcount


def union_of(cells: npt.NDArray[np.object_]) -> BaseGeometry | None:
    """Return the union of cells in one canonical form, or None when there are none."""
    if not len(cells):
        return None
    # Quick, and right when neighbours share their corners; otherwise the slow way.
    whole = shapely.coverage_union_all(cells)
    if not shapely.is_valid(whole):
        whole = shapely.union_all(cells)
    parts = shapely.get_parts(whole)
    return shapely.MultiPolygon(list(parts)).normalize()
