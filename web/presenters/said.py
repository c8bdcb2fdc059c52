"""What is said in answers, as models: the parts that several answers share.

Only the API's document stands on these models; the presenters write plain dictionaries, and tests
hold both equal. `null` means that there is none.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic looks at it when a model is made
from typing import Literal
from uuid import UUID  # noqa: TC003 - the same

from pydantic import BaseModel, ConfigDict, Field


class Said(BaseModel):
    """The base of every answer: nothing in it that is not described."""

    model_config = ConfigDict(extra="forbid")


class FieldFault(Said):
    """What is wrong with one field."""

    field: str = Field(description="dotted, as in location.datum; body for the whole")
    message: str = Field(description="a sentence in the reader's language")


class Problem(Said):
    """A problem document (RFC 9457), the same on every way out."""

    type: str = Field(json_schema_extra={"example": "about:blank"})
    title: str
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="what is wrong and what to do, in the reader's language")
    errors: list[FieldFault]


class Unit(Said):
    """A unit."""

    code: str
    name: str


class ClassName(Said):
    """A class of matters."""

    code: str
    name: str


class Stored(Said):
    """A place in CGCS2000 degrees."""

    lon: float = Field(description="degrees east")
    lat: float = Field(description="degrees north")
    datum: Literal["cgcs2000"]


class Told(Said):
    """A place as it was said, in its own datum."""

    lon: float
    lat: float
    datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
    accuracy_m: float | None = Field(description="how sure the device was, in metres")


class Location(Said):
    """What was said, and what was made of it."""

    original: Told
    stored: Stored


class CellHere(Said):
    """The cell (单元网格) of a place; `unit` answers for the ground (属地)."""

    code: str | None
    match: Literal["inside", "nearest", "none"]
    distance_m: float | None = Field(ge=0, description="to the nearest cell; 0 inside")
    unit: Unit | None


class StreetHere(Said):
    """The nearest street (道路) within 30 m."""

    code: str
    name: str
    distance_m: float = Field(ge=0)


class ZoneName(Said):
    """A zone (责任网格, 责任区) that holds the cell."""

    kind: str
    code: str
    name: str


class Step(Said):
    """A rule of responsibility that was tried, and what came of it."""

    rule: str
    outcome: str = Field(description="won, or why not")
    unit: str | None = None


class Flag(Said):
    """What place, hour or clock change about a case."""

    code: str
    effect: Literal["unlawful", "lawful", "check"]
    text: str


class Limit(Said):
    """An allowance of time."""

    amount: float = Field(gt=0)
    unit: Literal["urgent_hour", "working_hour", "working_day", "urgent_day"]


class LimitSaid(Limit):
    """An allowance of time, also as people say it."""

    words: str


class ExpectedLimit(LimitSaid):
    """How long handling may take from dispatch; a forecast until a condition is chosen."""

    condition: str
    forecast: bool
    source: str


class Placed(Said):
    """Where something lies, in the words of the city."""

    location: Location
    cell: CellHere
    street: StreetHere | None
    zones: list[ZoneName]
    suggested_unit: Unit | None = Field(description="whom the rules propose for this class here")


class Receipt(Placed):
    """The answer to a report."""

    number: str = Field(pattern=r"^[0-9]{21}$", description="上报号")
    id: UUID
    status: str
    trace: list[Step]
    flags: list[Flag]
    stage_due_at: datetime | None
    expected_limit: ExpectedLimit
    receipt: str


class BatchItem(Said):
    """The answer to one report of a batch: `body` when it was taken, else `problem`."""

    status: Literal[200, 201, 403, 409, 422]
    body: Receipt | None = None
    problem: Problem | None = None


class PhotoKept(Said):
    """A photo that was kept; name its id in a report or a move."""

    id: UUID
    width: int
    height: int


class PhotoShown(PhotoKept):
    """A photo of a case."""

    stage: Literal["report", "before", "after"] | None
    received_at: datetime


class Photos(Said):
    """The photos of a case, by stage and position."""

    photos: list[PhotoShown]


class PublicPhotoKept(Said):
    """A citizen's photo that was kept; whoever holds the claim may name it in a report."""

    claim: str
    width: int
    height: int


class PublicReceipt(Said):
    """The answer to a citizen's report; the code shows its way."""

    number: str = Field(pattern=r"^[0-9]{21}$")
    code: str


class Followed(Said):
    """How far a citizen's report has come."""

    number: str
    class_: ClassName = Field(alias="class")
    status: Literal["open", "closed", "void"]
    words: str
    received_at: datetime
    moved_at: datetime
    ended_at: datetime | None


class Health(Said):
    """Whether this server is able to work."""

    status: Literal["ok", "unavailable"]
    database: Literal["up", "down"]
    migration: str | None
    grid_edition: int | None
