"""How do many open screens hear of what happens, with one database listener a process?

One thread listens for the wake-up, reads the outbox and hands each event to every open stream that
may see it. A stream holds a server thread, never a database session. It starts where the browser
left off (`Last-Event-ID`), and ends at once when the server stops.
"""

from __future__ import annotations

import logging
import queue
import select
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from wanmi.platform.casework import outbox
from wanmi.platform.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from wanmi.platform.casework.outbox import Event, Position

log = logging.getLogger(__name__)

LOOK_SECONDS = 3.0
"""How often the outbox is read even without a wake-up."""

YOUNG_SECONDS = 0.15
"""How long to wait for rows whose transaction has older ones running beside it."""

RETRY_SECONDS = 2.0
BACKLOG = 2000
"""Events that a slow stream may lag behind before it is told to begin anew."""


class Stream:
    """One open screen: a queue of events, or None for "the server stops"."""

    def __init__(self) -> None:
        """Start with an empty queue."""
        self.events: queue.Queue[Event | None] = queue.Queue(BACKLOG)
        self.overrun = False

    def put(self, event: Event | None) -> None:
        """Hand over an event; one too many marks the stream as overrun."""
        try:
            self.events.put_nowait(event)
        except queue.Full:
            self.overrun = True

    def next(self, seconds: float) -> Event | None:
        """Return the next event, or None when there was none in `seconds` or the server stops."""
        with suppress(queue.Empty):
            return self.events.get(timeout=seconds)
        return None


class Hub:
    """The listener of one process and the streams that it feeds."""

    def __init__(self, engine: Engine, limit: int) -> None:
        """Take the engine and how many streams may be open; the thread starts with the first."""
        self._engine = engine
        self._limit = limit
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._position: Position | None = None
        self._ready = threading.Event()
        self.stopping = threading.Event()

    @contextmanager
    def open(self) -> Iterator[Stream]:
        """Keep a stream open while the block runs.

        Raises:
            Unavailable: as many as allowed are open, or the server is about to stop.
        """
        stream = Stream()
        with self._lock:
            if len(self._streams) >= self._limit or self.stopping.is_set():
                raise Unavailable("All live connections are taken; the page asks again by itself.")
            self._streams.add(stream)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
                self._thread.start()
        self._ready.wait(RETRY_SECONDS)
        try:
            yield stream
        finally:
            with self._lock:
                self._streams.discard(stream)

    def stop(self) -> None:
        """End every stream at once."""
        self.stopping.set()
        with self._lock:
            for stream in self._streams:
                stream.put(None)

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001 - the driver's own errors too: it must go on
                # What happens meanwhile is read from the outbox once the database is back.
                log.warning("the event listener lost the database: %s", error)
                self.stopping.wait(RETRY_SECONDS)

    def _listen(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # Nobody else is to get a connection that listens, or one whose end only we have seen.
            connection.detach()
            connection.execute(text(f"LISTEN {outbox.CHANNEL}"))
            raw: Any = connection.connection.dbapi_connection
            ear = select.poll()
            ear.register(raw.fileno(), select.POLLIN)
            if self._position is None:
                self._position = outbox.latest(connection)
            self._ready.set()
            wait = 0.0
            while not self.stopping.is_set():
                ear.poll(wait * 1000)
                raw.poll()
                raw.notifies.clear()
                events = outbox.after(connection, self._position)
                for event in events:
                    self._hand_out(event)
                if events:
                    self._position = events[-1].position
                young = outbox.is_waiting(connection, self._position)
                wait = YOUNG_SECONDS if young else LOOK_SECONDS

    def _hand_out(self, event: Event) -> None:
        with self._lock:
            streams = tuple(self._streams)
        for stream in streams:
            stream.put(event)
