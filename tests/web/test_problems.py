"""One shape on every way out, in Chinese and English, and nothing given away."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from flask_openapi3 import APIBlueprint
from sqlalchemy.exc import DBAPIError

from support.clusters import temporary_home
from support.problems import is_problem, refused
from support.small_town import SmallTown, a_report_body
from wanmi.platform.casework import intake
from wanmi.platform.kernel.cluster import Cluster
from wanmi.platform.kernel.errors import TooMany, Unavailable
from wanmi.platform.kernel.service_user import find_service_user
from wanmi.platform.kernel.settings import Settings
from wanmi.web.resources import BLUEPRINTS
from wanmi.web.wiring.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug.test import TestResponse

CHINESE = re.compile(r"[\u4e00-\u9fff]")
JSON = "application/json"
SECRET = "password=hunter2"


def _breaking() -> APIBlueprint:
    """Resources that fail in ways that others rarely do."""
    blueprint = APIBlueprint("breaking", __name__, url_prefix="/api/v1/breaking")

    @blueprint.get("/often")
    def often() -> None:
        raise TooMany(
            "Too much came from your address in a short time; wait a little and send it again."
        )

    @blueprint.get("/full")
    def full() -> None:
        raise Unavailable("Photos cannot be stored just now; please send the photo again.")

    @blueprint.get("/bug")
    def bug() -> None:
        raise RuntimeError(SECRET)

    @blueprint.get("/sql")
    def sql() -> None:
        raise DBAPIError(f"SELECT {SECRET}", {}, ValueError(SECRET))

    return blueprint


@pytest.fixture(scope="module")
def ask(settled_town: SmallTown) -> Iterator[Callable[..., TestResponse]]:
    """Ask the town's server, with some resources more, as the inspector."""
    town = settled_town
    app = create_app(town.settings, town.url, [*BLUEPRINTS, _breaking()], town.services)
    client = app.test_client()

    def asked(method: str, path: str, language: str = "zh-CN", **how: Any) -> TestResponse:  # noqa: ANN401
        headers = {**town.inspector.headers, "Accept-Language": language, **how.pop("headers", {})}
        return client.open(f"/api/v1{path}", method=method, headers=headers, **how)

    yield asked
    client.delete_cookie("wanmi")


TWICE = a_report_body()
WAYS_OUT: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "broken json": (400, "POST", "/reports", {"data": "{", "content_type": JSON}),
    "no token": (401, "GET", "/cases", {"headers": {"Authorization": "Bearer x"}}),
    "not their right": (403, "GET", "/figures", {"headers": {"as": "admin"}}),
    "not their source": (403, "POST", "/reports", {"json": a_report_body(source="media")}),
    "no such case": (404, "GET", "/cases/610900202611239999999", {}),
    "no such address": (404, "GET", "/nowhere", {}),
    "wrong method": (405, "DELETE", "/reports", {}),
    "used id": (409, "POST", "/reports", {"json": {**TWICE, "description": "anders"}}),
    "too large": (
        413,
        "POST",
        "/reports",
        {"data": "x" * 6_000_000, "content_type": "application/json"},
    ),
    "too many": (413, "POST", "/reports/batch", {"json": [1] * 1001}),
    "wrong type": (415, "POST", "/reports", {"data": "x", "content_type": "text/plain"}),
    "wrong field": (422, "POST", "/reports", {"json": {**a_report_body(), "extra": 1}}),
    "wrong query": (422, "GET", "/cases?limit=0", {}),
    "wrong class": (422, "POST", "/reports", {"json": a_report_body("99999")}),
    "swapped": (422, "GET", "/locate?lon=32&lat=109&datum=wgs84", {}),
    "outside": (422, "GET", "/locate?lon=0&lat=0&datum=wgs84", {}),
    "no box": (422, "GET", "/cases?bbox=1,2", {}),
    "too often": (429, "GET", "/breaking/often", {}),
    "bug": (500, "GET", "/breaking/bug", {}),
    "sql bug": (500, "GET", "/breaking/sql", {}),
    "full": (503, "GET", "/breaking/full", {}),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_every_way_out_has_one_shape_in_two_languages(
    settled_town: SmallTown, ask: Callable[..., TestResponse], way: str
) -> None:
    status, method, path, how = WAYS_OUT[way]
    if way == "used id":
        ask("POST", "/reports", json=TWICE)
    if how.get("headers", {}).get("as"):
        how = {**how, "headers": settled_town.people[how["headers"]["as"]].headers}
    if way == "outside":
        # A place in the sea is explained, but not reported from.
        assert ask(method, path, **how).status_code in {200, 422}
        return
    chinese = refused(ask(method, path, **how), status)
    english = refused(ask(method, path, "en", **how), status)
    for key in ("title", "detail"):
        assert CHINESE.search(chinese[key]), chinese
        assert not CHINESE.search(english[key].replace("暴露垃圾", "")), english
    assert [row["field"] for row in chinese["errors"]] == [
        row["field"] for row in english["errors"]
    ]
    assert all(CHINESE.search(row["message"]) for row in chinese["errors"]), chinese


