"""Whose is a photo, and on which case does it stand?

The way of a photo: `picture_intake.take_in` (slow, no connection), `keep_photo`, later
`evidence_attach.attach`.
Whether somebody may see a photo is decided by its case: `find_photo` says which one that is.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from wanmi.gis.points import Datum, RawPoint
from wanmi.platform.casework.evidence_tables import case_photos, photos
from wanmi.platform.casework.shooting import Shooting
from wanmi.platform.kernel.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from sqlalchemy import Connection, RowMapping

    from wanmi.platform.casework.picture_store import PictureStore
    from wanmi.platform.casework.pictures import PhotoSize, PictureFacts

NO_PHOTO = "There is no such photo."


class PhotoStage(StrEnum):
    """When on the way of a case a photo was made."""

    REPORT = "report"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class PhotoReceipt:
    """What the sender of a photo is told. `again`: the same photo of this account was here."""

    id: uuid.UUID
    width: int
    height: int
    again: bool


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo without what is private. `case_id` and `stage` are None until a case takes it."""

    id: uuid.UUID
    content: str
    account_id: int | None
    width: int
    height: int
    received_at: datetime
    case_id: int | None
    stage: PhotoStage | None
    position: int | None


def keep_photo(
    connection: Connection,
    facts: PictureFacts,
    *,
    account_id: int | None,
    now: datetime,
) -> PhotoReceipt:
    """Enter a photo that lies in the store; the same again of an account answers the same id.

    A citizen's (no account) is a new one every time: nobody learns what others have sent.
    """
    place = facts.shooting.place
    taken = facts.shooting.taken
    fresh = uuid.uuid4()
    row = {
        "id": fresh,
        "content": facts.content,
        "account_id": account_id,
        "width": facts.width,
        "height": facts.height,
        "original_bytes": facts.original_bytes,
        "taken_text": taken and taken.isoformat(),
        "taken_at": taken if taken and taken.tzinfo else None,
        "taken_lon": place and place.lon,
        "taken_lat": place and place.lat,
        "taken_datum": place and place.datum.value,
        "received_at": now,
        "offered_at": now,
    }
    kept = connection.execute(
        insert(photos)
        .values(row)
        .on_conflict_do_update(
            index_elements=[photos.c.content, photos.c.account_id],
            set_={"offered_at": func.greatest(photos.c.offered_at, now)},
        )
        .returning(photos.c.id),
    ).scalar_one()
    return PhotoReceipt(kept, facts.width, facts.height, again=kept != fresh)


_PUBLIC = (
    select(
        photos.c.id,
        photos.c.content,
        photos.c.account_id,
        photos.c.width,
        photos.c.height,
        photos.c.received_at,
        case_photos.c.case_id,
        case_photos.c.stage,
        case_photos.c.position,
    )
    .outerjoin_from(photos, case_photos)
    .order_by(case_photos.c.position, photos.c.id)
)


def _photo(row: RowMapping) -> Photo:
    stage = PhotoStage(row["stage"]) if row["stage"] else None
    return Photo(**{**row, "stage": stage})


def photos_of(connection: Connection, case_ids: Collection[int]) -> dict[int, list[Photo]]:
    """Return the photos of cases by stage and position; every case asked for has a list."""
    found: dict[int, list[Photo]] = {case_id: [] for case_id in case_ids}
    if found:
        for row in connection.execute(_PUBLIC.where(case_photos.c.case_id.in_(found))).mappings():
            found[row["case_id"]].append(_photo(row))
    stages = list(PhotoStage)
    for group in found.values():
        group.sort(key=lambda photo: stages.index(photo.stage or PhotoStage.REPORT))
    return found


def find_photo(connection: Connection, photo_id: uuid.UUID) -> Photo:
    """Return one photo, on whichever case it stands; the caller decides who may see it.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(_PUBLIC.where(photos.c.id == photo_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(NO_PHOTO)
    return _photo(row)


def open_photo(store: PictureStore, photo: Photo, size: PhotoSize) -> Path:
    """Return the JPEG file of a photo.

    Raises:
        NotFound: the store has lost it (a backup without its photos was restored).
    """
    path = store.path(photo.content, size)
    if not path.is_file():
        raise NotFound("The file of this photo is missing from the store.")
    return path


def shooting_of(
    connection: Connection,
    photo_ids: Collection[uuid.UUID],
) -> dict[uuid.UUID, Shooting]:
    """Return when and where photos were taken. Private: for checks of evidence, never shown.

    The moment is aware when the camera wrote its offset, else the camera's local time.
    """
    columns = (photos.c.id, photos.c.taken_text, photos.c.taken_lon, photos.c.taken_lat)
    wanted = select(*columns, photos.c.taken_datum).where(photos.c.id.in_(photo_ids))
    return {
        photo_id: Shooting(
            datetime.fromisoformat(text) if text else None,
            RawPoint(lon, lat, Datum(datum)) if datum else None,
        )
        for photo_id, text, lon, lat, datum in connection.execute(wanted)
    }
