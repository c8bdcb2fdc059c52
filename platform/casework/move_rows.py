"""How do moves get into the database: cases, journal, clocks and counters in one statement?

One statement for one move and for thousands; the rows travel as one JSON text.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wanmi.platform.kernel.prepared import run_prepared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from wanmi.platform.casework.ledger import Entry
    from wanmi.platform.casework.moving import Moved

COLUMNS: Mapping[str, str] = {
    "state": "text",
    "state_type": "text",
    "version": "int",
    "moved_at": "timestamptz",
    "condition_code": "text",
    "unit_code": "text",
    "case_number": "text",
    "ended_at": "timestamptz",
    "stage_due_at": "timestamptz",
    "due_at": "timestamptz",
    "due_provisional": "bool",
}
"""What a move may change in a case; the type of each on its way through JSON."""

_WRITE = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1) AS r(
        case_id bigint, {", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())},
        account_id bigint, role text, move text, from_state text, from_type text,
        given jsonb, after jsonb, move_id uuid, clocks jsonb
    )
), changed AS (
    UPDATE cases c SET {", ".join(f"{name} = g.{name}" for name in COLUMNS)}
    FROM given g WHERE c.id = g.case_id AND c.version = g.version - 1
    RETURNING c.id, c.cell_code, c.street_code, c.class_code, c.jurisdiction_code,
        g.from_type, c.state_type
), logged AS (
    INSERT INTO journal
        (case_id, version, at, account_id, role, move, from_state, to_state, given, after, move_id)
    SELECT g.case_id, g.version, g.moved_at, g.account_id, g.role, g.move, g.from_state, g.state,
        g.given, g.after, g.move_id
    FROM given g
    ORDER BY g.moved_at, g.case_id
), clocked AS (
    INSERT INTO clock_entries (case_id, clock, kind, at, rule, amount, unit)
    SELECT g.case_id, e.clock->>'clock', e.clock->>'kind', g.moved_at, e.clock->>'rule',
        CAST(e.clock->>'amount' AS float8), e.clock->>'unit'
    FROM given g, jsonb_array_elements(g.clocks) WITH ORDINALITY AS e(clock, place)
    ORDER BY g.case_id, e.place
), counted AS (
    INSERT INTO case_counts AS n
        (cell_code, street_code, major, state_type, jurisdiction_code, cases)
    SELECT coalesce(cell_code, ''), coalesce(street_code, ''), left(class_code, 2), kind,
        jurisdiction_code, sum(step)
    FROM changed, LATERAL (VALUES (from_type, -1), (state_type, 1)) AS v(kind, step)
    WHERE from_type <> state_type
    GROUP BY 1, 2, 3, 4, 5
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (cell_code, street_code, major, state_type, jurisdiction_code)
    DO UPDATE SET cases = n.cases + excluded.cases, xact = excluded.xact
)
SELECT count(*) FROM changed
"""


def write_moves(connection: Connection, moves: Sequence[Moved]) -> None:
    """Write moves of different cases, whose rows the caller holds; in one statement."""
    if not moves:
        return
    rows = json.dumps([_row(moved) for moved in moves], default=_plain, ensure_ascii=False)
    changed = run_prepared(connection, "write_moves", _WRITE, rows).scalar_one()
    if changed != len(moves):
        raise AssertionError("a case was moved without being held")


def _row(moved: Moved) -> dict[str, Any]:
    return {
        "case_id": moved.case["id"],
        **moved.after,
        "account_id": moved.viewer.account_id,
        "role": moved.viewer.role,
        "move": moved.step.move,
        "from_state": moved.step.state,
        "from_type": moved.case["state_type"],
        "given": dict(moved.step.given),
        "after": moved.after,
        "move_id": moved.asked.id,
        "clocks": [_clock(entry) for entry in moved.entries],
    }


def _clock(entry: Entry) -> dict[str, Any]:
    return {
        "clock": entry.clock,
        "kind": entry.kind.value,
        "rule": entry.rule,
        "amount": entry.limit.amount if entry.limit else None,
        "unit": entry.limit.unit.value if entry.limit else None,
    }


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
