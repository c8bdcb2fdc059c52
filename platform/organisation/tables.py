"""Which tables hold accounts, their tokens and their ways in?

Units, roles and jurisdictions are data files, so they appear as plain codes. Secrets are never
stored: passwords as argon2 hashes, tokens and links as SHA-256 (they are random, so no salt).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Table, UniqueConstraint, true
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from wanmi.gis.schema import Base, Code, id_column


class AccountRow(Base):
    """A person or a program that may sign in.

    `session_stamp` is renewed when the password changes or the account is disabled: a browser
    session carries it, so that older sessions end.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("login"),
        CheckConstraint("login = lower(login)", name="login_is_lower_case"),
        CheckConstraint("active = (disabled_at IS NULL)", name="disabled_has_a_moment"),
    )

    id: Mapped[int] = id_column()
    login: Mapped[str] = mapped_column(Code)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(Code)
    unit_code: Mapped[str] = mapped_column(Code, index=True)
    jurisdiction_code: Mapped[str] = mapped_column(Code)
    password_hash: Mapped[str | None]
    session_stamp: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class _Secret:
    """A random secret of an account, kept as its SHA-256 in hexadecimal, with a lifetime."""

    id: Mapped[int] = id_column()
    secret_hash: Mapped[str] = mapped_column(Code)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    @declared_attr
    @classmethod
    def account_id(cls) -> Mapped[int]:
        """Return the column that points to the account."""
        owner = ForeignKey("accounts.id", ondelete="CASCADE")
        return mapped_column(BigInteger, owner, index=True)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> Any:  # noqa: ANN401

        return (UniqueConstraint("secret_hash"),)


class TokenRow(_Secret, Base):
    """A bearer token for programs; `label` says what it is for."""

    __tablename__ = "account_tokens"

    label: Mapped[str]
    revoked_at: Mapped[datetime | None]


class LoginLinkRow(_Secret, Base):
    """A one-time address that signs a browser in."""

    __tablename__ = "login_links"

    used_at: Mapped[datetime | None]


class LoginAttemptRow(Base):
    """One try to sign in with a password, for the limit on guessing."""

    __tablename__ = "login_attempts"
    __table_args__ = (
        Index(None, "login", "tried_at"),
        Index(None, "address", "tried_at"),
        Index(None, "tried_at"),
    )

    id: Mapped[int] = id_column()
    login: Mapped[str] = mapped_column(Code)
    address: Mapped[str] = mapped_column(Code)
    tried_at: Mapped[datetime]
    succeeded: Mapped[bool]


def _table(row: type[Base]) -> Table:
    return cast("Table", row.__table__)


accounts = _table(AccountRow)
account_tokens = _table(TokenRow)
login_links = _table(LoginLinkRow)
login_attempts = _table(LoginAttemptRow)
