"""What does a report look like on its way in?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, RootModel

from wanmi.gis.points import Datum, RawPoint
from wanmi.platform.casework.reports import LONGEST_DESCRIPTION, MOST_PHOTOS, Report
from wanmi.web.wiring.bodies import Moment, Strict

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ANSWERS = 20

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class LocationIn(Strict):
    """Where: degrees of the declared datum, and how sure the device was."""

    lon: Longitude = Field(description="degrees east")
    lat: Latitude = Field(description="degrees north")
    datum: Datum = Field(description="what the numbers are measured in")
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None


EXAMPLE = {
    "id": "c1c8e1c2-5d0b-4f0e-9d3a-0b6f5a1c7e11",
    "class_code": "06010",
    "description": "垃圾外溢",
    "location": {"lon": 109.0258, "lat": 32.6905, "datum": "wgs84", "accuracy_m": 8},
    "observed_at": "2026-11-23T09:30:00+08:00",
    "sent_at": "2026-11-23T09:30:20+08:00",
    "source": "inspector",
}


class ReportFields(Strict):
    """What every report says, whoever sends it; its photos are named in different ways."""

    id: UUID
    class_code: Annotated[str, Field(pattern=r"^[0-9]{4,5}$")]
    description: Annotated[str, Field(max_length=LONGEST_DESCRIPTION)]
    location: LocationIn
    observed_at: Moment
    source: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    sent_at: Moment | None = None
    component_id: Annotated[str, Field(pattern=r"^[0-9]{17}$")] | None = None
    condition: Annotated[str, Field(max_length=40)] | None = None
    edition: Annotated[str, Field(max_length=40)] | None = None
    answers: Annotated[dict[str, bool], Field(max_length=MOST_ANSWERS)] | None = None

    def with_photos(self, photos: Sequence[UUID]) -> Report:
        """Return the report as the casework room takes it."""
        return Report(
            id=self.id,
            class_code=self.class_code,
            description=self.description,
            location=RawPoint(self.location.lon, self.location.lat, self.location.datum),
            accuracy_m=self.location.accuracy_m,
            observed_at=self.observed_at,
            source=self.source,
            sent_at=self.sent_at,
            component_id=self.component_id,
            condition=self.condition,
            edition=self.edition,
            photos=tuple(photos),
            answers=dict(self.answers or {}),
        )


class ReportIn(ReportFields):
    """One report. `id` is made by the sender: the same report again makes no second case."""

    model_config = ConfigDict(openapi_extra={"example": EXAMPLE})  # type: ignore[typeddict-unknown-key]

    photos: Annotated[list[UUID], Field(max_length=MOST_PHOTOS)] | None = None

    def report(self) -> Report:
        """Return the report as the casework room takes it."""
        return self.with_photos(self.photos or ())


class BatchIn(RootModel[list[ReportIn]]):
    """Reports in the order in which they are answered; `{"reports": […]}` is taken as well."""

    model_config = ConfigDict(openapi_extra={"example": [EXAMPLE]})  # type: ignore[typeddict-unknown-key]

    @classmethod
    def model_validate(cls, obj: Any, **_: Any) -> Self:  # noqa: ANN401, ARG003 - pydantic's signature
        """Leave the reading to the resource: a bad report costs only itself."""
        return cls.model_construct([])
