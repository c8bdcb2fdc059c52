"""Which frame (CRS) does the text beside a file name, and can a city decide metres in it?

Central meridian, false easting, ellipsoid and datum decide, never the name alone: names differ
between programs, and a name that is merely similar would put a city a zone away.
"""

from __future__ import annotations

from functools import lru_cache

from pyproj import CRS
from pyproj.exceptions import CRSError

from wanmi.gis.errors import FrameMismatch

CGCS2000, WGS84 = 4490, 4326
"""EPSG codes of the two geographic frames that Wanmi takes as one."""

_AXIS_M = 6378137.0
_FLATTENING = {CGCS2000: 298.257222101, WGS84: 298.257223563}  # inverse
# An ellipsoid is not enough: NAD83 and others use the same one as CGCS2000.
_DATUM_NAMES = {
    "china 2000": CGCS2000,
    "d china 2000": CGCS2000,
    "cgcs2000": CGCS2000,
    "china geodetic coordinate system 2000": CGCS2000,
    "world geodetic system 1984": WGS84,
    "world geodetic system 1984 ensemble": WGS84,
    "wgs 1984": WGS84,
    "d wgs 1984": WGS84,
    "wgs84": WGS84,
    "wgs 84": WGS84,
}

_TRANSVERSE_MERCATOR, _WEB_MERCATOR = "9807", "1024"  # EPSG codes of methods
_LAT_0, _LON_0, _SCALE, _EASTING, _NORTHING = "8801", "8802", "8805", "8806", "8807"
_HALF_EASTING, _ZONE_EASTING = 500_000.0, 1_000_000.0


def _gauss_krueger() -> dict[tuple[float, float, int], int]:
    """List CGCS2000's Gauss-Krueger frames: (meridian, false easting, zone's degrees) -> EPSG."""
    table: dict[tuple[float, float, int], int] = {}
    for step in range(21):  # 3-degree zones 25 to 45
        meridian, zone = 75.0 + 3 * step, 25 + step
        table[meridian, _ZONE_EASTING * zone + _HALF_EASTING, 3] = 4513 + step
        table[meridian, _HALF_EASTING, 3] = 4534 + step
    for step in range(11):  # 6-degree zones 13 to 23
        meridian, zone = 75.0 + 6 * step, 13 + step
        table[meridian, _ZONE_EASTING * zone + _HALF_EASTING, 6] = 4491 + step
        table[meridian, _HALF_EASTING, 6] = 4502 + step
    return table


_GAUSS_KRUEGER = _gauss_krueger()


def frame_of(text: str) -> int | None:
    """Return the EPSG code of the frame that `text` names, or None.

    Args:
        text: WKT of any dialect (a .prj file's content), `EPSG:4545`, `4545`, or a name such as
            `CGCS2000_3_Degree_GK_CM_108E`.

    Known are CGCS2000 and WGS 84 in degrees, CGCS2000 in Gauss-Krueger zones of 3 and 6 degrees
    with and without the zone's number before the easting (standards.md 8.1), and every other
    EPSG frame that stands on CGCS2000 or WGS 84. Frames on other datums (Beijing 1954, Xi'an
    1980, local ones) give None: PROJ would move them without knowing their parameters.
    """
    try:
        crs = CRS.from_user_input(text.strip())
    except CRSError:
        return None
    base = _base_of(crs)
    if base is None or crs.is_geographic:
        return base
    if not crs.is_projected or not _in_metres(crs):
        return None
    if base == CGCS2000 and (code := _gauss_krueger_of(crs)):
        return code
    return crs.to_epsg()


@lru_cache(maxsize=64)
def plane_crs(epsg: int) -> CRS:
    """Return the frame `epsg`, in which a city may decide distances.

    Raises:
        FrameMismatch: unknown, not projected, not in metres, Web Mercator (its metres are not
            metres), or on another datum than CGCS2000 or WGS 84.
    """
    try:
        crs = CRS.from_epsg(epsg)
    except CRSError:
        raise FrameMismatch(
            f"EPSG:{epsg} is not known; give the city's plane, e.g. 4545."
        ) from None
    if not crs.is_projected or not _in_metres(crs) or _method(crs) == _WEB_MERCATOR:
        raise FrameMismatch(
            f"EPSG:{epsg} ({crs.name}) is no plane in true metres; "
            "give the city's projected frame, e.g. 4545.",
        )
    if _base_of(crs) is None:
        raise FrameMismatch(
            f"EPSG:{epsg} ({crs.name}) stands on another datum; "
            "give a plane on CGCS2000 (EPSG:4490) or WGS 84 (EPSG:4326).",
        )
    return crs


def _base_of(crs: CRS) -> int | None:
    """Return which of the two geographic frames `crs` stands on: datum, ellipsoid, degrees."""
    base = crs.geodetic_crs
    if base is None or not base.is_geographic or base.datum is None or base.ellipsoid is None:
        return None
    code = _DATUM_NAMES.get(base.datum.name.replace("_", " ").casefold())
    if code is None or base.ellipsoid.semi_major_metre != _AXIS_M:
        return None
    same_shape = abs(base.ellipsoid.inverse_flattening - _FLATTENING[code]) < 1e-7  # noqa: PLR2004
    greenwich = base.prime_meridian is None or base.prime_meridian.longitude == 0
    degrees = base.axis_info[0].unit_name.casefold() == "degree"
    return code if same_shape and greenwich and degrees else None


def _in_metres(crs: CRS) -> bool:
    return all(axis.unit_conversion_factor == 1 for axis in crs.axis_info)


def _method(crs: CRS) -> str | None:
    operation = crs.coordinate_operation
    return operation.method_code if operation else None


def _gauss_krueger_of(crs: CRS) -> int | None:
    if crs.coordinate_operation is None or _method(crs) != _TRANSVERSE_MERCATOR:
        return None
    values = {
        parameter.code: float(parameter.value) for parameter in crs.coordinate_operation.params
    }
    if (values.get(_LAT_0), values.get(_SCALE), values.get(_NORTHING)) != (0.0, 1.0, 0.0):
        return None
    # Without a zone's number both widths are the same plane; only the name tells them apart.
    name = crs.name.replace("_", "-").casefold()
    for degrees in (3, 6) if "3-degree" in name else (6, 3):
        code = _GAUSS_KRUEGER.get((values[_LON_0], values[_EASTING], degrees))
        if code:
            return code
    return None
