"""Where does a process get its blocks of numbers from, so that no two give the same one?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Date, Integer, Table, Text, func
from sqlalchemy.dialects.postgresql import insert

from wanmi.gis.schema import Base

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Engine

    from wanmi.platform.casework.numbering import NumberKind, TakeBlock

number_blocks = Table(
    "number_blocks",
    Base.metadata,
    Column("day", Date, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("next", Integer, nullable=False),
)
"""One row a local day and kind of number: the first sequence that no process has taken."""

_NOT_WAITED_FOR = func.set_config("synchronous_commit", "off", True)  # noqa: FBT003 - SQL's is_local
"""Whoever uses a number commits after the block was taken, and the log is written in that order: a
crash that loses the taking has lost every use of it. So the disk is waited for once, at that use.
"""


def block_taker(engine: Engine) -> TakeBlock:
    """Return the function by which `NumberBlocks` gets sequences from the database.

    Every block is one statement on a connection of its own that commits at once: no lock outlives
    it, and a caller's rollback leaves a gap, never a number given twice. Because of that second
    connection, give it an engine with a pool of its own (one connection is enough): sessions that
    fill a shared pool while they wait for a number would wait for each other.
    """

    def take(kind: NumberKind, day: date, count: int) -> range:
        following = number_blocks.c.next
        row = insert(number_blocks).values(day=day, kind=kind.value, next=1 + count)
        taken = row.on_conflict_do_update(
            index_elements=[number_blocks.c.day, number_blocks.c.kind],
            set_={"next": following + count},
            where=following <= kind.last,
        ).returning(following, _NOT_WAITED_FOR)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            after = connection.execute(taken).scalar_one_or_none()
        if after is None:
            return range(0)
        return range(after - count, min(after, kind.last + 1))

    return take
