"""By how much do Chinese map services shift a place, and how is the shift taken back?

The public algorithm of GCJ-02, and BD-09 on top of it (standards.md 8.2). It is unofficial; the
official one is licensed.

One point and a million must get bitwise the same answer, on every machine: a place is kept for
ever, and a cell's edge may lie one ulp beside it. Hence everything here is made of `gis.reckoning`,
and each function is written once, for a float and for an array. Sines of multiples follow from one
sine by angle addition.

In this module `Number` is a float or a float64 array, angles are in degrees, longitude first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wanmi.gis.reckoning import FloatArray, Number, double, root, sine_cosine, treble

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MIN_LON, MAX_LON, MIN_LAT, MAX_LAT = 72.004, 137.8347, 0.8293, 55.8271
"""The box outside of which map services shift nothing."""

_AXIS_M = 6378245.0  # Krasovsky 1940
_ECCENTRICITY2 = 0.00669342162296594323
_M_PER_DEGREE = _AXIS_M * math.pi / 180.0

# The shift changes by less than 0.8 % (GCJ-02) or 2 % (BD-09) of the way between two places, so
# each turn leaves that part of the error: from 800 m to less than 0.1 mm in four.
_TURNS = 4

_BD_WAVE = 50.0 / 3.0  # half turns in a degree
_BD_STRETCH, _BD_TURN = 2e-5, 3e-6
_BD_LON, _BD_LAT = 0.0065, 0.006


def in_box(lon: float, lat: float) -> bool:
    """Say whether map services shift this place."""
    return MIN_LON <= lon <= MAX_LON and MIN_LAT <= lat <= MAX_LAT


def in_box_arrays(lon: FloatArray, lat: FloatArray) -> npt.NDArray[np.bool_]:
    """Say of each place whether map services shift it; of NaN, that they do not."""
    return (lon >= MIN_LON) & (lon <= MAX_LON) & (lat >= MIN_LAT) & (lat <= MAX_LAT)


def _waves(degrees: Number) -> tuple[Number, Number, Number, Number, Number]:
    """Return the sines of pi/30, pi/12, pi/3 and pi times `degrees`, and the last one's cosine."""
    sine1, cosine1 = sine_cosine(degrees / 60.0)
    sine2, cosine2 = double(sine1, cosine1)
    sine4, cosine4 = double(sine2, cosine2)
    sine5 = sine4 * cosine1 + cosine4 * sine1
    cosine5 = cosine4 * cosine1 - sine4 * sine1
    sine10, cosine10 = double(sine5, cosine5)
    sine20, cosine20 = double(sine10, cosine10)
    sine60, cosine60 = treble(sine20, cosine20)
    return sine2, sine5, sine20, sine60, cosine60


def gcj02_shift(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Return by how many degrees GCJ-02 lies east and north of WGS 84 at a WGS 84 place.

    Only for places in the box (`in_box`). Source: the public algorithm, standards.md 8.2.
    """
    x, y = lon - 105.0, lat - 35.0
    x30, x12, x3, x1, cosine = _waves(x)
    y30, y12, y3, y1, _ = _waves(y)
    x_half, cosine = double(x1, cosine)
    x_sixth, _ = treble(x_half, cosine)
    ripple = 20.0 * (x_sixth + x_half)
    spread, xy = root(abs(x)), 0.1 * x * y
    east = ripple + 20.0 * x1 + 40.0 * x3 + 150.0 * x12 + 300.0 * x30
    east = east * (2.0 / 3.0) + 300.0 + x + 2.0 * y + 0.1 * x * x + xy + 0.1 * spread
    north = ripple + 20.0 * y1 + 40.0 * y3 + 160.0 * y12 + 320.0 * y30
    north = north * (2.0 / 3.0) - 100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + xy + 0.2 * spread
    sine, cosine = sine_cosine(lat / 180.0)
    squeeze = 1.0 - _ECCENTRICITY2 * sine * sine
    squeeze_root = root(squeeze)
    return (
        east * squeeze_root / (_M_PER_DEGREE * cosine),
        north * squeeze * squeeze_root / (_M_PER_DEGREE * (1.0 - _ECCENTRICITY2)),
    )


def gcj02_from_wgs84(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Shift WGS 84 degrees to GCJ-02; only in the box."""
    east, north = gcj02_shift(lon, lat)
    return lon + east, lat + north


def wgs84_from_gcj02(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Take the shift of GCJ-02 back, to less than 0.1 mm; only in the box."""
    true_lon, true_lat = lon, lat
    for _ in range(_TURNS):
        east, north = gcj02_shift(true_lon, true_lat)
        true_lon, true_lat = lon - east, lat - north
    return true_lon, true_lat


def bd09_shift(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Return by how many degrees BD-09 lies east and north of GCJ-02 at a GCJ-02 place.

    The public algorithm stretches the vector (lon, lat) by a small length and turns it by a
    small angle; here without arc tangent, the turn by its series (the rest is below 1e-15
    degrees). Only in the box. Source: standards.md 8.2.
    """
    lat_sine, _ = sine_cosine(lat * _BD_WAVE)
    _, lon_cosine = sine_cosine(lon * _BD_WAVE)
    stretch = _BD_STRETCH * lat_sine / root(lon * lon + lat * lat)
    turn = _BD_TURN * lon_cosine
    along = stretch - (1.0 + stretch) * (0.5 * turn * turn)
    across = (1.0 + stretch) * turn
    return lon * along - lat * across + _BD_LON, lat * along + lon * across + _BD_LAT


def bd09_from_wgs84(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Shift WGS 84 degrees to BD-09, by way of GCJ-02; only in the box."""
    lon, lat = gcj02_from_wgs84(lon, lat)
    east, north = bd09_shift(lon, lat)
    return lon + east, lat + north


def wgs84_from_bd09(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Take both shifts of BD-09 back, to less than 0.1 mm; only in the box."""
    gcj_lon, gcj_lat = lon, lat
    for _ in range(_TURNS):
        east, north = bd09_shift(gcj_lon, gcj_lat)
        gcj_lon, gcj_lat = lon - east, lat - north
    return wgs84_from_gcj02(gcj_lon, gcj_lat)
