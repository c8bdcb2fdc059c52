"""Which number does a report (上报号) or a case (案卷号) get?

A number is the division code (6 digits), the local date (8) and a sequence: 7 digits for a
report, 5 for a case. A process takes sequences in blocks, so numbers are unique and rise within a
block, but have gaps and are no strict order of arrival.
"""

from __future__ import annotations

import os
import re
import threading
import weakref
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import Invalid, Unavailable
from wanmi.platform.kernel.moments import local_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    TakeBlock = Callable[["NumberKind", date, int], range]
    """Takes a kind, a day and how many are wanted; returns sequences that nobody else gets, fewer
    when the day's end is near, none when it is reached."""

_DIVISION = re.compile(r"[1-9][0-9]{5}")
_HEAD_DIGITS = 14
_DAYS_KEPT = 3
"""Days whose blocks are kept: around midnight two are in use, a moment late needs no third."""


class NumberKind(StrEnum):
    """The two series of numbers."""

    REPORT = "report"  # 上报号, given at arrival
    CASE = "case"  # 案卷号, given at filing

    @property
    def digits(self) -> int:
        """How many digits the sequence has."""
        return 7 if self is NumberKind.REPORT else 5

    @property
    def last(self) -> int:
        """The last sequence of a day; the first is 1."""
        return int(10**self.digits) - 1


@dataclass(frozen=True, slots=True)
class Number:
    """One number, taken apart.

    Raises:
        Invalid: the division is not six digits, or the sequence does not fit its digits.

    >>> str(Number(NumberKind.REPORT, "610900", date(2026, 11, 23), 42))
    '610900202611230000042'
    """

    kind: NumberKind
    division: str
    day: date
    sequence: int

    def __post_init__(self) -> None:
        """Refuse parts that would make a number of another length."""
        if not _DIVISION.fullmatch(self.division):
            raise Invalid("The division of a number is a code of six digits, such as 610900.")
        if not 1 <= self.sequence <= self.kind.last:
            raise Invalid(f"The sequence of a number is 1 to {self.kind.last}.")

    def __str__(self) -> str:
        """Write the number: 21 digits for a report, 19 for a case."""
        head = f"{self.division}{self.day.year:04}{self.day.month:02}{self.day.day:02}"
        return f"{head}{self.sequence:0{self.kind.digits}}"

    @classmethod
    def from_text(cls, text: str) -> Number:
        """Read a number; its length says of which kind it is.

        Raises:
            Invalid: it is no number of ours.
        """
        kinds = {_HEAD_DIGITS + kind.digits: kind for kind in NumberKind}
        kind = kinds.get(len(text))
        if kind is None or not (text.isascii() and text.isdecimal()):
            raise Invalid("A report's number has 21 digits, a case's number 19.")
        try:
            day = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
        except ValueError:
            raise Invalid("The digits 7 to 14 of a number are a date.") from None
        return cls(kind, text[:6], day, int(text[_HEAD_DIGITS:]))


class NumberBlocks:
    """Gives the numbers of one kind from blocks that belong to this process.

    Threads may share one; a forked process begins with blocks of its own. `take` is called outside
    every transaction of the caller (see `number_tables.block_taker`).
    """

    def __init__(
        self,
        take: TakeBlock,
        kind: NumberKind,
        *,
        division: str,
        zone: ZoneInfo,
        size: int = 100,
    ) -> None:
        """Make an empty store; nothing is taken before the first number is asked for.

        Args:
            take: gets a block of sequences.
            kind: the series.
            division: the installation's city or district code, six digits.
            zone: the zone whose midnight changes the date.
            size: how many sequences are taken at once.
        """
        self._take = take
        self._kind = kind
        self._division = division
        self._zone = zone
        self._size = size
        self._forget()
        forget = weakref.WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: (found := forget()) and found())

    def next(self, now: datetime) -> str:
        """Return a number for the local day of `now`; see `several`."""
        return self.several(now, 1)[0]

    def several(self, now: datetime, count: int) -> list[str]:
        """Return `count` rising numbers for the local day of `now`.

        Raises:
            Invalid: `now` has no zone.
            Unavailable: the day has no numbers left.
        """
        day = local_day(now, self._zone)
        with self._lock:
            sequences = self._sequences(day, count)
        return [str(Number(self._kind, self._division, day, number)) for number in sequences]

    def each(self, moments: Iterable[datetime]) -> list[str]:
        """Return a number for each moment; those of one local day are taken together.

        Raises:
            Invalid, Unavailable: see `several`.
        """
        numbers: list[str] = []
        for _, group in groupby(moments, lambda moment: local_day(moment, self._zone)):
            of_day = list(group)
            numbers += self.several(of_day[0], len(of_day))
        return numbers

    def in_blocks_of(self, size: int) -> NumberBlocks:
        """Return numbers of the same series that are taken `size` at once, for one long job."""
        return NumberBlocks(
            self._take, self._kind, division=self._division, zone=self._zone, size=size
        )

    def _sequences(self, day: date, count: int) -> list[int]:
        block = self._blocks.pop(day, range(0))
        found = list(block[:count])
        block = block[count:]
        while len(found) < count:
            missing = count - len(found)
            block = self._take(self._kind, day, max(self._size, missing))
            if not block:
                raise Unavailable("This day has no numbers left; try again tomorrow.")
            found += block[:missing]
            block = block[missing:]
        self._blocks[day] = block
        while len(self._blocks) > _DAYS_KEPT:
            del self._blocks[next(iter(self._blocks))]
        return found

    def _forget(self) -> None:
        """Begin anew; in a forked child the parent's blocks and lock are not ours."""
        self._lock = threading.Lock()
        self._blocks: dict[date, range] = {}
