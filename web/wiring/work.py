"""How does a request use the database: one connection, and for changes one commit?"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from wanmi.web.wiring.services import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


@contextmanager
def reading() -> Iterator[Connection]:
    """Give a connection for statements that change nothing; each is its own transaction."""
    with services().single.connect() as connection:
        yield connection


@contextmanager
def reading_one_moment() -> Iterator[Connection]:
    """Give a connection whose statements all see the same moment, for what is read in parts."""
    frozen = services().engine.execution_options(isolation_level="REPEATABLE READ")
    with frozen.connect() as connection:
        yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """Give a connection in a transaction: committed when the block ends, rolled back when it fails.

    After the commit the readers of the outbox are woken.
    """
    with services().engine.begin() as connection:
        yield connection
    services().waker.wake()


@contextmanager
def writing_at_once() -> Iterator[Connection]:
    """Give a connection for work that writes with one statement, which commits by itself.

    For what happens all day: it saves the way to the database and back for BEGIN and for COMMIT.
    """
    with services().single.connect() as connection:
        yield connection
    services().waker.wake()
