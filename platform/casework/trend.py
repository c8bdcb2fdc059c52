"""How many cases were reported and how many closed in each hour or on each day?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, DateTime, and_, cast, func, literal, select, union_all

from wanmi.platform.casework.case_filters import C, CaseFilter, conditions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from wanmi.platform.organisation.permits import Viewer

_EDGES = ARRAY(DateTime(timezone=True))


def trend(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    edges: Sequence[datetime],
) -> list[tuple[int, int]]:
    """Return (reported, closed) for each bin, empty ones included, in one statement.

    Args:
        connection: to read with.
        asked: the filter; a caller who wants all that was closed leaves `status` and `overdue`
            out. Its period holds for receipt and, for what was closed, for the time of closing.
        viewer: whose eyes.
        now: what overdue is measured at.
        edges: where each bin begins, and where the last one ends (`periods.bins_of`).
    """
    counts = [[0, 0] for _ in edges[:-1]]
    for row in connection.execute(statement(asked, viewer, now, edges)):
        counts[row.bin - 1] = [int(row.reported), int(row.closed)]
    return [(reported, closed) for reported, closed in counts]


def statement(
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    edges: Sequence[datetime],
) -> Select[tuple[int, int, int]]:
    """Return the statement of `trend`: bins from 1 on, those without a case left out."""
    reported = _binned(C.received_at, edges, reported=1).where(*conditions(asked, viewer, now))
    whenever = replace(asked, since=None, until=None)
    ended = _binned(C.ended_at, edges, closed=1).where(
        C.state_type == "closed",
        *conditions(whenever, viewer, now),
    )
    if asked.since is not None:
        ended = ended.where(C.ended_at >= asked.since)
    if asked.until is not None:
        ended = ended.where(C.ended_at < asked.until)
    both = union_all(reported, ended).subquery("both")
    return select(
        both.c.bin,
        func.sum(both.c.reported).label("reported"),
        func.sum(both.c.closed).label("closed"),
    ).group_by(both.c.bin)


def _binned(
    moment: ColumnElement[datetime],
    edges: Sequence[datetime],
    *,
    reported: int = 0,
    closed: int = 0,
) -> Select[tuple[int, int, int]]:
    # Counted before the two are put together: a bin has one row of each.
    number = func.width_bucket(moment, cast(literal(list(edges), _EDGES), _EDGES)).label("bin")
    cases = func.count()
    return (
        select(
            number,
            (cases * reported).label("reported"),
            (cases * closed).label("closed"),
        )
        .where(and_(moment >= edges[0], moment < edges[-1]))
        .group_by(number)
    )
