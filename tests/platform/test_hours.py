"""Hours of permitted stall areas."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanmi.platform.casework.hours import DAY_MINUTES, OpeningHours
from wanmi.platform.kernel.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 11, 23, tzinfo=SHANGHAI)

SPANS = st.tuples(st.integers(0, DAY_MINUTES - 1), st.integers(0, DAY_MINUTES)).filter(
    lambda span: span[0] != span[1]
)
HOURS = st.lists(SPANS, min_size=1, max_size=4).map(lambda spans: OpeningHours(tuple(spans)))


def _at(clock: str) -> datetime:
    hour, minute = clock.split(":")
    return MIDNIGHT + timedelta(hours=int(hour), minutes=int(minute))


@pytest.mark.parametrize(
    ("hours", "clock", "inside"),
    [
        ("06:00-08:30;18:30-22:00", "06:00", True),
        ("06:00-08:30;18:30-22:00", "08:29", True),
        ("06:00-08:30;18:30-22:00", "08:30", False),
        ("06:00-08:30;18:30-22:00", "12:00", False),
        ("06:00-08:30;18:30-22:00", "21:59", True),
        ("22:00-02:00", "23:59", True),
        ("22:00-02:00", "00:00", True),
        ("22:00-02:00", "01:59", True),
        ("22:00-02:00", "02:00", False),
        ("22:00-02:00", "21:59", False),
        ("20:00-00:00", "23:59", True),
        ("20:00-00:00", "00:00", False),
        ("20:00-24:00", "23:59", True),
        ("00:00-24:00", "00:00", True),
        ("00:00-24:00", "23:59", True),
    ],
)
def test_a_clock_time_lies_inside_or_not(hours: str, clock: str, *, inside: bool) -> None:
    assert OpeningHours.parse(hours).contains(_at(clock)) is inside


def test_the_seconds_before_the_end_are_inside() -> None:
    just_before = _at("08:29") + timedelta(seconds=59, microseconds=999_999)
    assert OpeningHours.parse("06:00-08:30").contains(just_before)


def test_the_clock_on_the_wall_of_the_given_zone_counts() -> None:
    morning = OpeningHours.parse("06:00-08:30")
    at = _at("07:00")
    assert morning.contains(at)
    assert not morning.contains(at.astimezone(UTC))


def test_a_moment_without_zone_has_no_local_time() -> None:
    with pytest.raises(ValueError, match="zone"):
        OpeningHours.parse("06:00-08:30").contains(_at("07:00").replace(tzinfo=None))


@pytest.mark.parametrize(
    "text",
    ["6:00-8:30;18:30-22:00", "06：00～08：30；18：30－22：00", "06:00至08:30 ; 18:30–22:00;"],
)
def test_hours_are_understood_as_people_write_them(text: str) -> None:
    assert str(OpeningHours.parse(text)) == "06:00-08:30;18:30-22:00"


@pytest.mark.parametrize(
    "text",
    [
        *("", ";", "all day", "06:00", "06:00-", "06-08", "06:60-07:00", "25:00-26:00"),
        *("24:00-02:00", "23:00-24:01", "08:00-08:00", "06:00-08:00,18:00-20:00"),
        "٠٦:٠٠-٠٨:٠٠",
    ],
)
def test_another_form_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Invalid):
        OpeningHours.parse(text)


def _minutes(begin: int, end: int) -> set[int]:
    """Walk the clock from the beginning to the end of a span."""
    walked = {begin}
    while (begin := (begin + 1) % DAY_MINUTES) != end % DAY_MINUTES:
        walked.add(begin)
    return walked


@given(HOURS, st.integers(0, DAY_MINUTES - 1))
def test_hours_hold_the_minutes_one_walks_through(hours: OpeningHours, minute: int) -> None:
    walked = set().union(*(_minutes(*span) for span in hours.spans))
    assert hours.contains(MIDNIGHT + timedelta(minutes=minute)) is (minute in walked)


@given(HOURS)
def test_hours_survive_being_written(hours: OpeningHours) -> None:
    assert OpeningHours.parse(str(hours)) == hours
