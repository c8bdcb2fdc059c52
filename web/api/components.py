"""GET /api/v1/components: which components (部件) stand in this view?"""

from __future__ import annotations

from typing import Annotated, Any

from flask import jsonify
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from wanmi.gis.components import components_in
from wanmi.gis.errors import PlaceInvalid
from wanmi.gis.points import Bounds
from wanmi.gis.tables import Component
from wanmi.platform.kernel.errors import FieldError, Invalid
from wanmi.platform.organisation.visibility import in_jurisdiction
from wanmi.web.presenters.said_cases import Components
from wanmi.web.wiring.bodies import Lenient
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.problems import sentence_of
from wanmi.web.wiring.work import reading

blueprint = APIBlueprint(
    "components", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="layers")]
)

MOST = 2000
WIDEST_DEGREES = 0.1
"""A view at the zoom from which components are shown is a tenth of this."""

COLUMNS = ("code", "name", "major", "state", "lon", "lat")
PLACES = 7
TOO_WIDE = "This box is too large for components; come closer."


class ComponentsQuery(Lenient):
    """The view, and perhaps one major class."""

    bbox: Annotated[str, Field(max_length=120)] = Field(
        description="minlon,minlat,maxlon,maxlat in CGCS2000 degrees, a tenth of a degree at most"
    )
    major: Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None = None

    def box(self) -> Bounds:
        """Return the view.

        Raises:
            Invalid: it is no box, or larger than anybody can look at.
        """
        try:
            box = Bounds.from_text(self.bbox)
        except PlaceInvalid as error:
            sentence = sentence_of(error)
            raise Invalid(sentence, errors=(FieldError("bbox", sentence),)) from None
        wide = max(box.max_lon - box.min_lon, box.max_lat - box.min_lat)
        if wide > WIDEST_DEGREES:
            raise Invalid(TOO_WIDE, errors=(FieldError("bbox", TOO_WIDE),))
        return box


@blueprint.get("/components", responses={200: Components})
def get_components(query: ComponentsQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Return the components in a box as rows `{columns, rows}`, by code; `more` when cut off."""
    viewer = need_viewer("map.see")
    rows = components_in(query.box(), query.major).where(
        in_jurisdiction(viewer, Component.__table__.c.jurisdiction_code)
    )
    with reading() as connection:
        found = connection.execute(rows.limit(MOST + 1)).mappings().all()
    said = [
        [row[name] if isinstance(row[name], str) else round(row[name], PLACES) for name in COLUMNS]
        for row in found[:MOST]
    ]
    return jsonify({"more": len(found) > MOST, "columns": COLUMNS, "rows": said})
