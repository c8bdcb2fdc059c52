"""Which transaction changed a counter last, so that readers fetch only what is new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


class Xid8(sa.types.UserDefinedType[int]):
    """A PostgreSQL transaction number."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type in SQL."""
        return "xid8"


def upgrade() -> None:
    op.add_column(
        "case_counts",
        sa.Column("xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
    )
    op.create_index(op.f("ix_case_counts_xact"), "case_counts", ["xact"])


def downgrade() -> None:
    op.drop_column("case_counts", "xact")
