"""Which photos may be put on a case, and in which order do they stand there?

Without an account only citizens' photos may be; that they are the sender's own has been made sure
of by their claims (`photo_claims`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from wanmi.platform.casework.evidence_tables import case_photos, photos
from wanmi.platform.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from wanmi.platform.casework.evidence import PhotoStage

PHOTOS_WRONG = "Photos of this report cannot be taken; send them again."
NOT_YOURS = "There is no such photo of yours; send the photo again."
TWICE = "This photo is named twice."
ELSEWHERE = "This photo stands on another case; take a new one."
OTHER_STAGE = "This photo stands on the case already, from another stage; take a new one."


def attach(
    connection: Connection,
    case_id: int,
    photo_ids: Sequence[uuid.UUID],
    stage: PhotoStage,
    *,
    account_id: int | None,
) -> None:
    """Put photos on a case, in their order; those that stand there already stay.

    Raises:
        Invalid: `photos[i]` does not exist, is another account's, is named twice, or stands on
            another case or stage. None is attached then.
    """
    rows = _for_attaching(connection, photo_ids, account_id)
    faults = [
        FieldError(f"photos[{index}]", fault)
        for index, photo_id in enumerate(photo_ids)
        if (fault := _fault(rows.get(photo_id), photo_id in photo_ids[:index], case_id, stage))
    ]
    if faults:
        raise Invalid(PHOTOS_WRONG, errors=tuple(faults))
    here = (case_photos.c.case_id == case_id) & (case_photos.c.stage == stage.value)
    new = [photo_id for photo_id in photo_ids if rows[photo_id][0] is None]
    if new:
        last = connection.execute(select(func.max(case_photos.c.position)).where(here)).scalar()
        start = 0 if last is None else last + 1
        connection.execute(
            insert(case_photos),
            [
                {"case_id": case_id, "photo_id": one, "stage": stage.value, "position": start + i}
                for i, one in enumerate(new)
            ],
        )


def attachable(
    connection: Connection,
    photo_ids: Sequence[uuid.UUID],
    account_id: int | None,
) -> None:
    """Make sure that photos can be put on a new case; they are held until the transaction ends.

    Raises:
        Invalid: `photos[i]` does not exist, is another account's, is named twice, or stands on a
            case already.
    """
    rows = _for_attaching(connection, photo_ids, account_id)
    faults = [
        FieldError(f"photos[{index}]", fault)
        for index, photo_id in enumerate(photo_ids)
        if (fault := _fault(rows.get(photo_id), photo_id in photo_ids[:index], None, None))
    ]
    if faults:
        raise Invalid(PHOTOS_WRONG, errors=tuple(faults))


def _for_attaching(
    connection: Connection,
    photo_ids: Sequence[uuid.UUID],
    account_id: int | None,
) -> dict[uuid.UUID, tuple[int | None, str | None]]:
    if not photo_ids:
        return {}
    # Two reports, or a report and the sweep, may reach for one photo: the second waits here, and
    # only the next statement sees what the first has done.
    mine = photos.c.id.in_(photo_ids) & (photos.c.account_id == account_id)
    locked = connection.scalars(
        select(photos.c.id).where(mine).order_by(photos.c.id).with_for_update(),
    ).all()
    found = connection.execute(
        select(photos.c.id, case_photos.c.case_id, case_photos.c.stage)
        .outerjoin_from(photos, case_photos)
        .where(photos.c.id.in_(locked)),
    )
    return {photo_id: (case, stage) for photo_id, case, stage in found}


def _fault(
    row: tuple[int | None, str | None] | None,
    twice: bool,  # noqa: FBT001 - one of the facts that are looked at
    case_id: int | None,
    stage: PhotoStage | None,
) -> str | None:
    if row is None:
        return NOT_YOURS
    if twice:
        return TWICE
    if row in {(None, None), (case_id, stage and stage.value)}:
        return None
    return OTHER_STAGE if row[0] == case_id else ELSEWHERE
