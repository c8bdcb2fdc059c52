"""What does a photo look like once it is safe to keep: upright, small enough, without metadata?

Pure: bytes in, bytes out. Whoever runs as root, or has many threads, comes in through
`wanmi.platform.casework.picture_intake`.
"""

from __future__ import annotations

import hashlib
import logging
import warnings
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING

from PIL import Image, ImageCms

from wanmi.platform.casework.picture_files import open_picture
from wanmi.platform.casework.picture_refusals import (
    DAMAGED,
    TOO_MANY_BYTES,
    refuse,
    refuse_size,
)
from wanmi.platform.casework.shooting import Shooting, read_exif

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

QUALITY = 85
MAX_PROFILE_BYTES = 1_000_000


class PhotoSize(StrEnum):
    """The sizes in which every photo is kept."""

    FULL = "full"
    MEDIUM = "medium"
    THUMBNAIL = "thumbnail"


LONGEST_SIDE = {PhotoSize.FULL: 2560, PhotoSize.MEDIUM: 1280, PhotoSize.THUMBNAIL: 320}
"""The longest side in pixels, largest first; smaller photos are not blown up."""

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation → what makes the picture upright (CIPA DC-008 4.6.5.1.6)."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What is known of a photo that has been read.

    Attributes:
        content: SHA-256 of the original file, in hexadecimal: the photo's name in the store.
        width: of the full size, in pixels, upright.
        height: the same.
        original_bytes: length of the original file.
        shooting: when and where it was taken; private.
    """

    content: str
    width: int
    height: int
    original_bytes: int
    shooting: Shooting


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo that is safe to keep and to show; `images` are JPEGs without any metadata."""

    facts: PictureFacts
    images: Mapping[PhotoSize, bytes]


def read_picture(data: bytes, *, max_bytes: int) -> Picture:
    """Decode a photo and make the JPEGs that are kept.

    Upright, in sRGB, transparency on white, of an animation the first frame.

    Raises:
        Invalid: empty, not a JPEG, PNG or WebP, damaged or not complete.
        TooLarge: more than `max_bytes`, or more pixels than are decoded.
    """
    if len(data) > max_bytes:
        raise refuse_size(TOO_MANY_BYTES)
    with warnings.catch_warnings():
        # Pillow warns about other people's files; that is neither our log's nor a test's matter.
        warnings.simplefilter("ignore")
        opened = open_picture(data)
        shooting, orientation = read_exif(opened.exif)
        try:
            upright = _upright(_small(opened.image), orientation)
            images = _renditions(upright)
        except Exception as error:  # decoders raise a dozen kinds
            log.info("a photo of %d bytes could not be decoded: %r", len(data), error)
            raise refuse(DAMAGED) from error
    content = hashlib.sha256(data).hexdigest()
    return Picture(PictureFacts(content, *upright.size, len(data), shooting), images)


def _small(image: Image.Image) -> Image.Image:
    """Return an RGB copy of at most the full size, in sRGB, that carries no metadata."""
    profile = image.info.get("icc_profile")
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode.startswith("I"):
        image = _eight_bits(image)
    side = LONGEST_SIDE[PhotoSize.FULL]
    # A large JPEG is decoded at a half, a quarter or an eighth: less memory, less time.
    share = min(1.0, side / max(image.size))
    image.draft(None, (ceil(image.width * share), ceil(image.height * share)))
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    clean = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        clean.paste(image, mask=image)
        return clean
    coloured = image.mode == "RGB"
    clean.paste(image if coloured else image.convert("RGB"))
    return _in_srgb(clean, profile) if coloured and profile else clean


def _eight_bits(image: Image.Image) -> Image.Image:
    # Pillow would cut sixteen bits off at 255 instead of scaling them down.
    return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return `image` in sRGB; phones that photograph in Display P3 would look pale otherwise."""
    if len(profile) > MAX_PROFILE_BYTES:
        return image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError) as error:
        log.info("a colour profile could not be used: %r", error)
        return image
    if converted is None:
        return image
    converted.info.clear()
    return converted


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _renditions(image: Image.Image) -> dict[PhotoSize, bytes]:
    images = {}
    for size, side in LONGEST_SIDE.items():
        image = image.copy()
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        file = BytesIO()
        image.save(file, "JPEG", quality=QUALITY)
        images[size] = file.getvalue()
    return images
