"""GET /api/v1/events: what happens to cases, as it happens."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import Response, json, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from wanmi.platform.casework import outbox
from wanmi.web.presenters.events import event_body
from wanmi.web.wiring.bodies import Lenient
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from wanmi.platform.casework.outbox import Event, Position
    from wanmi.platform.organisation.permits import Viewer
    from wanmi.web.wiring.streams import Stream

blueprint = APIBlueprint("events", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="events")])

BEAT_SECONDS = 15.0
"""A comment this often keeps proxies from closing a quiet stream, and finds out who has left."""

LOOK_SECONDS = 1.0
LONGEST_BACKLOG = 5000
"""A browser that missed more than this is told to load everything anew."""

LONGEST_SECONDS = 900.0
"""Then a stream ends, and the browser comes back with whatever rights it then has."""


class EventsQuery(Lenient):
    """`last` is for clients that cannot send the header Last-Event-ID."""

    last: str | None = Field(None, max_length=60)


@blueprint.get("/events", responses={200: {"content": {"text/event-stream": {}}}})
def events(query: EventsQuery) -> Response:
    """Stream events: a case reported or moved. Resumes after `Last-Event-ID`."""
    viewer = need_viewer("events.see")
    said = request.headers.get("Last-Event-ID") or query.last or ""
    hub = services().hub
    opened = hub.open()
    stream = opened.__enter__()
    # Read here, not in the stream: a database that is away is answered 503.
    try:
        missed, start = _missed(outbox.Position.from_text(said))
    except BaseException:
        opened.__exit__(None, None, None)
        raise

    def body() -> Iterator[str]:
        try:
            yield from _lines(stream, viewer, missed, start, hub.stopping)
        finally:
            opened.__exit__(None, None, None)

    answer = Response(body(), mimetype="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _missed(asked: Position | None) -> tuple[list[Event] | None, Position]:
    """Return what happened after `asked`, and where the stream starts.

    None when too much happened, or when the position is of another database's life.
    """
    with reading() as connection:
        newest = outbox.latest(connection)
        if asked is None:
            return [], newest
        if asked > newest:
            return None, newest
        found: list[Event] = []
        position = asked
        while page := outbox.after(connection, position):
            found += page
            position = page[-1].position
            if len(found) > LONGEST_BACKLOG:
                return None, newest
    return found, asked


def _lines(
    stream: Stream,
    viewer: Viewer,
    missed: list[Event] | None,
    start: Position,
    stopping: threading.Event,
) -> Iterator[str]:
    hello = "reload" if missed is None else "hello"
    # The id is where the browser stands: if it is cut off here, it comes back for all that follows.
    yield f"retry: 3000\nid: {start}\nevent: {hello}\ndata: {{}}\n\n"
    position = start
    for event in missed or ():
        position = event.position
        yield from _line(event, viewer)
    ends = time.monotonic() + LONGEST_SECONDS
    beat = time.monotonic()
    while not (stopping.is_set() or stream.overrun or time.monotonic() > ends):
        came = stream.next(LOOK_SECONDS)
        if came is not None and came.position > position:
            position = came.position
            yield from _line(came, viewer)
        elif time.monotonic() - beat > BEAT_SECONDS:
            beat = time.monotonic()
            # The id alone dispatches nothing; it moves the browser past what it may not see.
            yield f": here\nid: {position}\n\n"


def _line(event: Event, viewer: Viewer) -> Iterator[str]:
    case = event.case
    if viewer.sees(
        jurisdiction_code=case["jurisdiction_code"],
        unit_code=case["unit_code"],
        reporter_id=case["account_id"],
    ):
        data: dict[str, Any] = event_body(event)
        kind = "reported" if event.version == 1 else "moved"
        said = json.dumps(data, ensure_ascii=False)
        yield f"id: {event.position}\nevent: {kind}\ndata: {said}\n\n"
