"""What was made once and may be given again: the last used values, up to so many bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable


class Kept:
    """Values by key; the ones not used for longest go first when the bytes are full."""

    def __init__(self, most_bytes: int) -> None:
        """Take how many bytes all values together may have."""
        self._most = most_bytes
        self._bytes = 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:  # noqa: ANN401 - whatever was put there
        """Return the value under `key`, or None."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Any, size_bytes: int) -> None:  # noqa: ANN401 - any value
        """Keep a value; one that is larger than all room is not kept."""
        if size_bytes > self._most:
            return
        with self._lock:
            known = self._values.pop(key, None)
            self._bytes += size_bytes - (known[1] if known else 0)
            self._values[key] = (value, size_bytes)
            while self._bytes > self._most:
                _, (_, freed) = self._values.popitem(last=False)
                self._bytes -= freed
