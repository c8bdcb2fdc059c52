"""Which period is looked at, and with which one before it is it compared?

The period before is as long, and as many whole days earlier as the period touches: today until half
past nine is compared with yesterday until half past nine, never with last night.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from wanmi.gis.errors import Sentence
from wanmi.platform.kernel.errors import FieldError, Invalid
from wanmi.platform.kernel.moments import day_start, local_day

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from wanmi.platform.casework.case_filters import CaseFilter

USUAL_DAYS = 30
USUAL_HOURS = 24
MOST_BINS = 400
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""No case is older; earlier moments would only lead out of the calendar."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` on, before `until`."""

    since: datetime
    until: datetime

    def before(self, zone: ZoneInfo) -> Period:
        """Return the period that this one is compared with; days are those of `zone`."""
        days = max(1, -((self.since - self.until) // DAY))
        return Period(_earlier(self.since, days, zone), _earlier(self.until, days, zone))


def period_of(asked: CaseFilter, now: datetime, zone: ZoneInfo, days: int = USUAL_DAYS) -> Period:
    """Return the period of the filter until `now` at the latest.

    Where the filter does not say when it begins, it is `days` days of `zone`, the last one
    included.
    """
    until = _within(asked.until or now, now)
    since = asked.since or day_start(local_day(until, zone) - (days - 1) * DAY, zone)
    return Period(min(_within(since, now), until), until)


def bins_of(asked: CaseFilter, kind: str, now: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return where each bin begins, and at last where the last one ends.

    Args:
        asked: the filter; without a period the last 30 days, or the last 24 hours.
        kind: hour or day, of `zone`.
        now: no bin begins later.
        zone: the city's.

    Raises:
        Invalid: these would be more than 400 bins.
    """
    period = period_of(asked, now, zone)
    since = period.since
    if kind == "hour" and asked.since is None:
        since = period.until - (USUAL_HOURS - 1) * HOUR
    length = DAY if kind == "day" else HOUR
    wanted = (period.until - since) // length + 1
    if wanted > MOST_BINS:
        sentence = Sentence(
            "This period has about %(bins)s bins, and %(most)s are the most; choose days or a "
            "shorter period.",
            bins=wanted,
            most=MOST_BINS,
        )
        raise Invalid(sentence, errors=(FieldError("bin", sentence),))
    return _edges(since, period.until, _NEXT[kind], _FLOOR[kind], zone)


def _edges(
    since: datetime,
    until: datetime,
    following: Callable[[datetime, ZoneInfo], datetime],
    floor: Callable[[datetime, ZoneInfo], datetime],
    zone: ZoneInfo,
) -> list[datetime]:
    edges = [floor(since, zone)]
    while edges[-1] < until or len(edges) == 1:
        edges.append(following(edges[-1], zone))
    return edges


# Moments are kept in UTC: in one zone Python compares what clocks show, not what time it is.


def _floor_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _floor_day(moment: datetime, zone: ZoneInfo) -> datetime:
    return day_start(local_day(moment, zone), zone).astimezone(UTC)


def _next_hour(moment: datetime, _: ZoneInfo) -> datetime:
    return moment + HOUR


def _next_day(moment: datetime, zone: ZoneInfo) -> datetime:
    return _floor_day(day_start(local_day(moment, zone) + DAY, zone), zone)


_FLOOR = {"hour": _floor_hour, "day": _floor_day}
_NEXT = {"hour": _next_hour, "day": _next_day}


def _earlier(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    return (moment.astimezone(zone) - days * DAY).astimezone(UTC)


def _within(moment: datetime, now: datetime) -> datetime:
    return max(EARLIEST, min(moment, now)).astimezone(UTC)
