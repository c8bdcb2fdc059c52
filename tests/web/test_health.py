"""/healthz: able to work, or not, and never a lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanmi.migrations import runner
from wanmi.web.resources import BLUEPRINTS
from wanmi.web.wiring.app import create_app

if TYPE_CHECKING:
    from support.small_town import SmallTown
    from wanmi.platform.kernel.settings import Settings


def test_a_migrated_database_is_able(settings: Settings, database_url: str) -> None:
    answer = create_app(settings, database_url, BLUEPRINTS).test_client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "database": "up",
        "migration": runner.head(),
        "grid_edition": None,
    }


def test_an_empty_database_is_not(settings: Settings, empty_database: str) -> None:
    answer = create_app(settings, empty_database, BLUEPRINTS).test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json["status"] == "unavailable"


def test_a_database_that_is_away_is_said(settings: Settings) -> None:
    app = create_app(settings, "postgresql://nobody@127.0.0.1:1/none", BLUEPRINTS)
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json["database"]) == (503, "down")


def test_what_is_not_there_is_a_problem_document(settings: Settings, database_url: str) -> None:
    answer = create_app(settings, database_url, BLUEPRINTS).test_client().get("/nowhere")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "detail", "errors"}


def test_the_edition_of_the_grid_is_said(town: SmallTown) -> None:
    answer = town.app.test_client().get("/healthz")
    assert (answer.status_code, answer.json["grid_edition"]) == (200, 1)
