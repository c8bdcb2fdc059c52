"""What does a person see, in place of a problem document, when a page cannot be shown?"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import redirect, request

from wanmi.web.wiring.frame import page

if TYPE_CHECKING:
    from flask import Response

LOGIN = "/login"
PROGRAMS = ("/api/", "/healthz", "/static/")
"""Below these nobody reads with their own eyes."""

READS = {"GET", "HEAD"}


def wanted() -> bool:
    """Say whether this request comes from a browser that shows a page."""
    if request.path.startswith(PROGRAMS):
        return False
    accepts = request.accept_mimetypes
    return accepts["text/html"] > accepts["application/json"]


def answer(problem: dict[str, Any]) -> Response:
    """Return the page for a problem document; who is not signed in is sent to do so."""
    status = problem["status"]
    if status == HTTPStatus.UNAUTHORIZED:
        return to_login()
    return page("error.html", status, problem=problem)


def to_login() -> Response:
    """Send the browser to the log-in, and afterwards back here when this only reads."""
    here = request.full_path if request.query_string else request.path
    following = f"?{urlencode({'next': here})}" if request.method in READS else ""
    found: Response = redirect(LOGIN + following, HTTPStatus.SEE_OTHER)  # type: ignore[assignment]
    found.headers["Cache-Control"] = "no-store"
    return found
