"""How Alembic meets the database: one transaction a revision, a lock, and short patience.

Run by `wanmi.migrations.runner`, which hands over an open connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import text

from wanmi.migrations.models import metadata

if TYPE_CHECKING:
    from sqlalchemy.schema import SchemaItem

LOCK_KEY = 0x57414E4D49  # WANMI
LOCK_TIMEOUT = "10s"
STATEMENT_TIMEOUT = "10min"


def include_object(
    item: SchemaItem,
    name: str | None,
    kind: str,
    reflected: bool,  # noqa: FBT001 - Alembic's signature
    other: SchemaItem | None,
) -> bool:
    """Leave alone what only the database has: PostGIS brings tables and views of its own."""
    if reflected and other is None and kind == "table":
        return False
    decide: Any = alembic_helpers.include_object
    return bool(decide(item, name, kind, reflected, other))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    include_object=include_object,
    render_item=alembic_helpers.render_item,
    process_revision_directives=alembic_helpers.writer,
    compare_server_default=True,
    transaction_per_migration=True,
)
connection.execute(
    text(
        "SELECT set_config('lock_timeout', :lock, false), "
        "set_config('statement_timeout', :all, false)",
    ),
    {"lock": LOCK_TIMEOUT, "all": STATEMENT_TIMEOUT},
)
# A session lock, so that it spans the transactions of all revisions: two starters wait.
connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK_KEY})
connection.commit()
try:
    with context.begin_transaction():
        context.run_migrations()
finally:
    connection.rollback()
    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})
    connection.commit()
