"""Numbers: 21 digits for a report, 19 for a case, unique over threads, processes and midnight."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, inspect, select, text

from wanmi.platform.casework.number_tables import block_taker, number_blocks
from wanmi.platform.casework.numbering import Number, NumberBlocks, NumberKind
from wanmi.platform.kernel.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)


class Blocks:
    """A store of blocks in memory; `taken` remembers what was asked for."""

    def __init__(self) -> None:
        self.following: dict[tuple[NumberKind, date], int] = {}
        self.taken: list[tuple[NumberKind, date, int]] = []
        self.lock = threading.Lock()

    def take(self, kind: NumberKind, day: date, count: int) -> range:
        with self.lock:
            self.taken.append((kind, day, count))
            first = self.following.get((kind, day), 1)
            self.following[kind, day] = first + count
        return range(first, min(first + count, kind.last + 1))


def numbers(store: Blocks, kind: NumberKind = NumberKind.REPORT, size: int = 100) -> NumberBlocks:
    return NumberBlocks(store.take, kind, division="610900", zone=SHANGHAI, size=size)


# Writing and reading


def test_a_reports_number_has_21_digits_and_a_cases_19() -> None:
    day = date(2026, 11, 23)
    report = Number(NumberKind.REPORT, "610900", day, 42)
    case = Number(NumberKind.CASE, "610900", day, 42)
    assert (str(report), len(str(report))) == ("610900202611230000042", 21)
    assert (str(case), len(str(case))) == ("6109002026112300042", 19)


@given(
    st.sampled_from(NumberKind).flatmap(
        lambda kind: st.builds(
            Number,
            st.just(kind),
            st.from_regex(r"[1-9][0-9]{5}", fullmatch=True).filter(str.isascii),
            st.dates(),
            st.integers(1, kind.last),
        ),
    ),
)
def test_a_number_is_read_as_it_was_written(number: Number) -> None:
    assert Number.from_text(str(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "61090020261123000004",  # 20 digits
        "610900202611310000042",  # 31 November
        "610900202611230000000",  # there is no sequence 0
        "010900202611230000042",
        "61090020261123000004x",
        "６１０９００202611230000042",
        "-10900202611230000042",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Number.from_text(text)


# Giving them out

FORK = """
import os
from datetime import UTC, datetime
from multiprocessing import Value
from zoneinfo import ZoneInfo
from wanmi.platform.casework.numbering import NumberBlocks, NumberKind

following = Value("i", 1)

def take(kind, day, count):
    with following:
        first = following.value
        following.value += count
    return range(first, first + count)

source = NumberBlocks(take, NumberKind.REPORT, division="610900", zone=ZoneInfo("Asia/Shanghai"))
now = datetime(2026, 11, 23, tzinfo=UTC)
source.next(now)
child = os.fork()
if child:
    os.waitpid(child, 0)
