"""An index from which the cases of one class are counted by state."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_cases_class", "cases", ["class_code", "state_type", "state"])


def downgrade() -> None:
    op.drop_index("ix_cases_class", "cases")
