"""Accounts, their tokens, one-time links and tries to sign in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _accounts()
    _secrets("account_tokens", sa.Column("label", sa.Text, nullable=False), _moment("revoked_at"))
    _secrets("login_links", _moment("used_at"))
    _attempts()


def downgrade() -> None:
    for name in ("login_attempts", "login_links", "account_tokens", "accounts"):
        op.drop_table(name)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=nullable)


def _code(name: str) -> sa.Column[str]:
    return sa.Column(name, CODE, nullable=False)


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False)


def _accounts() -> None:
    op.create_table(
        "accounts",
        _key(),
        _code("login"),
        sa.Column("name", sa.Text, nullable=False),
        _code("role"),
        _code("unit_code"),
        _code("jurisdiction_code"),
        sa.Column("password_hash", sa.Text),
        sa.Column("session_stamp", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, server_default=sa.true(), nullable=False),
        _moment("created_at", nullable=False),
        _moment("disabled_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
        sa.CheckConstraint("login = lower(login)", name=op.f("ck_accounts_login_is_lower_case")),
        sa.CheckConstraint(
            "active = (disabled_at IS NULL)",
            name=op.f("ck_accounts_disabled_has_a_moment"),
        ),
    )
    op.create_index(op.f("ix_accounts_unit_code"), "accounts", ["unit_code"])


def _secrets(table: str, *more: sa.Column[object] | sa.Column[str]) -> None:
    op.create_table(
        table,
        _key(),
        _code("secret_hash"),
        _moment("created_at", nullable=False),
        _moment("expires_at", nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        *more,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("secret_hash", name=op.f(f"uq_{table}_secret_hash")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f(f"fk_{table}_account_id"),
            ondelete="CASCADE",
        ),
    )
    for column in ("account_id", "expires_at"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _attempts() -> None:
    op.create_table(
        "login_attempts",
        _key(),
        _code("login"),
        _code("address"),
        _moment("tried_at", nullable=False),
        sa.Column("succeeded", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    for columns in (["login", "tried_at"], ["address", "tried_at"], ["tried_at"]):
        name = op.f(f"ix_login_attempts_{'_'.join(columns)}")
        op.create_index(name, "login_attempts", columns)