def test_a_method_that_is_not_taken_names_those_that_are(ask: Callable[..., TestResponse]) -> None:
    answer = ask("DELETE", "/cases")
    refused(answer, 405)
    assert {"GET", "HEAD", "OPTIONS"} == set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("path", ["/breaking/bug", "/breaking/sql"])
def test_a_bug_tells_its_log_and_nobody_else(
    ask: Callable[..., TestResponse], caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = ask("GET", path)
    assert SECRET not in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)
    assert SECRET in caplog.text


@pytest.mark.parametrize(
    "language", ["fr", "", "*", "xx-YY;q=nonsense", "zh-TW", "en-US,en;q=0.9", "x" * 3000]
)
def test_any_wish_for_a_language_is_answered(
    ask: Callable[..., TestResponse], language: str
) -> None:
    body = refused(ask("GET", "/cases/1", language), 404)
    assert bool(CHINESE.search(body["detail"])) is (not language.startswith("en"))


@pytest.mark.parametrize("path", ["/api/v1/%ff", "/api/v1/cases/%ff%fe", "/api/v1//", "/%00"])
def test_addresses_that_are_none(settled_town: SmallTown, path: str) -> None:
    answer = settled_town.app.test_client().get(path, headers=settled_town.inspector.headers)
    assert answer.status_code in {301, 308, 404, 422}
    if answer.status_code >= 400 and path.startswith("/api/"):
        is_problem(answer.json, answer.status_code)


# The database is away


@pytest.fixture(scope="module")
def fragile() -> Iterator[tuple[SmallTown, Cluster]]:
    """A town on a cluster of its own, which a test may stop."""
    with temporary_home() as home:
        cluster = Cluster(home, find_service_user("postgres"))
        with cluster.running() as url:
            settings = Settings.from_environ({"WANMI_HOME": str(home)})
            town = SmallTown(url, settings)
            town.settle()
            town.office.ground.current()
        yield town, cluster
        town.leave()


def test_a_database_that_stops_in_the_middle_is_said_and_found_again(
    fragile: tuple[SmallTown, Cluster],
) -> None:
    town, cluster = fragile
    body, batch = a_report_body(), [a_report_body() for _ in range(3)]
    with cluster.running():
        # What was open before the stop is broken: one repeat at most.
        answers = [town.inspector.post("/reports", body) for _ in range(2)]
        assert answers[-1].status_code in {200, 201}
        before = answers[-1].json
    for answer in (
        town.inspector.get("/cases"),
        town.inspector.post("/reports", body),
        town.inspector.post("/reports/batch", batch),
        town.commander.get("/density"),
        town.commander.get("/events"),
        town.app.test_client().get("/api/v1/cases", headers={"Authorization": "Bearer wanmi_x"}),
    ):
        refused(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
    health = town.app.test_client().get("/healthz")
    assert (health.status_code, health.json["database"]) == (503, "down")
    with cluster.running():
        # The client repeats: nothing was lost, and nothing is doubled.
        answer = town.inspector.post("/reports", body)
        assert (answer.status_code, answer.json) == (200, before)
        again = town.inspector.post("/reports/batch", batch).json
        assert [item["status"] for item in again] == [201, 201, 201]
        assert town.app.test_client().get("/healthz").status_code == 200
        town.engine.dispose()
        assert (town.count("cases"), town.count("journal")) == (4, 4)


@pytest.fixture
def failing_afterwards(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let everything fail as soon as the rows of a report are written."""
    written = intake.recording.record

    def written_and_lost(*given: Any) -> None:  # noqa: ANN401
        written(*given)
        raise RuntimeError(SECRET)

    monkeypatch.setattr(intake.recording, "record", written_and_lost)
    return monkeypatch


def test_what_fails_before_the_commit_leaves_nothing(
    town: SmallTown, failing_afterwards: pytest.MonkeyPatch
) -> None:
    answer = town.inspector.post("/reports/batch", [a_report_body() for _ in range(3)])
    refused(answer, 500)
    assert SECRET not in json.dumps(answer.json)
    assert town.count("cases") == town.count("journal") == town.count("case_counts") == 0
    failing_afterwards.undo()


def test_a_single_report_is_written_whole_though_its_receipt_fails(
    town: SmallTown, failing_afterwards: pytest.MonkeyPatch
) -> None:
    body = a_report_body()
    refused(town.inspector.post("/reports", body), 500)
    assert town.count("cases") == town.count("journal") == town.count("case_counts") == 1
    failing_afterwards.undo()
    again = town.inspector.post("/reports", body)
    assert (again.status_code, again.json["id"]) == (200, body["id"])
    assert town.count("cases") == 1
