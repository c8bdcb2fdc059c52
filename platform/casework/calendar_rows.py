"""Which days has the city declared working or holiday?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from wanmi.platform.casework.tables import CalendarDayRow
from wanmi.platform.kernel.calendar_days import CalendarDay
from wanmi.platform.kernel.freshness import Fresh
from wanmi.platform.kernel.working_calendar import WorkCalendar
from wanmi.platform.kernel.working_hours import load_plans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Engine

    from wanmi.platform.kernel.city import City

DEFAULT_PLAN = "city"
_DAYS = CalendarDayRow.__table__


def imported_days(connection: Connection) -> tuple[CalendarDay, ...]:
    """Return the imported days in order."""
    rows = connection.execute(select(_DAYS.c.day, _DAYS.c.kind, _DAYS.c.note).order_by(_DAYS.c.day))
    return tuple(CalendarDay(row.day, row.kind == "working", row.note) for row in rows)


def import_days(connection: Connection, days: Iterable[CalendarDay]) -> int:
    """Keep the days, in place of what was said of them before; return how many."""
    rows = [
        {"day": day.day, "kind": "working" if day.working else "holiday", "note": day.note}
        for day in days
    ]
    if rows:
        connection.execute(
            delete(CalendarDayRow).where(_DAYS.c.day.in_([row["day"] for row in rows]))
        )
        connection.execute(insert(CalendarDayRow), rows)
    return len(rows)


def fresh_calendar(engine: Engine, city: City) -> Fresh[WorkCalendar]:
    """Return the city's calendar, read anew when days were imported."""
    plan = load_plans()[DEFAULT_PLAN]

    def read(known: WorkCalendar | None) -> WorkCalendar:
        with engine.connect() as connection:
            days = imported_days(connection)
        if known is not None and known.imported == days:
            return known
        return WorkCalendar(city.time_zone, plan, days)

    return Fresh(read)
