"""Which parts of a JPEG file make the picture, and which only ride along?

The picture's own parts go on to the decoder; metadata, comments, further images and whatever
follows the end (a film, an archive) stay behind. Nothing is decoded.

Source: ITU-T T.81 Annex B.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wanmi.platform.casework.picture_refusals import DAMAGED, refuse

MAX_SCANS = 32
"""Encoders write about ten; a small file of thousands would keep the decoder busy for hours."""

MAX_SEGMENTS = 1_000

MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
"""A marker; neither a stuffed 0xFF00 nor a restart marker inside a scan."""

START, END, SCAN = 0xD8, 0xD9, 0xDA
ALONE = frozenset({0x01, START})
JFIF, EXIF, ICC, ADOBE, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE


@dataclass(frozen=True, slots=True)
class BareJpeg:
    """A JPEG with nothing but the picture; its first EXIF block beside it; how many scans."""

    data: bytes
    exif: bytes | None
    scans: int


def strip_jpeg(data: bytes) -> BareJpeg:
    """Return the picture's own parts of a JPEG file.

    Raises:
        Invalid: more parts than any camera writes.
    """
    kept, exif, scans, segments, position = [b"\xff\xd8"], None, 0, 0, 2
    while found := MARKER.search(data, position):
        marker, start = found[1][0], found.end()
        if scans:
            # What lies between is the scan that came before.
            kept.append(data[position : found.start()])
        if marker == END:
            kept.append(b"\xff\xd9")
            return BareJpeg(b"".join(kept), exif, scans)
        position = start
        if marker in ALONE:
            continue
        position += int.from_bytes(data[start : start + 2], "big")
        segments += 1
        scans += marker == SCAN
        if segments > MAX_SEGMENTS or scans > MAX_SCANS:
            raise refuse(DAMAGED)
        body = data[start + 2 : position]
        if _is_needed(marker, body):
            kept.append(bytes((0xFF, marker)) + data[start:position])
        elif exif is None and marker == EXIF and body.startswith(b"Exif\0"):
            exif = body
    kept.append(data[position:])
    return BareJpeg(b"".join(kept), exif, scans)


def _is_needed(marker: int, body: bytes) -> bool:
    if marker in {JFIF, ADOBE}:
        return True
    if marker == ICC:
        return body.startswith(b"ICC_PROFILE\0")
    return not (JFIF <= marker < JFIF + 16 or marker == COMMENT)
