"""Indexes that figures and charts are counted from, without reading the wide rows of the cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
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
    "stage_due_at",
]
OPEN = sa.text("state_type = 'open'")
CLOSED = sa.text("state_type = 'closed'")


def upgrade() -> None:
    op.create_index(
        "ix_cases_counted", "cases", ["received_at"], postgresql_include=[*COUNTED, "ended_at"]
    )
    op.create_index(
        "ix_cases_open_counted",
        "cases",
        ["received_at"],
        postgresql_include=COUNTED,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_cases_ended",
        "cases",
        ["ended_at"],
        postgresql_include=[*COUNTED, "received_at"],
        postgresql_where=CLOSED,
    )


def downgrade() -> None:
    for name in ("ix_cases_ended", "ix_cases_open_counted", "ix_cases_counted"):
        op.drop_index(name, "cases")
