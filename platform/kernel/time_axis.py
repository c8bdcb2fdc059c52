"""How many ticks of a unit have passed at a moment, and at which moment have they?

An axis is a whole number that rises with natural time, only inside the windows in which its unit
counts. To add a limit is to go up the axis, to measure is to subtract on it; so adding and
measuring agree exactly, and the parts of a time sum to the whole.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Axis:
    """A unit's time in ticks: windows of natural time (microseconds) and their ticks a microsecond.

    `before` holds the ticks that lie before each window; `unit_ticks` make one unit.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    rates: Sequence[int]
    before: Sequence[int]
    unit_ticks: int

    def at(self, micro: int) -> int:
        """Return the ticks that have passed at a moment."""
        window = bisect_right(self.starts, micro) - 1
        if window < 0:
            return 0
        inside = min(micro, self.ends[window]) - self.starts[window]
        return self.before[window] + inside * self.rates[window]

    def counts(self, micro: int) -> bool:
        """Say whether the ticks rise at a moment; at a window's end they do not any more."""
        window = bisect_right(self.starts, micro) - 1
        return window >= 0 and micro < self.ends[window]

    def reach(self, ticks: int) -> int:
        """Return the first moment at which `ticks` (above 0) have passed."""
        window = bisect_left(self.before, ticks) - 1
        rest = ticks - self.before[window]
        micro = self.starts[window] - (-rest // self.rates[window])
        if micro > self.ends[window]:
            raise Invalid("The allowance ends after the last year of the working calendar.")
        return micro


def make_axis(windows: Sequence[tuple[int, int]], rates: Sequence[int], unit_ticks: int) -> Axis:
    """Return the axis of windows (start, end) that follow each other and do not overlap."""
    ticks = [(end - start) * rate for (start, end), rate in zip(windows, rates, strict=True)]
    return Axis(
        starts=[start for start, _ in windows],
        ends=[end for _, end in windows],
        rates=rates,
        before=list(accumulate(ticks, initial=0))[:-1],
        unit_ticks=unit_ticks,
    )
