"""What kind of picture file is this, and may it be decoded at all?

Decided by content, never by name. Only what the picture itself needs goes on to Pillow: everything
else in the file (metadata, comments, further images, a film behind the photo) is cut off first, and
the EXIF block is handed out beside it. That keeps bombs that hide there away from the decoder.
Nothing is decoded here, and no memory for pixels is taken.

Sources: W3C PNG (third edition) clause 5; WebP container, RFC 9649; JPEG: `jpeg_parts`.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from wanmi.platform.casework.jpeg_parts import strip_jpeg
from wanmi.platform.casework.picture_refusals import (
    DAMAGED,
    EMPTY,
    HEIC,
    TOO_MANY_PIXELS,
    UNKNOWN,
    refuse,
    refuse_size,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.ImageFile import ImageFile

MAX_PIXELS = 52_000_000
"""Room for the 8192 x 6144 of a 50-megapixel phone; decoded, that takes 200 MB."""

MAX_PIXELS_WEBP = 30_000_000
"""Its decoder holds every picture four times; browsers make them, cameras do not."""

MAX_PIXELS_STREAMED = 120_000_000
"""For JPEGs of one scan: they are made smaller row by row while they are read."""

MAX_CHUNKS = 100_000
MAX_EXIF_BYTES = 65_536
"""The EXIF standard (CIPA DC-008 4.7.2) keeps the block in one JPEG segment."""

ISO_MEDIA_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif"})


@dataclass(frozen=True, slots=True)
class OpenedPicture:
    """A picture whose header has been read and found harmless; nothing is decoded yet.

    Attributes:
        image: Pillow's lazy image of the bare picture.
        exif: the EXIF block, or None when there is none or it is longer than the standard allows.
    """

    image: ImageFile
    exif: bytes | None


def open_picture(data: bytes) -> OpenedPicture:
    """Recognise `data` and read its header.

    Raises:
        Invalid: empty, not a JPEG, PNG or WebP, or broken.
        TooLarge: more pixels than are decoded.
    """
    if not data:
        raise refuse(EMPTY)
    for signature, opener in OPENERS:
        if signature.match(data):
            return opener(data)
    if data[4:8] == b"ftyp" and data[8:12] in ISO_MEDIA_BRANDS:
        raise refuse(HEIC)
    raise refuse(UNKNOWN)


def _check_size(size: tuple[int, int], limit: int = MAX_PIXELS) -> None:
    if min(size) < 1:
        raise refuse(DAMAGED)
    if size[0] * size[1] > limit:
        raise refuse_size(TOO_MANY_PIXELS)


def _open_jpeg(data: bytes) -> OpenedPicture:
    bare = strip_jpeg(data)
    image = _header(JpegImagePlugin.JpegImageFile, bare.data)
    _check_size(image.size, MAX_PIXELS_STREAMED if bare.scans == 1 else MAX_PIXELS)
    return OpenedPicture(image, bare.exif)


PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"IDAT", b"IEND"})


def _open_png(data: bytes) -> OpenedPicture:
    kept, exif, position = [PNG_SIGNATURE], None, len(PNG_SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if position >= len(data):
            break
        name = data[position + 4 : position + 8]
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        if name in PNG_NEEDED:
            kept.append(data[position:end])
        elif name == b"eXIf" and exif is None and end - position <= MAX_EXIF_BYTES:
            exif = data[position + 8 : end - 4]
        position = end
    else:
        raise refuse(DAMAGED)
    image = _header(PngImagePlugin.PngImageFile, b"".join(kept))
    _check_size(image.size)
    return OpenedPicture(image, exif)


def _open_webp(data: bytes) -> OpenedPicture:
    # The decoder takes the canvas's memory as soon as it is made, so the size is read before.
    _check_size(_webp_size(data), MAX_PIXELS_WEBP)
    image = _header(WebPImagePlugin.WebPImageFile, data)
    _check_size(image.size, MAX_PIXELS_WEBP)
    exif = image.info.get("exif")
    return OpenedPicture(image, exif if exif and len(exif) <= MAX_EXIF_BYTES else None)


def _webp_size(data: bytes) -> tuple[int, int]:
    kind, head = data[12:16], data[20:30]
    if len(head) < 10:  # noqa: PLR2004 - the longest of the three headers
        raise refuse(DAMAGED)
    if kind == b"VP8X":
        width, height = head[4:7], head[7:10]
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", head[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _header(plugin: Callable[[BytesIO], ImageFile], bare: bytes) -> ImageFile:
    try:
        return plugin(BytesIO(bare))
    except Exception as error:  # decoders raise a dozen kinds
        raise refuse(DAMAGED) from error


OPENERS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], OpenedPicture]], ...] = (
    (re.compile(rb"\xff\xd8\xff"), _open_jpeg),
    (re.compile(re.escape(PNG_SIGNATURE)), _open_png),
    (re.compile(rb"RIFF.{4}WEBPVP8[ LX]", re.DOTALL), _open_webp),
)
"""Content that is taken, and who opens it."""
