"""How do many screens that ask the same at the same moment cost the database one question?

Who asks while an answer is being made gets the next one, together with all others who wait: an
answer is never older than its question, and of one question only one is asked at a time.

A screen that has been told of an event asks for an answer that is at least as new as that event.
All who say the same event share one answer, whether they ask at the same moment or a little later.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from wanmi.platform.casework.case_filters import CaseFilter
    from wanmi.platform.organisation.permits import Viewer


KEPT_S = 5.0
"""How long an answer is shared after its event: with time alone cases become overdue."""

MOST_KEPT = 128
"""Answers that are kept; the largest are the counts of a whole grid, some hundred kilobytes."""


@dataclass(slots=True)
class _Flight:
    """One making of an answer."""

    begun: float
    done: threading.Event = field(default_factory=threading.Event)
    answer: Any = None
    error: BaseException | None = None


class Together:
    """The questions of one process that are being answered now."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none. `clock` counts seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[Hashable, _Flight] = {}
        self._waiting: dict[Hashable, _Flight] = {}
        self._told: OrderedDict[Hashable, _Flight] = OrderedDict()

    def answer(
        self,
        key: Hashable,
        make: Callable[[], Any],
        after: str | None = None,
    ) -> Any:  # noqa: ANN401 - any answer
        """Return what `make` makes; equal keys must mean equal answers.

        Whoever waits holds nothing: `make` opens its own connection. What it raises is raised to
        all who wait for it.

        Args:
            key: the question, and for whose eyes.
            make: asks the database.
            after: an event that the asker knows of. Without it the answer is begun after this
                call; with it, after somebody has first asked for it, and not `KEPT_S` ago.
        """
        if after is not None:
            return self._after((key, after), make)
        with self._lock:
            before = self._running.get(key)
            mine = self._waiting.get(key)
            leads = mine is None
            if mine is None:
                mine = _Flight(self._clock())
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

    def _after(self, key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - any answer
        now = self._clock()
        with self._lock:
            known = self._told.get(key)
            leads = known is None or known.error is not None or now - known.begun >= KEPT_S
            flight = _Flight(now) if known is None or leads else known
            if leads:
                self._told[key] = flight
                self._told.move_to_end(key)
                while len(self._told) > MOST_KEPT:
                    self._told.popitem(last=False)
        if not leads:
            flight.done.wait()
        else:
            try:
                flight.answer = make()
            except BaseException as error:
                flight.error = error
                raise
            finally:
                flight.done.set()
        if flight.error is not None:
            raise flight.error
        return flight.answer

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
