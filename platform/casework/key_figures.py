"""How many cases stand at which point of the chain, how many are late, what has today brought?

What is open and what today has brought is few, and counted from indexes of just that. How many
have ever ended is many: the counters of the process know it, or else an index is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
_CLOSED_TODAY: Mapping[str, tuple[ColumnElement[bool], ...]] = {
    "closed_today": (),
    "closed_today_limited": (C.due_at.is_not(None),),
    "closed_today_in_time": (C.ended_at <= C.due_at,),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """Who knows how many have ended: the counters, and the one state of each type that ends."""

    tally: Tally
    states: Mapping[str, str]


def key_figures(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    today: datetime,
    ended: Ended | None = None,
) -> dict[str, Any]:
    """Return the figures of all cases that the filter means.

    Args:
        connection: to read with; outside transactions when `ended` is given.
        asked: the filter; a caller who wants the whole chain leaves `status` and `overdue` out.
        viewer: whose eyes.
        now: what overdue is measured at.
        today: the moment at which the city's day began.
        ended: how many have ended, when the counters can tell.

    Returns:
        `all`; `open`, `closed`, `void`; `overdue` (open, past the due time of their stage);
        `states` (by name, those without a case left out); `reported_today` (received since
        `today`), `closed_today` (closed since then, whenever received); of these
        `closed_today_limited` had a handling limit, and `closed_today_in_time` were closed before
        it ran out. Their share is the rate of cases closed in time (按期结案率: 按期结案数 over
        结案数, as a shift leader is judged by; standards.md 4.2, 4.3).
    """
    known = _ended(connection, asked, viewer, ended)
    meant = conditions(asked, viewer, now)
    parts = [
        _by_state("open", now, *meant, C.state_type == "open"),
        _number("reported_today", *meant, C.received_at >= today),
        *(
            _number(name, *meant, C.state_type == "closed", C.ended_at >= today, *which)
            for name, which in _CLOSED_TODAY.items()
        ),
    ]
    if known is None:
        parts.append(_by_state("ended", None, *meant, C.state_type.in_(ENDED)))
    rows = connection.execute(union_all(*parts)).all()
    states = {row.state: row.cases for row in rows if row.state}
    types = dict.fromkeys(STATE_TYPES, 0)
    for row in rows:
        if row.state:
            types[row.state_type] += row.cases
    for state, (kind, cases) in (known or {}).items():
        types[kind] += cases
        states |= {state: cases} if cases else {}
    numbers = {row.part: row.cases for row in rows if not row.state}
    return {
        "all": sum(types.values()),
        **types,
        "overdue": sum(row.overdue for row in rows if row.part == "open"),
        "reported_today": numbers["reported_today"],
        **{name: numbers[name] for name in _CLOSED_TODAY},
        "states": states,
    }


def _ended(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    ended: Ended | None,
) -> dict[str, tuple[str, int]] | None:
    """Return type and number of cases by state, or None when the counters cannot tell."""
    if ended is None or set(ended.states) != set(ENDED) or not counts_tell(asked, viewer, PLACES):
        return None
    found = ended.tally.by(connection, "state_type", counters_of(asked, viewer))
    return {name: (kind, found.get(kind, 0)) for kind, name in ended.states.items()}


def _by_state(part: str, now: datetime | None, *meant: ColumnElement[bool]) -> Select[Any]:
    late = func.count() if now is None else func.count().filter(C.stage_due_at < now)
    found: Select[Any] = select(
        literal(part).label("part"),
        C.state,
        C.state_type,
        func.count().label("cases"),
        late.label("overdue"),
    )
    return found.where(*meant).group_by(C.state, C.state_type)


def _number(part: str, *meant: ColumnElement[bool]) -> Select[Any]:
    # Columns as those of `_by_state`, so that one statement holds both.
    columns: list[Any] = [
        literal(part).label("part"),
        null().label("state"),
        null().label("state_type"),
        func.count().label("cases"),
        literal(0).label("overdue"),
    ]
    return select(*columns).where(*meant)


def whole_chain(asked: CaseFilter) -> CaseFilter:
    """Return the filter without what would hide a part of the chain."""
    return replace(asked, status=None, overdue=None)
