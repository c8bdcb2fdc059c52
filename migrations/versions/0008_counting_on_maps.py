"""Indexes from which a map's overdue cases, and those outside the grid, are counted."""

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


def downgrade() -> None:
    op.drop_index("ix_cases_outside", "cases")
    op.drop_index("ix_cases_open_due", "cases")
    op.create_index("ix_cases_open_due", "cases", ["stage_due_at"], postgresql_where=OPEN)
