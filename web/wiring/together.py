"""How do many screens that ask the same at the same moment cost the database one question?

Who asks while an answer is being made gets the next one, together with all others who wait: an
answer is never older than its question, and of one question only one is asked at a time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from wanmi.platform.casework.case_filters import CaseFilter
    from wanmi.platform.organisation.permits import Viewer


@dataclass(slots=True)
class _Flight:
    """One making of an answer."""

    done: threading.Event = field(default_factory=threading.Event)
    answer: Any = None
    error: BaseException | None = None


class Together:
    """The questions of one process that are being answered now."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._running: dict[Hashable, _Flight] = {}
        self._waiting: dict[Hashable, _Flight] = {}

    def answer(self, key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - any answer
        """Return what `make` makes, begun after this call; equal keys must mean equal answers.

        Whoever waits holds nothing: `make` opens its own connection. What it raises is raised to
        all who wait for it.
        """
        with self._lock:
            before = self._running.get(key)
            mine = self._waiting.get(key)
            leads = mine is None
            if mine is None:
                mine = _Flight()
                (self._running if before is None else self._waiting)[key] = mine
        if leads:
            if before is not None:
                before.done.wait()
            self._make(key, mine, make)
        else:
            mine.done.wait()
        if mine.error is not None:
            raise mine.error
        return mine.answer

    def _make(self, key: Hashable, mine: _Flight, make: Callable[[], Any]) -> None:
        try:
            mine.answer = make()
        except BaseException as error:
            mine.error = error
            raise
        finally:
            with self._lock:
                following = self._waiting.pop(key, None)
                if following is None:
                    del self._running[key]
                else:
                    # It begins now; who comes later waits for one after it.
                    self._running[key] = following
            mine.done.set()


def same_eyes(viewer: Viewer, asked: CaseFilter) -> Hashable:
    """Return a key that is equal for viewers who see the same cases under this filter."""
    if viewer.scope == "jurisdiction" and not asked.mine:
        return viewer.jurisdictions, viewer.whole_city, asked
    return viewer, asked
