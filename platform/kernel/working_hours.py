"""During which hours of a working day does the city work, season by season?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import SettingsInvalid
from wanmi.platform.kernel.tables import Faults, packaged, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wanmi.platform.kernel.tables import Row

FILE = "working_hours.csv"
COLUMNS = ("plan", "valid_from", "valid_to", "season_from", "season_to", "hours", "note")

MonthDay = tuple[int, int]

_MINUTES_A_DAY = 24 * 60
_SPAN = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)")
_YEARS = range(1900, 2200)
_LEAP_YEAR = 2000
"""A season is checked on the days of a leap year, so that 29 February is among them."""


@dataclass(frozen=True, slots=True)
class Span:
    """Working time inside one day: minutes after local midnight, the end not included."""

    start_min: int
    end_min: int


@dataclass(frozen=True, slots=True)
class Season:
    """Working hours of a part of the year, both days included; it may run over New Year.

    `valid_from` and `valid_to` (both included) are None when the row holds since or for ever.
    """

    valid_from: date | None
    valid_to: date | None
    first: MonthDay
    last: MonthDay
    spans: tuple[Span, ...]

    def holds_on(self, day: date) -> bool:
        """Say whether these hours are the hours of `day`, if it is a working day."""
        if self.valid_from and day < self.valid_from:
            return False
        if self.valid_to and day > self.valid_to:
            return False
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True, slots=True)
class HoursPlan:
    """The working hours of one plan: exactly one of its seasons holds on any day."""

    name: str
    seasons: tuple[Season, ...]

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """Return the working time of `day`, given that it is a working day."""
        for season in self.seasons:
            if season.holds_on(day):
                return season.spans
        return ()


def load_plans() -> dict[str, HoursPlan]:
    """Read the working hours that come with the package.

    Raises:
        SettingsInvalid: with every fault of the file, named by line.
    """
    return parse_plans(packaged("kernel", FILE).read_text("utf-8"), FILE)


def parse_plans(text: str, file: str = FILE) -> dict[str, HoursPlan]:
    """Read working hours (columns `COLUMNS`): plans by name.

    Dates are `2026-05-01`, days of a season `05-01`, hours `08:00-12:00;14:00-18:00`.

    Raises:
        SettingsInvalid: with every fault, named by line: what cannot be read, hours that overlap,
            days without hours or with two sets of them.
    """
    faults = Faults()
    seasons: dict[str, list[Season]] = {}
    for row in read_rows(text, file, COLUMNS, faults):
        if not row["plan"]:
            faults.add(row, "The plan has no name.")
        season = _season(row, faults)
        if season:
            seasons.setdefault(row["plan"], []).append(season)
    if not faults.found:
        if not seasons:
            faults.add(file, "There are no working hours in it.")
        for name, found in seasons.items():
            _check_days(name, found, file, faults)
    faults.stop_if_any(SettingsInvalid, "The working hours cannot be used:")
    return {name: HoursPlan(name, tuple(found)) for name, found in seasons.items()}


def _season(row: Row, faults: Faults) -> Season | None:
    before = len(faults.found)
    valid_from, valid_to = _date(row, "valid_from", faults), _date(row, "valid_to", faults)
    first, last = _month_day(row, "season_from", faults), _month_day(row, "season_to", faults)
    spans = _spans(row, faults)
    if len(faults.found) > before or first is None or last is None:
        return None
    return Season(valid_from, valid_to, first, last, spans)


def _date(row: Row, column: str, faults: Faults) -> date | None:
    if not row[column]:
        return None
    try:
        day = date.fromisoformat(row[column])
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        faults.add(row, f"{column} is {row[column]!r}; write a date like 2026-05-01, or nothing.")
        return None
    return day


def _month_day(row: Row, column: str, faults: Faults) -> MonthDay | None:
    try:
        day = date.fromisoformat(f"{_LEAP_YEAR}-{row[column]}")
    except ValueError:
        faults.add(row, f"{column} is {row[column]!r}; write month and day like 05-01.")
        return None
    return day.month, day.day


def _spans(row: Row, faults: Faults) -> tuple[Span, ...]:
    spans: list[Span] = []
    for part in row.listed("hours"):
        found = _SPAN.fullmatch(part)
        if not found:
            faults.add(row, f"hours has {part!r}; write a span like 08:00-12:00.")
            return ()
        hour, minute, to_hour, to_minute = (int(group) for group in found.groups())
        span = Span(60 * hour + minute, 60 * to_hour + to_minute)
        after = spans[-1].end_min if spans else 0
        if not after <= span.start_min < span.end_min <= _MINUTES_A_DAY:
            faults.add(row, f"hours has {part!r}, which is not after the span before it in a day.")
            return ()
        spans.append(span)
    if not spans:
        faults.add(row, "hours is empty; a working day needs working time.")
    return tuple(spans)


def _check_days(name: str, seasons: list[Season], file: str, faults: Faults) -> None:
    wrong = [
        (day, count)
        for day in _days_to_check(seasons)
        if (count := sum(season.holds_on(day) for season in seasons)) != 1
    ]
    if wrong:
        day, count = wrong[0]
        said = "no hours" if count == 0 else f"{count} sets of hours"
        faults.add(file, f"Plan {name} has {said} on {day}, and {len(wrong) - 1} more such days.")


def _days_to_check(seasons: Iterable[Season]) -> Iterator[date]:
    """Every day of the year after each change of validity, and of one year before them all."""
    changes = {season.valid_from for season in seasons if season.valid_from}
    changes |= {season.valid_to + timedelta(days=1) for season in seasons if season.valid_to}
    starts = sorted(changes) or [date(_LEAP_YEAR, 1, 1)]
    starts.insert(0, starts[0] - timedelta(days=366))
    for start, end in zip(starts, [*starts[1:], date.max], strict=True):
        for number in range(366):
            day = start + timedelta(days=number)
            if day < end:
                yield day
