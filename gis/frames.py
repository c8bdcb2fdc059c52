"""How does a delivered coordinate become a CGCS2000 place, and a place metres in a plane?

Everything that Wanmi stores is in CGCS2000 degrees, longitude first. Everything that is decided
in metres is decided in the city's `Plane`, easting first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from pyproj.enums import TransformDirection
from shapely.geometry.base import BaseGeometry

from wanmi.gis import offsets
from wanmi.gis.errors import DatumUnknown, PlaceInvalid, Sentence
from wanmi.gis.points import Datum, LonLat, RawPoint
from wanmi.gis.projections import frame_of, plane_crs

if TYPE_CHECKING:
    from collections.abc import Callable

    from wanmi.gis.reckoning import FloatArray, Number

__all__ = [
    "Plane",
    "PlanePoint",
    "frame_of",
    "from_cgcs2000",
    "from_cgcs2000_arrays",
    "to_cgcs2000",
    "to_cgcs2000_arrays",
    "wgs84_is_cgcs2000",
]

_CHUNK = 8192  # places; what numpy works on at once stays in the processor's cache

# What may be moved: a shape of any type, or a numpy array of shapes (holes as None).
Shapes = TypeVar("Shapes", bound=BaseGeometry | npt.NDArray[np.object_])


class _Shift(Protocol):
    def __call__(self, lon: Number, lat: Number, /) -> tuple[Number, Number]: ...


# None: nothing to shift. A datum that is not in the table is refused.
_Shifts = dict[Datum, _Shift | None]
_TO_WGS84: _Shifts = {
    Datum.WGS84: None,
    Datum.CGCS2000: None,
    Datum.GCJ02: offsets.wgs84_from_gcj02,
    Datum.BD09: offsets.wgs84_from_bd09,
}
_FROM_WGS84: _Shifts = {
    Datum.WGS84: None,
    Datum.CGCS2000: None,
    Datum.GCJ02: offsets.gcj02_from_wgs84,
    Datum.BD09: offsets.bd09_from_wgs84,
}


def wgs84_is_cgcs2000(lon: Number, lat: Number) -> tuple[Number, Number]:
    """Take WGS 84 degrees as CGCS2000 degrees and back: the one place where this is decided.

    The frames agree to centimetres or decimetres and PROJ knows only a null transformation
    (standards.md 8.1), so the very same doubles come back.
    """
    return lon, lat


def to_cgcs2000(raw: RawPoint) -> LonLat:
    """Return the place that `raw` means, bitwise as `to_cgcs2000_arrays` would.

    GCJ-02 and BD-09 are taken back to less than 0.1 mm in China; outside the box of the public
    algorithm nothing is shifted (standards.md 8.2). Within a kilometre of the box's edge, far
    outside China, the shift has no inverse.
    """
    return LonLat(*_moved(raw.lon, raw.lat, raw.datum, _TO_WGS84))


def from_cgcs2000(place: LonLat, datum: Datum) -> RawPoint:
    """Return how `place` is written in `datum`, bitwise as `from_cgcs2000_arrays` would."""
    return RawPoint(*_moved(place.lon, place.lat, datum, _FROM_WGS84), datum)


def to_cgcs2000_arrays(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    datum: Datum,
) -> tuple[FloatArray, FloatArray]:
    """Return CGCS2000 degrees for degrees of `datum`.

    Args:
        lon: longitudes in degrees of `datum`, any shape.
        lat: latitudes, the same shape.
        datum: the datum of both.

    Returns:
        New float64 arrays of the same shape, longitude first. A NaN stays NaN: a row without a
        place is its reader's to refuse.

    Raises:
        ValueError: the shapes differ.
        DatumUnknown: `datum` is a mere text that names none.
    """
    return _moved_arrays(lon, lat, datum, _TO_WGS84)


def from_cgcs2000_arrays(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    datum: Datum,
) -> tuple[FloatArray, FloatArray]:
    """Return degrees of `datum` for CGCS2000 degrees; otherwise like `to_cgcs2000_arrays`."""
    return _moved_arrays(lon, lat, datum, _FROM_WGS84)


def _shift_of(datum: Datum, shifts: _Shifts) -> _Shift | None:
    if datum not in shifts:
        raise DatumUnknown(f"{datum!r} is no datum; use Datum.from_text.")
    return shifts[datum]


def _moved(lon: float, lat: float, datum: Datum, shifts: _Shifts) -> tuple[float, float]:
    shift = _shift_of(datum, shifts)
    if shift is not None and offsets.in_box(lon, lat):
        lon, lat = shift(lon, lat)
    return wgs84_is_cgcs2000(lon, lat)


def _moved_arrays(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    datum: Datum,
    shifts: _Shifts,
) -> tuple[FloatArray, FloatArray]:
    lons, lats = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    if lons.shape != lats.shape:
        raise ValueError(f"{lons.shape} longitudes, but {lats.shape} latitudes.")
    shift = _shift_of(datum, shifts)
    if shift is not None:
        flat_lons, flat_lats = lons.reshape(-1), lats.reshape(-1)
        chosen = np.flatnonzero(offsets.in_box_arrays(flat_lons, flat_lats))
        for start in range(0, len(chosen), _CHUNK):
            part = chosen[start : start + _CHUNK]
            flat_lons[part], flat_lats[part] = shift(flat_lons[part], flat_lats[part])
    return wgs84_is_cgcs2000(lons, lats)


@dataclass(frozen=True, slots=True)
class PlanePoint:
    """A point in a city's plane: metres east, then metres north."""

    x_m: float
    y_m: float


