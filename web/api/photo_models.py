"""What does a photo look like on its way in, from people with and without an account?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_openapi3 import FileStorage
from pydantic import BaseModel, ConfigDict

from wanmi.platform.casework.picture_intake import take_in
from wanmi.platform.kernel.service_user import find_service_user
from wanmi.web.wiring.services import services

if TYPE_CHECKING:
    from wanmi.platform.casework.pictures import PictureFacts


class PhotoForm(BaseModel):
    """A multipart form with one file in the field `photo`."""

    model_config = ConfigDict(extra="forbid")

    photo: FileStorage

    def taken_in(self) -> PictureFacts:
        """Put the photo into the store, whoever sends it; slow, so hold no connection meanwhile.

        Raises:
            Invalid, TooLarge, Unavailable: see `picture_intake.take_in`.
        """
        at_hand = services()
        most = at_hand.settings.photo_bytes
        return take_in(
            self.photo.read(most + 1),
            at_hand.pictures,
            user=find_service_user(at_hand.settings.service_user),
            max_bytes=most,
        )
