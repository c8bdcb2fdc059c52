"""What is said of cases counted by unit, class, place and time; see `said`."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic looks at it when a model is made
from typing import Literal

from pydantic import Field

from wanmi.web.presenters.said import Said, Unit

By = Literal["unit", "major", "class", "model_street", "street", "cell", "zone"]
Criterion = Literal["all", "open", "overdue", "per_km2", "per_km", "rising"]


class Span(Said):
    """A period: from `from` on, before `to`."""

    since: datetime = Field(alias="from")
    until: datetime = Field(alias="to")


class Spot(Said):
    """A place in CGCS2000 degrees."""

    lon: float
    lat: float


class CountRow(Said):
    """How many cases one code has."""

    code: str
    name: str
    all: int = Field(description="what the filter means")
    open: int
    overdue: int
    recent: int | None = Field(description="by rising: received in `period`, whatever their state")
    before: int | None = Field(description="by rising: received in `period_before`")
    size: float | None = Field(description="km² of cells and zones, km of streets")
    per_size: float | None = Field(description="`all` per km² or km")
    unit: Unit | None = Field(description="of ground: whose it is")
    at: Spot | None = Field(description="of ground: a place on it")


class Breakdown(Said):
    """Codes with a value above zero by the criterion, greatest first."""

    as_of: datetime
    by: By
    criterion: Criterion
    size_unit: Literal["km2", "km"] | None
    period: Span = Field(description="what `rising` looks at")
    period_before: Span = Field(description="as long, whole days earlier")
    rows: list[CountRow]
    more: bool


class Trend(Said):
    """Cases reported and closed in each bin of the city's time, empty bins included."""

    as_of: datetime
    bin: Literal["hour", "day"]
    starts: list[datetime]
    end: datetime = Field(description="where the last bin ends")
    reported: list[int]
    closed: list[int]


class ComparedRow(Said):
    """What a period brought, and what the one before it."""

    reported: int = Field(description="received in the period")
    reported_before: int
    closed: int = Field(description="closed in the period, whenever received")
    closed_before: int
    open: int = Field(description="open now, of those received in the filter's time")
    overdue: int = Field(description="of these past the due time of their stage")


class ComparedParts(Said):
    """All cases, those of components (majors 01 to 05) and those of matters."""

    all: ComparedRow
    components: ComparedRow
    matters: ComparedRow


class Compared(Said):
    """The figures of the filter's period, or of today, beside those of the period before."""

    as_of: datetime
    period: Span
    period_before: Span
    figures: ComparedParts
