"""The clock ledger: entries in, running time, due time and light out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanmi.platform.casework.clock import Light, due, read, spent
from wanmi.platform.casework.ledger import Effect, Entry, Kind, Phase, count, enter, running
from wanmi.platform.casework.stage_limits import load_clocks, parse_clocks
from wanmi.platform.kernel.calendar_days import official_days
from wanmi.platform.kernel.errors import Invalid, SettingsInvalid
from wanmi.platform.kernel.limits import Due, Limit, Unit
from wanmi.platform.kernel.working_calendar import WorkCalendar
from wanmi.platform.kernel.working_hours import load_plans

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNKNOWN_YEAR = 2027
FOUR_HOURS = Limit(4, Unit.WORKING_HOUR)
HEADER = "clock,label_en,label_zh,amount,unit,warn_percent,source\n"


@cache
def calendar() -> WorkCalendar:
    return WorkCalendar(
        SHANGHAI,
        load_plans()["city"],
        official=lambda year: official_days(year) if year < UNKNOWN_YEAR else None,
        first_year=2025,
        last_year=2028,
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def entry(kind: str, moment: str, limit: Limit | None = None, clock: str = "handling") -> Entry:
    return Entry(clock, Kind(kind), at(moment), f"move.{kind}", limit)


DISPATCHED = entry("start", "2026-11-20 16:00", FOUR_HOURS)  # a Friday
NOISE = (
    entry("start", "2026-11-20 15:00", Limit(1, Unit.URGENT_HOUR), clock="dispatch"),
    entry("stop", "2026-11-20 16:00", clock="dispatch"),
)


def reading(now: str, *entries: Entry):  # noqa: ANN201 - what `read` returns
    return read((*NOISE, *entries), "handling", at(now), calendar())


def test_a_clock_nobody_started_is_idle_and_green() -> None:
    found = reading("2026-11-20 16:00")
    assert (found.phase, found.due, found.light) == (Phase.IDLE, None, Light.GREEN)
    assert due(NOISE, "handling", calendar()) is None


def test_the_handling_clock_is_due_in_working_time() -> None:
    ledger = (*NOISE, DISPATCHED)
    assert due(ledger, "handling", calendar()) == Due(at("2026-11-23 10:00"), provisional=False)
    assert spent(ledger, "handling", at("2026-11-23 09:00"), calendar()) == 3
    assert running(ledger, at("2026-11-20 16:00")) == ("handling",)
    assert running(ledger, at("2026-11-20 15:59")) == ("dispatch",)


@pytest.mark.parametrize(
    ("now", "light", "overdue"),
    [
        ("2026-11-20 16:00", Light.GREEN, False),
        ("2026-11-23 09:11:59", Light.GREEN, False),  # 79.99 %
        ("2026-11-23 09:12", Light.YELLOW, False),  # 80 %: 3 h 12 min
        ("2026-11-23 10:00", Light.YELLOW, False),  # the last moment of the allowance
        ("2026-11-23 10:00:00.000001", Light.RED, True),
    ],
)
def test_the_light_turns_yellow_at_80_percent_and_red_after_the_limit(
    now: str,
    light: Light,
    overdue: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    found = reading(now, DISPATCHED)
    assert (found.light, found.overdue) == (light, overdue)
    assert found.warn_at == at("2026-11-23 09:12")


def test_a_limit_that_ends_on_friday_evening_is_missed_on_saturday() -> None:
    start = entry("start", "2026-11-20 14:00", FOUR_HOURS)
    assert reading("2026-11-21 09:00", start).overdue  # though no working time has passed since


def test_a_clock_stopped_in_time_stays_green_for_ever() -> None:
    stop = entry("stop", "2026-11-20 17:00")
    found = reading("2027-03-01 09:00", DISPATCHED, stop)
    assert (found.phase, found.spent, found.light) == (Phase.STOPPED, 1, Light.GREEN)
    assert found.due == Due(at("2026-11-23 10:00"), provisional=False)  # it would have been


def test_a_clock_stopped_late_stays_red() -> None:
    found = reading("2027-03-01 09:00", DISPATCHED, entry("stop", "2026-11-23 10:30"))
    assert (found.overdue, found.light, found.spent) == (True, Light.RED, 4.5)


def test_while_a_case_is_suspended_its_clock_stands_and_nothing_is_due() -> None:
    pause = entry("pause", "2026-11-20 17:00")
    resume = entry("resume", "2026-12-01 08:00")
    while_paused = reading("2026-11-30 09:00", DISPATCHED, pause)
    assert (while_paused.phase, while_paused.spent, while_paused.due) == (Phase.PAUSED, 1, None)
    assert running((DISPATCHED, pause), at("2026-11-30 09:00")) == ()
    after = reading("2026-12-01 09:00", DISPATCHED, pause, resume)
    assert after.spent == 2
    assert after.due == Due(at("2026-12-01 11:00"), provisional=False)


def test_a_clock_that_was_late_before_its_pause_tells_when_it_was_due() -> None:
    ledger = (
        DISPATCHED,
        entry("pause", "2026-11-23 11:00"),
        entry("resume", "2026-11-25 08:00"),
    )
    found = reading("2026-11-25 09:00", *ledger)
    assert found.due == Due(at("2026-11-23 10:00"), provisional=False)
    assert found.overdue


def test_an_extension_gives_more_time_to_the_same_count() -> None:
    more = entry("extend", "2026-11-23 09:30", FOUR_HOURS)
    found = reading("2026-11-23 09:30", DISPATCHED, more)
    assert found.limit == Limit(8, Unit.WORKING_HOUR)
    assert found.due == Due(at("2026-11-23 16:00"), provisional=False)
    assert found.light is Light.GREEN
    before = reading("2026-11-23 09:29", DISPATCHED, more)
    assert before.limit == FOUR_HOURS


def test_rework_continues_the_clock_and_a_new_dispatch_begins_anew() -> None:
    stop = entry("stop", "2026-11-20 17:00")
    rework = reading(
        "2026-11-23 09:00",
        DISPATCHED,
        stop,
        entry("resume", "2026-11-23 08:00"),
    )
    assert rework.spent == 2
    anew = reading(
        "2026-11-23 09:00",
        DISPATCHED,
        stop,
        entry("start", "2026-11-23 08:00", Limit(1, Unit.WORKING_DAY)),
    )
    assert anew.spent == 0.125
    assert anew.due == Due(at("2026-11-23 18:00"), provisional=False)


def test_a_due_date_on_the_way_of_which_nobody_knows_the_holidays_is_provisional() -> None:
    start = entry("start", "2026-12-30 09:00", Limit(5, Unit.WORKING_DAY))
    found = reading("2026-12-30 09:00", start)
    assert found.due is not None
    assert found.due.provisional


def test_a_due_date_stays_provisional_when_only_the_time_before_a_pause_was() -> None:
    ledger = (
        entry("start", "2025-12-31 09:00", Limit(5, Unit.WORKING_DAY)),
        entry("pause", "2026-01-05 09:00"),
        entry("resume", "2027-01-05 09:00"),
    )
    unknown_2026 = replace(
        calendar(),
        official=lambda year: (
            None if year == 2026 else frozenset({date(2027, 1, n) for n in range(4, 29)})
        ),
    )
    found = due(ledger, "handling", unknown_2026)
    assert found is not None
    assert found.provisional
    assert not unknown_2026.is_provisional(ledger[-1].at, found.moment, Unit.WORKING_DAY)


@pytest.mark.parametrize(
    "kinds",
    [
        "stop",
        "pause",
        "resume",
        "extend",
        "start start",
        "start resume",
        "start pause pause",
        "start pause start",
        "start stop stop",
        "start stop pause",
        "start stop extend",
    ],
)
def test_entries_that_do_not_follow_from_each_other_are_refused(kinds: str) -> None:
    ledger = [
        entry(kind, f"2026-11-23 {8 + number:02}:00", FOUR_HOURS)
        for number, kind in enumerate(kinds.split())
    ]
    with pytest.raises(Invalid, match="does not follow"):
        count(ledger, "handling")


def test_entries_that_go_back_in_time_are_refused() -> None:
    with pytest.raises(Invalid, match="does not follow"):
        count((DISPATCHED, entry("stop", "2026-11-20 15:00")), "handling")


def test_an_extension_needs_a_limit_in_the_clocks_own_unit() -> None:
    for limit in (None, Limit(1, Unit.URGENT_DAY)):
        with pytest.raises(Invalid, match="own unit"):
            count((DISPATCHED, entry("extend", "2026-11-20 17:00", limit)), "handling")


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001
    with pytest.raises(Invalid, match="time zone"):
        read((DISPATCHED,), "handling", naive, calendar())
    with pytest.raises(Invalid, match="time zone"):
        enter((Effect("handling", Kind.START),), at=naive, rule="move.dispatch", limits={})
    with pytest.raises(Invalid, match="time zone"):
        count((Entry("handling", Kind.START, naive, "move.dispatch"),), "handling")


def test_the_effects_of_a_move_become_entries_with_their_limits() -> None:
    effects = (Effect("dispatch", Kind.STOP), Effect("handling", Kind.START))
    moment = at("2026-11-20 16:00")
    limits = {"handling": FOUR_HOURS, "dispatch": Limit(1, Unit.URGENT_HOUR)}
    assert enter(effects, at=moment, rule="move.dispatch", limits=limits) == (
        Entry("dispatch", Kind.STOP, moment, "move.dispatch"),
        Entry("handling", Kind.START, moment, "move.dispatch", FOUR_HOURS),
    )


# Properties over every ledger that can be written

FOLLOWING = {
    Phase.RUNNING: (Kind.PAUSE, Kind.STOP, Kind.EXTEND),
    Phase.PAUSED: (Kind.RESUME, Kind.STOP, Kind.EXTEND),
    Phase.STOPPED: (Kind.RESUME, Kind.START),
}


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[Entry, ...]:
    limit = draw(st.builds(Limit, st.integers(1, 12), st.sampled_from(Unit)))
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 300_000)))
    entries = [Entry("handling", Kind.START, moment, "move.dispatch", limit)]
    for _ in range(draw(st.integers(0, 8))):
        phase = count(entries, "handling").phase
        moment += timedelta(seconds=draw(st.integers(0, 400_000)))
        kind = draw(st.sampled_from(FOLLOWING[phase]))
        given_limit = limit if kind in (Kind.START, Kind.EXTEND) else None
        entries.append(Entry("handling", kind, moment, "rule", given_limit))
    return tuple(entries)


examples = settings(deadline=None, max_examples=150)


@examples
@given(ledgers(), st.integers(0, 10**6))
def test_the_running_intervals_sum_to_the_elapsed_working_time(
    entries: tuple[Entry, ...],
    later_s: int,
) -> None:
    now = entries[-1].at + timedelta(seconds=later_s)
    found = read(entries, "handling", now, calendar())
    assert found.limit is not None
    begun = max(number for number, line in enumerate(entries) if line.kind is Kind.START)
    total, since = 0.0, None
    for line in (*entries[begun:], Entry("handling", Kind.STOP, now, "now")):
        if since is not None and line.kind in (Kind.PAUSE, Kind.STOP):
            total += calendar().elapsed(since, line.at, found.limit.unit)
            since = None
        if line.kind in (Kind.START, Kind.RESUME):
            since = line.at
    assert found.spent == pytest.approx(total, abs=1e-6)


@examples
@given(ledgers(), st.integers(0, 8))
def test_a_replay_gives_what_was_read_at_the_time(
    entries: tuple[Entry, ...],
    length: int,
) -> None:
    known_then = entries[: length + 1]
    now = known_then[-1].at
    later = [line for line in entries[length + 1 :] if line.at > now]
    assert read((*known_then, *later), "handling", now, calendar()) == read(
        known_then,
        "handling",
        now,
        calendar(),
    )


@examples
@given(ledgers())
def test_a_running_clock_is_late_exactly_after_its_due_moment(entries: tuple[Entry, ...]) -> None:
    last = entries[-1].at
    ends = due(entries, "handling", calendar())
    if count(entries, "handling").phase is not Phase.RUNNING or ends is None or ends.moment < last:
        return
    found = read(entries, "handling", ends.moment, calendar())
    assert found.limit is not None
    assert found.spent == pytest.approx(found.limit.amount)
    assert not found.overdue
    late = ends.moment + timedelta(microseconds=1)
    assert read(entries, "handling", late, calendar()).overdue


# The table of clocks


def test_the_stages_have_their_limits_in_natural_time() -> None:
    clocks = load_clocks()
    quarter, half = Limit(0.25, Unit.URGENT_HOUR), Limit(0.5, Unit.URGENT_HOUR)
    assert {name: clock.limit for name, clock in clocks.items()} == {
        "accept": quarter,
        "dispatch": quarter,
        "verify": half,
        "check": half,
        "handling": None,
    }
    due_at = calendar().add(at("2026-11-21 23:50"), quarter).moment
    assert due_at == at("2026-11-22 00:05")


@pytest.mark.parametrize(
    "row",
    [
        "Accept,Accepting,受理,1,urgent_hour,80,x",
        "accept,,受理,1,urgent_hour,80,x",
        "accept,Accepting,受理,1,hours,80,x",
        "accept,Accepting,受理,,urgent_hour,80,x",
        "accept,Accepting,受理,-1,urgent_hour,80,x",
        "accept,Accepting,受理,1,urgent_hour,0,x",
        "accept,Accepting,受理,1,urgent_hour,120,x",
    ],
)
def test_a_wrong_row_of_the_stage_limits_is_named(row: str) -> None:
    good = "check,Checking,核查,1,urgent_hour,80,x\n"
    with pytest.raises(SettingsInvalid) as caught:
        parse_clocks(HEADER + good + row + "\n")
    assert [error.field for error in caught.value.errors] == ["stage_limits.csv:3"]


def test_stage_limits_without_a_clock_or_with_one_twice_are_refused() -> None:
    row = "check,Checking,核查,1,urgent_hour,80,x\n"
    for text in (HEADER, HEADER + row + row):
        with pytest.raises(SettingsInvalid):
            parse_clocks(text)
