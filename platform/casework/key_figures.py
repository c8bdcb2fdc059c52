"""How many cases stand at which point of the chain, how many are late, what has today brought?

What is open and what today has brought is few, and counted from indexes of just that. How many
have ever ended is many: the counters of the process know it, or else an index is counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, null, select, union_all

from wanmi.platform.casework.case_filters import STATE_TYPES, C, CaseFilter, conditions
from wanmi.platform.casework.density import counters_of, counts_tell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from wanmi.platform.casework.tally import Tally
    from wanmi.platform.organisation.permits import Viewer

ENDED = ("closed", "void")
PLACES = {"cell", "street"}


def key_figures(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    today: datetime,
    *,
    tally: Tally | None = None,
    ended_states: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the figures of all cases that the filter means.

    Args:
        connection: to read with; with a `tally` outside transactions.
        asked: the filter; a caller who wants the whole chain leaves `status` and `overdue` out.
        viewer: whose eyes.
        now: what overdue is measured at.
        today: the moment at which the city's day began.
        tally: the counters of this process, for how many have ended.
        ended_states: the state's name by type (`closed`, `void`), where a type has one state only.

    Returns:
        `all`; `open`, `closed`, `void`; `overdue` (open, past the due time of their stage);
        `states` (by name, those without a case left out); `reported_today` (received since
        `today`), `closed_today` (closed since then, whenever received).
    """
    kept = ended_states or {}
    counted = tally is not None and set(kept) == set(ENDED) and counts_tell(asked, viewer, PLACES)
    meant = conditions(asked, viewer, now)
    parts = [
        _by_state("open", now, *meant, C.state_type == "open"),
        _number("reported_today", *meant, C.received_at >= today),
        _number("closed_today", *meant, C.state_type == "closed", C.ended_at >= today),
    ]
    if not counted:
        parts.append(_by_state("ended", None, *meant, C.state_type.in_(ENDED)))
    rows = connection.execute(union_all(*parts)).all()
    states = {row.state: row.cases for row in rows if row.state}
    types = dict.fromkeys(STATE_TYPES, 0)
    for row in rows:
        if row.state:
            types[row.state_type] += row.cases
    if tally is not None and counted:
        known = tally.by(connection, "state_type", counters_of(asked, viewer))
        for kind in ENDED:
            types[kind] = known.get(kind, 0)
            states |= {kept[kind]: types[kind]} if types[kind] else {}
    numbers = {row.part: row.cases for row in rows if not row.state}
    return {
        "all": sum(types.values()),
        **types,
        "overdue": sum(row.overdue for row in rows if row.part == "open"),
        "reported_today": numbers["reported_today"],
        "closed_today": numbers["closed_today"],
        "states": states,
    }


def _by_state(part: str, now: datetime | None, *meant: ColumnElement[bool]) -> Select[Any]:
    late = func.count() if now is None else func.count().filter(C.stage_due_at < now)
    return (
        select(
            literal(part).label("part"),
            C.state,
            C.state_type,
            func.count().label("cases"),
            late.label("overdue"),
        )
        .where(*meant)
        .group_by(C.state, C.state_type)
    )


def _number(part: str, *meant: ColumnElement[bool]) -> Select[Any]:
    empty = null().label("state"), null().label("state_type")
    return select(
        literal(part).label("part"),
        *empty,
        func.count().label("cases"),
        literal(0).label("overdue"),
    ).where(*meant)


def whole_chain(asked: CaseFilter) -> CaseFilter:
    """Return the filter without what would hide a part of the chain."""
    return replace(asked, status=None, overdue=None)
