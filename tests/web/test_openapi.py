"""The API's document: valid, whole, and kept by every answer, whatever is asked."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from support.small_town import LAMP, LAMP_DEFECT, cell_of, middle_of, spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.small_town import SmallTown

METHODS = {"get", "post", "put", "patch", "delete"}
EXAMPLES = 12
"""For each operation; derandomized: the same in every run."""


@pytest.fixture
def document(town: SmallTown) -> dict[str, Any]:
    return town.conformance.document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            yield method, path, operation


def every(value: Any, key: str) -> Iterator[Any]:  # noqa: ANN401
    """Yield what stands under `key` anywhere in a document."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name == key:
                yield part
            yield from every(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from every(part, key)


def test_it_is_openapi_in_one_file(town: SmallTown, document: dict[str, Any]) -> None:
    answer = town.app.test_client().get("/api/v1/openapi.json")
    assert answer.content_type == "application/json"
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] == "Wanmi"
    for reference in every(document, "$ref"):
        assert reference.startswith("#/")
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found
    assert not re.findall(r"https?://", json.dumps(document))


def test_its_schemas_are_schemas(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        ), name


def test_every_operation_says_what_it_answers(document: dict[str, Any]) -> None:
    names = set()
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        assert re.fullmatch(r"[a-z_]+", operation["operationId"]), where
        assert operation["operationId"] not in names, where
        names.add(operation["operationId"])
        assert operation["summary"], where
        assert operation["tags"], where
        answers = operation["responses"]
        good = [answer for status, answer in answers.items() if status < "300"]
        assert any("content" in answer for answer in good), where
        for status, answer in answers.items():
            assert answer["description"], (where, status)
            if "content" in answer and "application/json" in answer["content"]:
                assert answer["content"]["application/json"]["schema"], (where, status)
            if status >= "400" and path != "/healthz":
                [kind] = answer["content"]
                assert kind == "application/problem+json", (where, status)
                schema = answer["content"][kind]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}
        in_path = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
        assert in_path == set(re.findall(r"\{(\w+)\}", path)), where


def test_who_may_ask_is_said(document: dict[str, Any]) -> None:
    assert document["security"] == [{"bearer": []}, {"session": []}]
    schemes = document["components"]["securitySchemes"]
    assert (schemes["bearer"]["type"], schemes["bearer"]["scheme"]) == ("http", "bearer")
    for _, path, operation in operations(document):
        is_open = path.startswith("/api/v1/public/") or path in {"/healthz", "/api/v1/catalogue"}
        assert ("401" in operation["responses"]) is not is_open, path
        assert operation.get("security", "inherited") == ([] if is_open else "inherited")


def test_bodies_have_an_example_that_is_taken(town: SmallTown, document: dict[str, Any]) -> None:
    for path in ("/api/v1/reports", "/api/v1/public/reports"):
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        example = content["example"]
        answer = town.inspector.post(path.removeprefix("/api/v1"), example)
        assert answer.status_code == 201, answer.text
    content = document["paths"]["/api/v1/reports/batch"]["post"]["requestBody"]["content"]
    answer = town.inspector.post("/reports/batch", content["application/json"]["example"])
    assert {item["status"] for item in answer.json} <= {200, 201}


@pytest.fixture
def busy_town(town: SmallTown) -> SmallTown:
    """A town in which something has happened, and nobody is kept away for asking too often."""
    for column in range(3):
        town.inspector.reports(at=middle_of(column, 2))
    number = town.inspector.reports(LAMP_DEFECT, spot(1.5, 1.5), component_id=LAMP).json["number"]
    town.shift_leader.moves(number, "file", condition="lamp-out")
    town.dispatcher.moves(number, "dispatch", unit="CO-LD")
    return town


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
NOT_CHECKED = {
    # A bad report costs only itself: the batch is answered 200.
    "/api/v1/reports/batch": [negative_data_rejection],
}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
def test_whatever_is_asked_the_answer_is_as_described(
    busy_town: SmallTown, mode: GenerationMode
) -> None:
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", busy_town.app)
    headers = {**busy_town.commander.headers, "Accept-Encoding": "identity"}
    tried = 0
    for result in described.exclude(path="/api/v1/events").get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case) -> None:
            nonlocal tried
            tried += 1
            skipped = NOT_CHECKED.get(case.path, [])
            case.call_and_validate(headers=headers, checks=CHECKS, excluded_checks=skipped)

        try:
            ask()
        except Unsatisfiable:
            # There is nothing wrong to be said to a resource that takes nothing.
            assert mode is GenerationMode.NEGATIVE
    assert tried > 15 * EXAMPLES


def test_ready_made_addresses_are_as_described(busy_town: SmallTown) -> None:
    """What random addresses do not find: each resource with something in it."""
    number = busy_town.commander.get("/cases").json["cases"][0]["number"]
    for path in (
        f"/cases/{number}",
        f"/cases/{number}/history",
        f"/cases/{number}/photos",
        "/cases/points",
        "/density",
        "/figures",
        "/exports/cases.csv",
        "/exports/cases.xlsx",
        "/exports/cases.geojson",
        "/exports/cases.gpkg",
        "/exports/map.html",
        "/grid",
        "/grid/counts",
        "/ground",
        "/catalogue",
        "/layers/streets",
        "/layers/zones",
        "/layers/schools",
        "/layers/areas",
        "/layers/parks",
        f"/cells/{cell_of(1, 2)}",
        "/tiles/cells/14/13156/6611.mvt",
        "/tiles/cases/14/13156/6611.mvt",
        "/tiles/streets/0/0/0.mvt",
    ):
        answer = busy_town.commander.get(path)
        assert answer.status_code in {200, 204}, path
        again = busy_town.commander.get(
            path, headers={"If-None-Match": answer.headers.get("ETag", "")}
        )
        assert again.status_code in {200, 204, 304}, path


# The page


def test_the_page_asks_nobody_but_us(town: SmallTown) -> None:
    client = town.app.test_client()
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "http" not in text
    named = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert len(named) == 3
    for address in named:
        assert re.match(r"/\w", address)
        file = client.get(address)
        assert file.status_code == 200, address
        assert len(file.data) > 1000, address
        file.close()
    assert "'nonce-" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ["x.js", "../swagger/js/swagger-ui-bundle.js", "js/", "plugins.py", "%2e%2e/plugins.py"]
)
def test_the_page_gives_away_no_other_file(town: SmallTown, name: str) -> None:
    assert town.app.test_client().get(f"/api/v1/docs/{name}").status_code == 404
