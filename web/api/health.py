"""GET /healthz: is this server able to work?"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import jsonify
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from wanmi.migrations import runner
from wanmi.web.wiring.services import services

blueprint = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")])


class Health(BaseModel):
    """What `/healthz` says. `status` is `ok` or `unavailable`."""

    status: str
    database: str
    migration: str | None
    grid_edition: int | None


@blueprint.get("/healthz", responses={200: Health, 503: Health})
def healthz() -> Any:  # noqa: ANN401 - a Flask answer
    """Say whether the database answers and its schema is this program's."""
    engine = services().engine
    try:
        migration = runner.current(engine)
    except SQLAlchemyError:
        return _answer(
            Health(status="unavailable", database="down", migration=None, grid_edition=None)
        )
    able = migration == runner.head()
    return _answer(
        Health(
            status="ok" if able else "unavailable",
            database="up",
            migration=migration,
            grid_edition=None,
        ),
    )


def _answer(health: Health) -> Any:  # noqa: ANN401 - a Flask answer
    status = HTTPStatus.OK if health.status == "ok" else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(health.model_dump()), status
