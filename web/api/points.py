"""GET /api/v1/cases/points and /cases/{number}/photos: what stands on a map, and its pictures."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import jsonify
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from wanmi.platform.casework import case_queries
from wanmi.platform.casework.case_points import MOST_POINTS, case_points
from wanmi.platform.casework.evidence import photos_of
from wanmi.web.api.case_filters import Code, FilterQuery, one_answer
from wanmi.web.presenters.points import photos_body, points_body
from wanmi.web.presenters.said import Photos
from wanmi.web.presenters.said_cases import Points
from wanmi.web.wiring.bodies import Lenient
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

blueprint = APIBlueprint("points", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="cases")])

MOST_NUMBERS = 200


class PointsQuery(FilterQuery):
    """The filter, perhaps only some of the cases, and how many at most."""

    number: Annotated[list[Code], Field(max_length=MOST_NUMBERS)] | None = Field(
        None, description="report numbers; of these cases, those that the filter means"
    )
    limit: Annotated[int, Field(ge=1, le=MOST_POINTS)] = MOST_POINTS
    order: Literal["new", "due"] = Field(
        "new", description="newest receipt first, or what has to be done first"
    )


class NumberPath(Lenient):
    """A report number (21 digits) or a case number (19)."""

    number: Annotated[str, Field(max_length=40)]


@blueprint.get("/cases/points", responses={200: Points})
def get_points(query: PointsQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Return cases as rows of one table `{columns, rows}`; `more` when cut off."""
    viewer = need_viewer("case.see")
    at_hand = services()
    asked = query.asked(tuple(query.number) if query.number is not None else None)

    def make() -> dict[str, Any]:
        now = at_hand.clock()
        with reading() as connection:
            found = case_points(
                connection, asked, viewer, now, limit=query.limit, order=query.order
            )
        body = points_body(at_hand.office, found.cases, now)
        return {"as_of": now.isoformat(), "more": found.more, **body}

    return jsonify(one_answer("points", query, asked, viewer, make, query.limit, query.order))


@blueprint.get("/cases/<string:number>/photos", responses={200: Photos})
def get_photos(path: NumberPath) -> Any:  # noqa: ANN401 - a Flask answer
    """List the photos of a case, by stage and position."""
    viewer = need_viewer("case.see")
    with reading() as connection:
        case = case_queries.one_case(connection, path.number, viewer)
        photos = photos_of(connection, [case["id"]])[case["id"]]
    return jsonify({"photos": photos_body(photos)})
