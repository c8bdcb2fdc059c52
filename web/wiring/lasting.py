"""How does a browser keep what rarely changes, without ever showing what is old?

An address with the current version in it may be kept for ever; any other is asked for each time
and answered 304 while nothing has changed. Nothing is kept for other people (`private`).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, request

if TYPE_CHECKING:
    from collections.abc import Callable

YEAR_SECONDS = 365 * 24 * 3600


def lasting(
    version: str,
    asked: str | None,
    make: Callable[[], bytes],
    mimetype: str,
) -> Response:
    """Return the answer with what `make` makes, or 304 when the browser has this version.

    Args:
        version: the version of the content as it is now.
        asked: the version in the address, if there was one.
        make: called only when the content has to be sent; no bytes are answered 204.
        mimetype: what the content is.
    """
    if request.if_none_match.contains_weak(version):
        answer = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        content = make()
        answer = Response(content, mimetype=mimetype)
        if not content:
            answer.status_code = HTTPStatus.NO_CONTENT
            del answer.headers["Content-Type"]
    # Weak: what is sent may be compressed in one way or another.
    answer.set_etag(version, weak=True)
    keep = f"max-age={YEAR_SECONDS}, immutable" if asked == version else "no-cache"
    answer.headers["Cache-Control"] = f"private, {keep}"
    return answer
