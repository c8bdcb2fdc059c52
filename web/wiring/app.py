"""Put the application together: settings in, a Flask application out; nothing at import."""

from __future__ import annotations

from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from flask import Flask, redirect
from flask_openapi3 import APIBlueprint, Info
from werkzeug.middleware.proxy_fix import ProxyFix

from wanmi.platform.kernel.errors import NotFound
from wanmi.web.presenters.said import Problem
from wanmi.web.wiring import (
    compression,
    frame,
    headers,
    language,
    limits,
    pairing,
    problems,
    rates,
    sessions,
)
from wanmi.web.wiring.apidoc import Documented
from wanmi.web.wiring.services import EXTENSION, Services

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Blueprint
    from flask_openapi3 import OpenAPI
    from werkzeug.wrappers import Response

    from wanmi.platform.kernel.settings import Settings


class Folders(TypedDict):
    """Where an application finds its files."""

    root_path: str
    static_folder: str
    template_folder: str
    instance_path: str


def create_app(
    settings: Settings,
    database_url: str,
    blueprints: Iterable[APIBlueprint | Blueprint],
    services: Services | None = None,
) -> OpenAPI:
    """Return the application that serves `database_url`.

    `blueprints` (resources of the API, and pages) come from `wanmi.web.resources`, which stands
    above this room.
    """
    app = Documented(
        "wanmi.web",
        info=Info(title="Wanmi", version="1"),
        # The document and its page are a resource of ours: `web.api.documentation`.
        doc_ui=False,
        validation_error_model=Problem,
        validation_error_callback=problems.refused,
        **_folders(settings),
    )
    limits.install(app)
    pairing.install(app, settings)
    app.extensions[EXTENSION] = services or Services.open(settings, database_url)
    sessions.install(app, settings)
    language.install(app, settings.locale, str(settings.city.time_zone))
    frame.install(app)
    problems.install(app)
    headers.install(app)
    rates.install(app, settings)
    compression.install(app)
    for blueprint in blueprints:
        if isinstance(blueprint, APIBlueprint):
            app.register_api(blueprint)
        else:
            app.register_blueprint(blueprint)
    proxies = settings.trusted_proxies
    if proxies:
        # Without it every address would be the proxy's, and one who guesses would lock all out.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    return app


def create_pairing_app(settings: Settings, page: Blueprint) -> Flask:
    """Return the application that shows phones the pairing page and nothing else.

    It is served over plain HTTP, so it knows neither sessions nor the database.
    """
    app = Flask("wanmi.web", **_folders(settings))
    pairing.install(app, settings)
    language.install(app, settings.locale, str(settings.city.time_zone))
    app.register_blueprint(page)

    @app.errorhandler(NotFound)
    @app.errorhandler(HTTPStatus.NOT_FOUND)
    def elsewhere(_: Exception) -> Response:
        """Lead to the page whatever was asked for."""
        return redirect("/pair")

    return app


def _folders(settings: Settings) -> Folders:
    """Return where an application finds its files.

    Flask cannot look for them itself in a namespace that is installed for editing: its search ends
    in a bare `StopIteration`.
    """
    web = Path(str(files("wanmi.web")))
    return {
        "root_path": str(web),
        "static_folder": str(web / "static"),
        "template_folder": str(web / "templates"),
        "instance_path": str(settings.home),
    }