@lru_cache(maxsize=64)
def _transformer(epsg: int) -> Transformer:
    # Since pyproj 3.1 a Transformer keeps one PROJ object per thread, so sharing it is safe.
    crs = plane_crs(epsg)
    # From the plane's own degrees: PROJ is never asked to go from CGCS2000 to WGS 84.
    return Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane in which a city's distances are decided, always easting first.

    Cheap to make again and safe to share between threads. Far outside its zone a plane still
    answers, but its metres are stretched; where it cannot answer, arrays hold infinity.

    Raises:
        FrameMismatch: `epsg` is no projected frame in metres on CGCS2000 or WGS 84.

    >>> Plane(4545).point(LonLat(109.03, 32.69))  # doctest: +ELLIPSIS
    PlanePoint(x_m=596594.199..., y_m=3618837.471...)
    """

    epsg: int

    def __post_init__(self) -> None:
        """Refuse frames in which nothing can be measured."""
        _transformer(self.epsg)

    def to_plane(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return metres (east, north) for CGCS2000 degrees of any shape, as new arrays."""
        return self._turned(lon, lat, TransformDirection.FORWARD)

    def to_lonlat(self, x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return CGCS2000 degrees (lon, lat) for metres east and north, as new arrays."""
        return self._turned(x_m, y_m, TransformDirection.INVERSE)

    def shape(self, geometry: Shapes) -> Shapes:
        """Return a shape, or an array of shapes, from CGCS2000 degrees in metres; drops heights.

        Vertices are moved; an edge that is straight in degrees is straight between them again.
        """
        return _reshaped(geometry, self.to_plane)

    def shape_to_lonlat(self, geometry: Shapes) -> Shapes:
        """Return a shape, or an array of shapes, from metres in CGCS2000 degrees."""
        return _reshaped(geometry, self.to_lonlat)

    def point(self, place: LonLat) -> PlanePoint:
        """Return `place` in the plane.

        Raises:
            PlaceInvalid: the plane does not reach that far.
        """
        x_m, y_m = _transformer(self.epsg).transform(place.lon, place.lat)
        if not (math.isfinite(x_m) and math.isfinite(y_m)):
            raise PlaceInvalid(
                Sentence(
                    "Longitude %(lon)s, latitude %(lat)s is beyond the city's metric plane.",
                    lon=place.lon,
                    lat=place.lat,
                )
            )
        return PlanePoint(x_m, y_m)

    def distance_m(self, a: LonLat, b: LonLat) -> float:
        """Return the straight distance between two places, in metres of the plane."""
        first, second = self.point(a), self.point(b)
        return math.hypot(first.x_m - second.x_m, first.y_m - second.y_m)

    def _turned(
        self,
        first: npt.ArrayLike,
        second: npt.ArrayLike,
        direction: TransformDirection,
    ) -> tuple[FloatArray, FloatArray]:
        out = _transformer(self.epsg).transform(
            np.asarray(first, dtype=np.float64),
            np.asarray(second, dtype=np.float64),
            direction=direction,
        )
        return np.asarray(out[0], dtype=np.float64), np.asarray(out[1], dtype=np.float64)


def _reshaped(
    geometry: Shapes,
    turn: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]],
) -> Shapes:
    def turned(vertices: FloatArray) -> FloatArray:
        return np.column_stack(turn(vertices[:, 0], vertices[:, 1]))

    moved: Shapes = shapely.transform(geometry, turned)  # type: ignore[type-var]
    return moved
