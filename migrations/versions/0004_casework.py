"""Cases, their journal, clocks and counters; numbers, calendar days and photos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


class Xid8(sa.types.UserDefinedType[int]):
    """A PostgreSQL transaction number."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type in SQL."""
        return "xid8"


def upgrade() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('working', 'holiday')", name=op.f("ck_calendar_days_kind")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "case_counts",
        sa.Column("cell_code", sa.Text(collation="C"), nullable=False),
        sa.Column("street_code", sa.Text(collation="C"), nullable=False),
        sa.Column("major", sa.Text(collation="C"), nullable=False),
        sa.Column("state_type", sa.Text(), nullable=False),
        sa.Column("jurisdiction_code", sa.Text(collation="C"), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "cell_code",
            "street_code",
            "major",
            "state_type",
            "jurisdiction_code",
            name=op.f("pk_case_counts"),
        ),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("case_number", sa.Text(collation="C"), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("follow_hash", sa.LargeBinary(), nullable=True),
        sa.Column("class_code", sa.Text(collation="C"), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("component_id", sa.Text(collation="C"), nullable=True),
        sa.Column("condition_code", sa.Text(collation="C"), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("answers", JSONB(), nullable=False),
        sa.Column("original_lon", sa.Double(), nullable=False),
        sa.Column("original_lat", sa.Double(), nullable=False),
        sa.Column("original_datum", sa.Text(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("cell_code", sa.Text(collation="C"), nullable=True),
        sa.Column("cell_match", sa.Text(), nullable=False),
        sa.Column("cell_distance_m", sa.Double(), nullable=True),
        sa.Column("grid_edition", sa.Integer(), nullable=False),
        sa.Column("street_code", sa.Text(collation="C"), nullable=True),
        sa.Column("street_name", sa.Text(), nullable=True),
        sa.Column("street_distance_m", sa.Double(), nullable=True),
        sa.Column("zones", JSONB(), nullable=False),
        sa.Column("division_code", sa.Text(collation="C"), nullable=True),
        sa.Column("jurisdiction_code", sa.Text(collation="C"), nullable=False),
        sa.Column("territorial_unit", sa.Text(collation="C"), nullable=False),
        sa.Column("suggested_unit", sa.Text(collation="C"), nullable=False),
        sa.Column("unit_code", sa.Text(collation="C"), nullable=True),
        sa.Column("trace", JSONB(), nullable=False),
        sa.Column("flags", JSONB(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_suspect", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_type", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shape", Geometry("POINT", srid=4490, spatial_index=False), nullable=False),
        sa.CheckConstraint(
            "(cell_code IS NULL) = (cell_match = 'none')", name=op.f("ck_cases_cell_found")
        ),
        sa.CheckConstraint(
            "cell_match IN ('inside', 'nearest', 'none')", name=op.f("ck_cases_cell_match")
        ),
        sa.CheckConstraint(
            "state_type IN ('open', 'closed', 'void')", name=op.f("ck_cases_state_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("case_number", name=op.f("uq_cases_case_number")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
        sa.UniqueConstraint("report_id", name=op.f("uq_cases_report_id")),
    )
    op.create_index(
        "ix_cases_account",
        "cases",
        ["account_id", sa.literal_column("received_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_cases_open_cell",
        "cases",
        ["cell_code", "class_code"],
        unique=False,
        postgresql_where=sa.text("state_type = 'open'"),
    )
    op.create_index(
        "ix_cases_open_due",
        "cases",
        ["stage_due_at"],
        unique=False,
        postgresql_where=sa.text("state_type = 'open'"),
    )
    op.create_index(
        "ix_cases_open_street",
        "cases",
        ["street_code"],
        unique=False,
        postgresql_where=sa.text("state_type = 'open'"),
    )
    op.create_index(
        "ix_cases_received",
        "cases",
        [sa.literal_column("received_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        op.f("ix_cases_shape"), "cases", ["shape"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        "ix_cases_unit", "cases", ["unit_code", sa.literal_column("received_at DESC")], unique=False
    )
    op.create_table(
        "clock_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("amount", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_entries")),
    )
    op.create_index(op.f("ix_clock_entries_case_id"), "clock_entries", ["case_id"], unique=False)
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("given", JSONB(), nullable=False),
        sa.Column("after", JSONB(), nullable=False),
        sa.Column("move_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("move_id", name=op.f("uq_journal_move_id")),
    )
    op.create_index(
        op.f("ix_journal_case_id_version"), "journal", ["case_id", "version"], unique=True
    )
    op.create_index("ix_journal_outbox", "journal", ["xact", "id"], unique=False)
    op.create_table(
        "number_blocks",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("next", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", name=op.f("pk_number_blocks")),
    )
    op.create_table(
        "photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(collation="C"), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("original_bytes", sa.Integer(), nullable=False),
        sa.Column("taken_text", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_lon", sa.Double(), nullable=True),
        sa.Column("taken_lat", sa.Double(), nullable=True),
        sa.Column("taken_datum", sa.Text(collation="C"), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("content ~ '^[0-9a-f]{64}$'", name=op.f("ck_photos_content_is_sha256")),
        sa.CheckConstraint(
            "num_nulls(taken_lon, taken_lat, taken_datum) IN (0, 3)",
            name=op.f("ck_photos_taken_place_is_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("content", "account_id", name=op.f("uq_photos_content_account_id")),
    )
    op.create_index(op.f("ix_photos_account_id"), "photos", ["account_id"], unique=False)
    op.create_table(
        "case_photos",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(collation="C"), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('report', 'before', 'after')", name=op.f("ck_case_photos_stage_is_known")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_case_photos_photo_id")),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_case_photos")),
    )
    op.create_index(
        op.f("ix_case_photos_case_id_stage_position"),
        "case_photos",
        ["case_id", "stage", "position"],
        unique=False,
    )
    op.create_table(
        "installation_notes",
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("value", JSONB(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_installation_notes")),
    )


def downgrade() -> None:
    op.drop_table("installation_notes")
    op.drop_table("case_photos")
    op.drop_table("photos")
    op.drop_table("number_blocks")
    op.drop_table("journal")
    op.drop_table("clock_entries")
    op.drop_table("cases")
    op.drop_table("case_counts")
    op.drop_table("calendar_days")
