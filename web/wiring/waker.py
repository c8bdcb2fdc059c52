"""Who tells the event streams that something was committed?

An empty NOTIFY after the commit, a few a second at most: one inside each transaction would make
commits wait for one another.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from wanmi.platform.casework.outbox import CHANNEL

if TYPE_CHECKING:
    from sqlalchemy import Engine

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.2


class Waker:
    """One thread a process that turns any number of commits into a few notifications."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; the thread starts with the first commit."""
        self._engine = engine
        self._due = threading.Event()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Say that something was committed."""
        self._due.set()
        if self._thread is None:
            with self._start:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="waker", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while True:
            self._due.wait()
            self._due.clear()
            try:
                wake_once(self._engine)
            except SQLAlchemyError as error:
                # The streams look by themselves every few seconds; nothing is lost.
                log.warning("no wake-up could be sent: %s", error)
            time.sleep(PAUSE_SECONDS)


def wake_once(engine: Engine) -> None:
    """Wake the readers now: for a process that ends after its commit."""
    with engine.begin() as connection:
        connection.execute(text(f"NOTIFY {CHANNEL}"))
