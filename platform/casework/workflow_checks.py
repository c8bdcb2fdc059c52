"""Do the states and moves fit together, and is there somebody to make each move?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wanmi.platform.casework.ledger import Kind
from wanmi.platform.casework.workflow import StateType
from wanmi.platform.kernel.tables import Faults

if TYPE_CHECKING:
    from collections.abc import Collection

    from wanmi.platform.casework.ledger import Effect
    from wanmi.platform.casework.workflow import Move, State
    from wanmi.platform.kernel.tables import Row

PARTIES = ("unit", "reporter")
"""Who may be told beside the roles: the unit the case is with, and who reported it."""


@dataclass(slots=True)
class Draft:
    """The tables while they are read: what was found, where each row stands, what is wrong.

    States are known by name, moves by the state they start in and their name; `rows` by the same.
    """

    clocks: Collection[str]
    faults: Faults = field(default_factory=Faults)
    states: dict[str, State] = field(default_factory=dict)
    moves: dict[tuple[str | None, str], Move] = field(default_factory=dict)
    rows: dict[object, Row] = field(default_factory=dict)


def check_moves(draft: Draft) -> None:
    """Note moves that lead to or from nowhere, or whose clocks do not fit their two states."""
    for key, move in draft.moves.items():
        _check_move(move, draft.rows[key], draft)


def _check_move(move: Move, row: Row, draft: Draft) -> None:
    unknown = {move.state, move.next_state} - {None} - set(draft.states)
    for name in sorted(str(name) for name in unknown):
        draft.faults.add(row, f"The move {move.name} names {name!r}, which is no state.")
    if unknown:
        return
    before = draft.states[move.state] if move.state else None
    after = draft.states[move.next_state]
    runs = set(before.clocks) if before else set()
    paused = set(before.paused) if before else set()
    for effect in move.effects:
        if not _runs_on(effect, runs, paused):
            said = f"The move {move.name} cannot {effect.kind} the clock {effect.clock} here."
            draft.faults.add(row, said)
            return
    for clock in sorted((runs ^ after.clocks) | (paused ^ after.paused)):
        said = f"After the move {move.name} the clock {clock} is not as {after.name} wants it."
        draft.faults.add(row, said)


def _runs_on(effect: Effect, runs: set[str], paused: set[str]) -> bool:
    """Change the sets of running and paused clocks by an effect; False when it does not fit."""
    clock, kind = effect.clock, effect.kind
    is_running, is_paused = clock in runs, clock in paused
    fits = {
        Kind.START: not is_running and not is_paused,
        Kind.STOP: is_running or is_paused,
        Kind.PAUSE: is_running,
        Kind.RESUME: not is_running,
        Kind.EXTEND: is_running or is_paused,
    }
    if kind is not Kind.EXTEND:
        runs.discard(clock)
        paused.discard(clock)
    if kind in (Kind.START, Kind.RESUME):
        runs.add(clock)
    if kind is Kind.PAUSE:
        paused.add(clock)
    return fits[kind]


def check_people(
    draft: Draft,
    granted: Collection[str] | None,
    roles: Collection[str] | None,
) -> None:
    """Note moves that nobody may make and parties that nobody is; None leaves a check out."""
    for key, move in draft.moves.items():
        row = draft.rows[key]
        if granted is not None and move.permission not in granted:
            draft.faults.add(row, f"Nobody has the permission {move.permission}.")
        strangers = set(move.told) - set(PARTIES) - set(roles or move.told)
        for party in sorted(strangers):
            draft.faults.add(row, f"The move {move.name} tells {party!r}, which is no role.")


def check_labels(draft: Draft) -> None:
    """Note moves that are called otherwise in another of their rows."""
    labels: dict[str, tuple[str, str]] = {}
    for key, move in draft.moves.items():
        here = (move.label_en, move.label_zh)
        if labels.setdefault(move.name, here) != here:
            row = draft.rows[key]
            draft.faults.add(row, f"The move {move.name} has other labels in another row.")


def check_reach(draft: Draft) -> None:
    """Note states that no case can come to, and open states that no case can leave."""
    reached: set[str | None] = {None}
    for _ in draft.moves:
        reached |= {move.next_state for move in draft.moves.values() if move.state in reached}
    left = {move.state for move in draft.moves.values()}
    for name, state in draft.states.items():
        row = draft.rows[name]
        if name not in reached:
            draft.faults.add(row, f"No case can come to the state {name}.")
        if state.type is StateType.OPEN and name not in left:
            draft.faults.add(row, f"No move leads out of the open state {name}.")
    if None not in left:
        draft.faults.add("moves.csv", "No move makes a case: none has an empty state.")
