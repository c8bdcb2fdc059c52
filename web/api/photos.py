"""POST /api/v1/photos and GET /api/v1/photos/{id}: evidence, seen only through a case."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import jsonify, send_file
from flask_openapi3 import APIBlueprint, Tag

from wanmi.platform.casework import case_queries
from wanmi.platform.casework.evidence import find_photo, keep_photo, open_photo
from wanmi.platform.casework.pictures import PhotoSize
from wanmi.platform.kernel.errors import NotFound
from wanmi.web.api.photo_models import PhotoForm
from wanmi.web.presenters.said import PhotoKept
from wanmi.web.wiring.bodies import Lenient
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading, writing

blueprint = APIBlueprint("photos", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="photos")])


class PhotoPath(Lenient):
    """The id that the upload answered."""

    id: UUID


class PhotoQuery(Lenient):
    """Which size: `thumbnail` for lists, `medium` for screens, or `full`."""

    size: PhotoSize = PhotoSize.FULL


@blueprint.post("/photos", responses={201: PhotoKept, 200: PhotoKept})
def post_photo(form: PhotoForm) -> Any:  # noqa: ANN401 - a Flask answer
    """Keep a photo; answers its id, to be named in a report or a move."""
    viewer = need_viewer("photo.add")
    facts = form.taken_in()
    with writing() as connection:
        kept = keep_photo(connection, facts, account_id=viewer.account_id, now=services().clock())
    status = HTTPStatus.OK if kept.again else HTTPStatus.CREATED
    return jsonify({"id": str(kept.id), "width": kept.width, "height": kept.height}), status


@blueprint.get("/photos/<uuid:id>", responses={200: {"content": {"image/jpeg": {}}}})
def get_photo(path: PhotoPath, query: PhotoQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Return the picture, without its metadata, to those who may see its case or have sent it."""
    viewer = need_viewer()
    with reading() as connection:
        photo = find_photo(connection, path.id)
        theirs = photo.account_id == viewer.account_id
        if not theirs and not (
            viewer.may("case.see")
            and photo.case_id is not None
            and case_queries.may_see(connection, photo.case_id, viewer)
        ):
            raise NotFound("There is no such photo.")
    answer = send_file(open_photo(services().pictures, photo, query.size), mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=86400, immutable"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
