"""A screen that listens: an open event stream, and what has come over it."""

from __future__ import annotations

import json
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from support.small_town import Person

PATIENCE_SECONDS = 15.0


class Said(NamedTuple):
    """One event as a browser gets it."""

    kind: str
    id: str
    data: dict[str, Any]


@dataclass
class Screen:
    """Somebody's open stream, read by a thread of its own as a browser does."""

    person: Person
    last: str | None = None
    answer: TestResponse = field(init=False)
    _came: queue.Queue[Said | None] = field(default_factory=queue.Queue)

    def __enter__(self) -> Self:
        """Open the stream."""
        headers = {"Last-Event-ID": self.last} if self.last else {}
        client = self.person.town.app.test_client()
        self.answer = client.get("/api/v1/events", headers={**self.person.headers, **headers})
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave: the server finds out with its next word."""
        self._leaving = True
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()

    _leaving = False

    def _read(self) -> None:
        text = ""
        try:
            for part in self.answer.response:
                text += part.decode() if isinstance(part, bytes) else part
                while "\n\n" in text:
                    block, text = text.split("\n\n", 1)
                    self._came.put(_said(block))
                if self._leaving:
                    break
        finally:
            self.answer.close()
            self._came.put(None)

    def next(self, seconds: float = PATIENCE_SECONDS) -> Said:
        """Return the next event; comments and beats are not counted."""
        until = time.monotonic() + seconds
        while (said := self._came.get(timeout=max(0, until - time.monotonic()))) is not None:
            if said.kind:
                return said
        raise EOFError("the stream has ended")

    def ended(self) -> bool:
        """Wait for the end of the stream."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self._came.get(timeout=max(0, until - time.monotonic())) is not None:
            pass
        return True

    def is_silent(self, seconds: float = 0.6) -> bool:
        """Say whether nothing comes for a while."""
        try:
            self.next(seconds)
        except queue.Empty:
            return True
        return False


def _said(block: str) -> Said:
    fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
    return Said(fields.get("event", ""), fields.get("id", ""), json.loads(fields.get("data", "{}")))
