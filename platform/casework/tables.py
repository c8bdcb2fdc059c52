"""Which tables hold cases, what happened to them, and how many there are where?

A case is one row from the moment a report arrives. Its journal is append-only and at the same time
the outbox of the event stream. Codes of cells, streets and units are plain texts: a grid that
changes rewrites no case.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from wanmi.gis.schema import Base, Code, code_column, id_column, point_column

OPEN = text("state_type = 'open'")
CLOSED = text("state_type = 'closed'")

COUNTED = (
    "class_code",
    "cell_code",
    "street_code",
    "unit_code",
    "suggested_unit",
    "jurisdiction_code",
    "account_id",
    "state",
    "state_type",
    "stage_due_at",
)
"""What figures are counted by: kept beside the key of an index, so that no figure reads the wide
rows of the table."""


class Xid8(UserDefinedType[int]):
    """A PostgreSQL transaction number: 64 bits, never used again."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type in SQL."""
        return "xid8"


# SQLAlchemy does not know the type; `alembic check` reads it back by this name.
ischema_names["xid8"] = Xid8


class Case(Base):
    """A report and what became of it.

    `original_*` is what was sent, in its own datum; `shape` is the same place in CGCS2000 degrees.
    `territorial_unit` (属地), `suggested_unit` (建议) and `unit_code` (whom it was dispatched to)
    are three answers and never mixed. `content_hash` tells a repeated report from a different one
    under the same `report_id`.
    """

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("state_type IN ('open', 'closed', 'void')", name="state_type"),
        CheckConstraint("cell_match IN ('inside', 'nearest', 'none')", name="cell_match"),
        CheckConstraint("(cell_code IS NULL) = (cell_match = 'none')", name="cell_found"),
        Index(None, "shape", postgresql_using="gist"),
        Index("ix_cases_received", text("received_at DESC"), text("id DESC")),
        Index(
            "ix_cases_counted",
            "received_at",
            postgresql_include=[*COUNTED, "ended_at"],
        ),
        Index(
            "ix_cases_open_counted",
            "received_at",
            postgresql_include=list(COUNTED),
            postgresql_where=OPEN,
        ),
        Index(
            "ix_cases_ended",
            "ended_at",
            postgresql_include=[*COUNTED, "received_at", "due_at"],
            postgresql_where=CLOSED,
        ),
        Index("ix_cases_open_cell", "cell_code", "class_code", postgresql_where=OPEN),
        Index("ix_cases_open_street", "street_code", postgresql_where=OPEN),
        Index(
            "ix_cases_open_due",
            "stage_due_at",
            postgresql_include=[name for name in COUNTED if name != "stage_due_at"],
            postgresql_where=OPEN,
        ),
        Index(
            "ix_cases_outside",
            "received_at",
            postgresql_include=[*COUNTED, "shape"],
            postgresql_where=text("cell_code IS NULL"),
        ),
        Index("ix_cases_class", "class_code", "state_type", "state"),
        Index("ix_cases_unit", "unit_code", text("received_at DESC")),
        Index("ix_cases_account", "account_id", text("received_at DESC")),
    )

    id: Mapped[int] = id_column()
    number: Mapped[str] = mapped_column(Code, unique=True)
    case_number: Mapped[str | None] = mapped_column(Code, unique=True)
    report_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    content_hash: Mapped[bytes]
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    follow_hash: Mapped[bytes | None]

    class_code: Mapped[str] = code_column(nullable=False)
    edition: Mapped[str]
    component_id: Mapped[str | None] = code_column()
    condition_code: Mapped[str | None] = code_column()
    source: Mapped[str]
    description: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)

    original_lon: Mapped[float]
    original_lat: Mapped[float]
    original_datum: Mapped[str]
    accuracy_m: Mapped[float | None]
    shape: Mapped[WKBElement] = point_column()

    cell_code: Mapped[str | None] = code_column()
    cell_match: Mapped[str]
    cell_distance_m: Mapped[float | None]
    grid_edition: Mapped[int]
    street_code: Mapped[str | None] = code_column()
    street_name: Mapped[str | None]
    street_distance_m: Mapped[float | None]
    zones: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    division_code: Mapped[str | None] = code_column()
    jurisdiction_code: Mapped[str] = mapped_column(Code)

    territorial_unit: Mapped[str] = mapped_column(Code)
    suggested_unit: Mapped[str] = mapped_column(Code)
    unit_code: Mapped[str | None] = code_column()
    trace: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    flags: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    priority: Mapped[int] = mapped_column(SmallInteger)

    observed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    clock_suspect: Mapped[bool]

    state: Mapped[str]
    state_type: Mapped[str]
    version: Mapped[int]
    stage_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    due_provisional: Mapped[bool]
    moved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class JournalEntry(Base):
    """One move of one case. Append-only; readers of the outbox go by (xact, id).

    `given` is what was given with the move, `after` what it changed in the case.
    """

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_outbox", "xact", "id"),
        Index(None, "case_id", "version", unique=True),
    )

    id: Mapped[int] = id_column()
    xact: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    role: Mapped[str]
    move: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    given: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    move_id: Mapped[UUID | None] = mapped_column(Uuid, unique=True)


class ClockEntry(Base):
    """One line of a case's clock ledger (`casework.ledger.Entry`); append-only."""

    __tablename__ = "clock_entries"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[int] = id_column()
    case_id: Mapped[int] = mapped_column(BigInteger)
    clock: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    rule: Mapped[str]
    amount: Mapped[float | None]
    unit: Mapped[str | None]


class CaseCount(Base):
    """How many cases there are in a cell, on a street, of a major class, in a kind of state.

    Kept in the transaction that reports or moves a case. '' stands for no cell or no street.
    `xact` is the transaction that changed it last (`casework.tally`).
    """

    __tablename__ = "case_counts"
    __table_args__ = (Index(None, "xact"),)

    cell_code: Mapped[str] = mapped_column(Code, primary_key=True)
    street_code: Mapped[str] = mapped_column(Code, primary_key=True)
    major: Mapped[str] = mapped_column(Code, primary_key=True)
    state_type: Mapped[str] = mapped_column(Text, primary_key=True)
    jurisdiction_code: Mapped[str] = mapped_column(Code, primary_key=True)
    cases: Mapped[int]
    xact: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))


class CalendarDayRow(Base):
    """A day that the city has declared working or holiday (`wanmi calendar import`)."""

    __tablename__ = "calendar_days"
    __table_args__ = (CheckConstraint("kind IN ('working', 'holiday')", name="kind"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    note: Mapped[str]


class InstallationNote(Base):
    """What this installation remembers of itself: that it shows demonstration data, say."""

    __tablename__ = "installation_notes"

    key: Mapped[str] = mapped_column(Code, primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSONB)
    noted_at: Mapped[datetime]
