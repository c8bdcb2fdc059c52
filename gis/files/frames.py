"""In which frame are a file's numbers, and do the numbers bear it out?

What the file says (.prj and the like) and what the user says (`--crs`, `--datum`) are weighed
against each other and against the numbers. A frame is never guessed: a contradiction is an error
that names both sides (standards.md 8.1, 8.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer

from wanmi.gis.errors import FileUnreadable, FrameMismatch
from wanmi.gis.frames import frame_of, to_cgcs2000_arrays
from wanmi.gis.points import LAT_LIMIT, LON_LIMIT, Bounds, Datum

DEGREES = (4490, 4326)
WEB_MERCATOR = 3857
OFFSET_DATUMS = (Datum.GCJ02, Datum.BD09)

_CHINA = Bounds(73.0, 3.0, 136.0, 54.0)
_ZONE_M = 1_000_000.0
_FIRST_ZONE = 13
_ZONE_CODES = {zone: 4491 + zone - 13 for zone in range(13, 24)} | {
    zone: 4513 + zone - 25 for zone in range(25, 46)
}
"""Gauss-Krueger frames of CGCS2000 by the zone number before the easting (6 and 3 degrees)."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What is said about a file's frame.

    Attributes:
        file_says: WKT or `EPSG:n` found in or beside the file, or None.
        crs: what the user says with `--crs`, or None.
        datum: what the user says with `--datum`, or None.
    """

    file_says: str | None = None
    crs: str | None = None
    datum: Datum | None = None


@dataclass(frozen=True, slots=True)
class FileFrame:
    """The frame of a file's numbers: an EPSG code, and the datum of its degrees."""

    epsg: int
    datum: Datum
    note: str | None = None

    def __str__(self) -> str:
        """Return the frame for the history of loads: `EPSG:4545`, or `EPSG:4326 gcj02`."""
        shifted = f" {self.datum}" if self.datum in OFFSET_DATUMS else ""
        return f"EPSG:{self.epsg}{shifted}"


def decide_frame(declared: Declared, numbers: npt.NDArray[np.float64]) -> FileFrame:
    """Return the frame of a file.

    Args:
        declared: what the file and the user say.
        numbers: all vertices of the file, shape (n, 2).

    Raises:
        FileUnreadable: nothing is said, or a frame that Wanmi cannot turn into CGCS2000.
        FrameMismatch: two statements, or a statement and the numbers, contradict each other.
    """
    said_by_user = _known(declared.crs, "--crs") if declared.crs else None
    said_by_file = frame_of(declared.file_says) if declared.file_says else None
    note = None
    if said_by_user is not None:
        epsg = said_by_user
        if said_by_file is not None and not _same(epsg, said_by_file):
            note = _settle(epsg, said_by_file, numbers)
    elif said_by_file is not None:
        epsg = said_by_file
    elif declared.file_says:
        raise FileUnreadable(
            f"The file's frame, {_title(declared.file_says)}, does not stand on CGCS2000 or WGS 84"
            "; have it transformed, or say --crs if the file only carries the wrong name.",
        )
    elif declared.datum is not None:
        epsg = DEGREES[1]
    else:
        raise FileUnreadable(
            "The file does not say its frame (a shapefile says it in its .prj). Say it: "
            "--crs EPSG:4490 for degrees, --crs EPSG:4545 (or your city's plane) for metres, "
            "--datum gcj02 for coordinates of a map service.",
        )
    complaint = contradiction(epsg, numbers)
    if complaint:
        raise FrameMismatch(complaint)
    return FileFrame(epsg, _datum(epsg, declared.datum), note)


def contradiction(epsg: int, numbers: npt.NDArray[np.float64]) -> str | None:
    """Return the sentence that names both sides when `numbers` cannot be in frame `epsg`.

    The middle of the numbers decides, so that one vertex out of place stays a fault of its row.
    """
    numbers = numbers[np.isfinite(numbers).all(axis=1)]
    if not len(numbers):
        return None
    x, y = (float(value) for value in np.median(numbers, axis=0))
    seen = _seen_in_degrees(x, y) if epsg in DEGREES else _seen_in_metres(epsg, x, y)
    if seen is None:
        return None
    return (
        f"The frame is said to be {_title(epsg)}, but the numbers, about {x:.10g} {y:.10g}, {seen}"
    )


