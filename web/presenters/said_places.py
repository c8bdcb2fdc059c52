"""What is said of places and classes, as models for the API's document; see `said`."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic looks at it when a model is made
from typing import Any, Literal

from pydantic import Field

from wanmi.web.presenters.said import (
    CellHere,
    ClassName,
    ExpectedLimit,
    Flag,
    LimitSaid,
    Said,
    Step,
    Stored,
    StreetHere,
    Unit,
    ZoneName,
)


class Asked(Said):
    """The place that was asked about."""

    lon: float
    lat: float
    datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09"]


class InPlane(Said):
    """The same place in the city's metric plane."""

    x_m: float
    y_m: float
    epsg: int


class Whereabouts(Said):
    """What was asked, what is stored of it, and where that is in metres."""

    original: Asked
    stored: Stored
    plane: InPlane


class ZoneHere(ZoneName):
    """A zone with its unit."""

    unit: Unit | None


class AreaHere(Said):
    """An area that covers the place."""

    code: str
    kind: str
    name: str


class SchoolNear(Said):
    """A school near the place."""

    code: str
    name: str
    distance_m: float


class PlaceNear(Said):
    """The nearest named place, and how people say it."""

    code: str
    name: str
    distance_m: float
    bearing_deg: float
    words: str


class ConditionSaid(Said):
    """A filing condition (立案条件)."""

    code: str
    text: str
    limit: LimitSaid
    source: str
    is_default: bool


class Question(Said):
    """What is asked beside the class."""

    text: str
    required: bool


class KeyedQuestion(Question):
    """A question with the key under which a report answers it."""

    key: str


class Explanation(Said):
    """Everything that is known of a place; with a class also the unit and the rules tried."""

    location: Whereabouts
    cell: CellHere
    street: StreetHere | None
    zones: list[ZoneHere]
    areas: list[AreaHere]
    schools: list[SchoolNear]
    nearest_place: PlaceNear | None
    jurisdiction_code: str
    suggested_unit: Unit | None
    trace: list[Step]
    conditions: list[ConditionSaid]
    flags: list[Flag]
    expected_limit: ExpectedLimit | None
    reason: str | None = Field(None, description="why this unit")
    class_: ClassName | None = Field(None, alias="class")
    questions: list[KeyedQuestion] | None = None


class Shape(Said):
    """A GeoJSON geometry in CGCS2000 degrees, longitude first."""

    type: str
    coordinates: list[Any]


class CaseNumbers(Said):
    """How many cases there are in a cell."""

    all: int
    open: int
    closed: int
    void: int
    overdue: int


class CellWhole(Said):
    """A cell as it is now, or as it last was."""

    code: str
    valid_from: date
    valid_to: date | None
    area_m2: float | None
    grade: str | None
    jurisdiction_code: str | None
    community_code: str
    subdistrict_code: str
    unit: Unit | None
    counts: CaseNumbers | None
    inside: Stored = Field(description="a place well inside it")
    geometry: Shape


class LayerFeature(Said):
    """A row of a layer; what is empty is left out of its properties."""

    type: Literal["Feature"]
    properties: dict[str, Any]
    geometry: Shape


class LayerFeatures(Said):
    """A layer as GeoJSON (RFC 7946)."""

    type: Literal["FeatureCollection"]
    features: list[LayerFeature]


class GroundAreaSaid(Said):
    """Water or green: rings, and the place or line for its name, as lon, lat, lon, lat."""

    role: str
    name: str
    rings: list[list[float]]
    at: list[float]


class GroundLineSaid(Said):
    """A street: its line as lon, lat, lon, lat."""

    grade: str
    name: str
    model: bool
    line: list[float]


class Ground(Said):
    """The base map."""

    areas: list[GroundAreaSaid]
    lines: list[GroundLineSaid]


class ClassSaid(ClassName):
    """A class of matters: the city's words for it, and the keys of its questions."""

    words: list[str]
    questions: list[str]


class Favourite(Said):
    """A class to offer first."""

    code: str
    label: str


class CatalogueSaid(Said):
    """The classes of matters in the reader's language."""

    majors: list[ClassName]
    classes: list[ClassSaid]
    questions: dict[str, Question]
    favourites: list[Favourite]
