"""What every refusal looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

KEYS = {"type", "title", "status", "detail", "errors"}


def is_problem(body: Any, status: int, *fields: str) -> None:  # noqa: ANN401
    """Make sure that `body` is a problem document of this status, about these fields."""
    assert isinstance(body, dict)
    assert set(body) == KEYS
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    assert all(set(row) == {"field", "message"} for row in body["errors"])
    assert all(isinstance(row["message"], str) and row["message"] for row in body["errors"])
    if fields:
        assert {row["field"] for row in body["errors"]} == set(fields)


def refused(answer: TestResponse, status: int, *fields: str) -> dict[str, Any]:
    """Make sure that an answer is a refusal of this status, about these fields; return it."""
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    assert answer.content_type == "application/problem+json"
    is_problem(answer.json, status, *fields)
    body: dict[str, Any] = answer.json
    return body
