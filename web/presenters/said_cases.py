"""What is said of cases, as models for the API's document; see `said`."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic looks at it when a model is made
from typing import Annotated, Any, Literal
from uuid import UUID  # noqa: TC003 - the same

from pydantic import Field

from wanmi.web.presenters.said import (
    CellHere,
    ClassName,
    ExpectedLimit,
    Flag,
    Limit,
    Placed,
    Said,
    Step,
    StreetHere,
    Unit,
    ZoneName,
)


class CaseClass(ClassName):
    """The class of a case, with the edition of the list it stands in."""

    edition: str


class CaseFacts(Said):
    """What a case is, beside its place."""

    number: str = Field(description="上报号, 21 digits")
    case_number: str | None = Field(description="案卷号, 19 digits, given at filing")
    id: UUID = Field(description="the report's id, made by its sender")
    version: int = Field(ge=1, description="to be named in a move")
    class_: CaseClass = Field(alias="class")
    component_id: str | None
    condition: str | None
    description: str
    source: str
    status: str = Field(description="a state of the workflow")
    status_type: Literal["open", "closed", "void"]
    status_label: str
    unit: Unit | None = Field(description="whom it was dispatched to")
    flags: list[Flag]
    priority: int = Field(ge=0, le=2)
    observed_at: datetime
    received_at: datetime
    stage_due_at: datetime | None
    due_at: datetime | None
    due_provisional: bool
    ended_at: datetime | None
    overdue: bool
    expected_limit: ExpectedLimit
    reporter_id: int | None = Field(None, description="only for those who may know who reported")


class CaseSaid(CaseFacts, Placed):
    """A case in a list."""


class FieldNeeded(Said):
    """A field that a move requires; with `options` one of these."""

    field: str
    options: list[str] | None = None


class MoveOffered(Said):
    """A move that the asker may make now."""

    move: str
    label: str
    requires: list[FieldNeeded]
    takes: list[str]


class CaseWhole(CaseSaid):
    """One case, with the moves allowed to the asker."""

    trace: list[Step]
    answers: dict[str, bool]
    moves: list[MoveOffered]


class CaseList(Said):
    """A page of cases; `next` is the cursor of the following page."""

    cases: list[CaseSaid]
    next: str | None
    as_of: datetime


class PointShape(Said):
    """A GeoJSON point, longitude first."""

    type: Literal["Point"]
    coordinates: tuple[float, float]


class CaseProperties(CaseFacts):
    """A case without its location."""

    cell: CellHere
    street: StreetHere | None
    zones: list[ZoneName]
    suggested_unit: Unit | None


class CaseFeature(Said):
    """A case as a GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    geometry: PointShape
    properties: CaseProperties


class CaseFeatures(Said):
    """A page of cases as GeoJSON (RFC 7946)."""

    type: Literal["FeatureCollection"]
    features: list[CaseFeature]
    next: str | None


class JournalLine(Said):
    """One move of a case."""

    version: int
    at: datetime
    move: str
    from_state: str | None
    to_state: str
    to_label: str
    role: str
    given: dict[str, Any]
    unit: Unit | None
    account_id: int | None = None


class ClockSaid(Said):
    """One clock of a case as it stands."""

    clock: str
    label: str
    phase: Literal["idle", "running", "paused", "stopped"]
    light: Literal["green", "yellow", "red"]
    overdue: bool
    due_at: datetime | None
    provisional: bool
    spent: float | None = Field(description="in the limit's unit")
    limit: Limit | None


class LedgerLine(Said):
    """One entry of the clock ledger."""

    clock: str
    kind: Literal["start", "stop", "pause", "resume", "extend"]
    at: datetime
    rule: str
    limit: Limit | None


class History(Said):
    """What happened to a case: journal, clocks, ledger."""

    journal: list[JournalLine]
    clocks: list[ClockSaid]
    ledger: list[LedgerLine]


class Points(Said):
    """Cases as rows of one table, in the order asked for; `more` when cut off."""

    as_of: datetime
    more: bool
    columns: list[str]
    rows: list[list[str | float | None]]


class Density(Said):
    """Counts by code; what has none is left out."""

    as_of: datetime
    counts: dict[str, int]


class FigureRow(Said):
    """How many cases there are."""

    all: int
    open: int
    closed: int
    void: int
    overdue: int
    states: dict[str, int]
    reported_today: int
    closed_today: int
    closed_today_limited: int
    closed_today_in_time: int


class Figures(Said):
    """How many cases the filter means, by type and name of state."""

    as_of: datetime
    figures: FigureRow


class GridCounts(Said):
    """Counts in the order of the edge file of this edition."""

    as_of: datetime
    edition: str
    values: list[int]


class Heap(Said):
    """Cases that stand near each other, in no cell that is drawn, at their middle."""

    lon: float
    lat: float
    cases: int
    overdue: int


class GridHeaps(Said):
    """Cases and overdue cases by cell in the order of the edge file, and the heaps beside them."""

    as_of: datetime
    edition: str
    cases: list[int]
    overdue: list[int]
    others: list[Heap]


class GridAreas(Said):
    """The cells' true square metres in the order of the edge file of this edition."""

    edition: str
    areas_m2: list[int]


StepCount = Annotated[list[int], Field(min_length=2, max_length=2)]
"""A step and its cases. Not a tuple: flask-openapi3 would describe it in the way of OpenAPI 3.0."""


class DensitySteps(Said):
    """Counts by code and step: `[step, cases]`, steps counted from 0; what has none is left out."""

    as_of: datetime
    starts: list[datetime] = Field(description="when each step begins; it lasts until the next")
    until: datetime = Field(description="when the last step ends")
    counts: dict[str, list[StepCount]]


class DimensionSaid(Said):
    """A duty dimension in the reader's language."""

    code: str
    name: str


class ByDimension(Said):
    """Cases on streets by duty dimension, in the order of `dimensions`; none: left out."""

    as_of: datetime
    dimensions: list[DimensionSaid]
    streets: dict[str, list[int]]


class MonthCount(Said):
    """How many cases were reported in a month of the city's calendar."""

    month: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$")
    reported: int


class Months(Said):
    """The last months of a cell, oldest first; the last one is not over."""

    as_of: datetime
    code: str
    months: list[MonthCount]


class Components(Said):
    """Components as rows of one table, by code; `more` when cut off."""

    more: bool
    columns: list[str]
    rows: list[list[str | float | None]]
