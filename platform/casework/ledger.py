"""What has happened to the clocks of a case?

The ledger of a case is a list of entries in the order in which they were made. Nothing is stored
about a clock but its entries; every figure is computed from them with the working calendar, so a
replay gives the same. What an entry does to a clock is the table `_NEXT`; a new kind of entry is a
new row there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import Invalid
from wanmi.platform.kernel.moments import require_aware

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from wanmi.platform.kernel.limits import Limit


class Kind(StrEnum):
    """What an entry does to its clock."""

    START = "start"  # a new count from nothing, with a new limit
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"  # the same count goes on, after a pause or after a stop
    EXTEND = "extend"  # more allowance for the same count


class Phase(StrEnum):
    """What a clock is doing."""

    IDLE = "idle"  # it was never started
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


_NEXT: Mapping[tuple[Phase, Kind], Phase] = {
    (Phase.IDLE, Kind.START): Phase.RUNNING,
    (Phase.STOPPED, Kind.START): Phase.RUNNING,
    (Phase.RUNNING, Kind.PAUSE): Phase.PAUSED,
    (Phase.PAUSED, Kind.RESUME): Phase.RUNNING,
    (Phase.STOPPED, Kind.RESUME): Phase.RUNNING,
    (Phase.RUNNING, Kind.STOP): Phase.STOPPED,
    (Phase.PAUSED, Kind.STOP): Phase.STOPPED,
    (Phase.RUNNING, Kind.EXTEND): Phase.RUNNING,
    (Phase.PAUSED, Kind.EXTEND): Phase.PAUSED,
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a move does to one clock."""

    clock: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: what happened to which clock, when, and which rule allowed it.

    `limit` is the allowance of a start (None: the clock only counts) or of an extension. It is kept
    here, so that a limit changed in the tables later rewrites no history.
    """

    clock: str
    kind: Kind
    at: datetime
    rule: str
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A time in which a clock ran without a break; `end` is None while it still does."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Count:
    """One clock since its last start: what it is doing, when it ran, what it was allowed."""

    phase: Phase
    runs: tuple[Run, ...] = ()
    limits: tuple[Limit, ...] = ()


def enter(
    effects: Iterable[Effect],
    *,
    at: datetime,
    rule: str,
    limits: Mapping[str, Limit | None],
) -> tuple[Entry, ...]:
    """Return the ledger entries that a move's effects make at the moment `at`.

    Args:
        effects: what the move does to clocks.
        at: the moment of the move.
        rule: the move or rule that allows it, such as `move.dispatch`.
        limits: the allowance of each clock that is started or extended; one that is missing
            makes the clock count without a limit.

    Raises:
        Invalid: `at` has no zone.
    """
    require_aware(at)
    allowing = (Kind.START, Kind.EXTEND)
    return tuple(
        Entry(
            effect.clock,
            effect.kind,
            at,
            rule,
            limits.get(effect.clock) if effect.kind in allowing else None,
        )
        for effect in effects
    )


def count(entries: Sequence[Entry], clock: str, now: datetime | None = None) -> Count:
    """Return what the ledger says about `clock` since its last start, up to and including `now`.

    Raises:
        Invalid: an entry does not follow from the one before it, lies before it in time, has no
            zone, or extends without a limit or in another unit than the clock's.
    """
    return _count([entry for entry in entries if entry.clock == clock], clock, now)


def counts(entries: Iterable[Entry], now: datetime | None = None) -> dict[str, Count]:
    """Return what the ledger says about each of its clocks, in the order of their first entry.

    Raises:
        Invalid: as `count`.
    """
    by_clock: dict[str, list[Entry]] = {}
    for entry in entries:
        by_clock.setdefault(entry.clock, []).append(entry)
    return {clock: _count(own, clock, now) for clock, own in by_clock.items()}


def running(entries: Iterable[Entry], now: datetime) -> tuple[str, ...]:
    """Return the names of the clocks that run at `now`, in the order of their first entry."""
    found = counts(entries, now)
    return tuple(clock for clock, one in found.items() if one.phase is Phase.RUNNING)


def _count(own: Iterable[Entry], clock: str, now: datetime | None) -> Count:
    phase, runs, limits = Phase.IDLE, [], []  # type: Phase, list[Run], list[Limit]
    last: datetime | None = None
    for entry in own:
        require_aware(entry.at)
        if now is not None and entry.at > now:
            break
        following = _NEXT.get((phase, entry.kind))
        if following is None or (last is not None and entry.at < last):
            message = f"The ledger has {entry.kind} for the clock {clock}, which is {phase}, "
            raise Invalid(message + f"at {entry.at.isoformat()}; that does not follow.")
        if entry.kind is Kind.START:
            runs, limits = [], [entry.limit] if entry.limit else []
        if entry.kind is Kind.EXTEND:
            limits.append(_extension(entry, limits))
        if following is Phase.RUNNING and phase is not Phase.RUNNING:
            runs.append(Run(entry.at, None))
        if phase is Phase.RUNNING and following is not Phase.RUNNING:
            runs[-1] = Run(runs[-1].start, entry.at)
        phase, last = following, entry.at
    return Count(phase, tuple(runs), tuple(limits))


def _extension(entry: Entry, limits: Sequence[Limit]) -> Limit:
    if entry.limit is None or not limits or entry.limit.unit is not limits[0].unit:
        message = f"The clock {entry.clock} can only be extended by a limit in its own unit."
        raise Invalid(message)
    return entry.limit
