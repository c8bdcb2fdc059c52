"""How is a large statement planned once a connection, and not once a call?

psycopg2 sends every statement as text, and PostgreSQL plans it each time; for statements that write
several tables that is the larger part of their cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult


def run_prepared(
    connection: Connection,
    name: str,
    statement: str,
    rows: str,
) -> CursorResult[Any]:
    """Run `statement`, whose only parameter `$1` is a JSON text, prepared under `name`.

    `name` stands for the same statement in the whole program. A prepared statement outlives a
    transaction that is rolled back, so it is remembered with the database's own connection.
    """
    known: set[str] = connection.info.setdefault("prepared", set())
    if name not in known:
        connection.exec_driver_sql(f"PREPARE {name} (json) AS {statement.replace('%', '%%')}")
        known.add(name)
    return connection.exec_driver_sql(f"EXECUTE {name} (%(rows)s)", {"rows": rows})
