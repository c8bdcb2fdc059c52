"""How does a one-time address sign a browser in?

A link holds 32 random bytes, of which only the SHA-256 is kept; it is good once, for ten minutes.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, update

from wanmi.platform.kernel.errors import NotAllowed
from wanmi.platform.organisation.accounts import COLUMNS, Account
from wanmi.platform.organisation.tables import accounts, login_links
from wanmi.platform.organisation.tokens import secret_hash

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

LIFETIME = timedelta(minutes=10)
RANDOM_BYTES = 32
LONGEST_SECRET = 100


def issue_login_link(connection: Connection, account: Account, now: datetime) -> str:
    """Make a link for the account and return its secret, to be put into an address.

    Raises:
        NotAllowed: the account is disabled.
    """
    if not account.active:
        raise NotAllowed("This account is disabled; ask the administrator.")
    connection.execute(delete(login_links).where(login_links.c.expires_at < now))
    secret = secrets.token_urlsafe(RANDOM_BYTES)
    connection.execute(
        insert(login_links).values(
            secret_hash=secret_hash(secret),
            account_id=account.id,
            created_at=now,
            expires_at=now + LIFETIME,
        ),
    )
    return secret


def redeem_login_link(connection: Connection, secret: str, now: datetime) -> Account | None:
    """Use up the link and return its account, or None: unknown, used, too late, disabled.

    Of two browsers that redeem one link at once, one gets in: the second statement waits for the
    first one's commit and then finds the link used.
    """
    if len(secret) > LONGEST_SECRET or not secret.isascii():
        return None
    used = (
        update(login_links)
        .where(
            login_links.c.secret_hash == secret_hash(secret),
            login_links.c.used_at.is_(None),
            login_links.c.expires_at > now,
            login_links.c.account_id == accounts.c.id,
            accounts.c.active,
        )
        .values(used_at=now)
        .returning(*COLUMNS)
    )
    row = connection.execute(used).one_or_none()
    return None if row is None else Account.of(row)
