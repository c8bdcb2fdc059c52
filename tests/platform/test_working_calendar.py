"""The working calendar: what counts, over nights, holidays, shifted days and New Year."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanmi.platform.kernel.calendar_days import (
    CalendarDay,
    official_days,
    parse_calendar_file,
    settled_years,
)
from wanmi.platform.kernel.errors import Invalid, SettingsInvalid
from wanmi.platform.kernel.limits import Due, Limit, Unit
from wanmi.platform.kernel.working_calendar import WorkCalendar
from wanmi.platform.kernel.working_hours import load_plans, parse_plans

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAN = load_plans()["city"]
UNKNOWN_YEAR = max(chinese_calendar.holidays).year + 1
HEADER = "plan,valid_from,valid_to,season_from,season_to,hours,note\n"
SUMMER_AND_WINTER = HEADER + (
    "city,,,10-01,04-30,08:00-12:00;14:00-18:00,winter\n"
    "city,,,05-01,09-30,08:00-12:00;15:00-18:00,summer\n"
)


def at(text: str) -> datetime:
    """A moment on the city's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def city(*imported: CalendarDay, hours: str | None = None) -> WorkCalendar:
    plan = parse_plans(hours)["city"] if hours else PLAN
    return WorkCalendar(
        SHANGHAI,
        plan,
        imported,
        first_year=2023,
        last_year=UNKNOWN_YEAR + 2,
    )


@cache
def usual() -> WorkCalendar:
    return city()


@cache
def seasonal() -> WorkCalendar:
    return city(hours=SUMMER_AND_WINTER)


CALENDARS = st.sampled_from([usual(), seasonal()])
MOMENTS = st.builds(
    lambda micro, zone: (
        datetime(2025, 1, 1, tzinfo=UTC) + timedelta(microseconds=micro)
    ).astimezone(zone),
    st.integers(0, 2 * 366 * 86_400 * 10**6),
    st.sampled_from([UTC, SHANGHAI, ZoneInfo("America/New_York")]),
)
LIMITS = st.builds(
    Limit,
    st.one_of(st.integers(1, 40), st.sampled_from([0.25, 0.5, 1.5])),
    st.sampled_from(Unit),
)
examples = settings(deadline=None, max_examples=200)


# What counts as working time


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-11-23 08:00", True),
        ("2026-11-23 07:59:59", False),
        ("2026-11-23 11:59:59", True),
        ("2026-11-23 12:00", False),
        ("2026-11-23 14:00", True),
        ("2026-11-23 18:00", False),
        ("2026-11-22 10:00", False),  # a Sunday
        ("2026-02-17 10:00", False),  # Spring Festival, a Tuesday
        ("2026-02-28 10:00", True),  # a Saturday worked in exchange
        ("2026-09-20 10:00", True),  # a Sunday worked in exchange
    ],
)
def test_the_city_works_in_its_hours_on_its_days(
    moment: str,
    works: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    assert usual().is_working(at(moment)) is works
    assert usual().is_working(at(moment).astimezone(UTC)) is works


def test_official_days_are_the_librarys_for_every_day_it_knows() -> None:
    for year in (2020, 2023, UNKNOWN_YEAR - 1):
        days = official_days(year)
        assert days is not None
        for number in range(365):
            day = date(year, 1, 1) + timedelta(days=number)
            assert (day in days) is chinese_calendar.is_workday(day)
    assert official_days(UNKNOWN_YEAR) is None
    assert official_days(1999) is None


# When an allowance has run out


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        ("2026-11-20 17:30", 2, Unit.WORKING_HOUR, "2026-11-23 09:30"),  # over a weekend
        ("2026-11-20 11:30", 1, Unit.WORKING_HOUR, "2026-11-20 14:30"),  # over noon
        ("2026-11-20 08:00", 8, Unit.WORKING_HOUR, "2026-11-20 18:00"),  # ends with the day
        ("2026-11-21 09:00", 1, Unit.WORKING_HOUR, "2026-11-23 09:00"),  # begins on Saturday
        ("2026-11-20 19:00", 1, Unit.WORKING_DAY, "2026-11-23 18:00"),  # begins after work
        ("2026-11-20 10:00", 1, Unit.WORKING_DAY, "2026-11-23 10:00"),
        ("2026-09-30 17:00", 1, Unit.WORKING_DAY, "2026-10-08 17:00"),  # over National Day
        ("2026-10-09 10:00", 1, Unit.WORKING_DAY, "2026-10-10 10:00"),  # a worked Saturday
        ("2026-10-10 10:00", 1, Unit.WORKING_DAY, "2026-10-12 10:00"),
        ("2026-11-20 23:00", 2, Unit.URGENT_HOUR, "2026-11-21 01:00"),
        ("2026-11-20 23:00", 0.25, Unit.URGENT_HOUR, "2026-11-20 23:15"),
        ("2026-09-30 17:00", 3, Unit.URGENT_DAY, "2026-10-03 17:00"),
    ],
)
def test_a_limit_is_due(start: str, amount: float, unit: Unit, due: str) -> None:
    expected = Due(at(due), provisional=False)
    assert usual().add(at(start), Limit(amount, unit)) == expected
    from_utc = usual().add(at(start).astimezone(UTC), Limit(amount, unit))
    assert from_utc == expected
    assert from_utc.moment.utcoffset() == timedelta(hours=8)


