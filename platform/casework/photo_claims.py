"""Who may put a citizen's photo on a report: whoever holds the claim that its sender was given.

A citizen has no account that a photo could belong to. The claim names the photo and is signed with
a secret of the installation, so that knowing or guessing an id gives nobody anybody's photo.
"""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING
from uuid import UUID

from wanmi.platform.casework.evidence_attach import NOT_YOURS, PHOTOS_WRONG
from wanmi.platform.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

ID_BYTES = 16
SIGNATURE_BYTES = 16
CLAIM_LETTERS = 43
"""Thirty-two bytes in base 64, without padding."""


def claim_of(secret: bytes, photo_id: UUID) -> str:
    """Return the claim of a photo: to be given to its sender and to nobody else."""
    signed = photo_id.bytes + _signature(secret, photo_id.bytes)
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def claimed(secret: bytes, claims: Sequence[str]) -> tuple[UUID, ...]:
    """Return the photos that `claims` stand for, in order.

    Raises:
        Invalid: `photos[i]` was not signed here.
    """
    found = [_photo_of(secret, claim) for claim in claims]
    faults = [
        FieldError(f"photos[{index}]", NOT_YOURS)
        for index, photo_id in enumerate(found)
        if photo_id is None
    ]
    if faults:
        raise Invalid(PHOTOS_WRONG, errors=tuple(faults))
    return tuple(photo_id for photo_id in found if photo_id is not None)


def _photo_of(secret: bytes, claim: str) -> UUID | None:
    try:
        signed = base64.b64decode(f"{claim}=", altchars=b"-_", validate=True)
    except ValueError:
        return None
    name, signature = signed[:ID_BYTES], signed[ID_BYTES:]
    if len(name) < ID_BYTES or not hmac.compare_digest(signature, _signature(secret, name)):
        return None
    return UUID(bytes=name)


def _signature(secret: bytes, name: bytes) -> bytes:
    return hmac.digest(secret, b"photo:" + name, "sha256")[:SIGNATURE_BYTES]
