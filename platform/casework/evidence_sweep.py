"""Who takes away the photos that were sent and that no case ever took?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, select

from wanmi.platform.casework.evidence_tables import case_photos, photos

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

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
    return Swept(_forget(connection, older_than, limit), files)


def _unnamed(connection: Connection, contents: list[str]) -> list[str]:
    named = select(photos.c.content).where(photos.c.content.in_(contents))
    return sorted(set(contents) - set(connection.scalars(named)))


def _forget(connection: Connection, older_than: datetime, limit: int) -> int:
    taken = exists().where(case_photos.c.photo_id == photos.c.id)
    old = (photos.c.offered_at < older_than) & ~taken
    # A report may just be taking one of them: those are skipped, and what was taken before the
    # lock was had shows only in the next statement.
    locked = connection.scalars(
        select(photos.c.id).where(old).limit(limit).with_for_update(skip_locked=True),
    ).all()
    gone = connection.execute(
        delete(photos).where(photos.c.id.in_(locked) & old).returning(photos.c.id),
    )
    return len(gone.all())