def test_a_working_day_is_the_hours_of_that_day_in_every_season() -> None:
    calendar = seasonal()
    # 30 April 2026 has eight hours; 1 to 5 May is holiday; 6 May has seven.
    due = calendar.add(at("2026-04-30 08:00"), Limit(2, Unit.WORKING_DAY)).moment
    assert due == at("2026-05-06 18:00")
    assert calendar.elapsed(at("2026-04-30 00:00"), due, Unit.WORKING_HOUR) == 15
    assert calendar.elapsed(at("2026-04-30 00:00"), due, Unit.WORKING_DAY) == 2


def test_an_allowance_is_never_shortened_by_a_microsecond() -> None:
    # 30 April has eight hours and 6 May has seven: 7/8 of a microsecond is rounded up.
    due = seasonal().add(at("2026-04-30 08:00:00.000001"), Limit(1, Unit.WORKING_DAY))
    assert due.moment == at("2026-05-06 08:00:00.000001")


def test_elapsed_is_negative_when_the_end_comes_first() -> None:
    early, late = at("2026-11-23 08:00"), at("2026-11-23 10:30")
    assert usual().elapsed(late, early, Unit.WORKING_HOUR) == -2.5


@examples
@given(CALENDARS, MOMENTS, LIMITS)
def test_adding_then_measuring_gives_the_allowance_back(
    calendar: WorkCalendar,
    start: datetime,
    limit: Limit,
) -> None:
    due = calendar.add(start, limit).moment
    ticks = calendar.ticks_between(start, due, limit.unit)
    # A summer microsecond is worth more than one tick of the day's axis, hence the tiny excess.
    assert 0 <= ticks - calendar.ticks(limit) < 8
    assert calendar.elapsed(start, due, limit.unit) == pytest.approx(limit.amount, rel=1e-9)
    just_before = due - timedelta(microseconds=1)
    assert calendar.ticks_between(start, just_before, limit.unit) < calendar.ticks(limit)


@examples
@given(CALENDARS, MOMENTS, MOMENTS, LIMITS)
def test_who_starts_later_is_not_due_earlier(
    calendar: WorkCalendar,
    one: datetime,
    other: datetime,
    limit: Limit,
) -> None:
    early, late = sorted((one, other))
    assert calendar.add(early, limit).moment <= calendar.add(late, limit).moment


@examples
@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS, st.sampled_from(Unit))
def test_parts_of_a_time_sum_to_the_whole(
    calendar: WorkCalendar,
    one: datetime,
    two: datetime,
    three: datetime,
    unit: Unit,
) -> None:
    parts = calendar.ticks_between(one, two, unit) + calendar.ticks_between(two, three, unit)
    assert parts == calendar.ticks_between(one, three, unit)


@cache
def is_workday(day: date) -> bool:
    if day.year < UNKNOWN_YEAR:
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 1000 * 1440), st.integers(0, 14 * 1440))
def test_working_hours_are_the_working_minutes_counted_one_by_one(
    begin_min: int,
    length_min: int,
) -> None:
    start = at("2024-06-01 00:00") + timedelta(minutes=begin_min)
    counted = 0
    for number in range(length_min):
        moment = start + timedelta(minutes=number)
        if is_workday(moment.date()) and moment.hour in (8, 9, 10, 11, 14, 15, 16, 17):
            counted += 1
    end = start + timedelta(minutes=length_min)
    assert usual().elapsed(start, end, Unit.WORKING_HOUR) == pytest.approx(counted / 60)


def test_where_clocks_change_natural_time_counts() -> None:
    around_the_clock = parse_plans(HEADER + "city,,,01-01,12-31,00:00-24:00,\n")["city"]
    calendar = WorkCalendar(
        ZoneInfo("America/New_York"),
        around_the_clock,
        (CalendarDay(date(2026, 3, 8), working=True),),
        official=lambda _: None,
        first_year=2026,
        last_year=2026,
    )
    # The clocks go forward on Sunday, 8 March 2026: that day has 23 hours.
    before, after = (
        datetime(2026, 3, 8, tzinfo=calendar.zone),
        datetime(2026, 3, 9, tzinfo=calendar.zone),
    )
    assert calendar.elapsed(before, after, Unit.WORKING_HOUR) == 23
    assert calendar.elapsed(before, after, Unit.WORKING_DAY) == 1


