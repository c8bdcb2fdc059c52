"""Periods: what is compared with what, and which bins a trend has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanmi.platform.casework.case_filters import CaseFilter
from wanmi.platform.casework.periods import MOST_BINS, bins_of, period_of
from wanmi.platform.kernel.errors import Invalid

ANKANG, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=ANKANG)
FIRST, LAST = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - hypothesis wants them so
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


def at(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ANKANG)


def test_today_until_now_is_compared_with_yesterday_until_the_same_time() -> None:
    today = period_of(CaseFilter(), NOW, ANKANG, days=1)
    assert (today.since, today.until) == (at(23), NOW)
    before = today.before(ANKANG)
    assert (before.since, before.until) == (at(22), at(22, 9, 30))


def test_thirty_days_are_compared_with_the_thirty_before() -> None:
    found = period_of(CaseFilter(), NOW, ANKANG)
    assert (found.since, found.until) == (at(25, month=10), NOW)
    assert found.before(ANKANG).since == at(25, month=9)
    assert found.before(ANKANG).until == at(24, 9, 30, month=10)


def test_three_hours_are_compared_with_the_same_hours_of_the_day_before() -> None:
    found = period_of(CaseFilter(since=at(20, 9), until=at(20, 12)), NOW, ANKANG)
    assert found.before(ANKANG) == period_of(
        CaseFilter(since=at(19, 9), until=at(19, 12)), NOW, ANKANG
    )


@given(since=st.none() | moments, until=st.none() | moments)
def test_any_filter_has_a_period_that_has_begun_and_one_before_it(
    since: datetime | None, until: datetime | None
) -> None:
    found = period_of(CaseFilter(since=since, until=until), NOW, ANKANG)
    before = found.before(ANKANG)
    assert found.since <= found.until <= NOW
    assert before.until <= found.since or found.since == found.until
    assert before.until - before.since == found.until - found.since


def test_thirty_days_and_twenty_four_hours_unless_said() -> None:
    days = bins_of(CaseFilter(), "day", NOW, ANKANG)
    assert (days[0], days[-1], len(days)) == (at(25, month=10), at(24), 31)
    hours = bins_of(CaseFilter(), "hour", NOW, ANKANG)
    assert (hours[0], hours[-1], len(hours)) == (at(22, 10), at(23, 10), 25)


def test_a_period_of_no_length_has_one_bin() -> None:
    later = CaseFilter(since=NOW + timedelta(days=3))
    assert bins_of(later, "day", NOW, ANKANG) == [at(23), at(24)]


def test_days_are_those_of_the_city_when_clocks_change() -> None:
    now = datetime(2026, 10, 26, 12, tzinfo=BERLIN)
    asked = CaseFilter(since=datetime(2026, 10, 24, tzinfo=BERLIN))
    days = bins_of(asked, "day", now, BERLIN)
    lengths = [(b.astimezone(UTC) - a.astimezone(UTC)) for a, b in pairwise(days)]
    assert [length // timedelta(hours=1) for length in lengths] == [24, 25, 24]
    hours = bins_of(asked, "hour", now, BERLIN)
    assert len(set(hours)) == len(hours)
    utc = [hour.astimezone(UTC) for hour in hours]
    assert {b - a for a, b in pairwise(utc)} == {timedelta(hours=1)}


@given(since=moments, until=moments, kind=st.sampled_from(["hour", "day"]))
def test_never_more_bins_than_are_said(since: datetime, until: datetime, kind: str) -> None:
    asked = CaseFilter(since=min(since, until), until=max(since, until))
    try:
        edges = bins_of(asked, kind, NOW, ANKANG)
    except Invalid as error:
        assert error.errors[0].field == "bin"  # noqa: PT017 - either is right
    else:
        assert 2 <= len(edges) <= MOST_BINS + 2
        assert edges == sorted(edges)


def test_too_many_bins_are_refused_with_what_to_do() -> None:
    with pytest.raises(Invalid, match="choose days"):
        bins_of(CaseFilter(since=at(1)), "hour", NOW, ANKANG)