def to_degrees(
    shapes: npt.NDArray[np.object_],
    frame: FileFrame,
) -> npt.NDArray[np.object_]:
    """Return `shapes` (holes as None) in CGCS2000 degrees, longitude first; drops heights."""

    def turned(vertices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = vertices[:, 0], vertices[:, 1]
        if frame.epsg not in DEGREES:
            x, y = _unprojector(frame.epsg).transform(x, y)
        return np.column_stack(to_cgcs2000_arrays(x, y, frame.datum))

    moved: npt.NDArray[np.object_] = shapely.transform(shapely.force_2d(shapes), turned)
    return moved


@lru_cache(maxsize=16)
def _unprojector(epsg: int) -> Transformer:
    crs = CRS.from_epsg(epsg)
    return Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)


def _known(text: str, option: str) -> int:
    epsg = frame_of(text)
    if epsg is None:
        raise FileUnreadable(
            f"{option} {text} is no frame on CGCS2000 or WGS 84; say one such as EPSG:4490, "
            "EPSG:4545 or EPSG:4326.",
        )
    return epsg


def _same(first: int, second: int) -> bool:
    return first == second or (first in DEGREES and second in DEGREES)


def _settle(user: int, file: int, numbers: npt.NDArray[np.float64]) -> str:
    """Let the numbers decide between two statements, or refuse to."""
    if contradiction(file, numbers) and not contradiction(user, numbers):
        return f"The file says {_title(file)}; its numbers and --crs say {_title(user)}."
    raise FrameMismatch(
        f"The file says {_title(file)}, --crs says {_title(user)}, and the numbers do not decide. "
        "If the file is wrong, remove its .prj; else leave --crs out.",
    )


def _datum(epsg: int, said: Datum | None) -> Datum:
    if said in OFFSET_DATUMS and epsg not in (*DEGREES, WEB_MERCATOR):
        raise FrameMismatch(
            f"--datum {said} speaks of degrees of a map service, but the frame is {_title(epsg)}.",
        )
    return said or Datum.CGCS2000


def _seen_in_degrees(x: float, y: float) -> str | None:
    if max(abs(x), abs(y)) > LON_LIMIT:
        return f"are metres: say the plane, {_plane_hint(x)}."
    if abs(y) > LAT_LIMIT or _in_china(lon=y, lat=x):
        return "have latitude first: swap the two, longitude comes first."
    return None


def _in_china(*, lon: float, lat: float) -> bool:
    return _CHINA.min_lon <= lon <= _CHINA.max_lon and _CHINA.min_lat <= lat <= _CHINA.max_lat


def _seen_in_metres(epsg: int, x: float, y: float) -> str | None:
    if max(abs(x), abs(y)) <= LON_LIMIT:
        return "are degrees: say --crs EPSG:4490, or --datum for those of a map service."
    false_easting = _false_easting(epsg)
    if epsg == WEB_MERCATOR or false_easting is None:
        return None
    own, found, other = (int(value // _ZONE_M) for value in (false_easting, x, y))
    # Without a zone number, eastings have six digits and Chinese northings seven.
    if (other == own and found != own) or (own == 0 and 0 < found < _FIRST_ZONE and other == 0):
        return "have northing first: swap the two, easting comes first."
    if found == own:
        return None
    if found in _ZONE_CODES:
        return f"have zone {found} before the easting: say {_plane_hint(x)}."
    return f"lack zone {own} before the easting: say a plane without zone number, e.g. EPSG:4545."


def _plane_hint(x: float) -> str:
    zone = int(x // _ZONE_M)
    return f"--crs EPSG:{_ZONE_CODES[zone]}" if zone in _ZONE_CODES else "--crs EPSG:4545 or yours"


@lru_cache(maxsize=64)
def _false_easting(epsg: int) -> float | None:
    operation = CRS.from_epsg(epsg).coordinate_operation
    values = operation.params if operation else []
    return next((float(item.value) for item in values if item.name == "False easting"), None)


def _title(frame: int | str) -> str:
    try:
        crs = CRS.from_user_input(frame)
    except RuntimeError:
        return f"{str(frame)[:60]!r}"
    return f"{crs.name} (EPSG:{frame})" if isinstance(frame, int) else crs.name
