"""How does a demonstration case go: filed, dispatched, handled in time or late, closed?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from wanmi.platform.kernel.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.random import Generator

    from wanmi.platform.casework.conditions import Condition
    from wanmi.platform.casework.office import Office
    from wanmi.platform.demonstration.mix import KindOfIssue

VOID_SHARE = 0.02
STUCK_SHARE = 0.014
"""Cases of the last months that nobody has handled: they are overdue."""

STUCK_DAYS = 75
IN_HAND_SHARE = 0.9
"""Cases whose limit has not run out and that are still in hand."""


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """A move to come: when, by which role, with what."""

    at: datetime
    role: str
    move: str
    given: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Career:
    """The moves of one case that lie before the end, in order."""

    moves: tuple[PlannedMove, ...]


def careers(
    office: Office,
    rng: Generator,
    now: datetime,
    cases: Sequence[tuple[KindOfIssue, Mapping[str, Any]]],
) -> list[Career]:
    """Draw the lives of new cases; moves at or after `now` have not happened."""
    return [_career(office, rng, now, kind, case) for kind, case in cases]


def _career(
    office: Office,
    rng: Generator,
    now: datetime,
    kind: KindOfIssue,
    case: Mapping[str, Any],
) -> Career:
    conditions = office.catalogue.conditions(case["class_code"])
    condition = conditions[int(rng.integers(len(conditions)))]
    filed = case["received_at"] + timedelta(minutes=float(rng.gamma(2.2, 2.6)) + 0.5)
    if rng.random() < VOID_SHARE:
        moves = [
            PlannedMove(filed, "shift_leader", "void", {"reason": "重复或不属于受理范围（示意）"})
        ]
        return _before(now, moves)
    dispatched = filed + timedelta(minutes=float(rng.gamma(2.0, 2.4)) + 0.5)
    moves = [
        PlannedMove(filed, "shift_leader", "file", {"condition": condition.code}),
        PlannedMove(dispatched, "dispatcher", "dispatch", {"unit": case["suggested_unit"]}),
    ]
    if not _is_open(office, rng, condition, dispatched, now):
        handled = _handled(office, rng, kind, condition, dispatched)
        closed = handled + timedelta(minutes=float(rng.gamma(2.5, 7)) + 3)
        moves += [
            PlannedMove(handled, "handler", "handle", {"reason": "已处置到位（示意）"}),
            PlannedMove(closed, "shift_leader", "close", {"closing_condition": condition.code}),
        ]
    return _before(now, moves)


def _is_open(
    office: Office,
    rng: Generator,
    condition: Condition,
    dispatched: datetime,
    now: datetime,
) -> bool:
    draw = float(rng.random())
    if dispatched >= now:
        return True
    if office.calendar.add(dispatched, condition.limit).moment > now:
        return draw < IN_HAND_SHARE
    return now - dispatched < timedelta(days=STUCK_DAYS) and draw < STUCK_SHARE


def _handled(
    office: Office,
    rng: Generator,
    kind: KindOfIssue,
    condition: Condition,
    dispatched: datetime,
) -> datetime:
    """Draw when the unit hands back: mostly well within the limit, sometimes late."""
    part = float(rng.beta(1.8, 2.4)) * 0.97 + 0.02
    if rng.random() < kind.late:
        part = 1.05 + float(rng.gamma(1.3, 0.6))
    limit = Limit(condition.limit.amount * part, condition.limit.unit)
    return office.calendar.add(dispatched, limit).moment


def _before(now: datetime, moves: Sequence[PlannedMove]) -> Career:
    kept = []
    for move in moves:
        if move.at >= now:
            break
        kept.append(move)
    return Career(tuple(kept))
