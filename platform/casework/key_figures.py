"""How many cases stand at which point of the chain, how many are late, what has today brought?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from wanmi.platform.casework.case_filters import STATE_TYPES, C, CaseFilter, conditions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from wanmi.platform.organisation.permits import Viewer


def key_figures(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    today: datetime,
) -> dict[str, Any]:
    """Return the figures of all cases that the filter means, in one statement.

    Args:
        connection: to read with.
        asked: the filter; a caller who wants the whole chain leaves `status` and `overdue` out.
        viewer: whose eyes.
        now: what overdue is measured at.
        today: the moment at which the city's day began.

    Returns:
        `all`; `open`, `closed`, `void`; `overdue` (open, past the due time of their stage);
        `states` (by name, those without a case left out); `reported_today` (received since
        `today`), `closed_today` (closed since then, whenever received).
    """
    late = and_(C.state_type == "open", C.stage_due_at < now)
    closed_today = and_(C.state_type == "closed", C.ended_at >= today)
    rows = connection.execute(
        select(
            C.state,
            C.state_type,
            func.count().label("cases"),
            func.count().filter(late).label("overdue"),
            func.count().filter(C.received_at >= today).label("reported_today"),
            func.count().filter(closed_today).label("closed_today"),
        )
        .where(*conditions(asked, viewer, now))
        .group_by(C.state, C.state_type),
    ).all()
    return {
        "all": sum(row.cases for row in rows),
        **{kind: sum(r.cases for r in rows if r.state_type == kind) for kind in STATE_TYPES},
        "overdue": sum(row.overdue for row in rows),
        "reported_today": sum(row.reported_today for row in rows),
        "closed_today": sum(row.closed_today for row in rows),
        "states": {row.state: row.cases for row in rows},
    }


def whole_chain(asked: CaseFilter) -> CaseFilter:
    """Return the filter without what would hide a part of the chain."""
    return replace(asked, status=None, overdue=None)
