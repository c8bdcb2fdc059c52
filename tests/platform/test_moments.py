"""Moments: zones are needed, days are local, and people are told how much time is left."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanmi.platform.kernel.errors import Invalid
from wanmi.platform.kernel.limits import Limit, Unit, limit_words
from wanmi.platform.kernel.moments import (
    Phrase,
    day_start,
    from_micros,
    local_day,
    micros,
    require_aware,
    time_left,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    assert require_aware(NOW) is NOW
    for ask in (
        lambda: require_aware(naive),
        lambda: micros(naive),
        lambda: local_day(naive, SHANGHAI),
        lambda: time_left(naive, NOW),
        lambda: time_left(NOW, naive),
    ):
        with pytest.raises(Invalid, match="time zone"):
            ask()


def test_the_day_changes_at_local_midnight() -> None:
    midnight = day_start(date(2026, 11, 23), SHANGHAI)
    assert midnight == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert local_day(midnight, SHANGHAI) == date(2026, 11, 23)
    assert local_day(midnight - timedelta(microseconds=1), SHANGHAI) == date(2026, 11, 22)


ZONES = st.sampled_from([UTC, SHANGHAI])


@given(st.datetimes(datetime(2, 1, 1), timezones=ZONES, allow_imaginary=False))  # noqa: DTZ001
def test_microseconds_keep_a_moment_exactly(moment: datetime) -> None:
    assert from_micros(micros(moment), SHANGHAI).astimezone(UTC) == moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=2, minutes=10, seconds=59), "2 h 10 min left"),
        (timedelta(days=1), "1 d 0 h left"),
        (timedelta(hours=23, minutes=59), "23 h 59 min left"),
        (timedelta(minutes=59, seconds=59), "59 min left"),
        (timedelta(seconds=59), "less than a minute left"),
        (timedelta(0), "less than a minute left"),
        (timedelta(seconds=-1), "overdue by less than a minute"),
        (timedelta(minutes=-5), "overdue by 5 min"),
        (timedelta(hours=-1, minutes=-30), "overdue by 1 h 30 min"),
        (timedelta(days=-3, hours=-5), "overdue by 3 d"),
    ],
)
def test_time_is_said_as_people_say_it(left: timedelta, words: str) -> None:
    assert str(time_left(NOW + left, NOW)) == words


def test_a_phrase_can_be_translated() -> None:
    phrase = time_left(NOW + timedelta(hours=2, minutes=10), NOW.astimezone(UTC))
    assert phrase.msgid == "%(hours)d h %(minutes)d min left"
    translated = Phrase("还剩 %(hours)d 小时 %(minutes)d 分", phrase.values)
    assert str(translated) == "还剩 2 小时 10 分"


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (0.25, Unit.URGENT_HOUR, "15 min"),
        (2, Unit.URGENT_HOUR, "2 h, day and night"),
        (1, Unit.URGENT_DAY, "1 d, holidays included"),
        (4, Unit.WORKING_HOUR, "4 working h"),
        (0.5, Unit.WORKING_DAY, "0.5 working d"),
    ],
)
def test_a_limit_is_said_with_its_unit(amount: float, unit: Unit, words: str) -> None:
    assert str(limit_words(Limit(amount, unit))) == words
