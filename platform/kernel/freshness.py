"""How is a value kept that rarely changes, without asking for it every time?"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
log = logging.getLogger(__name__)

LOOK_SECONDS = 3.0


class Fresh(Generic[T]):
    """A value that is at most a few seconds old.

    `read` is given the value known so far, or None, and returns it again when nothing has changed.
    While one thread reads anew, the others are served what is known.
    """

    def __init__(self, read: Callable[[T | None], T], seconds: float = LOOK_SECONDS) -> None:
        """Take how it is read and how old it may grow; nothing is read before it is needed."""
        self._read = read
        self._seconds = seconds
        self._lock = threading.Lock()
        self._known: T | None = None
        self._look_at = 0.0

    def current(self) -> T:
        """Return the value. What `read` raises is raised only while nothing is known."""
        known = self._known
        if known is not None and time.monotonic() < self._look_at:
            return known
        if not self._lock.acquire(blocking=known is None):
            return known  # type: ignore[return-value]  # only tried without waiting when known
        try:
            if self._known is None or time.monotonic() >= self._look_at:
                self._look_at = time.monotonic() + self._seconds
                self._known = self._renewed()
            return self._known
        finally:
            self._lock.release()

    def _renewed(self) -> T:
        try:
            return self._read(self._known)
        except Exception:
            if self._known is None:
                raise
            log.warning("serving what is known: reading anew failed", exc_info=True)
            return self._known

    def forget(self) -> None:
        """Read anew at the next call: this process has just changed what it stands for."""
        self._look_at = 0.0
