"""Which status and which words does an error get? One shape (RFC 9457) on every way out."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, json, make_response, request
from flask_babel import get_translations, gettext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from wanmi.gis.errors import GisError, Sentence
from wanmi.platform.kernel import errors
from wanmi.web.wiring import bodies, page_errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from pydantic import ValidationError

log = logging.getLogger(__name__)

STATUS: tuple[tuple[type[Exception], int], ...] = (
    (errors.NotFound, HTTPStatus.NOT_FOUND),
    (errors.NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (errors.NotAllowed, HTTPStatus.FORBIDDEN),
    (errors.Conflict, HTTPStatus.CONFLICT),
    (errors.TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (errors.TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (errors.Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (bodies.Unreadable, HTTPStatus.BAD_REQUEST),
    (bodies.WrongType, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (errors.Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.WanmiError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (GisError, HTTPStatus.UNPROCESSABLE_ENTITY),
)
"""The first row whose class fits decides."""

RETRY_SECONDS = "2"


def problem_body(
    status: int,
    detail: str,
    faults: Iterable[errors.FieldError] = (),
) -> dict[str, Any]:
    """Return a problem document: `{type, title, status, detail, errors: [{field, message}]}`."""
    return {
        "type": "about:blank",
        "title": gettext(HTTPStatus(status).phrase),
        "status": int(status),
        "detail": translated(detail),
        "errors": [{"field": row.field, "message": translated(row.message)} for row in faults],
    }


def translated(sentence: str) -> str:
    """Return a sentence in the reader's language; its text may hold % signs of its own."""
    if isinstance(sentence, Sentence):
        return str(get_translations().ugettext(sentence.msgid) % sentence.values)
    return str(get_translations().ugettext(sentence)) if sentence else ""


def sentence_of(error: Exception) -> str:
    """Return the sentence of one of our own errors, with its values still apart."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, str) else str(error)


def status_of(error: Exception) -> int:
    """Return the status of one of our own errors."""
    return next(int(status) for kind, status in STATUS if isinstance(error, kind))


def problem(
    status: int,
    detail: str,
    faults: Iterable[errors.FieldError] = (),
) -> Response:
    """Return the answer with a problem document, or its page for a person's browser."""
    body = problem_body(status, detail, faults)
    if page_errors.wanted():
        response = page_errors.answer(body)
    else:
        response = make_response(json.dumps(body, ensure_ascii=False), int(status))
        response.content_type = "application/problem+json"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = RETRY_SECONDS
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def install(app: Flask) -> None:
    """Send every error of `app` out as a problem document."""
    app.register_error_handler(errors.WanmiError, _known)
    app.register_error_handler(GisError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(Exception, _unforeseen)


def refused(error: ValidationError) -> Response:
    """Return the answer for a path or query that does not fit its model."""
    return _known(bodies.invalid(error))


def _known(error: Exception) -> Response:
    return problem(status_of(error), sentence_of(error), getattr(error, "errors", ()))


def _http(error: HTTPException) -> Response:
    response = problem(error.code or 500, error.description or "")
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            response.headers[name] = value
    return response


def _database(error: DBAPIError) -> Response:
    if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
        log.warning("database unavailable at %s: %s", request.path, error.orig)
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "The database cannot be reached just now; please try again.",
        )
    return _unforeseen(error)


def _busy(error: PoolTimeout) -> Response:
    log.warning("no database connection was free at %s: %s", request.path, error)
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The server is busy just now; please try again.",
    )


def _unforeseen(error: Exception) -> Response:
    log.error("unforeseen error at %s", request.path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong on our side; it has been written to the log.",
    )
