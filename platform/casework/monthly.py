"""How many cases were reported in a cell in each of the last months?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Text, func, literal, select, type_coerce

from wanmi.platform.casework.case_filters import C, CaseFilter, conditions
from wanmi.platform.kernel.moments import day_start, local_day

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from wanmi.gis.points import Bounds
    from wanmi.platform.organisation.permits import Viewer

MONTHS = 12


def months_before(day: date, count: int) -> list[date]:
    """Return the first days of the `count` months that end with the month of `day`.

    >>> months_before(date(2026, 2, 14), 3)
    [datetime.date(2025, 12, 1), datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)]
    """
    last = day.year * 12 + day.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(last - count + 1, last + 1)]


def reported_by_month(  # noqa: PLR0913 - a question, who asks it, and when
    connection: Connection,
    cell: str,
    viewer: Viewer,
    now: datetime,
    zone: ZoneInfo,
    *,
    around: Bounds | None = None,
    count: int = MONTHS,
) -> dict[date, int]:
    """Return the cases reported in `cell` by month of the city's calendar, oldest month first.

    Args:
        connection: to read with.
        cell: its code; what was filed under it, whatever its outline was then.
        viewer: whose eyes.
        now: the moment that the last month holds.
        zone: the city's.
        around: a box that holds every place that may have been filed under the cell: then the
            index on places is used, which a city of millions of cases needs.
        count: how many months.
    """
    months = months_before(local_day(now, zone), count)
    asked = CaseFilter(cell=cell, since=day_start(months[0], zone), box=around)
    local = func.timezone(type_coerce(literal(str(zone)), Text), C.received_at)
    month = func.to_char(local, "YYYY-MM").label("month")
    rows = connection.execute(
        select(month, func.count().label("cases"))
        .where(*conditions(asked, viewer, now))
        .group_by(month)
    )
    found = {row.month: row.cases for row in rows}
    return {first: int(found.get(f"{first:%Y-%m}", 0)) for first in months}
