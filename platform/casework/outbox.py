"""What has happened since a reader last looked?

The journal is the outbox. Readers go in (xact, id) order and take only rows whose transaction is
older than every transaction still running: a row that commits late never slips in before a place
that was already read. The pair is the event's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

CHANNEL = "wanmi_journal"
"""Name of the wake-up (NOTIFY): empty, after the commit, a few a second at most."""

PAGE = 500


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the outbox: everything up to it has been read."""

    xact: int
    id: int

    def __str__(self) -> str:
        """Write the position as the id of an event."""
        return f"{self.xact}-{self.id}"

    @classmethod
    def from_text(cls, said: str) -> Self | None:
        """Read an event's id, or return None when it is none of ours."""
        head, dash, tail = said.partition("-")
        if not (dash and head.isascii() and tail.isascii() and head.isdigit() and tail.isdigit()):
            return None
        xact, entry = int(head), int(tail)
        return cls(xact, entry) if max(xact, entry) < 2**63 else None


@dataclass(frozen=True, slots=True)
class Event:
    """One journal row with what a viewer's rights and a map need of its case as it is now."""

    position: Position
    at: datetime
    move: str
    to_state: str
    version: int
    case: dict[str, Any]


_COLUMNS = """
    c.number, c.case_number, c.class_code, c.state, c.state_type, c.source,
    c.cell_code, c.street_code, c.street_name, c.jurisdiction_code, c.unit_code, c.suggested_unit,
    c.account_id, c.received_at, c.due_at, c.priority,
    ST_X(c.shape) AS lon, ST_Y(c.shape) AS lat
"""

_AFTER = text(f"""
    SELECT j.xact::text::bigint AS xact, j.id, j.at, j.move, j.to_state, j.version, {_COLUMNS}
    FROM journal j JOIN cases c ON c.id = j.case_id
    WHERE (j.xact, j.id) > (CAST(CAST(:xact AS text) AS xid8), :id)
      AND j.xact < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY j.xact, j.id
    LIMIT :page
""")

_LATEST = text("""
    SELECT xact::text::bigint AS xact, id FROM journal
    WHERE xact < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY xact DESC, journal.id DESC LIMIT 1
""")

_WAITING = text("""
    SELECT EXISTS (
        SELECT FROM journal WHERE (xact, id) > (CAST(CAST(:xact AS text) AS xid8), :id)
    )
""")


def latest(connection: Connection) -> Position:
    """Return the newest position that can be read; (0, 0) before anything has happened."""
    row = connection.execute(_LATEST).one_or_none()
    return Position(row.xact, row.id) if row else Position(0, 0)


def after(connection: Connection, position: Position, *, page: int = PAGE) -> list[Event]:
    """Return what happened after `position`, oldest first, at most `page` events."""
    rows = connection.execute(_AFTER, {"xact": position.xact, "id": position.id, "page": page})
    return [
        Event(
            position=Position(row.pop("xact"), row.pop("id")),
            at=row.pop("at"),
            move=row.pop("move"),
            to_state=row.pop("to_state"),
            version=row.pop("version"),
            case=row,
        )
        for row in (dict(found) for found in rows.mappings())
    ]


def is_waiting(connection: Connection, position: Position) -> bool:
    """Say whether there are rows after `position`, those too young to be read included."""
    return bool(
        connection.execute(_WAITING, {"xact": position.xact, "id": position.id}).scalar_one(),
    )
