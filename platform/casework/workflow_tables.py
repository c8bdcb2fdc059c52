"""How are the tables of states and moves read?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wanmi.platform.casework.ledger import Effect, Kind
from wanmi.platform.casework.stage_limits import load_clocks
from wanmi.platform.casework.workflow import (
    FIELDS,
    Move,
    Requirement,
    State,
    StateType,
    Workflow,
)
from wanmi.platform.casework.workflow_checks import (
    Draft,
    check_labels,
    check_moves,
    check_people,
    check_reach,
)
from wanmi.platform.kernel.errors import SettingsInvalid
from wanmi.platform.kernel.tables import packaged, read_rows

if TYPE_CHECKING:
    from collections.abc import Collection

    from wanmi.platform.kernel.tables import Row

STATES, MOVES = "states.csv", "moves.csv"
STATE_COLUMNS = ("state", "type", "label_en", "label_zh", "clocks", "paused")
MOVE_COLUMNS = (
    "move",
    "state",
    "next_state",
    "requires",
    "takes",
    "clocks",
    "told",
    "label_en",
    "label_zh",
)
_NAME = re.compile(r"[a-z][a-z_]*")


def load_workflow(
    *,
    granted: Collection[str] | None = None,
    roles: Collection[str] | None = None,
) -> Workflow:
    """Read the workflow that comes with the package; see `parse_workflow`."""
    return parse_workflow(
        packaged("casework", STATES).read_text("utf-8"),
        packaged("casework", MOVES).read_text("utf-8"),
        clocks=load_clocks(),
        granted=granted,
        roles=roles,
    )


def parse_workflow(
    states: str,
    moves: str,
    *,
    clocks: Collection[str],
    granted: Collection[str] | None = None,
    roles: Collection[str] | None = None,
) -> Workflow:
    """Read and check the two tables, given as CSV text.

    Args:
        states: columns `STATE_COLUMNS`; `clocks` and `paused` are lists separated by `;`.
        moves: columns `MOVE_COLUMNS`; an empty `state` makes a case, `requires` and `takes` are
            lists of `FIELDS` (a choice may say its options: `reason=duplicate|mistake`), `clocks`
            is a list of `start:accept`, `told` of roles and `PARTIES`.
        clocks: names of the clocks there are.
        granted: permissions that somebody has; None leaves this check out.
        roles: names of the roles there are; None leaves this check out.

    Raises:
        SettingsInvalid: with every fault, named by file and line.
    """
    draft = Draft(clocks)
    for row in read_rows(states, STATES, STATE_COLUMNS, draft.faults):
        _read_state(row, draft)
    for row in read_rows(moves, MOVES, MOVE_COLUMNS, draft.faults):
        _read_move(row, draft)
    check_moves(draft)
    check_labels(draft)
    check_reach(draft)
    check_people(draft, granted, roles)
    draft.faults.stop_if_any(SettingsInvalid, "The workflow cannot be used:")
    return Workflow(draft.states, tuple(draft.moves.values()))


def _read_state(row: Row, draft: Draft) -> None:
    name, faults = row["state"], draft.faults
    if not _NAME.fullmatch(name):
        faults.add(row, f"{name!r} is no name of a state; use small letters and underscores.")
    if name in draft.states:
        faults.add(row, f"The state {name} is there twice.")
    if row["type"] not in set(StateType):
        faults.add(row, f"The type is {row['type']!r}; say one of {', '.join(StateType)}.")
        return
    if not (row["label_en"] and row["label_zh"]):
        faults.add(row, f"The state {name} needs a label in both languages.")
    clocks, paused = frozenset(row.listed("clocks")), frozenset(row.listed("paused"))
    for clock in sorted((clocks | paused) - set(draft.clocks)):
        faults.add(row, f"There is no clock {clock}.")
    for clock in sorted(clocks & paused):
        faults.add(row, f"The clock {clock} cannot run and pause at once.")
    kind = StateType(row["type"])
    draft.states[name] = State(name, kind, row["label_en"], row["label_zh"], clocks, paused)
    draft.rows[name] = row


def _read_move(row: Row, draft: Draft) -> None:
    faults, name, state = draft.faults, row["move"], row["state"] or None
    if not _NAME.fullmatch(name):
        faults.add(row, f"{name!r} is no name of a move; use small letters and underscores.")
    if (state, name) in draft.moves:
        faults.add(row, f"The move {name} from {state or 'nothing'} is there twice.")
    if not (row["label_en"] and row["label_zh"]):
        faults.add(row, f"The move {name} needs a label in both languages.")
    requires, takes = _requirements(row), row.listed("takes")
    named = [*(needed.field for needed in requires), *takes]
    for unknown in sorted(set(named) - set(FIELDS)):
        faults.add(row, f"There is no field {unknown}; fields are {', '.join(FIELDS)}.")
    for double in sorted({name for name in named if named.count(name) > 1}):
        faults.add(row, f"The field {double} is named twice.")
    draft.moves[state, name] = Move(
        name=name,
        state=state,
        next_state=row["next_state"],
        requires=requires,
        takes=takes,
        effects=_effects(row, draft),
        told=row.listed("told"),
        label_en=row["label_en"],
        label_zh=row["label_zh"],
    )
    draft.rows[state, name] = row


def _requirements(row: Row) -> tuple[Requirement, ...]:
    found = []
    for part in row.listed("requires"):
        name, _, options = part.partition("=")
        found.append(Requirement(name, tuple(options.split("|")) if options else None))
    return tuple(found)


def _effects(row: Row, draft: Draft) -> tuple[Effect, ...]:
    effects = []
    for part in row.listed("clocks"):
        kind, _, clock = part.partition(":")
        if kind not in set(Kind) or clock not in draft.clocks:
            draft.faults.add(
                row,
                f"{part!r} is no effect; write a kind and a clock that is "
                f"there, as start:accept; kinds are {', '.join(Kind)}.",
            )
        else:
            effects.append(Effect(clock, Kind(kind)))
    return tuple(effects)
