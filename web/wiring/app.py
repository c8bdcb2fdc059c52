"""Put the application together: settings in, a Flask application out; nothing at import."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from flask_openapi3 import Info, OpenAPI

from wanmi.platform.kernel.database import make_engine
from wanmi.web.wiring import language, problems
from wanmi.web.wiring.services import EXTENSION, Services

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask_openapi3 import APIBlueprint

    from wanmi.platform.kernel.settings import Settings

MAX_BODY_BYTES = 6_000_000
"""A batch of reports may have 5 MB; photos have their own, larger limit."""


def create_app(
    settings: Settings,
    database_url: str,
    blueprints: Iterable[APIBlueprint],
    services: Services | None = None,
) -> OpenAPI:
    """Return the application that serves `database_url`.

    `blueprints` come from `wanmi.web.resources`, which stands above this room.
    """
    web = Path(str(files("wanmi.web")))
    app = OpenAPI(
        "wanmi.web",
        info=Info(title="Wanmi", version="1"),
        doc_prefix="/api/v1/docs",
        doc_url="/api/v1/openapi.json",
        doc_ui=False,
        root_path=str(web),
        static_folder=str(web / "static"),
        template_folder=str(web / "templates"),
        instance_path=str(settings.home),
    )
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY_BYTES)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions[EXTENSION] = services or Services(settings, make_engine(database_url))
    language.install(app, settings.locale, str(settings.city.time_zone))
    problems.install(app)
    for blueprint in blueprints:
        app.register_api(blueprint)
    return app
