"""Is an answer what the API's document says of it? Asked of every answer that a test gets."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from flask_openapi3 import OpenAPI
    from werkzeug.test import TestResponse


class Conformance:
    """The document of an application, ready to be held against answers."""

    def __init__(self, app: OpenAPI) -> None:
        """Read the document as a client gets it."""
        self._map = app.url_map.bind("localhost")
        answer = app.test_client().get("/api/v1/openapi.json")
        self.document: dict[str, Any] = answer.get_json()
        self._validator = cache(self._make_validator)

    def _make_validator(self, schema: str) -> jsonschema_rs.Draft202012Validator:
        whole = {**json.loads(schema), "components": self.document["components"]}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)

    def hold(self, answer: TestResponse) -> None:
        """Make sure that an answer has a status, a type and a content that were described."""
        asked = answer.request
        try:
            rule, _ = self._map.match(asked.path, method=asked.method, return_rule=True)
        except HTTPException:
            # No resource of ours; the test itself looks at the refusal.
            return
        path = re.sub(r"<([^<:]+:)?", "{", rule.rule).replace(">", "}")
        operation = self.document["paths"][path][asked.method.lower()]
        said = operation["responses"].get(str(answer.status_code))
        assert said is not None, f"{asked.method} {path}: {answer.status_code} is not described"
        content = said.get("content", {})
        kind = answer.mimetype or None
        assert (kind in content) or not (content or kind), f"{asked.method} {path}: {kind}"
        schema = content.get(kind, {}).get("schema")
        # A test of compression looks at the packed bytes itself.
        if schema is not None and not answer.content_encoding:
            problem = next(
                self._validator(json.dumps(schema)).iter_errors(answer.get_json(force=True)), None
            )
            assert problem is None, f"{asked.method} {path}: {problem}"
