"""What lies around a place? The answer as plain values, whoever found it.

Units, jurisdictions and zones are codes. Distances are metres in the city's plane, of the place
to the nearest point of a line or outline, 0 inside an outline. `wanmi.gis.snapshot` answers from
memory, `wanmi.gis.queries` in SQL.
"""

from __future__ import annotations

from dataclasses import dataclass

from wanmi.gis.points import LonLat


@dataclass(frozen=True, slots=True)
class Reach:
    """How far to look from a place, in metres of the city's plane; the limit itself belongs.

    Attributes:
        street_m: to the line of the place's street.
        frontage_m: to the lines of frontages (门前四包).
        school_m: to the outlines of schools.
        place_m: to the nearest named place.
        section_m: to the lines of sections (保洁路段, 背街小巷).
    """

    street_m: float = 30.0
    frontage_m: float = 8.0
    school_m: float = 100.0
    place_m: float = 500.0
    section_m: float = 30.0


DEFAULT_REACH = Reach()
"""What is taken when nothing else is said."""


@dataclass(frozen=True, slots=True)
class StreetNear:
    """The street (道路) of a place: the nearest one. `programmes` makes it a model street."""

    code: str
    name: str
    programmes: tuple[str, ...]
    unit_code: str | None
    distance_m: float


@dataclass(frozen=True, slots=True)
class ZoneHere:
    """A zone that holds the cell of a place; `kind` is one of `layers.ZONE_KINDS`."""

    code: str
    kind: str
    name: str
    unit_code: str | None


@dataclass(frozen=True, slots=True)
class FrontageNear:
    """A frontage (门前四包) near a place. `duties`: of hygiene, order, facilities, greening."""

    code: str
    name: str
    unit_code: str | None
    duties: tuple[str, ...]
    holder: str | None
    distance_m: float


@dataclass(frozen=True, slots=True)
class SectionNear:
    """A section near a place; `kind` is cleaning or back_street."""

    code: str
    kind: str
    name: str
    grade: str | None
    unit_code: str | None
    distance_m: float


@dataclass(frozen=True, slots=True)
class AreaHere:
    """An area that holds a place; `kind` is one of `layers.AREA_KINDS`."""

    code: str
    kind: str
    name: str
    hours: str | None
    unit_code: str | None


@dataclass(frozen=True, slots=True)
class SchoolNear:
    """A school near a place."""

    code: str
    name: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class ParkHere:
    """The park or green space that holds a place."""

    code: str
    name: str
    unit_code: str | None


@dataclass(frozen=True, slots=True)
class PlaceNear:
    """The nearest named place.

    `bearing_deg` says in which direction one goes from it to the place asked for: degrees of the
    plane's grid, clockwise from its north, in [0, 360); 0 when they are one. With 135 and 35 m a
    page says "12 号东南 35 米".
    """

    code: str
    name: str
    kind: str
    distance_m: float
    bearing_deg: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that lies around a place.

    Attributes:
        street: the nearest within reach; of equals the lowest code.
        zones: those of the place's cell, by kind, then code.
        frontages: all within reach, by distance, then code.
        sections: all within reach, by distance, then code.
        areas: all that cover the place (their edges belong to them), by kind, then code.
        schools: all within reach, by distance, then code.
        park: the one that covers the place; of several the lowest code.
        nearest_place: the nearest within reach; of equals the lowest code.
        jurisdiction_code: the cell's, else the innermost jurisdiction that covers the place.
        grade: the cell's management grade, "1" to "3".
    """

    street: StreetNear | None = None
    zones: tuple[ZoneHere, ...] = ()
    frontages: tuple[FrontageNear, ...] = ()
    sections: tuple[SectionNear, ...] = ()
    areas: tuple[AreaHere, ...] = ()
    schools: tuple[SchoolNear, ...] = ()
    park: ParkHere | None = None
    nearest_place: PlaceNear | None = None
    jurisdiction_code: str | None = None
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class ComponentHere:
    """A component (部件) with its three units, its cell and its place in CGCS2000 degrees."""

    code: str
    name: str
    competent_code: str
    owner_code: str | None
    maintainer_code: str | None
    cell_code: str
    lon: float
    lat: float
    state: str

    @property
    def place(self) -> LonLat:
        """Where it stands."""
        return LonLat(self.lon, self.lat)
