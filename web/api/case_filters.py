"""What may be said in an address to choose cases?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from flask_babel import get_locale
from pydantic import Field

from wanmi.gis.cellcode import CellCode
from wanmi.gis.errors import CodeInvalid, PlaceInvalid, Sentence
from wanmi.gis.points import Bounds
from wanmi.platform.casework.case_filters import STATE_TYPES, CaseFilter
from wanmi.platform.kernel.errors import FieldError, Invalid
from wanmi.web.wiring.bodies import Lenient, Moment
from wanmi.web.wiring.problems import sentence_of
from wanmi.web.wiring.services import services
from wanmi.web.wiring.together import same_eyes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable
    from datetime import datetime

    from wanmi.platform.casework.workflow import Workflow
    from wanmi.platform.organisation.permits import Viewer

Code = Annotated[str, Field(max_length=40)]


class FilterQuery(Lenient):
    """The filter of lists, maps, figures and exports."""

    status: Code | None = Field(None, description="open, closed, void, or a state's name")
    class_code: Annotated[str, Field(pattern=r"^([0-9]{2}|[0-9]{5})$")] | None = None
    cell: Code | None = None
    street: Code | None = None
    zone: Code | None = None
    unit: Code | None = None
    source: Code | None = None
    overdue: bool | None = None
    mine: bool | None = Field(None, description="true: only what I have reported myself")
    since: Moment | None = Field(None, alias="from", description="received from then on")
    until: Moment | None = Field(None, alias="to", description="received before then")
    bbox: Annotated[str, Field(max_length=120)] | None = Field(
        None, description="minlon,minlat,maxlon,maxlat in CGCS2000 degrees"
    )
    q: Annotated[str, Field(max_length=100)] | None = None
    after: Annotated[str, Field(max_length=64)] | None = Field(
        None,
        description="id of an event: the answer is at least as new; who says the same shares it",
    )

    def asked(self, numbers: tuple[str, ...] | None = None) -> CaseFilter:
        """Return the filter as the casework room takes it, perhaps for some cases only.

        Raises:
            Invalid: something in it can mean no case, or a text cannot be searched for.
        """
        office = services().office
        faults = [
            FieldError(field, sentence)
            for field, sentence in (
                ("status", _status_fault(self.status, office.workflow)),
                ("cell", _cell_fault(self.cell)),
                ("source", _source_fault(self.source, office.roles.sources)),
                ("to", _period_fault(self.since, self.until)),
            )
            if sentence
        ]
        box = None
        try:
            box = Bounds.from_text(self.bbox) if self.bbox else None
        except PlaceInvalid as error:
            faults.append(FieldError("bbox", sentence_of(error)))
        if faults:
            raise Invalid(faults[0].message, errors=tuple(faults))
        return CaseFilter(
            status=self.status,
            class_code=self.class_code,
            cell=self.cell,
            street=self.street,
            zone=self.zone,
            unit=self.unit,
            source=self.source,
            overdue=self.overdue,
            mine=bool(self.mine),
            since=self.since,
            until=self.until,
            box=box,
            text=self.q or None,
            numbers=numbers,
        )


def one_answer(
    name: str,
    query: FilterQuery,
    asked: CaseFilter,
    viewer: Viewer,
    make: Callable[[], Any],
    *more: Hashable,
) -> Any:  # noqa: ANN401 - whatever `make` makes
    """Return what `make` makes, one for all screens that ask the same of the same cases.

    Args:
        name: the question.
        query: as it was asked, for the event that the asker knows of.
        asked: its filter.
        viewer: whose eyes.
        make: asks the database; opens its own connection.
        more: what else the answer depends on.
    """
    key = (name, str(get_locale()), same_eyes(viewer, asked), *more)
    return services().together.answer(key, make, query.after)


def _status_fault(status: str | None, workflow: Workflow) -> str | None:
    if status is None or status in STATE_TYPES or status in workflow.states:
        return None
    return Sentence(
        "There is no such status; say open, closed, void or one of these states: %(states)s.",
        states=", ".join(workflow.states),
    )


def _cell_fault(cell: str | None) -> str | None:
    try:
        if cell is not None:
            CellCode.from_text(cell)
    except CodeInvalid:
        return Sentence("A cell's code has 15 digits.")
    return None


def _source_fault(source: str | None, sources: Collection[str]) -> str | None:
    if source is None or source in sources:
        return None
    return Sentence("There is no such source; say one of %(sources)s.", sources=", ".join(sources))


def _period_fault(since: datetime | None, until: datetime | None) -> str | None:
    if since is None or until is None or since <= until:
        return None
    return Sentence("This period ends before it begins; turn the two round.")
