"""What is a place, and in which datum was it said?

Three types, so that no pair of numbers can be taken for another one:

* `RawPoint`: what a device, a person or a file delivered, with the datum it declared. Kept.
* `LonLat`: a place in CGCS2000 degrees (EPSG:4490), longitude first. All of Wanmi uses it.
  `wanmi.gis.frames.to_cgcs2000` is the only way from the first to the second.
* `Bounds`: a box in the same degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from wanmi.gis.errors import DatumUnknown, PlaceInvalid, Sentence

LON_LIMIT = 180.0
LAT_LIMIT = 90.0


class Datum(StrEnum):
    """The datums in which coordinates reach a Chinese city (standards.md 8.3)."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"

    @classmethod
    def from_text(cls, text: str | None) -> Datum:
        """Return the datum called `text`.

        Raises:
            DatumUnknown: nothing, or a name that is not one of the four, was given.
        """
        try:
            return cls((text or "").strip().lower())
        except ValueError:
            known = ", ".join(cls)
            said = f"{text!r} is not a known datum" if text else "The datum is missing"
            raise DatumUnknown(f"{said}; say one of {known}.") from None


def _checked(lon: float, lat: float) -> tuple[float, float]:
    lon, lat = float(lon), float(lat)
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise PlaceInvalid("Longitude and latitude must be finite numbers.")
    if abs(lat) > LAT_LIMIT >= abs(lon) and abs(lat) <= LON_LIMIT:
        raise PlaceInvalid(
            Sentence(
                "Latitude %(lat)s is beyond 90 degrees: longitude and latitude seem to be swapped.",
                lat=lat,
            ),
        )
    if abs(lon) > LON_LIMIT or abs(lat) > LAT_LIMIT:
        raise PlaceInvalid(
            Sentence("Longitude %(lon)s, latitude %(lat)s is not on the earth.", lon=lon, lat=lat)
        )
    return lon, lat


@dataclass(frozen=True, slots=True)
class LonLat:
    """A place in CGCS2000 degrees (EPSG:4490), longitude first.

    Raises:
        PlaceInvalid: not finite, out of range, or visibly swapped.

    >>> LonLat(109.03, 32.69).latlon
    (32.69, 109.03)
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        """Refuse what no place can be."""
        lon, lat = _checked(self.lon, self.lat)
        object.__setattr__(self, "lon", lon)
        object.__setattr__(self, "lat", lat)

    @property
    def lonlat(self) -> tuple[float, float]:
        """Longitude and latitude in degrees, in the order of GeoJSON and of every SQL of ours."""
        return self.lon, self.lat

    @property
    def latlon(self) -> tuple[float, float]:
        """Latitude and longitude in degrees: for Leaflet, and for nothing else."""
        return self.lat, self.lon


@dataclass(frozen=True, slots=True)
class RawPoint:
    """A coordinate as it was delivered, in degrees of the datum it declared.

    Raises:
        PlaceInvalid: not finite, out of range, or visibly swapped.
    """

    lon: float
    lat: float
    datum: Datum

    def __post_init__(self) -> None:
        """Refuse what no place can be, and a datum given as mere text."""
        if not isinstance(self.datum, Datum):
            raise DatumUnknown(f"{self.datum!r} is text; use Datum.from_text.")
        lon, lat = _checked(self.lon, self.lat)
        object.__setattr__(self, "lon", lon)
        object.__setattr__(self, "lat", lat)


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box in CGCS2000 degrees, edges included.

    Raises:
        PlaceInvalid: a corner is no place, or the corners are the wrong way round.
    """

    min_lon: float
    min_lat: float
    max_lon: float
    max_lat: float

    def __post_init__(self) -> None:
        """Refuse boxes that are inside out."""
        _checked(self.min_lon, self.min_lat)
        _checked(self.max_lon, self.max_lat)
        if self.min_lon > self.max_lon or self.min_lat > self.max_lat:
            raise PlaceInvalid(
                "A box is minlon,minlat,maxlon,maxlat; its corners are the wrong way round.",
            )

    @classmethod
    def from_text(cls, text: str) -> Bounds:
        """Read `minlon,minlat,maxlon,maxlat` (degrees).

        Raises:
            PlaceInvalid: not four numbers, or not a box.
        """
        parts = text.split(",")
        try:
            min_lon, min_lat, max_lon, max_lat = (float(part) for part in parts)
        except ValueError:
            raise PlaceInvalid(
                "A box is four numbers in degrees: minlon,minlat,maxlon,maxlat.",
            ) from None
        return cls(min_lon, min_lat, max_lon, max_lat)

    def contains(self, place: LonLat) -> bool:
        """Say whether `place` lies in the box or on its edge."""
        return (
            self.min_lon <= place.lon <= self.max_lon and self.min_lat <= place.lat <= self.max_lat
        )