# Moments that cannot be taken


def test_a_moment_without_a_zone_is_refused_everywhere() -> None:
    calendar, naive, aware = usual(), datetime(2026, 11, 23, 9, 30), at("2026-11-23 09:30")  # noqa: DTZ001
    for ask in (
        lambda: calendar.is_working(naive),
        lambda: calendar.add(naive, Limit(1, Unit.URGENT_HOUR)),
        lambda: calendar.elapsed(naive, aware, Unit.URGENT_DAY),
        lambda: calendar.elapsed(aware, naive, Unit.WORKING_DAY),
    ):
        with pytest.raises(Invalid, match="time zone"):
            ask()


def test_a_moment_outside_the_calendars_years_is_refused() -> None:
    calendar = usual()
    with pytest.raises(Invalid, match="has the years 2023 to"):
        calendar.add(at("1970-01-01 00:00"), Limit(1, Unit.WORKING_HOUR))
    last = at(f"{calendar.last_year}-12-31 17:00")
    for unit in Unit:
        with pytest.raises(Invalid, match="last year"):
            calendar.add(last, Limit(40, unit))


@pytest.mark.parametrize("amount", [0, -1, float("nan"), float("inf"), 10_001])
def test_no_limit_has_such_an_amount(amount: float) -> None:
    with pytest.raises(Invalid):
        Limit(amount, Unit.WORKING_DAY)


