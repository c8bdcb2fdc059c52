"""Who takes away the photos that were sent and that no case ever took?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, select

from wanmi.platform.casework.evidence_tables import case_photos, photos

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from wanmi.platform.casework.picture_store import PictureStore


@dataclass(frozen=True, slots=True)
class Swept:
    """How much a sweep has taken away."""

    photos: int
    files: int


def sweep_orphans(
    connection: Connection,
    store: PictureStore,
    older_than: datetime,
    *,
    limit: int = 1_000,
) -> Swept:
    """Take away photos that no case took and that nobody has sent since `older_than`.

    First the files that no row names, then up to `limit` rows; the files of those go with the next
    sweep. So nothing is lost when the caller's transaction is rolled back. `older_than` lies days
    back: a file is in the store before its row is committed.

    Raises:
        Unavailable: the store cannot be reached.
    """
    store.clear_incoming(older_than)
    files = sum(
        store.remove(content, older_than)
        for group in store.stale(older_than)
        if group
        for content in _unnamed(connection, group)
    )
    return Swept(len(_forget(connection, photos.c.offered_at < older_than, limit)), files)


def forget_unclaimed(
    connection: Connection, older_than: datetime, *, limit: int = 1_000
) -> set[str]:
    """Forget citizens' photos that no report has claimed since `older_than`; return their contents.

    Their files go with `drop_files`, once the caller's transaction is committed.
    """
    citizens = photos.c.account_id.is_(None)
    return set(_forget(connection, citizens & (photos.c.offered_at < older_than), limit))


def drop_files(
    connection: Connection,
    store: PictureStore,
    contents: Collection[str],
    older_than: datetime,
) -> int:
    """Take away the files of forgotten photos, unless somebody has sent the same file; count them.

    Raises:
        Unavailable: the store cannot be reached.
    """
    return sum(store.remove(content, older_than) for content in _unnamed(connection, contents))


def _unnamed(connection: Connection, contents: Collection[str]) -> list[str]:
    named = select(photos.c.content).where(photos.c.content.in_(contents))
    return sorted(set(contents) - set(connection.scalars(named)))


def _forget(connection: Connection, meant: ColumnElement[bool], limit: int) -> list[str]:
    taken = exists().where(case_photos.c.photo_id == photos.c.id)
    old = meant & ~taken
    # A report may just be taking one of them: those are skipped, and what was taken before the
    # lock was had shows only in the next statement.
    locked = connection.scalars(
        select(photos.c.id).where(old).limit(limit).with_for_update(skip_locked=True),
    ).all()
    gone = connection.execute(
        delete(photos).where(photos.c.id.in_(locked) & old).returning(photos.c.content),
    )
    return list(gone.scalars())
