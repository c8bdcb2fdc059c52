"""What has a period brought, for components and for matters, and what did the one before it?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from wanmi.platform.casework.case_filters import C, CaseFilter, conditions, stated

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from wanmi.platform.casework.periods import Period
    from wanmi.platform.organisation.permits import Viewer

COMPONENTS_END = "06"
"""Majors 01 to 05 mirror the components (GB/T 47678.5-2026), and a case with a component has one of
them; from 06 on they are matters."""

FIGURES = ("reported", "reported_before", "closed", "closed_before", "open", "overdue")


def compared_figures(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    period: Period,
    before: Period,
) -> dict[str, dict[str, int]]:
    """Return the figures of `components`, of `matters` and of `all`, in one statement.

    The filter's state does not count here: what a period brought is asked of every case.

    Returns:
        for each: `reported` (received in the period), `closed` (closed in it, whenever received),
        both also for the period before; `open` and `overdue` now, of the cases received in the
        filter's time.
    """
    of_component = C.class_code < COMPONENTS_END
    anywhen = replace(asked, status=None, overdue=None, since=None, until=None)
    received = and_(
        C.state_type == "open",
        *stated(CaseFilter(since=asked.since, until=asked.until), now),
    )
    counts = {
        "reported": _in(C.received_at, period),
        "reported_before": _in(C.received_at, before),
        "closed": and_(C.state_type == "closed", _in(C.ended_at, period)),
        "closed_before": and_(C.state_type == "closed", _in(C.ended_at, before)),
        "open": received,
        "overdue": and_(received, C.stage_due_at < now),
    }
    query = (
        select(
            of_component.label("of_component"),
            *(func.count().filter(what).label(name) for name, what in counts.items()),
        )
        .where(*conditions(anywhen, viewer, now), or_(*counts.values()))
        .group_by(of_component)
    )
    found = {row["of_component"]: row for row in connection.execute(query).mappings()}
    parts = {
        part: {name: found[key][name] if key in found else 0 for name in FIGURES}
        for part, key in (("components", True), ("matters", False))
    }
    whole = {name: sum(part[name] for part in parts.values()) for name in FIGURES}
    return {"all": whole, **parts}


def _in(moment: ColumnElement[datetime], period: Period) -> ColumnElement[bool]:
    return and_(moment >= period.since, moment < period.until)
