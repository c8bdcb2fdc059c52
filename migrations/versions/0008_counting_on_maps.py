"""Indexes to count from: a map's overdue cases, those outside the grid, those closed in time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNTED = [
    "class_code",
    "cell_code",
    "street_code",
    "unit_code",
    "suggested_unit",
    "jurisdiction_code",
    "account_id",
    "state",
    "state_type",
]
OPEN = sa.text("state_type = 'open'")
CLOSED = sa.text("state_type = 'closed'")
NO_CELL = sa.text("cell_code IS NULL")


def upgrade() -> None:
    op.drop_index("ix_cases_open_due", "cases")
    op.create_index(
        "ix_cases_open_due",
        "cases",
        ["stage_due_at"],
        postgresql_include=COUNTED,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_cases_outside",
        "cases",
        ["received_at"],
        postgresql_include=[*COUNTED, "stage_due_at", "shape"],
        postgresql_where=NO_CELL,
    )
    _index_of_closed("due_at")


def downgrade() -> None:
    _index_of_closed()
    op.drop_index("ix_cases_outside", "cases")
    op.drop_index("ix_cases_open_due", "cases")
    op.create_index("ix_cases_open_due", "cases", ["stage_due_at"], postgresql_where=OPEN)


def _index_of_closed(*more: str) -> None:
    op.drop_index("ix_cases_ended", "cases")
    op.create_index(
        "ix_cases_ended",
        "cases",
        ["ended_at"],
        postgresql_include=[*COUNTED, "stage_due_at", "received_at", *more],
        postgresql_where=CLOSED,
    )
