"""GET /api/v1/openapi.json and /api/v1/docs: the API described, for programs and for people.

The page is Swagger UI out of its Python package, served by us; it asks no other host.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, json, make_response, render_template, send_from_directory
from werkzeug.exceptions import NotFound as NoFile

from wanmi.platform.kernel.errors import NotFound
from wanmi.web.wiring.frame import HEADERS

if TYPE_CHECKING:
    from flask import Response
    from flask_openapi3 import OpenAPI

blueprint = Blueprint("documentation", __name__, url_prefix="/api/v1")

PACKAGE = "flask_openapi3_swagger"
FILES = ("js/swagger-ui-bundle.js", "css/swagger-ui.css", "images/swagger.svg")
DAY_SECONDS = 24 * 3600


@blueprint.get("/openapi.json")
def document() -> Response:
    """Return the document: OpenAPI 3.1, one file, no outside reference."""
    app = cast("OpenAPI", current_app._get_current_object())  # type: ignore[attr-defined] # noqa: SLF001
    answer = make_response(json.dumps(app.api_doc))
    answer.content_type = "application/json"
    return answer


@blueprint.get("/docs")
def docs() -> Response:
    """Show the document to people."""
    answer = make_response(render_template("api_docs.html"))
    answer.headers.update(HEADERS)
    return answer


@blueprint.get("/docs/<path:name>")
def docs_file(name: str) -> Response:
    """Return a script, a style or a picture of the page."""
    spec = find_spec(PACKAGE)
    if name not in FILES or spec is None or spec.origin is None:
        raise NotFound("There is no such file.")
    folder = Path(spec.origin).parent / "templates" / "swagger"
    try:
        return send_from_directory(folder, name, max_age=DAY_SECONDS)
    except NoFile:
        raise NotFound("There is no such file.") from None
