"""GET /api/v1/cases, one case, its history, and the moves that people make with it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from flask import jsonify, make_response, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import ConfigDict, Field

from wanmi.platform.casework import case_queries, moving
from wanmi.platform.casework.case_queries import LONGEST_PAGE, Cursor
from wanmi.platform.casework.ledger_rows import entries_of
from wanmi.web.api.case_filters import FilterQuery
from wanmi.web.presenters.cases import case_body, features, moves_body
from wanmi.web.presenters.histories import history_body
from wanmi.web.presenters.said_cases import CaseFeatures, CaseList, CaseWhole, History
from wanmi.web.wiring.apidoc import REFS, refusals, schemas_of
from wanmi.web.wiring.bodies import Lenient, Strict
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading, writing

if TYPE_CHECKING:
    from collections.abc import Mapping

blueprint = APIBlueprint("cases", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="cases")])

blueprint.components_schemas.update(schemas_of(CaseList, CaseFeatures))

GEOJSON = "application/geo+json"
Text = Annotated[str, Field(max_length=2000)]


class CasesQuery(FilterQuery):
    """The filter, how many, and where the page begins."""

    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE)] = 100
    cursor: Annotated[str, Field(max_length=200)] | None = None


class CasePath(Lenient):
    """A report number (21 digits) or a case number (19)."""

    number: Annotated[str, Field(max_length=40)]


EXAMPLE = {"move": "dispatch", "version": 2, "unit": "CO-HW1", "reason": "请尽快处理"}


class MoveIn(Strict):
    """A move: which, made on which version of the case, and what it requires.

    The same `id` again answers with the first answer and changes nothing.
    """

    model_config = ConfigDict(openapi_extra={"example": EXAMPLE})  # type: ignore[typeddict-unknown-key]

    move: Annotated[str, Field(max_length=40)]
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    id: UUID | None = None
    reason: Text | None = None
    condition: Annotated[str, Field(max_length=40)] | None = None
    closing_condition: Annotated[str, Field(max_length=40)] | None = None
    unit: Annotated[str, Field(max_length=18)] | None = None
    photos: Annotated[list[UUID], Field(max_length=9)] | None = None


GIVEN = ("reason", "condition", "closing_condition", "unit", "photos")


@blueprint.get(
    "/cases",
    responses={
        200: {
            "content": {
                "application/json": {"schema": {"$ref": REFS.format(model="CaseList")}},
                GEOJSON: {"schema": {"$ref": REFS.format(model="CaseFeatures")}},
            }
        }
    },
)
def list_cases(query: CasesQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """List cases, newest first: JSON, or GeoJSON when that is what the client accepts."""
    viewer = need_viewer("case.see")
    at_hand = services()
    now = at_hand.clock()
    cursor = Cursor.from_text(query.cursor) if query.cursor else None
    with reading() as connection:
        page = case_queries.list_cases(
            connection, query.asked(), viewer, now, limit=query.limit, cursor=cursor
        )
    bodies = [case_body(at_hand.office, case, viewer, now) for case in page.cases]
    following = str(page.next) if page.next else None
    if request.accept_mimetypes.best_match(["application/json", GEOJSON]) == GEOJSON:
        answer = make_response(jsonify({**features(bodies), "next": following}))
        answer.content_type = GEOJSON
        return answer
    return jsonify({"cases": bodies, "next": following, "as_of": now.isoformat()})


@blueprint.get("/cases/<string:number>", responses={200: CaseWhole})
def one_case(path: CasePath) -> Any:  # noqa: ANN401 - a Flask answer
    """Return one case with the moves that the asker may make now."""
    viewer = need_viewer("case.see")
    with reading() as connection:
        case = case_queries.one_case(connection, path.number, viewer)
    return jsonify(_whole(case))


@blueprint.get("/cases/<string:number>/history", responses={200: History})
def case_history(path: CasePath) -> Any:  # noqa: ANN401 - a Flask answer
    """Return the journal of a case and its clocks."""
    viewer = need_viewer("case.see")
    at_hand = services()
    now = at_hand.clock()
    with reading() as connection:
        case = case_queries.one_case(connection, path.number, viewer)
        journal = case_queries.history(connection, case["id"])
        ledger = entries_of(connection, case["id"])
    return jsonify(history_body(at_hand.office, journal, ledger, viewer, now))


@blueprint.post("/cases/<string:number>/moves", responses={200: CaseWhole, **refusals(409)})
def post_move(path: CasePath, body: MoveIn) -> Any:  # noqa: ANN401 - a Flask answer
    """Make a move; 409 when somebody else was first."""
    viewer = need_viewer("case.see")
    given = body.model_dump(mode="json", include=set(GIVEN), exclude_none=True)
    asked = moving.Asked(body.move, body.version, given, body.id)
    at_hand = services()
    with writing() as connection:
        case = moving.move(connection, at_hand.office, path.number, asked, viewer, at_hand.clock())
    return jsonify(_whole(case)), HTTPStatus.OK


def _whole(case: Mapping[str, Any]) -> dict[str, Any]:
    at_hand, viewer = services(), need_viewer()
    office = at_hand.office
    return {
        **case_body(office, case, viewer, at_hand.clock()),
        "trace": case["trace"],
        "answers": case["answers"],
        "moves": moves_body(office, case, viewer, moving.options(office, case)),
    }
