"""GET /healthz: is this server able to work?"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Literal

from flask import jsonify
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy.exc import SQLAlchemyError

from wanmi.gis.gridloading import current_edition
from wanmi.migrations import runner
from wanmi.web.presenters.said import Health
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

blueprint = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")])


@blueprint.get("/healthz", responses={200: Health, 503: Health})
def healthz() -> Any:  # noqa: ANN401 - a Flask answer
    """Say whether the database answers and its schema is this program's."""
    database: Literal["up", "down"] = "up"
    migration, edition = None, None
    try:
        migration = runner.current(services().engine)
        if migration == runner.head():
            with reading() as connection:
                edition = current_edition(connection) or None
    except SQLAlchemyError:
        database = "down"
    able = database == "up" and migration == runner.head()
    said = Health(
        status="ok" if able else "unavailable",
        database=database,
        migration=migration,
        grid_edition=edition,
    )
    status = HTTPStatus.OK if able else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(said.model_dump()), status
