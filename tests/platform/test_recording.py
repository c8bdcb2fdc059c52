"""A report is written once, whoever sends it how often and at whichever moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from support.small_town import MONDAY, a_report, middle_of
from wanmi.platform.casework.intake import Arrival, Taken, sender_of, take_in
from wanmi.platform.casework.recording import record, recount
from wanmi.platform.kernel.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from support.small_town import SmallTown
    from wanmi.platform.casework.reports import Report


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """Do `work` in as many threads, all let go at the same moment; errors are answers."""
    gate = threading.Barrier(count)

    def one(place: int) -> object:
        gate.wait()
        try:
            return work(place)
        except Conflict as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_twenty_equal_reports_at_once_make_one_case(town: SmallTown) -> None:
    report = a_report()

    def send(_: int) -> tuple[str, bool]:
        # Like a request: its own connection, one commit.
        with town.services.engine.begin() as connection:
            taken = town.inspector.sends(connection, report)
        return taken.case["number"], taken.is_new

    answers = at_once(20, send)
    assert len({number for number, _ in answers}) == 1
    assert sorted(is_new for _, is_new in answers) == [False] * 19 + [True]
    assert {name: town.count(name) for name in ("cases", "journal", "clock_entries")} == {
        "cases": 1,
        "journal": 1,
        "clock_entries": 1,
    }
    with town.engine.connect() as connection:
        assert recount(connection) == []


def test_two_people_with_one_id_at_once_do_not_share_a_case(town: SmallTown) -> None:
    report = a_report()
    people = [town.inspector, town.second_inspector] * 5

    def send(place: int) -> int | None:
        with town.services.engine.begin() as connection:
            return people[place].sends(connection, report).case["account_id"]

    answers = at_once(10, send)
    owners = {answer for answer in answers if isinstance(answer, int)}
    assert len(owners) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 5
    assert town.count("cases") == 1


@pytest.fixture
def slow_inserts(town: SmallTown) -> Iterator[None]:
    """Every new case takes a while, so that two statements meet in the middle."""
    with town.engine.begin() as connection:
        connection.execute(
            text("""
                CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$
            """)
        )
        connection.execute(
            text("""
                CREATE TRIGGER dawdle BEFORE INSERT ON cases
                FOR EACH ROW EXECUTE FUNCTION dawdle()
            """)
        )
    yield
    with town.engine.begin() as connection:
        connection.execute(text("DROP FUNCTION dawdle CASCADE"))


@pytest.mark.usefixtures("slow_inserts")
def test_batches_with_the_same_reports_in_another_order_do_not_block_each_other(
    town: SmallTown,
) -> None:
    reports = [a_report(at=middle_of(place, place % 6)) for place in range(10)]
    sender = sender_of(town.inspector.viewer)
    town.office.ground.current()

    def send(place: int) -> int:
        order = reports if place % 2 else reports[::-1]
        with town.services.engine.begin() as connection:
            arrivals = [Arrival(report, sender, MONDAY) for report in order]
            answers = take_in(connection, town.office, arrivals)
        assert [answer.case["report_id"] for answer in answers if isinstance(answer, Taken)] == [
            report.id for report in order
        ]
        return sum(answer.is_new for answer in answers if isinstance(answer, Taken))

    assert sorted(at_once(4, send)) == [0, 0, 0, 10]  # type: ignore[type-var]
    with town.engine.connect() as connection:
        assert recount(connection) == []


def test_a_report_whose_first_try_was_taken_back_is_new(town: SmallTown) -> None:
    report = a_report()
    with town.engine.connect() as connection:
        assert town.inspector.sends(connection, report).is_new
        connection.rollback()
    with town.engine.begin() as connection:
        assert town.inspector.sends(connection, report).is_new
    assert town.count("cases") == town.count("journal") == 1


def test_nothing_is_written_of_a_report_that_is_refused(town: SmallTown) -> None:
    report: Report = a_report()
    with town.engine.begin() as connection:
        town.inspector.sends(connection, report)
    before = {name: town.count(name) for name in ("cases", "journal", "clock_entries")}
    with pytest.raises(Conflict), town.engine.begin() as connection:
        town.second_inspector.sends(connection, report)
    assert {name: town.count(name) for name in before} == before


def test_nothing_to_write_is_no_statement(work: Connection) -> None:
    assert record(work, []) == {}


def test_a_wrong_counter_is_found(town: SmallTown, work: Connection) -> None:
    case = town.inspector.sends(work).case
    assert recount(work) == []
    work.execute(text("UPDATE case_counts SET cases = 3"))
    work.execute(
        text("INSERT INTO case_counts VALUES ('610902001003999', '', '06', 'void', '610902', 1)")
    )
    found = {(row["cell_code"], row["counted"], row["really"]) for row in recount(work)}
    assert found == {(case["cell_code"], 3, 1), ("610902001003999", 1, 0)}
