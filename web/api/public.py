"""/api/v1/public: a citizen reports, follows and sets a pin on a map, without an account."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from flask import Response, jsonify  # flask-openapi3 looks at annotations
from flask_openapi3 import APIBlueprint, Tag
from pydantic import ConfigDict, Field

from wanmi.platform.casework.following import (
    CITIZEN,
    citizen,
    code_hash,
    follow_code,
    followed,
)
from wanmi.platform.casework.intake import submit
from wanmi.platform.organisation.permits import Viewer
from wanmi.web.api.report_models import EXAMPLE, ReportIn
from wanmi.web.presenters.following import followed_body
from wanmi.web.presenters.said import Followed, PublicReceipt
from wanmi.web.presenters.said_places import Ground
from wanmi.web.wiring.apidoc import refusals
from wanmi.web.wiring.bodies import Lenient
from wanmi.web.wiring.lasting import lasting
from wanmi.web.wiring.secrets_file import follow_secret
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading, writing

blueprint = APIBlueprint(
    "public", __name__, url_prefix="/api/v1/public", abp_tags=[Tag(name="citizens")]
)


CITIZEN_ID = "0f5e6a44-3f1c-4a53-8a59-6f2c4f5f9d20"


class PublicReportIn(ReportIn):
    """A citizen's report: as any other, but its source is `citizen` and nothing else."""

    model_config = ConfigDict(
        openapi_extra={"example": {**EXAMPLE, "id": CITIZEN_ID, "source": "citizen"}}  # type: ignore[typeddict-unknown-key]
    )

    source: Literal["citizen"] = "citizen"


class FollowPath(Lenient):
    """The report's number (21 digits)."""

    number: Annotated[str, Field(max_length=40)]


class GroundQuery(Lenient):
    """With the current version in the address, the answer may be kept for ever."""

    v: Annotated[str, Field(max_length=80)] | None = None


class FollowQuery(Lenient):
    """The code that the report was answered with."""

    code: Annotated[str, Field(max_length=80)]


def _onlooker() -> Viewer:
    """Return eyes that see the map of the whole city, and no row of anything else."""
    code = services().settings.city.code
    return Viewer(
        account_id=0,
        login="",
        name="",
        role=CITIZEN,
        scope="own",
        unit_code="",
        units=frozenset(),
        jurisdiction_code=code,
        jurisdictions=frozenset(),
        whole_city=True,
        permissions=frozenset(),
    )


@blueprint.get("/ground", responses={200: Ground, 304: None})
def get_public_ground(query: GroundQuery) -> Response:
    """Return the base map on which a citizen sets the pin: water, parks and streets."""
    drawings, eyes = services().drawings, _onlooker()
    return lasting(
        drawings.version(eyes), query.v, lambda: drawings.base_map(eyes), "application/json"
    )


@blueprint.post("/reports", responses={201: PublicReceipt, 200: PublicReceipt, **refusals(409)})
def post_public_report(body: PublicReportIn) -> Any:  # noqa: ANN401 - a Flask answer
    """Take a citizen's report: 201 with number and code; the same report again 200 with the same.

    Another report under a used id is 409, with nothing about the first one.
    """
    report = body.report()
    at_hand = services()
    code = follow_code(follow_secret(at_hand.settings.home), report.id)
    with writing() as connection:
        taken = submit(
            connection,
            at_hand.office,
            report,
            citizen(),
            at_hand.clock(),
            follow_hash=code_hash(code),
        )
    status = HTTPStatus.CREATED if taken.is_new else HTTPStatus.OK
    answer = jsonify({"number": taken.case["number"], "code": code})
    answer.headers["Cache-Control"] = "no-store"
    return answer, status


@blueprint.get("/cases/<string:number>", responses={200: Followed})
def follow(path: FollowPath, query: FollowQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Say how far a report has come, to those who know its code."""
    with reading() as connection:
        case = followed(connection, path.number, query.code)
    answer = jsonify(followed_body(services().office, case))
    answer.headers["Cache-Control"] = "no-store"
    return answer
