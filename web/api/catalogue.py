"""GET /api/v1/catalogue: which matters may be reported, and what is asked beside their class?"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import json
from flask_openapi3 import APIBlueprint, Tag

from wanmi.web.presenters.catalogue import catalogue_body
from wanmi.web.presenters.said_places import CatalogueSaid
from wanmi.web.wiring.lasting import lasting
from wanmi.web.wiring.services import services

blueprint = APIBlueprint(
    "catalogue", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="catalogue")]
)

VERSION_LETTERS = 16


@blueprint.get("/catalogue", responses={200: CatalogueSaid, 304: None})
def get_catalogue() -> Any:  # noqa: ANN401 - a Flask answer
    """Return majors, classes, favourites and questions in the reader's language.

    Anybody may read it. It rarely changes: ask again with `If-None-Match`.
    """
    said = json.dumps(catalogue_body(services().office.catalogue)).encode()
    version = hashlib.sha256(said).hexdigest()[:VERSION_LETTERS]
    answer = lasting(version, None, lambda: said, "application/json")
    answer.vary.update(("Accept-Language", "Cookie"))
    return answer
