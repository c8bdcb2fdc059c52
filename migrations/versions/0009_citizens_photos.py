"""Photos of citizens, who have no account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("photos", "account_id", existing_type=sa.BigInteger(), nullable=True)
    # What a way down has parked, see below.
    op.execute("UPDATE photos SET account_id = NULL WHERE account_id < 0")
    op.create_index(
        "ix_photos_citizens",
        "photos",
        ["offered_at"],
        postgresql_where=sa.text("account_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_photos_citizens", "photos")
    # The photos are evidence on cases. No account has a number below zero, so nobody comes to own
    # them, and the way up finds them again.
    op.execute("""
        UPDATE photos p SET account_id = -n.place
        FROM (
            SELECT id, row_number() OVER (ORDER BY id) AS place
            FROM photos WHERE account_id IS NULL
        ) AS n
        WHERE p.id = n.id
    """)
    op.alter_column("photos", "account_id", existing_type=sa.BigInteger(), nullable=False)