print("parent" if child else "child", int(source.next(now)[-7:]), sep="=", flush=True)
"""


def test_numbers_rise_and_a_block_is_taken_only_when_needed() -> None:
    store = Blocks()
    source = numbers(store, size=3)
    given_out = [source.next(NOON) for _ in range(7)]
    assert [int(number[-7:]) for number in given_out] == [1, 2, 3, 4, 5, 6, 7]
    assert len(store.taken) == 3


def test_two_workers_never_give_the_same_number() -> None:
    store = Blocks()
    one, two = numbers(store, size=3), numbers(store, size=3)
    given_out = [source.next(NOON) for _ in range(5) for source in (one, two)]
    assert len(set(given_out)) == 10


def test_many_numbers_at_once_take_one_block() -> None:
    store = Blocks()
    source = numbers(store, size=10)
    source.next(NOON)
    many = source.several(NOON, 1000)
    assert len(set(many)) == 1000
    assert many == sorted(many)
    assert [count for _, _, count in store.taken] == [10, 991]


def test_the_date_changes_at_local_midnight_and_each_day_counts_from_one() -> None:
    source = numbers(Blocks())
    midnight = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    before = source.next(midnight - timedelta(microseconds=1))
    after = source.next(midnight)
    late = source.next(midnight - timedelta(seconds=1))  # a thread that was a little slow
    assert [number[6:] for number in (before, after, late)] == [
        "202611230000001",
        "202611240000001",
        "202611230000002",
    ]


def test_blocks_of_days_gone_by_are_forgotten() -> None:
    source = numbers(Blocks())
    for number in range(30):
        source.next(NOON + timedelta(days=number))
    assert len(source._blocks) <= 3


def test_a_day_without_numbers_left_says_so() -> None:
    store = Blocks()
    store.following[NumberKind.CASE, NOON.date()] = NumberKind.CASE.last - 1
    source = numbers(store, NumberKind.CASE)
    assert [source.next(NOON)[-5:] for _ in range(2)] == ["99998", "99999"]
    with pytest.raises(Unavailable, match="no numbers left"):
        source.next(NOON)
    assert source.next(NOON + timedelta(days=1)).endswith("2026112400001")


def test_threads_share_a_source_without_a_number_given_twice() -> None:
    source = numbers(Blocks(), size=7)
    with ThreadPoolExecutor(16) as pool:
        given_out = list(pool.map(lambda _: source.next(NOON), range(4000)))
    assert len(set(given_out)) == 4000


def test_a_forked_process_takes_a_block_of_its_own() -> None:
    # In a process of its own: a fork of the test run would copy its threads' locks.
    told = subprocess.run(
        [sys.executable, "-c", FORK],
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.split() == ["child=101", "parent=2"]


def test_a_moment_without_a_zone_or_a_wrong_division_gives_no_number() -> None:
    with pytest.raises(Invalid, match="time zone"):
        numbers(Blocks()).next(NOON.replace(tzinfo=None))
    wrong = NumberBlocks(Blocks().take, NumberKind.REPORT, division="6109", zone=SHANGHAI)
    with pytest.raises(Invalid, match="six digits"):
        wrong.next(NOON)


# From the database


@pytest.fixture
def table(engine: Engine) -> Iterator[Engine]:
    """The engine, with an empty table of blocks; what was there before is put back."""
    was_there = inspect(engine).has_table(number_blocks.name)
    number_blocks.create(engine, checkfirst=True)
    with engine.begin() as connection:
        before = connection.execute(select(number_blocks)).mappings().all()
        connection.execute(delete(number_blocks))
    yield engine
    with engine.begin() as connection:
        connection.execute(delete(number_blocks))
        if before:
            connection.execute(insert(number_blocks), [dict(row) for row in before])
    if not was_there:
        number_blocks.drop(engine)


def test_the_database_gives_each_kind_and_day_its_own_blocks(table: Engine) -> None:
    take, today = block_taker(table), NOON.date()
    assert take(NumberKind.REPORT, today, 100) == range(1, 101)
    assert take(NumberKind.REPORT, today, 50) == range(101, 151)
    assert take(NumberKind.CASE, today, 20) == range(1, 21)
    assert take(NumberKind.REPORT, today + timedelta(days=1), 100) == range(1, 101)


def test_the_database_gives_what_is_left_of_a_day_and_then_nothing(table: Engine) -> None:
    take, today = block_taker(table), NOON.date()
    assert take(NumberKind.CASE, today, 99_990) == range(1, 99_991)
    assert take(NumberKind.CASE, today, 20) == range(99_991, 100_000)
    assert take(NumberKind.CASE, today, 20) == range(0)
    assert take(NumberKind.CASE, today, 20) == range(0)
    with pytest.raises(Unavailable, match="no numbers left"):
        NumberBlocks(take, NumberKind.CASE, division="610900", zone=SHANGHAI).next(NOON)


def test_workers_on_one_database_never_give_the_same_number(table: Engine) -> None:
    workers = [
        NumberBlocks(
            block_taker(table),
            NumberKind.REPORT,
            division="610900",
            zone=SHANGHAI,
            size=9,
        )
        for _ in range(8)
    ]
    with ThreadPoolExecutor(8) as pool:
        given_out = list(pool.map(lambda number: workers[number % 8].next(NOON), range(1600)))
    assert len(set(given_out)) == 1600


def test_taking_a_block_holds_no_lock(table: Engine) -> None:
    take, today = block_taker(table), NOON.date()
    with table.begin() as reporter:  # a report's own transaction, long under way
        reporter.execute(text("SELECT 1"))
        take(NumberKind.REPORT, today, 10)
        assert take(NumberKind.REPORT, today, 10) == range(11, 21)
        reporter.rollback()
    assert take(NumberKind.REPORT, today, 10) == range(21, 31)