@pytest.mark.parametrize(
    ("amount", "unit", "field"),
    [("x", "working_day", "amount"), ("", "working_day", "amount"), ("1", "day", "unit")],
)
def test_a_limit_that_cannot_be_read_names_the_cell(amount: str, unit: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        Limit.from_text(amount, unit)
    assert [error.field for error in caught.value.errors] == [field]


# A year that nobody knows yet, and importing it

NOTICE = (
    "date,kind,note\n"
    f"{UNKNOWN_YEAR}-01-01,holiday,元旦\n"
    f"{UNKNOWN_YEAR}/2/6,working,春节调休\n"
    f"{UNKNOWN_YEAR}-05-01,holiday,劳动节\n"
    f"{UNKNOWN_YEAR}-10-01,holiday,国庆节\n"
)
YEARS_END = f"{UNKNOWN_YEAR - 1}-12-31 17:00"


def test_a_year_nobody_knows_counts_monday_to_friday_and_says_so() -> None:
    calendar, new_year = usual(), date(UNKNOWN_YEAR, 1, 1)
    week = [new_year + timedelta(days=number) for number in range(7)]
    assert [calendar.is_working_day(day) for day in week] == [day.weekday() < 5 for day in week]
    assert calendar.add(at(YEARS_END), Limit(3, Unit.WORKING_DAY)).provisional
    assert not calendar.add(at(YEARS_END), Limit(0.5, Unit.WORKING_HOUR)).provisional
    assert not calendar.add(at(YEARS_END), Limit(3, Unit.URGENT_DAY)).provisional
    assert not calendar.add(at("2026-01-05 08:00"), Limit(9, Unit.WORKING_DAY)).provisional


def test_an_imported_year_is_no_longer_provisional() -> None:
    calendar = city(*parse_calendar_file(NOTICE))
    assert not calendar.is_working_day(date(UNKNOWN_YEAR, 1, 1))
    assert calendar.is_working_day(date(UNKNOWN_YEAR, 2, 6))
    assert not calendar.add(at(YEARS_END), Limit(3, Unit.WORKING_DAY)).provisional
    assert calendar.add(at(f"{UNKNOWN_YEAR}-12-31 17:00"), Limit(3, Unit.WORKING_DAY)).provisional


def test_a_single_local_holiday_does_not_settle_its_year() -> None:
    holiday = CalendarDay(date(UNKNOWN_YEAR, 1, 4), working=False, note="city festival")
    calendar = city(holiday)
    assert not calendar.is_working_day(holiday.day)
    assert calendar.add(at(YEARS_END), Limit(3, Unit.WORKING_DAY)).provisional
    new_year = CalendarDay(date(UNKNOWN_YEAR, 1, 1), working=False)
    assert settled_years([holiday, new_year]) == frozenset()
    assert settled_years(parse_calendar_file(NOTICE)) == {UNKNOWN_YEAR}


def test_imported_days_win_over_the_official_list() -> None:
    calendar = city(
        CalendarDay(date(2026, 11, 23), working=False),
        CalendarDay(date(2026, 11, 22), working=True),
        CalendarDay(date(2026, 10, 1), working=True),
    )
    assert not calendar.is_working(at("2026-11-23 10:00"))
    assert calendar.is_working(at("2026-11-22 10:00"))
    assert calendar.is_working(at("2026-10-01 10:00"))
    due = calendar.add(at("2026-11-22 17:00"), Limit(2, Unit.WORKING_HOUR))
    assert due == Due(at("2026-11-24 09:00"), provisional=False)


def test_a_calendar_file_is_read_in_the_order_of_the_year() -> None:
    text = "\ufeffkind,date\r\nworking,2027-02-06\r\n\r\nholiday,2027/1/1\r\n"
    assert parse_calendar_file(text) == (
        CalendarDay(date(2027, 1, 1), working=False),
        CalendarDay(date(2027, 2, 6), working=True),
    )


def test_every_fault_of_a_calendar_file_is_named_by_line() -> None:
    text = (
        "date,kind,note\n"
        "2027-02-30,holiday,\n"
        "2027-01-01,off,\n"
        "2027-01-02,holiday,a\n"
        "2027-01-02,working,b\n"
        "2027-01-03\n"
        "soon,holiday,\n"
    )
    with pytest.raises(Invalid) as caught:
        parse_calendar_file(text, "2027.csv")
    assert [error.field for error in caught.value.errors] == [
        "2027.csv:2",
        "2027.csv:3",
        "2027.csv:5",
        "2027.csv:6",
        "2027.csv:7",
    ]
    assert "2027.csv:5" in caught.value.message


@pytest.mark.parametrize(
    "text",
    ["", "day,kind\n2027-01-01,holiday\n", "date,kind,kind\n", 'date,kind\n"2027-01-01,holiday\n'],
)
def test_a_calendar_file_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_calendar_file(text)
    assert caught.value.errors


# The hours


def test_the_hours_that_come_with_the_package_hold_all_year() -> None:
    for day in (date(2026, 1, 1), date(2024, 2, 29), date(2049, 12, 31)):
        assert sum(span.end_min - span.start_min for span in PLAN.spans_on(day)) == 8 * 60


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ("city,,,01-01,12-31,12:00-08:00,\n", "working_hours.csv:2"),
        ("city,,,01-01,12-31,08:00-12:00;11:00-18:00,\n", "working_hours.csv:2"),
        ("city,,,01-01,12-31,08:00-24:01,\n", "working_hours.csv:2"),
        ("city,,,01-01,12-31,8-12,\n", "working_hours.csv:2"),
        ("city,,,01-01,12-31,,\n", "working_hours.csv:2"),
        ("city,,,02-30,12-31,08:00-12:00,\n", "working_hours.csv:2"),
        ("city,soon,,01-01,12-31,08:00-12:00,\n", "working_hours.csv:2"),
        ("city,,9999-12-31,01-01,12-31,08:00-12:00,\n", "working_hours.csv:2"),
        (",,,01-01,12-31,08:00-12:00,\n", "working_hours.csv:2"),
        ("city,,,01-01,12-30,08:00-12:00,\n", "working_hours.csv"),  # New Year's Eve is left out
        ("city,,,01-01,12-31,08:00-12:00,\ncity,,,06-01,06-30,09:00-12:00,\n", "working_hours.csv"),
        ("city,,2026-06-30,01-01,12-31,08:00-12:00,\n", "working_hours.csv"),  # nothing after it
        ("", "working_hours.csv"),
    ],
)
def test_hours_that_do_not_fit_together_are_named(rows: str, wrong: str) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        parse_plans(HEADER + rows)
    assert wrong in [error.field for error in caught.value.errors]


def test_hours_may_change_on_a_date() -> None:
    hours = HEADER + (
        "city,,2026-11-22,01-01,12-31,08:00-12:00,\ncity,2026-11-23,,01-01,12-31,09:00-12:00,\n"
    )
    calendar = city(hours=hours)
    assert calendar.is_working(at("2026-11-20 08:30"))
    assert not calendar.is_working(at("2026-11-23 08:30"))


# What it costs


def test_adding_a_limit_takes_at_most_50_microseconds() -> None:
    calendar, start, limit = usual(), at("2026-11-20 17:30"), Limit(3, Unit.WORKING_DAY)
    calendar.add(start, limit)
    best_s = 1.0
    for _ in range(7):
        began_s = time.perf_counter()
        for _ in range(1000):
            calendar.add(start, limit)
        best_s = min(best_s, time.perf_counter() - began_s)
    assert best_s / 1000 <= 50e-6


def test_the_library_of_holidays_is_imported_only_when_needed() -> None:
    script = (
        "import sys, wanmi.platform.kernel.working_calendar;"
        "sys.exit('chinese_calendar' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
