"""Which cases are there for this person and this filter, newest first, page by page?"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import and_, func, literal, or_, select, tuple_

from wanmi.platform.casework.case_filters import C, CaseFilter, conditions, seen_by
from wanmi.platform.casework.case_rows import COLUMNS
from wanmi.platform.casework.tables import JournalEntry
from wanmi.platform.kernel.errors import FieldError, Invalid, NotFound
from wanmi.platform.kernel.moments import require_aware

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from wanmi.platform.organisation.permits import Viewer

LONGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: after the case received then, with this id."""

    received_at: datetime
    id: int

    def __str__(self) -> str:
        """Write the cursor as a text that means nothing to anybody else."""
        said = json.dumps([self.received_at.isoformat(), self.id]).encode()
        return base64.urlsafe_b64encode(said).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a cursor that a page before this one gave.

        Raises:
            Invalid: it is none of ours.
        """
        sentence = "This cursor is not one of ours; begin with the first page."
        try:
            padded = text + "=" * (-len(text) % 4)
            when, number = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
            moment = require_aware(datetime.fromisoformat(when)).astimezone(UTC)
            usable = type(number) is int and abs(number) < 2**63
        except (ValueError, TypeError, OverflowError, RecursionError, Invalid):
            raise Invalid(sentence, errors=(FieldError("cursor", sentence),)) from None
        if not usable:
            raise Invalid(sentence, errors=(FieldError("cursor", sentence),))
        return cls(moment, number)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cases as rows, and the cursor of the next one, if there is one."""

    cases: list[dict[str, Any]]
    next: Cursor | None


def list_cases(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    *,
    limit: int,
    cursor: Cursor | None = None,
) -> Page:
    """Return up to `limit` cases, newest receipt first."""
    query = newest(asked, viewer, now, cursor).limit(limit + 1)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    more = len(rows) > limit
    rows = rows[:limit]
    after = Cursor(rows[-1]["received_at"], rows[-1]["id"]) if more else None
    return Page(rows, after)


def newest(
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    cursor: Cursor | None = None,
) -> Select[Any]:
    """Return the select of the cases from `cursor` on, newest receipt first."""
    query = select(*COLUMNS).where(*conditions(asked, viewer, now))
    if cursor is not None:
        # Compared as a row: the index begins there, instead of walking from the newest.
        here = tuple_(literal(cursor.received_at), literal(cursor.id))
        query = query.where(tuple_(C.received_at, C.id) < here)
    return query.order_by(C.received_at.desc(), C.id.desc())


def one_case(connection: Connection, number: str, viewer: Viewer) -> dict[str, Any]:
    """Return the case with that report number or case number.

    Raises:
        NotFound: there is none that the viewer may see.
    """
    query = select(*COLUMNS).where(
        or_(C.number == number, C.case_number == number), seen_by(viewer)
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such case.")
    return dict(row)


def may_see(connection: Connection, case_id: int, viewer: Viewer) -> bool:
    """Say whether the viewer may see the case with this internal id."""
    query = select(C.id).where(C.id == case_id, seen_by(viewer))
    return connection.execute(query).one_or_none() is not None


def history(connection: Connection, case_id: int) -> list[dict[str, Any]]:
    """Return the journal of a case, oldest first."""
    entries = JournalEntry.__table__
    query = select(entries).where(entries.c.case_id == case_id).order_by(entries.c.version)
    return [dict(row) for row in connection.execute(query).mappings()]


def figures(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
) -> dict[str, int]:
    """Return how many cases the filter means: all, open, overdue, closed, void."""
    late = and_(C.state_type == "open", C.stage_due_at < now)
    query = select(
        func.count().label("all"),
        *(
            func.count().filter(C.state_type == kind).label(kind)
            for kind in ("open", "closed", "void")
        ),
        func.count().filter(late).label("overdue"),
    ).where(*conditions(asked, viewer, now))
    return dict(connection.execute(query).mappings().one())


def matching(asked: CaseFilter, viewer: Viewer, now: datetime) -> Select[Any]:
    """Return the select of all cases that the filter means, for tiles and exports."""
    return select(*COLUMNS, C.shape).where(*conditions(asked, viewer, now))
