"""GET /api/v1/locate and /cells/{code}: what is here, who answers for it, and why?"""

from __future__ import annotations

from typing import Annotated, Any

from flask import jsonify
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from wanmi.gis.points import Datum, RawPoint
from wanmi.platform.casework.explaining import explain
from wanmi.platform.kernel.errors import NotFound
from wanmi.web.presenters.places import cell_body, explanation_body
from wanmi.web.presenters.said_places import CellWhole, Explanation
from wanmi.web.wiring.bodies import Lenient
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

blueprint = APIBlueprint("places", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="places")])

ANSWERS = r"^[a-z][a-z_]*:(yes|no)(,[a-z][a-z_]*:(yes|no))*$"


class LocateQuery(Lenient):
    """A place with its datum, and perhaps a class of matters."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    datum: Datum
    class_code: Annotated[str, Field(pattern=r"^[0-9]{4,5}$")] | None = None
    answers: Annotated[str, Field(pattern=ANSWERS, max_length=200)] | None = Field(
        None, description="with a class: answers to its questions, such as food:yes"
    )

    def answered(self) -> dict[str, bool]:
        """Return the answers by question."""
        pairs = [pair.split(":") for pair in (self.answers or "").split(",") if pair]
        return {key: said == "yes" for key, said in pairs}


class CellPath(Lenient):
    """A cell's code (15 digits)."""

    code: Annotated[str, Field(max_length=40)]


@blueprint.get("/locate", responses={200: Explanation})
def locate(query: LocateQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Say what lies at a place: cell, street, zones, nearest place, units, and the rules tried."""
    need_viewer("map.see")
    raw = RawPoint(query.lon, query.lat, query.datum)
    at_hand = services()
    found = explain(
        at_hand.office, raw, query.class_code, answers=query.answered(), at=at_hand.clock()
    )
    return jsonify(explanation_body(at_hand.office, found))


@blueprint.get("/cells/<string:code>", responses={200: CellWhole})
def one_cell(path: CellPath) -> Any:  # noqa: ANN401 - a Flask answer
    """Return a cell: outline, validity, units and counts."""
    viewer = need_viewer("map.see")
    at_hand = services()
    with reading() as connection:
        found = cell_body(connection, at_hand.office, path.code, viewer, at_hand.clock())
    if found is None:
        raise NotFound("There is no such cell.")
    return jsonify(found)
