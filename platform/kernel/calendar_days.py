"""Which days are working days: what is official in China, and what the city has imported?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import Invalid
from wanmi.platform.kernel.tables import Faults, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

SATURDAY = 5
"""What `date.weekday()` says from which on it is the weekend."""

_KINDS = {"working": True, "holiday": False}
_FIXED_HOLIDAYS = ((1, 1), (5, 1), (10, 1))
"""Month and day of the statutory holidays that every yearly notice of the State Council lists."""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day that the city has set itself, against weekday and official list."""

    day: date
    working: bool
    note: str = ""


def parse_calendar_file(text: str, file: str = "calendar") -> tuple[CalendarDay, ...]:
    """Read days to import: CSV with the columns `date,kind` and, if wanted, `note`.

    `date` is `2027-02-06` (or `2027/2/6`, as spreadsheets write it), `kind` is `working` or
    `holiday`. The days come back in the order of the calendar.

    Raises:
        Invalid: with every fault, named by line.
    """
    faults = Faults()
    days: dict[date, CalendarDay] = {}
    for row in read_rows(text, file, ("date", "kind"), faults, optional=("note",)):
        day = _date(row["date"])
        working = _KINDS.get(row["kind"])
        if day is None:
            faults.add(row, f"{row['date']!r} is no date; write it like 2027-02-06.")
        elif day in days:
            faults.add(row, f"{day} is there twice.")
        if working is None:
            faults.add(row, f"The kind is {row['kind']!r}; say working or holiday.")
        if day is not None and working is not None:
            days[day] = CalendarDay(day, working, row["note"])
    faults.stop_if_any(Invalid, "The calendar file cannot be taken:")
    return tuple(days[day] for day in sorted(days))


def _date(text: str) -> date | None:
    parts = text.replace("/", "-").split("-")
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        return None


def settled_years(days: Iterable[CalendarDay]) -> frozenset[int]:
    """Return the years that the imported days set completely.

    A year counts as set when 1 January, 1 May and 1 October are among its imported holidays: the
    State Council's notice always lists them, while a single local holiday does not make a year.
    """
    fixed: dict[int, set[tuple[int, int]]] = {}
    for entry in days:
        here = (entry.day.month, entry.day.day)
        if not entry.working and here in _FIXED_HOLIDAYS:
            fixed.setdefault(entry.day.year, set()).add(here)
    return frozenset(year for year, found in fixed.items() if len(found) == len(_FIXED_HOLIDAYS))


@cache
def official_days(year: int) -> frozenset[date] | None:
    """Return China's working days of `year`, shifted ones included; None when not published yet.

    Source: the library chinese_calendar, which follows the State Council's yearly notices.
    """
    import chinese_calendar  # noqa: PLC0415 - only who asks for working days pays for it

    first, days_a_year = date(year, 1, 1), date(year, 12, 31).timetuple().tm_yday
    try:
        chinese_calendar.is_workday(first)
    except NotImplementedError:
        return None
    # The library's own question searches its whole list for every day; its lists are quick.
    holidays, shifted = chinese_calendar.holidays, chinese_calendar.workdays
    days = (first + timedelta(days=number) for number in range(days_a_year))
    return frozenset(
        day for day in days if day in shifted or (day.weekday() < SATURDAY and day not in holidays)
    )
