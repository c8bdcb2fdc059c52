"""What may be said in an address to choose cases?"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from wanmi.gis.errors import PlaceInvalid
from wanmi.gis.points import Bounds
from wanmi.platform.casework.case_filters import CaseFilter
from wanmi.platform.kernel.errors import FieldError, Invalid
from wanmi.web.wiring.bodies import Lenient, Moment
from wanmi.web.wiring.problems import sentence_of

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

    def asked(self, numbers: tuple[str, ...] | None = None) -> CaseFilter:
        """Return the filter as the casework room takes it, perhaps for some cases only.

        Raises:
            Invalid: the box is none, or a text cannot be searched for.
        """
        try:
            box = Bounds.from_text(self.bbox) if self.bbox else None
        except PlaceInvalid as error:
            sentence = sentence_of(error)
            raise Invalid(sentence, errors=(FieldError("bbox", sentence),)) from None
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
