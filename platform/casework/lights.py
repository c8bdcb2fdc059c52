"""When does the running stage of a case begin to be short of time?

For lists and maps, from the case's row alone; the ledger (`clock.read`) says the same of a stage
that has run without a pause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from wanmi.platform.casework.office import Office
    from wanmi.platform.kernel.limits import Limit


def warn_at(office: Office, case: Mapping[str, Any]) -> datetime | None:
    """Return when an open case turns yellow: the clock's share of its limit has run.

    Args:
        office: the tables, and the calendar that counts.
        case: its columns `state`, `class_code`, `condition_code`, `moved_at` (when the stage
            began) and `stage_due_at`.

    Returns:
        The moment, never after `stage_due_at`; None for a case that no clock runs for.
    """
    due: datetime | None = case["stage_due_at"]
    state = office.workflow.states.get(case["state"])
    if due is None or state is None:
        return None
    calendar = office.calendar
    moments: list[datetime] = [due]
    for limit, percent in _limits(office, case, state.clocks):
        ticks = -(-calendar.ticks(limit) * percent // 100)
        moments.append(calendar.after(case["moved_at"], ticks, limit.unit).moment)
    return min(moments)


def _limits(
    office: Office,
    case: Mapping[str, Any],
    clocks: frozenset[str],
) -> Iterator[tuple[Limit, int]]:
    """Yield the limit and the warning share of each clock that runs."""
    for name in clocks:
        rule = office.clocks[name]
        limit = rule.limit or _chosen(office, case)
        if limit is not None:
            yield limit, rule.warn_percent


def _chosen(office: Office, case: Mapping[str, Any]) -> Limit | None:
    # Not `catalogue.condition`: a case may have been filed under one that was withdrawn since.
    offered = office.catalogue.conditions_of.get(case["class_code"], ())
    chosen = (each.limit for each in offered if each.code == case["condition_code"])
    return next(chosen, None)
