"""Photos for tests: honest ones, strange ones, and bombs. All are made here, none is anybody's."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageCms, ImageDraw

from wanmi.gis.points import Datum, RawPoint

PLACE = RawPoint(109.0258, 32.6905, Datum.WGS84)
"""Where the test camera stands, in central Ankang."""

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


def scene(width: int = 640, height: int = 480) -> Image.Image:
    """A picture whose upper left quarter is red and whose lower half is blue, else green."""
    image = Image.new("RGB", (width, height), GREEN)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height // 2, width, height), fill=BLUE)
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=RED)
    return image


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The file of `image`."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def photo(width: int = 640, height: int = 480, **options: object) -> bytes:
    """A plain JPEG; a different one for every quality."""
    return saved(scene(width, height), quality=options.pop("quality", 90), **options)


def camera_exif(
    *,
    orientation: int = 1,
    taken: str | None = "2026:11:23 09:30:00",
    offset: str | None = "+08:00",
    place: RawPoint | None = PLACE,
    gps: dict[int, Any] | None = None,
) -> Image.Exif:
    """What a phone writes about a shot; `gps` replaces single GPS tags."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "WanmiPhone"
    exif[ExifTags.Base.Orientation] = orientation
    shot = exif.get_ifd(ExifTags.IFD.Exif)
    if taken is not None:
        shot[ExifTags.Base.DateTimeOriginal] = taken
    if offset is not None:
        shot[ExifTags.Base.OffsetTimeOriginal] = offset
    if place is not None:
        where = exif.get_ifd(ExifTags.IFD.GPSInfo)
        where[ExifTags.GPS.GPSLatitudeRef] = "N" if place.lat >= 0 else "S"
        where[ExifTags.GPS.GPSLatitude] = sexagesimal(abs(place.lat))
        where[ExifTags.GPS.GPSLongitudeRef] = "E" if place.lon >= 0 else "W"
        where[ExifTags.GPS.GPSLongitude] = sexagesimal(abs(place.lon))
        where.update(gps or {})
    return exif


def sexagesimal(degrees: float) -> tuple[float, float, float]:
    """Degrees, minutes and seconds."""
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 6)


def upside(image: Image.Image, orientation: int) -> Image.Image:
    """The picture as a camera stores it that was held so that EXIF says `orientation`."""
    turns = Image.Transpose
    inverse: Image.Transpose | None = {
        1: None,
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_90,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_270,
    }[orientation]
    return image if inverse is None else image.transpose(inverse)


def talkative_jpeg() -> bytes:
    """A JPEG with everything that cameras and programs leave in one: EXIF, XMP, IPTC, a comment."""
    plain = photo(exif=camera_exif(), comment=b"shot by Li Wei", xmp=b"<x:xmpmeta>GPS 109</x>")
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x06secret"
    return plain[:2] + segment(0xED, iptc) + plain[2:] + b"PK\x03\x04 a film behind the photo"


def segment(marker: int, body: bytes) -> bytes:
    """One JPEG segment."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def chunk(name: bytes, body: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A black-and-white PNG of zeros: 900 million pixels in a hundred kilobytes."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def jpeg_of_size(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    data = photo(16, 16)
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def webp_of_size(width: int, height: int) -> bytes:
    """A small WebP whose canvas claims another size."""
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 10))
    data = saved(image, "WEBP", lossless=True, exif=camera_exif())
    assert data[12:16] == b"VP8X"
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return data[:24] + size + data[30:]


def scan_bomb(scans: int) -> bytes:
    """A progressive JPEG whose last scan is there `scans` times more."""
    data = saved(scene(2000, 2000), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * (scans + 1) + data[-2:]


def swapped_profile() -> bytes:
    """A colour profile in which red and green are exchanged: who ignores it shows wrong colours."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in ((b"rXYZ", b"?XYZ"), (b"gXYZ", b"rXYZ"), (b"?XYZ", b"gXYZ")):
        profile = profile.replace(old, new)
    return profile.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
