"""What does the API's document say beside what each resource says of itself?

flask-openapi3 gathers paths, parameters and bodies. Here come the refusals that every resource of
a kind may give, who may ask, and how.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask_openapi3 import OpenAPI
from flask_openapi3.models import Schema
from flask_openapi3.utils import parse_rule

from wanmi.web.presenters.said import Problem
from wanmi.web.wiring.sessions import PUBLIC_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask_openapi3.types import ResponseDict
    from pydantic import BaseModel

PROBLEM = "application/problem+json"
REFS = "#/components/schemas/{model}"
OPEN_TO_ALL = {"/healthz", "/api/v1/catalogue"}
WITHOUT_PROBLEMS = {"/healthz"}

DESCRIPTION = """\
Times are ISO 8601 with their zone, places named degrees with their datum, errors problem documents
(RFC 9457). What one may not see is not found. Words are in the language of `Accept-Language`:
`zh-CN` or `en`."""

SECURITY: dict[str, dict[str, str]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`wanmi token USER` prints one."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "wanmi",
        "description": "A browser that is signed in; changes also carry `X-CSRFToken`.",
    },
}


class Documented(OpenAPI):
    """An application whose document is whole."""

    def generate_spec_json(self) -> None:
        """Make the document; once, when it is first asked for."""
        super().generate_spec_json()  # type: ignore[no-untyped-call]
        complete(self.spec_json)
        for rule in self.url_map.iter_rules():
            item = self.spec_json["paths"].get(parse_rule(rule.rule), {})
            for method in rule.methods or ():
                if method.lower() in item:
                    item[method.lower()]["operationId"] = rule.endpoint.rpartition(".")[2]


def schemas_of(*models: type[BaseModel]) -> dict[str, Schema]:
    """Return answers' models, and the models in them, as parts of a document, by name."""
    found: dict[str, Schema] = {}
    for model in models:
        schema = model.model_json_schema(mode="serialization", ref_template=REFS)
        parts = {**schema.pop("$defs", {}), model.__name__: schema}
        found |= {name: Schema(**part) for name, part in parts.items()}
    return found


def refusals(*statuses: int) -> ResponseDict:
    """Return problem answers for the `responses` of a resource."""
    schema = {"$ref": REFS.format(model=Problem.__name__)}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": schema}}}
        for status in map(int, statuses)
    }


def complete(document: dict[str, Any]) -> None:
    """Put what is the same everywhere into the document of `generate_spec_json`."""
    document["info"]["description"] = DESCRIPTION
    document["components"]["securitySchemes"] = SECURITY
    document["security"] = [{name: []} for name in SECURITY]
    for path, item in document["paths"].items():
        for operation in item.values():
            _complete(path, operation)


def _complete(path: str, operation: dict[str, Any]) -> None:
    is_open = path in OPEN_TO_ALL or path.startswith(PUBLIC_PREFIX)
    if is_open:
        operation["security"] = []
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _without_null(parameter["schema"])
    said = operation["responses"]
    # flask-openapi3 writes its own 422 where there is none.
    said.pop("422", None)
    if path in WITHOUT_PROBLEMS:
        return
    for status in _statuses(path, operation, is_open=is_open):
        said.setdefault(str(int(status)), refusals(status)[status])
    operation["responses"] = dict(sorted(said.items()))


def _statuses(path: str, operation: dict[str, Any], *, is_open: bool) -> Iterator[int]:
    """Yield the refusals that follow from what an operation takes and for whom it is."""
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    if not is_open:
        yield from (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    if path.startswith(PUBLIC_PREFIX):
        yield HTTPStatus.TOO_MANY_REQUESTS
    if "path" in places:
        yield HTTPStatus.NOT_FOUND
    if "requestBody" in operation:
        yield from (
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )
    if places or "requestBody" in operation:
        yield HTTPStatus.UNPROCESSABLE_ENTITY
    yield from (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter: one that is left out is no null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) != 1:
        return schema
    kept = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    return {**kept, **choices[0]}
