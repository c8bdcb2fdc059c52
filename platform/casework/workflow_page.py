"""How does the workflow look to a reader: a diagram and its tables, as docs/workflow.md?

Run `python -m wanmi.platform.casework.workflow_page > docs/workflow.md` after changing a table.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wanmi.platform.casework.stage_limits import load_clocks
from wanmi.platform.casework.workflow_tables import load_workflow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wanmi.platform.casework.stage_limits import ClockRule
    from wanmi.platform.casework.workflow import Move, Workflow

_INTRODUCTION = """\
# The workflow of a case

This page is made from the tables in `platform/casework/data/` and checked by a test; do not edit
it. Make it anew with `python -m wanmi.platform.casework.workflow_page > docs/workflow.md`.
"""

_ABOUT_MOVES = """\
Who has the permission may make the move. A move that starts in several states has a row for each.
"""
_MOVE_HEADER = (
    "move",
    "名称",
    "from",
    "to",
    "permission",
    "must give",
    "may give",
    "clocks",
    "told",
)


def mermaid(workflow: Workflow) -> str:
    """Return the states and moves as a Mermaid state diagram, in both languages.

    A move that starts in several states is an arrow from each; states without a way out are ends.
    """
    lines = ["stateDiagram-v2"]
    lines += [
        f'    state "{state.label_zh} {state.label_en}" as {state.name}'
        for state in workflow.states.values()
    ]
    lines += [
        f"    {move.state or '[*]'} --> {move.next_state}: {move.label_zh} {move.label_en}"
        for move in workflow.moves
    ]
    left = {move.state for move in workflow.moves}
    lines += [f"    {name} --> [*]" for name in workflow.states if name not in left]
    return "\n".join(lines) + "\n"


def page(workflow: Workflow, clocks: Mapping[str, ClockRule]) -> str:
    """Return the documentation page as Markdown."""
    states = (
        (
            f"`{state.name}`",
            state.label_zh,
            state.label_en,
            state.type,
            _codes(sorted(state.clocks)),
            _codes(sorted(state.paused)),
        )
        for state in workflow.states.values()
    )
    limits = (
        (f"`{clock.name}`", clock.label_zh, clock.label_en, _limit(clock), clock.source)
        for clock in clocks.values()
    )
    moves = (_move_row(move) for move in workflow.moves)
    parts = (
        _INTRODUCTION,
        f"```mermaid\n{mermaid(workflow)}```\n",
        "## States\n",
        _table(("state", "名称", "name", "type", "clocks running", "clocks paused"), states),
        "## Moves\n",
        _ABOUT_MOVES,
        _table(_MOVE_HEADER, moves),
        "## Clocks\n",
        _table(("clock", "名称", "name", "limit", "source"), limits),
    )
    return "\n".join(parts)


def _move_row(move: Move) -> Sequence[str]:
    effects = (f"{effect.kind} {effect.clock}" for effect in move.effects)
    return (
        f"`{move.name}`",
        move.label_zh,
        _codes([move.state] if move.state else []),
        f"`{move.next_state}`",
        f"`{move.permission}`",
        _codes(needed.field for needed in move.requires),
        _codes(move.takes),
        ", ".join(effects),
        ", ".join(move.told),
    )


def _limit(clock: ClockRule) -> str:
    if clock.limit is None:
        return "by case"
    return f"{clock.limit.amount:g} {clock.limit.unit}, yellow from {clock.warn_percent} %"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    sys.stdout.write(page(load_workflow(), load_clocks()))
