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
VOID_REASON = "重复或不属于受理范围（示意）"
OPEN_SHARE = 0.0235
"""Of all cases, beside those that are handled late: about 600 of 23,000 in all. At night little is
in hand; cases of the last months that nobody has handled make up for it, and they are overdue."""

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


@dataclass(frozen=True, slots=True)
class Begun:
    """How a case begins: its moves up to dispatch, and when its limit runs out (None: void)."""

    moves: tuple[PlannedMove, ...]
    condition: Condition
    due: datetime | None

    @property
    def last(self) -> datetime:
        """When the last of these moves is made."""
        return self.moves[-1].at


def careers(
    office: Office,
    rng: Generator,
    now: datetime,
    cases: Sequence[tuple[KindOfIssue, Mapping[str, Any]]],
) -> list[Career]:
    """Draw the lives of new cases; moves at or after `now` have not happened."""
    begun = [_begin(office, rng, case) for _, case in cases]
    in_hand = _in_hand(rng, begun, now)
    return [
        _before(
            now, one.moves if number in in_hand else (*one.moves, *_end(office, rng, kind, one))
        )
        for number, ((kind, _), one) in enumerate(zip(cases, begun, strict=True))
    ]


def _begin(office: Office, rng: Generator, case: Mapping[str, Any]) -> Begun:
    conditions = office.catalogue.conditions(case["class_code"])
    condition = conditions[int(rng.integers(len(conditions)))]
    filed = case["received_at"] + timedelta(minutes=float(rng.gamma(2.2, 2.6)) + 0.5)
    if rng.random() < VOID_SHARE:
        void = PlannedMove(filed, "shift_leader", "void", {"reason": VOID_REASON})
        return Begun((void,), condition, None)
    dispatched = filed + timedelta(minutes=float(rng.gamma(2.0, 2.4)) + 0.5)
    moves = (
        PlannedMove(filed, "shift_leader", "file", {"condition": condition.code}),
        PlannedMove(dispatched, "dispatcher", "dispatch", {"unit": case["suggested_unit"]}),
    )
    return Begun(moves, condition, office.calendar.add(dispatched, condition.limit).moment)


def _in_hand(rng: Generator, begun: Sequence[Begun], now: datetime) -> set[int]:
    """Choose the cases that nobody has handled yet, by their places."""
    since = now - timedelta(days=STUCK_DAYS)
    young, stuck = set(), []
    for number, one in enumerate(begun):
        if one.due is None:
            continue
        if one.last >= now or (one.due > now and rng.random() < IN_HAND_SHARE):
            young.add(number)
        elif since < one.due < now:
            stuck.append(number)
    missing = max(0, round(OPEN_SHARE * len(begun)) - len(young))
    return young | set(rng.permutation(stuck)[:missing].tolist())


def _end(
    office: Office,
    rng: Generator,
    kind: KindOfIssue,
    begun: Begun,
) -> tuple[PlannedMove, ...]:
    if begun.due is None:
        return ()
    handled = _handled(office, rng, kind, begun.condition, begun.last)
    closed = handled + timedelta(minutes=float(rng.gamma(2.5, 7)) + 3)
    condition = {"closing_condition": begun.condition.code}
    return (
        PlannedMove(handled, "handler", "handle", {"reason": "已处置到位（示意）"}),
        PlannedMove(closed, "shift_leader", "close", condition),
    )


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
