"""When and where was a photo taken, as far as the camera said so?

Read from the EXIF block (CIPA DC-008) and kept privately: it never leaves with the picture. A photo
without it, or with a broken one, is unknown, not bad.
"""

from __future__ import annotations

import contextlib
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PIL import ExifTags
from PIL.Image import Exif

from wanmi.gis.errors import GisError
from wanmi.gis.points import Datum, RawPoint

if TYPE_CHECKING:
    from collections.abc import Mapping

UPRIGHT = 1

UNREADABLE = (
    ArithmeticError,
    AttributeError,
    GisError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
"""What Pillow and plain arithmetic raise on EXIF blocks that are broken or lie."""

TIMES = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
)
"""Tags of the moment and of its offset, best first. `DateTime` is when a program last wrote."""

DATUMS = {
    "": Datum.WGS84,
    "WGS-84": Datum.WGS84,
    "WGS84": Datum.WGS84,
    "WGS 84": Datum.WGS84,
    "CGCS2000": Datum.CGCS2000,
    "GCJ-02": Datum.GCJ02,
    "GCJ02": Datum.GCJ02,
}
"""GPSMapDatum; empty means what GPS itself uses. Any other name: the place is unknown."""

NO_FIX = "V"


@dataclass(frozen=True, slots=True)
class Shooting:
    """Moment and place of a shot.

    Attributes:
        taken: aware when the camera wrote its offset from UTC, else its local time without a zone.
        place: in degrees of the datum that the camera named (WGS 84 when it named none).
    """

    taken: datetime | None = None
    place: RawPoint | None = None


def read_exif(block: bytes | None) -> tuple[Shooting, int]:
    """Return what an EXIF block says of the shot, and the picture's orientation (1 to 8).

    Whatever cannot be read is unknown, and upright; never raises. (Pillow may warn.)
    """
    if not block:
        return Shooting(), UPRIGHT
    exif = Exif()
    with contextlib.suppress(*UNREADABLE):
        exif.load(block)
    return Shooting(_taken(exif), _place(exif)), _orientation(exif)


def _part(exif: Exif, tag: int) -> Mapping[int, Any]:
    with contextlib.suppress(*UNREADABLE):
        return exif.get_ifd(tag)
    return {}


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return str(value or "").strip(" \0")


def _taken(exif: Exif) -> datetime | None:
    part = _part(exif, ExifTags.IFD.Exif)
    for moment, offset in TIMES:
        with contextlib.suppress(*UNREADABLE):
            local = datetime.strptime(_text(part[moment]), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
            with contextlib.suppress(*UNREADABLE):
                return local.replace(tzinfo=datetime.strptime(_text(part[offset]), "%z").tzinfo)
            return local
    return None


def _place(exif: Exif) -> RawPoint | None:
    part = _part(exif, ExifTags.IFD.GPSInfo)
    with contextlib.suppress(*UNREADABLE):
        if _text(part.get(ExifTags.GPS.GPSStatus)) == NO_FIX:
            return None
        lon = _degrees(part[ExifTags.GPS.GPSLongitude], part[ExifTags.GPS.GPSLongitudeRef], "EW")
        lat = _degrees(part[ExifTags.GPS.GPSLatitude], part[ExifTags.GPS.GPSLatitudeRef], "NS")
        datum = DATUMS[_text(part.get(ExifTags.GPS.GPSMapDatum)).upper()]
        # Cameras without a fix write zeros.
        return RawPoint(lon, lat, datum) if (lon, lat) != (0.0, 0.0) else None
    return None


def _degrees(value: tuple[Any, Any, Any], side: object, sides: str) -> float:
    degrees, minutes, seconds = (float(part) for part in value)
    sign = (1, -1)[sides.index(_text(side).upper())]
    return sign * (degrees + minutes / 60 + seconds / 3600)


def _orientation(exif: Exif) -> int:
    with contextlib.suppress(*UNREADABLE):
        said = int(exif.get(ExifTags.Base.Orientation, UPRIGHT))
        return said if 1 <= said <= 8 else UPRIGHT  # noqa: PLR2004 - EXIF's eight orientations
    return UPRIGHT
