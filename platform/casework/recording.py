"""How does a new case get into the database: case, journal, clocks and counters in one statement?

One statement for one report and for a thousand: the rows travel as one JSON text. A report whose id
is taken makes no row, so that twenty equal posts at once make one case. Rows go in by report id:
two batches with the same reports wait for each other in the same order, and never in a circle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import to_json
from sqlalchemy import text

from wanmi.platform.kernel.prepared import run_prepared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import Connection

COLUMNS: Mapping[str, str] = {
    "number": "text",
    "report_id": "uuid",
    "content_hash": "text",
    "account_id": "bigint",
    "follow_hash": "text",
    "class_code": "text",
    "edition": "text",
    "component_id": "text",
    "condition_code": "text",
    "source": "text",
    "description": "text",
    "answers": "jsonb",
    "original_lon": "float8",
    "original_lat": "float8",
    "original_datum": "text",
    "accuracy_m": "float8",
    "lon": "float8",
    "lat": "float8",
    "cell_code": "text",
    "cell_match": "text",
    "cell_distance_m": "float8",
    "grid_edition": "int",
    "street_code": "text",
    "street_name": "text",
    "street_distance_m": "float8",
    "zones": "jsonb",
    "division_code": "text",
    "jurisdiction_code": "text",
    "territorial_unit": "text",
    "suggested_unit": "text",
    "trace": "jsonb",
    "flags": "jsonb",
    "priority": "smallint",
    "observed_at": "timestamptz",
    "sent_at": "timestamptz",
    "received_at": "timestamptz",
    "clock_suspect": "bool",
    "state": "text",
    "state_type": "text",
    "stage_due_at": "timestamptz",
}
"""What is known of a case on arrival; the type of each on its way through JSON."""

_COMPUTED = {
    "content_hash": "decode(g.content_hash, 'hex')",
    "follow_hash": "decode(g.follow_hash, 'hex')",
}
_STORED = [name for name in COLUMNS if name not in {"lon", "lat"}]

_RECORD = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1) AS r(
        {", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())},
        role text, move text, given jsonb, clocks jsonb
    )
), made AS (
    INSERT INTO cases ({", ".join(_STORED)}, shape, version, due_provisional, moved_at)
    SELECT {", ".join(_COMPUTED.get(name, f"g.{name}") for name in _STORED)},
        ST_SetSRID(ST_MakePoint(g.lon, g.lat), 4490), 1, false, g.received_at
    FROM given g
    ORDER BY g.report_id
    ON CONFLICT (report_id) DO NOTHING
    RETURNING id, report_id, cell_code, street_code, class_code, state_type, jurisdiction_code
), logged AS (
    INSERT INTO journal
        (case_id, version, at, account_id, role, move, from_state, to_state, given, after)
    SELECT m.id, 1, g.received_at, g.account_id, g.role, g.move, NULL, g.state, g.given,
        jsonb_build_object('state', g.state, 'state_type', g.state_type, 'version', 1)
    FROM made m JOIN given g USING (report_id)
    ORDER BY m.id
), clocked AS (
    INSERT INTO clock_entries (case_id, clock, kind, at, rule, amount, unit)
    SELECT m.id, e.clock, e.kind, g.received_at, e.rule, e.amount, e.unit
    FROM made m JOIN given g USING (report_id),
        jsonb_to_recordset(g.clocks)
            AS e(clock text, kind text, rule text, amount float8, unit text)
), counted AS (
    INSERT INTO case_counts AS n
        (cell_code, street_code, major, state_type, jurisdiction_code, cases)
    SELECT coalesce(cell_code, ''), coalesce(street_code, ''), left(class_code, 2), state_type,
        jurisdiction_code, count(*)
    FROM made
    GROUP BY 1, 2, 3, 4, 5
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (cell_code, street_code, major, state_type, jurisdiction_code)
    DO UPDATE SET cases = n.cases + excluded.cases, xact = excluded.xact
)
SELECT report_id, id FROM made
"""


def record(connection: Connection, drafts: Sequence[Mapping[str, Any]]) -> dict[UUID, int]:
    """Write new cases with journal, clock entries and counters; return case ids by report id.

    A draft has every key of `COLUMNS`, and `role`, `move`, `given`, `clocks` for its first move. A
    draft whose report id is taken (also by a transaction that commits meanwhile) is left out of
    the answer, and nothing of it is written.
    """
    if not drafts:
        return {}
    rows = to_json(drafts, inf_nan_mode="strings").decode()
    found = run_prepared(connection, "record_cases", _RECORD, rows)
    return {row.report_id: row.id for row in found}


_RECOUNT = """
    SELECT coalesce(cell_code, '') AS cell_code, coalesce(street_code, '') AS street_code,
        left(class_code, 2) AS major, state_type, jurisdiction_code, count(*) AS cases
    FROM cases GROUP BY 1, 2, 3, 4, 5
"""


def recount(connection: Connection) -> Iterable[dict[str, Any]]:
    """Compare the counters with a recount; return every difference (`counted`, `really`)."""
    rows = connection.execute(
        text(f"""
            SELECT cell_code, street_code, major, state_type, jurisdiction_code,
                coalesce(n.cases, 0) AS counted, coalesce(r.cases, 0) AS really
            FROM case_counts n FULL JOIN ({_RECOUNT}) r
                USING (cell_code, street_code, major, state_type, jurisdiction_code)
            WHERE coalesce(n.cases, 0) <> coalesce(r.cases, 0)
            ORDER BY 1, 2, 3, 4, 5
        """),
    )
    return [dict(row) for row in rows.mappings()]
