"""How is a case read back as the same row that intake made, for repeats, moves and answers?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select

from wanmi.platform.casework.tables import Case, JournalEntry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Connection

_CASES = Case.__table__
_JOURNAL = JournalEntry.__table__

COLUMNS = (
    *(column for column in _CASES.c if column.name not in {"shape", "content_hash", "follow_hash"}),
    func.encode(_CASES.c.content_hash, "hex").label("content_hash"),
    func.ST_X(_CASES.c.shape).label("lon"),
    func.ST_Y(_CASES.c.shape).label("lat"),
)
"""A case as a row: the columns of the table, its place as CGCS2000 degrees `lon`, `lat`."""

_BY_REPORT = select(*COLUMNS).where(_CASES.c.report_id == func.any(bindparam("reports")))
_BY_NUMBER = select(*COLUMNS).where(
    or_(_CASES.c.number == bindparam("number"), _CASES.c.case_number == bindparam("number"))
)
_LOCKED = _BY_NUMBER.with_for_update()
_FIRST = select(_JOURNAL.c.case_id, _JOURNAL.c.account_id, _JOURNAL.c.move, _JOURNAL.c.after).where(
    _JOURNAL.c.move_id == bindparam("move_id")
)

_MOMENTS = ("moved_at", "ended_at", "stage_due_at", "due_at")
"""What is a moment in a case and a text in the journal."""


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What a move id was used for, and what it changed in the case (`after`, as in a case row)."""

    case_id: int
    account_id: int | None
    move: str
    after: dict[str, Any]


def rows_by_report(connection: Connection, reports: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the cases of `reports` by report id; those that are not there are left out."""
    if not reports:
        return {}
    found = connection.execute(_BY_REPORT, {"reports": list(reports)})
    return {row["report_id"]: dict(row) for row in found.mappings()}


def case_by_number(connection: Connection, number: str) -> dict[str, Any] | None:
    """Return the case with this report number or case number, or None."""
    row = connection.execute(_BY_NUMBER, {"number": number}).mappings().one_or_none()
    return dict(row) if row else None


def case_for_update(connection: Connection, number: str) -> dict[str, Any] | None:
    """Return the case and hold its row until the transaction ends."""
    row = connection.execute(_LOCKED, {"number": number}).mappings().one_or_none()
    return dict(row) if row else None


def first_answer(connection: Connection, move_id: UUID) -> FirstAnswer | None:
    """Return what the move id was used for, or None when it is new."""
    row = connection.execute(_FIRST, {"move_id": move_id}).one_or_none()
    if row is None:
        return None
    moments = {
        name: datetime.fromisoformat(row.after[name]) for name in _MOMENTS if row.after.get(name)
    }
    return FirstAnswer(row.case_id, row.account_id, row.move, {**row.after, **moments})
