"""When has an allowance run out, counting only the time in which the city works?"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from math import lcm
from typing import TYPE_CHECKING

from wanmi.platform.kernel.calendar_days import (
    SATURDAY,
    CalendarDay,
    official_days,
    settled_years,
)
from wanmi.platform.kernel.errors import Invalid
from wanmi.platform.kernel.limits import Due, Limit, Unit
from wanmi.platform.kernel.moments import MICROSECOND, day_start, from_micros, micros
from wanmi.platform.kernel.time_axis import Axis, make_axis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from wanmi.platform.kernel.working_hours import HoursPlan, Span

FIRST_YEAR, LAST_YEAR = 2010, 2050
"""The years of the tables, both included. A narrower span only saves the time to make them."""

_MINUTE = timedelta(minutes=1) // MICROSECOND
_HOUR = timedelta(hours=1) // MICROSECOND
_DAY = timedelta(days=1) // MICROSECOND


@dataclass(frozen=True, slots=True)
class _Tables:
    """Everything the calendar has worked out: one axis a unit, and the days nobody has settled."""

    start: int
    end: int
    axes: dict[Unit, Axis]
    working_days: frozenset[date]
    unsettled_starts: Sequence[int]
    unsettled_ends: Sequence[int]

    def is_unsettled(self, start: int, end: int) -> bool:
        """Say whether some of the natural time from `start` to `end` is on an unsettled day."""
        first = bisect_right(self.unsettled_ends, start)
        return first < len(self.unsettled_starts) and self.unsettled_starts[first] < end


@dataclass(frozen=True)
class WorkCalendar:
    """A city's working time: its zone, its hours, China's holidays and the days it has imported.

    Imported days win over the official list. A year that neither knows counts Monday to Friday, and
    every answer that crosses such a day is marked provisional. The tables are made at first use.

    Every method raises Invalid for a moment without a zone or outside the calendar's years.
    """

    zone: ZoneInfo
    plan: HoursPlan
    imported: tuple[CalendarDay, ...] = ()
    official: Callable[[int], frozenset[date] | None] = field(default=official_days)
    first_year: int = FIRST_YEAR
    last_year: int = LAST_YEAR

    def is_working(self, moment: datetime) -> bool:
        """Say whether the city works at `moment`; a span's end is no working time any more."""
        return self._tables.axes[Unit.WORKING_HOUR].counts(self._micros(moment))

    def is_working_day(self, day: date) -> bool:
        """Say whether the city works on `day`."""
        return day in self._tables.working_days

    def add(self, start: datetime, limit: Limit) -> Due:
        """Return the first moment at which `limit` has passed since `start`, told in the zone."""
        return self.after(start, self.ticks(limit), limit.unit)

    def elapsed(self, start: datetime, end: datetime, unit: Unit) -> float:
        """Return how many units lie between two moments; below 0 when `end` is the earlier one."""
        return self.ticks_between(start, end, unit) / self._tables.axes[unit].unit_ticks

    def ticks(self, limit: Limit) -> int:
        """Return the length of a limit in ticks of its unit's axis."""
        return round(limit.amount * self._tables.axes[limit.unit].unit_ticks)

    def ticks_between(self, start: datetime, end: datetime, unit: Unit) -> int:
        """Return the ticks between two moments on the axis of `unit`."""
        axis = self._tables.axes[unit]
        return axis.at(self._micros(end)) - axis.at(self._micros(start))

    def after(self, start: datetime, ticks: int, unit: Unit) -> Due:
        """Return the first moment at which `ticks` have passed since `start`; `start` for none."""
        micro, tables = self._micros(start), self._tables
        if ticks <= 0:
            return Due(from_micros(micro, self.zone), provisional=False)
        axis = tables.axes[unit]
        end = axis.reach(axis.at(micro) + ticks)
        provisional = not unit.is_urgent and tables.is_unsettled(micro, end)
        return Due(from_micros(end, self.zone), provisional)

    def is_provisional(self, start: datetime, end: datetime, unit: Unit) -> bool:
        """Say whether what is measured between two moments hangs on days not settled yet."""
        if unit.is_urgent:
            return False
        return self._tables.is_unsettled(self._micros(start), self._micros(end))

    def _micros(self, moment: datetime) -> int:
        micro = micros(moment)
        if not self._tables.start <= micro < self._tables.end:
            message = f"The working calendar has the years {self.first_year} to {self.last_year}."
            raise Invalid(message)
        return micro

    @cached_property
    def _tables(self) -> _Tables:
        days = tuple(self._days())
        midnights = [micros(day_start(day, self.zone)) for day, _, _ in days]
        midnights.append(micros(day_start(date(self.last_year + 1, 1, 1), self.zone)))
        nights = list(pairwise(midnights))
        working = [
            (day, night, spans)
            for (day, works, _), night in zip(days, nights, strict=True)
            if works and (spans := self.plan.spans_on(day))
        ]
        unsettled = [night for (_, _, known), night in zip(days, nights, strict=True) if not known]
        return _Tables(
            start=midnights[0],
            end=midnights[-1],
            axes=self._axes(working, midnights[0], midnights[-1]),
            working_days=frozenset(day for day, _, _ in working),
            unsettled_starts=[start for start, _ in unsettled],
            unsettled_ends=[end for _, end in unsettled],
        )

    def _days(self) -> Iterator[tuple[date, bool, bool]]:
        """Every day of the calendar: does the city work, and is that settled?"""
        imported = {entry.day: entry.working for entry in self.imported}
        settled = settled_years(self.imported)
        for year in range(self.first_year, self.last_year + 1):
            official = self.official(year)
            for day in _days_of(year):
                if day in imported:
                    yield day, imported[day], True
                elif official is None:
                    yield day, day.weekday() < SATURDAY, year in settled
                else:
                    yield day, day in official, True

    def _axes(
        self,
        working: Sequence[tuple[date, tuple[int, int], Sequence[Span]]],
        start: int,
        end: int,
    ) -> dict[Unit, Axis]:
        windows = [self._windows(day, night, spans) for day, night, spans in working]
        lengths = [sum(to - since for since, to in day) for day in windows]
        # One working day has the same number of ticks in every season, whatever its hours.
        day_ticks = lcm(*set(lengths)) if lengths else 1
        flat = [window for day in windows for window in day]
        rates = [
            day_ticks // length for day, length in zip(windows, lengths, strict=True) for _ in day
        ]
        return {
            Unit.URGENT_HOUR: make_axis([(start, end)], [1], _HOUR),
            Unit.URGENT_DAY: make_axis([(start, end)], [1], _DAY),
            Unit.WORKING_HOUR: make_axis(flat, [1] * len(flat), _HOUR),
            Unit.WORKING_DAY: make_axis(flat, rates, day_ticks),
        }

    def _windows(
        self,
        day: date,
        night: tuple[int, int],
        spans: Sequence[Span],
    ) -> list[tuple[int, int]]:
        if night[1] - night[0] == _DAY:
            start = night[0]
            return [
                (start + span.start_min * _MINUTE, start + span.end_min * _MINUTE) for span in spans
            ]
        midnight = day_start(day, self.zone)  # the clocks change today: go by the wall clock
        return [
            (
                micros(midnight + timedelta(minutes=span.start_min)),
                micros(midnight + timedelta(minutes=span.end_min)),
            )
            for span in spans
        ]


def _days_of(year: int) -> Iterator[date]:
    day, end = date(year, 1, 1), date(year + 1, 1, 1)
    while day < end:
        yield day
        day += timedelta(days=1)
