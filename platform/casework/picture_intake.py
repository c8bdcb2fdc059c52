"""How does a photo get from a request into the store without the decoder ever being root?

The server has given up root long before. A command that root runs hands the bytes to a child that
is the service user, has little memory and time, and answers with a few words: never with objects.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wanmi.gis.points import Datum, RawPoint
from wanmi.platform.casework.picture_refusals import DAMAGED, refuse
from wanmi.platform.casework.picture_store import NO_STORE, PictureStore
from wanmi.platform.casework.pictures import PictureFacts, read_picture
from wanmi.platform.casework.shooting import Shooting
from wanmi.platform.kernel.errors import (
    FieldError,
    Invalid,
    TooLarge,
    Unavailable,
    WanmiError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wanmi.platform.kernel.service_user import ServiceUser

log = logging.getLogger(__name__)

CHILD = "wanmi.platform.casework.picture_child"
CHILD_SECONDS = 60
WAIT_SECONDS = 15
BUSY = "Many photos are arriving just now; please send the photo again."

PROBLEMS: dict[str, type[WanmiError]] = {
    "Invalid": Invalid,
    "TooLarge": TooLarge,
    "Unavailable": Unavailable,
}
"""The errors that cross from the child, by name."""

_turn = threading.Lock()
"""One picture at a time in a process: it bounds the memory (a picture may take 600 MB while it is
made small), and `warnings.catch_warnings` works on the whole process."""


def take_in(
    data: bytes,
    store: PictureStore,
    *,
    user: ServiceUser,
    max_bytes: int,
) -> PictureFacts:
    """Read a photo, put it into the store, and return what is known of it.

    Takes time (a large photo about half a second), so hold no database connection meanwhile.

    Raises:
        Invalid: empty, not a JPEG, PNG or WebP, damaged or not complete.
        TooLarge: more than `max_bytes`, or more pixels than are decoded.
        Unavailable: the store is full or closed, or too many photos wait.
    """
    if os.geteuid() == 0:
        return _in_child(data, store, user, max_bytes)
    with _one_at_a_time():
        picture = read_picture(data, max_bytes=max_bytes)
    store.put(picture.facts.content, picture.images)
    return picture.facts


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise Unavailable(BUSY)
    try:
        yield
    finally:
        _turn.release()


def _in_child(
    data: bytes,
    store: PictureStore,
    user: ServiceUser,
    max_bytes: int,
) -> PictureFacts:
    # The child finds Wanmi where this process found it.
    places = os.pathsep.join(place for place in sys.path if Path(place).is_absolute())
    command = [sys.executable, "-P", "-m", CHILD]
    arguments = [str(store.folder), str(store.reserve_bytes), str(max_bytes)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the picture comes by pipe
            command + arguments,
            input=data,
            capture_output=True,
            check=False,
            cwd="/",
            env={"PYTHONPATH": places, "PATH": os.defpath},
            timeout=CHILD_SECONDS,
            **user.child(),  # type: ignore[call-overload]
        )
    except subprocess.TimeoutExpired:
        raise refuse(DAMAGED) from None
    if done.stderr or done.returncode:
        said = done.stderr.decode("utf-8", "replace")
        log.warning("the decoder of a photo ended with %d: %s", done.returncode, said)
    if done.returncode < 0:
        # A signal: the photo has broken the decoder, or used up its memory or time.
        raise refuse(DAMAGED)
    if done.returncode:
        raise Unavailable(NO_STORE)
    return from_answer(json.loads(done.stdout))


def to_answer(outcome: PictureFacts | WanmiError) -> dict[str, Any]:
    """Return what the child writes: only text and numbers."""
    if isinstance(outcome, WanmiError):
        faults = [(fault.field, fault.message) for fault in outcome.errors]
        return {"problem": type(outcome).__name__, "message": outcome.message, "errors": faults}
    taken, place = outcome.shooting.taken, outcome.shooting.place
    return {
        "content": outcome.content,
        "width": outcome.width,
        "height": outcome.height,
        "original_bytes": outcome.original_bytes,
        "taken": taken and taken.isoformat(),
        "place": place and (place.lon, place.lat, place.datum),
    }


def from_answer(answer: dict[str, Any]) -> PictureFacts:
    """Read what the child wrote: return the facts, or raise the error that it met."""
    if "problem" in answer:
        faults = tuple(FieldError(*fault) for fault in answer["errors"])
        raise PROBLEMS[answer["problem"]](answer["message"], errors=faults)
    taken, place = answer["taken"], answer["place"]
    return PictureFacts(
        answer["content"],
        answer["width"],
        answer["height"],
        answer["original_bytes"],
        Shooting(
            datetime.fromisoformat(taken) if taken else None,
            RawPoint(place[0], place[1], Datum(place[2])) if place else None,
        ),
    )
