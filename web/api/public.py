"""/api/v1/public: a citizen reports, with photos, follows and sets a pin, without an account."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import Annotated, Any, Literal

from flask import Response, jsonify  # flask-openapi3 looks at annotations
from flask_openapi3 import APIBlueprint, Tag
from pydantic import ConfigDict, Field

from wanmi.platform.casework.evidence import keep_photo
from wanmi.platform.casework.following import (
    CITIZEN,
    citizen,
    code_hash,
    follow_code,
    followed,
)
from wanmi.platform.casework.intake import submit
from wanmi.platform.casework.photo_claims import CLAIM_LETTERS, claim_of, claimed
from wanmi.platform.casework.picture_intake import BUSY
from wanmi.platform.casework.reports import MOST_PHOTOS
from wanmi.platform.kernel.errors import Unavailable
from wanmi.platform.organisation.permits import Viewer
from wanmi.web.api.photo_models import PhotoForm
from wanmi.web.api.report_models import EXAMPLE, ReportFields
from wanmi.web.presenters.following import followed_body
from wanmi.web.presenters.said import Followed, PublicPhotoKept, PublicReceipt
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


STRANGERS_AT_ONCE = 2
"""Photos are read one at a time: so few of strangers may wait, that an inspector's turn comes."""

TURN_SECONDS = 5

_strangers = threading.BoundedSemaphore(STRANGERS_AT_ONCE)

Claim = Annotated[str, Field(pattern=rf"^[A-Za-z0-9_-]{{{CLAIM_LETTERS}}}$")]


class PublicReportIn(ReportFields):
    """A citizen's report: as any other, but its source is `citizen` and nothing else.

    Its photos are named by the claims that their sender was given.
    """

    model_config = ConfigDict(
        openapi_extra={"example": {**EXAMPLE, "id": CITIZEN_ID, "source": "citizen"}}  # type: ignore[typeddict-unknown-key]
    )

    source: Literal["citizen"] = "citizen"
    photos: Annotated[list[Claim], Field(max_length=MOST_PHOTOS)] | None = None


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


@blueprint.post("/photos", responses={201: PublicPhotoKept})
def post_public_photo(form: PhotoForm) -> Any:  # noqa: ANN401 - a Flask answer
    """Keep a citizen's photo until a report claims it; without one it is soon removed."""
    at_hand = services()
    if not _strangers.acquire(timeout=TURN_SECONDS):
        raise Unavailable(BUSY)
    try:
        facts = form.taken_in()
    finally:
        _strangers.release()
    with writing() as connection:
        kept = keep_photo(connection, facts, account_id=None, now=at_hand.clock())
    claim = claim_of(follow_secret(at_hand.settings.home), kept.id)
    answer = jsonify({"claim": claim, "width": kept.width, "height": kept.height})
    answer.headers["Cache-Control"] = "no-store"
    return answer, HTTPStatus.CREATED


@blueprint.post("/reports", responses={201: PublicReceipt, 200: PublicReceipt, **refusals(409)})
def post_public_report(body: PublicReportIn) -> Any:  # noqa: ANN401 - a Flask answer
    """Take a citizen's report: 201 with number and code; the same report again 200 with the same.

    Another report under a used id is 409, with nothing about the first one.
    """
    at_hand = services()
    secret = follow_secret(at_hand.settings.home)
    report = body.with_photos(claimed(secret, body.photos or ()))
    code = follow_code(secret, report.id)
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
