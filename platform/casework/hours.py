"""Is a time of day inside hours written as `06:00-08:30;18:30-22:00`?

The hours of permitted stall areas 疏导点 (早市, 夜市). Times are local civil time; a span holds its
beginning and not its end, and may run over midnight (`22:00-02:00`). `00:00-24:00` is all day.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import Invalid

if TYPE_CHECKING:
    from datetime import datetime

DAY_MINUTES = 24 * 60

_SPAN = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
_DASHES = str.maketrans(dict.fromkeys("–—~至到", "-"))


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Spans of a day in minutes from midnight; the end may be before the beginning.

    >>> str(OpeningHours.parse("6：00～8：30；18:30—22:00"))
    '06:00-08:30;18:30-22:00'
    """

    spans: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> OpeningHours:
        """Read hours; full-width marks and the usual dashes are taken.

        Raises:
            Invalid: no span, a span of another form, a time past 24:00, or a span without length.
        """
        plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
        return cls(tuple(_span(part.strip(), text) for part in plain.rstrip("; ").split(";")))

    def contains(self, at: datetime) -> bool:
        """Say whether the time of day of `at` lies inside.

        Args:
            at: a moment in the city's own zone; its wall clock is what counts.

        Raises:
            ValueError: `at` has no zone, so that nobody knows whose clock it is.
        """
        if at.tzinfo is None:
            raise ValueError("A moment without a zone has no local time; give it the city's zone.")
        minute = at.hour * 60 + at.minute
        return any(
            begin <= minute < end if begin < end else minute >= begin or minute < end
            for begin, end in self.spans
        )

    def __str__(self) -> str:
        """Write the hours the way they are stored."""
        return ";".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in self.spans)


def _span(part: str, text: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(part)
    if found is None:
        raise Invalid(f"{text!r} are no hours; write them as 06:00-08:30;18:30-22:00.")
    begin, end = (int(found[i]) * 60 + int(found[i + 1]) for i in (1, 3))
    if begin >= DAY_MINUTES or end > DAY_MINUTES or begin == end:
        raise Invalid(f"{part!r} is no span of a day; all day is 00:00-24:00.")
    return begin, end


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
