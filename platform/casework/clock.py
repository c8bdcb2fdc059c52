"""How long has a clock of a case run, when is it due, and is it late?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from wanmi.platform.casework.ledger import Phase, count
from wanmi.platform.kernel.limits import Due, Limit
from wanmi.platform.kernel.moments import require_aware

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from wanmi.platform.casework.ledger import Count, Entry
    from wanmi.platform.kernel.working_calendar import WorkCalendar

WARN_PERCENT = 80
"""The share of the limit from which on a clock is yellow, when nothing else is said."""


class Light(StrEnum):
    """How a clock stands against its limit."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock as it stands at a moment.

    Attributes:
        limit: the whole allowance, extensions included; None when the clock only counts.
        spent: how much of it has run, in the limit's unit; None without a limit.
        warn_at, due: when it turns yellow and when the allowance has run out. None without a limit,
            and while the clock is paused before that moment. A stopped clock tells when they
            were or would have been.
        overdue: it runs, or was stopped or paused, after `due`.
    """

    clock: str
    phase: Phase
    limit: Limit | None = None
    spent: float | None = None
    warn_at: datetime | None = None
    due: Due | None = None
    overdue: bool = False
    light: Light = Light.GREEN


def due(entries: Sequence[Entry], clock: str, calendar: WorkCalendar) -> Due | None:
    """Return when the allowance of `clock` has run out; see `Reading.due`."""
    return due_of(count(entries, clock), calendar)


def due_of(found: Count, calendar: WorkCalendar) -> Due | None:
    """Return when the allowance of a clock that is counted already has run out."""
    return _reach(found, _allowed(found, calendar), calendar) if found.limits else None


def spent(
    entries: Sequence[Entry],
    clock: str,
    now: datetime,
    calendar: WorkCalendar,
) -> float | None:
    """Return how long `clock` has run since its last start, in its limit's unit."""
    return read(entries, clock, now, calendar).spent


def read(
    entries: Sequence[Entry],
    clock: str,
    now: datetime,
    calendar: WorkCalendar,
    warn_percent: int = WARN_PERCENT,
) -> Reading:
    """Return how `clock` stands at `now`; entries after `now` are not looked at.

    Raises:
        Invalid: the ledger contradicts itself, or a moment has no zone.
    """
    require_aware(now)
    found = count(entries, clock, now)
    if not found.limits:
        return Reading(clock, found.phase)
    allowed = _allowed(found, calendar)
    unit = found.limits[0].unit
    used = sum(calendar.ticks_between(run.start, run.end or now, unit) for run in found.runs)
    ends = _reach(found, allowed, calendar)
    warns = _reach(found, -(-allowed * warn_percent // 100), calendar)
    until = found.runs[-1].end or now
    overdue = ends is not None and until > ends.moment
    warned = warns is not None and until >= warns.moment
    amount = sum(limit.amount for limit in found.limits)
    return Reading(
        clock=clock,
        phase=found.phase,
        limit=Limit(amount, unit),
        spent=amount * used / allowed,
        warn_at=warns.moment if warns else None,
        due=ends,
        overdue=overdue,
        light=Light.RED if overdue else Light.YELLOW if warned else Light.GREEN,
    )


def _allowed(found: Count, calendar: WorkCalendar) -> int:
    return sum(calendar.ticks(limit) for limit in found.limits)


def _reach(found: Count, ticks: int, calendar: WorkCalendar) -> Due | None:
    """Find the moment at which the runs together have used `ticks` (above 0)."""
    unit, rest, provisional = found.limits[0].unit, ticks, False
    for run in found.runs:
        is_last = run is found.runs[-1]
        passed = calendar.ticks_between(run.start, run.end, unit) if run.end else 0
        if passed >= rest or (is_last and found.phase is not Phase.PAUSED):
            end = calendar.after(run.start, rest, unit)
            return Due(end.moment, provisional or end.provisional)
        if run.end:
            provisional = provisional or calendar.is_provisional(run.start, run.end, unit)
        rest -= passed
    return None
