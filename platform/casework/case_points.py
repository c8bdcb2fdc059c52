"""Where are the cases that a filter means, with just what a map and a list beside it show?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case as either
from sqlalchemy import func, select

from wanmi.platform.casework.case_filters import C, CaseFilter, conditions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Select, UnaryExpression

    from wanmi.platform.organisation.permits import Viewer

_SHOWN = (
    C.number,
    func.ST_X(C.shape).label("lon"),
    func.ST_Y(C.shape).label("lat"),
    C.class_code,
    C.condition_code,
    C.state,
    C.state_type,
    C.unit_code,
    C.suggested_unit,
    C.street_name,
    C.cell_code,
    C.priority,
    C.received_at,
    C.moved_at,
    C.stage_due_at,
    C.due_at,
    C.ended_at,
)

MOST_POINTS = 2000
"""The most rows that are asked for at once."""

TILE_LIMIT = 5_000
"""The most cases in one tile; of more, the newest."""


ORDERS: Mapping[str, tuple[UnaryExpression[Any], ...]] = {
    "new": (C.received_at.desc(), C.id.desc()),
    "due": (C.stage_due_at.asc().nulls_last(), C.received_at.asc(), C.id.asc()),
}
"""Newest receipt first; or what has to be done first, at the end what no clock runs for."""


@dataclass(frozen=True, slots=True)
class Points:
    """The first cases of an order as rows, and whether there are more than those."""

    cases: list[dict[str, Any]]
    more: bool


def case_points(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    *,
    limit: int,
    order: str = "new",
) -> Points:
    """Return up to `limit` cases in one of the `ORDERS`; `lon`, `lat` are CGCS2000 degrees."""
    query = select(*_SHOWN).where(*conditions(asked, viewer, now))
    query = query.order_by(*ORDERS[order]).limit(limit + 1)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return Points(rows[:limit], len(rows) > limit)


def tile_rows(asked: CaseFilter, viewer: Viewer, now: datetime) -> Select[Any]:
    """Return the select that `gis.tiles.tile` encodes: cases with plain attributes, newest first.

    `overdue` is told for open cases only; the others have been decided.
    """
    return (
        select(
            C.number,
            C.class_code,
            C.state,
            C.state_type,
            func.coalesce(C.unit_code, C.suggested_unit).label("unit_code"),
            C.cell_code,
            C.priority,
            either((C.state_type == "open", C.stage_due_at < now)).label("overdue"),
            C.shape,
        )
        .where(*conditions(asked, viewer, now))
        .order_by(C.received_at.desc(), C.id.desc())
    )
