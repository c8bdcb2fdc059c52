"""What is a moment, which local day is it, and how do people say how much time is left?

A moment is a `datetime` with a zone. A naive one is refused at every door of the platform, because
nobody can tell afterwards whether it was meant in China or in Greenwich.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_MINUTE_S = 60
_HOUR_S = 60 * _MINUTE_S
_DAY_S = 24 * _HOUR_S


def require_aware(moment: datetime) -> datetime:
    """Return `moment` when it has a zone.

    Raises:
        Invalid: it has none.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise Invalid("A moment needs a time zone, as in 2026-11-23T09:30:00+08:00.")
    return moment


def micros(moment: datetime) -> int:
    """Return the microseconds since 1970-01-01 00:00 UTC, exactly.

    Raises:
        Invalid: the moment has no zone.
    """
    return (require_aware(moment) - EPOCH) // MICROSECOND


def from_micros(count: int, zone: ZoneInfo) -> datetime:
    """Return the moment, told in `zone`, that lies `count` microseconds after `EPOCH`."""
    return (EPOCH + timedelta(microseconds=count)).astimezone(zone)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day that people in `zone` write at `moment`.

    Raises:
        Invalid: the moment has no zone.

    >>> from zoneinfo import ZoneInfo
    >>> local_day(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    datetime.date(2026, 11, 23)
    """
    return require_aware(moment).astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the midnight with which `day` begins in `zone`."""
    return datetime.combine(day, time(), zone)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words for people: an English msgid and the numbers in it. Web translates the msgid.

    Babel finds the msgids by the name of this class (keyword `Phrase`).
    """

    msgid: str
    values: Mapping[str, float]

    def __str__(self) -> str:
        """Say it in English."""
        return self.msgid % self.values


def time_left(due: datetime, now: datetime) -> Phrase:
    """Say how much natural time is left until `due`, or by how much it has passed.

    What is left is rounded down, so that no minute is promised that is not there.

    Raises:
        Invalid: one of the moments has no zone.

    >>> now = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    >>> str(time_left(now + timedelta(hours=2, minutes=10), now))
    '2 h 10 min left'
    >>> str(time_left(now - timedelta(days=3, hours=5), now))
    'overdue by 3 d'
    """
    left = require_aware(due) - require_aware(now)
    seconds_s = int(abs(left).total_seconds())
    values = {
        "days": seconds_s // _DAY_S,
        "hours": seconds_s % _DAY_S // _HOUR_S,
        "minutes": seconds_s % _HOUR_S // _MINUTE_S,
    }
    if left >= timedelta(0):
        return _left(seconds_s, values)
    return _overdue(seconds_s, values)


def _left(seconds_s: int, values: Mapping[str, int]) -> Phrase:
    if seconds_s >= _DAY_S:
        return Phrase("%(days)d d %(hours)d h left", values)
    if seconds_s >= _HOUR_S:
        return Phrase("%(hours)d h %(minutes)d min left", values)
    if seconds_s >= _MINUTE_S:
        return Phrase("%(minutes)d min left", values)
    return Phrase("less than a minute left", values)


def _overdue(seconds_s: int, values: Mapping[str, int]) -> Phrase:
    if seconds_s >= _DAY_S:
        return Phrase("overdue by %(days)d d", values)
    if seconds_s >= _HOUR_S:
        return Phrase("overdue by %(hours)d h %(minutes)d min", values)
    if seconds_s >= _MINUTE_S:
        return Phrase("overdue by %(minutes)d min", values)
    return Phrase("overdue by less than a minute", values)
