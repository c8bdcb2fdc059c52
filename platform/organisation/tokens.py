"""How does a program show who it is, and for how long?

A token is `wanmi_` and 32 random bytes; only its SHA-256 is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, update

from wanmi.platform.kernel.errors import FieldError, Invalid, NotAllowed, NotFound
from wanmi.platform.organisation.accounts import COLUMNS, Account
from wanmi.platform.organisation.tables import account_tokens, accounts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

PREFIX = "wanmi_"
RANDOM_BYTES = 32
LONGEST_TOKEN = 100
LONGEST_LABEL = 60
LONGEST_LIFETIME = timedelta(days=366)
KEPT_AFTER_EXPIRY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret."""

    id: int
    label: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def issue_token(
    connection: Connection,
    account: Account,
    *,
    label: str,
    lifetime: timedelta,
    now: datetime,
) -> str:
    """Make a token for the account and return it: the only time that it can be read.

    Raises:
        Invalid: the lifetime is not within 366 days, or the label too long.
        NotAllowed: the account is disabled.
    """
    if not timedelta(0) < lifetime <= LONGEST_LIFETIME:
        said = f"A token lives for up to {LONGEST_LIFETIME.days} days."
        raise Invalid(said, errors=(FieldError("lifetime", said),))
    if len(label) > LONGEST_LABEL or not label.isprintable():
        said = f"A label has up to {LONGEST_LABEL} printable characters."
        raise Invalid(said, errors=(FieldError("label", said),))
    if not account.active:
        raise NotAllowed("This account is disabled; ask the administrator.")
    stale = account_tokens.c.expires_at < now - KEPT_AFTER_EXPIRY
    connection.execute(delete(account_tokens).where(stale))
    token = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    connection.execute(
        insert(account_tokens).values(
            secret_hash=secret_hash(token),
            account_id=account.id,
            label=label,
            created_at=now,
            expires_at=now + lifetime,
        ),
    )
    return token


_BY_TOKEN = (
    select(*COLUMNS)
    .join(account_tokens, account_tokens.c.account_id == accounts.c.id)
    .where(
        account_tokens.c.secret_hash == bindparam("hash"),
        account_tokens.c.expires_at > bindparam("now"),
        account_tokens.c.revoked_at.is_(None),
        accounts.c.active,
    )
)


def account_for_token(connection: Connection, token: str, now: datetime) -> Account | None:
    """Return the active account whose token this is, or None: unknown, ended or revoked."""
    if not token.startswith(PREFIX) or len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    asked = {"hash": secret_hash(token), "now": now}
    row = connection.execute(_BY_TOKEN, asked).one_or_none()
    return None if row is None else Account.of(row)


def list_tokens(connection: Connection, account: Account) -> tuple[Token, ...]:
    """Return the account's tokens, the newest first, ended and revoked ones too."""
    of = account_tokens.c
    rows = connection.execute(
        select(of.id, of.label, of.created_at, of.expires_at, of.revoked_at)
        .where(of.account_id == account.id)
        .order_by(of.id.desc()),
    )
    return tuple(Token(*row) for row in rows)


def revoke_token(connection: Connection, account: Account, token_id: int, now: datetime) -> None:
    """End a token of the account at once; twice does no harm.

    Raises:
        NotFound: the account has no such token.
    """
    of = account_tokens.c
    revoked = connection.execute(
        update(account_tokens)
        .where(of.id == token_id, of.account_id == account.id)
        .values(revoked_at=func.coalesce(of.revoked_at, now)),
    )
    if revoked.rowcount == 0:
        raise NotFound("There is no such token.")


def secret_hash(secret: str) -> str:
    """Return under what a random secret is kept: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()
