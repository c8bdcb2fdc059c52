"""Whose is this token? Remembered for a few seconds, so that not every request has to ask."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wanmi.platform.organisation.permits import Viewer

REMEMBER_SECONDS = 5.0
"""How long a token's account is remembered in a process; a revoked token ends that much later."""

MOST_REMEMBERED = 2000


class Remembered:
    """Viewers by hashed token, each for a few seconds."""

    def __init__(self) -> None:
        """Start empty."""
        self._found: dict[str, tuple[float, Viewer]] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Viewer | None:
        """Return the viewer remembered under `key`, if it is fresh."""
        found = self._found.get(key)
        return found[1] if found and found[0] > time.monotonic() else None

    def put(self, key: str, viewer: Viewer) -> None:
        """Remember `viewer` under `key`."""
        with self._lock:
            if len(self._found) >= MOST_REMEMBERED:
                self._found.clear()
            self._found[key] = (time.monotonic() + REMEMBER_SECONDS, viewer)
