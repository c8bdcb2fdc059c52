"""The journal as outbox: nothing is skipped, whoever commits when, and nothing is read twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import text

from support.small_town import a_report, middle_of
from wanmi.platform.casework import outbox
from wanmi.platform.casework.outbox import Position

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from support.small_town import SmallTown


def numbers(connection: Connection, position: Position) -> list[str]:
    return [event.case["number"] for event in outbox.after(connection, position)]


def send(town: SmallTown, connection: Connection, column: int = 1) -> str:
    """Report from a cell of this column: two that report in one cell wait for its counter."""
    report = a_report(at=middle_of(column, 2))
    number: str = town.inspector.sends(connection, report).case["number"]
    return number


def test_what_commits_late_is_not_skipped(town: SmallTown) -> None:
    with (
        town.engine.connect() as slow,
        town.engine.connect() as quick,
        town.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as reader,
    ):
        start = outbox.latest(reader)
        old = send(town, slow)
        young = send(town, quick, 2)
        quick.commit()
        # The younger is committed, but the older may still come: nobody is told yet.
        assert numbers(reader, start) == []
        assert outbox.latest(reader) == start
        assert outbox.is_waiting(reader, start)
        slow.commit()
        assert numbers(reader, start) == [old, young]
        assert not outbox.is_waiting(reader, outbox.latest(reader))


def test_what_is_taken_back_holds_nobody_up(town: SmallTown) -> None:
    with (
        town.engine.connect() as slow,
        town.engine.connect() as quick,
        town.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as reader,
    ):
        start = outbox.latest(reader)
        send(town, slow)
        young = send(town, quick, 2)
        quick.commit()
        slow.rollback()
        assert numbers(reader, start) == [young]


def test_readers_go_on_where_they_were(town: SmallTown) -> None:
    with town.engine.begin() as connection:
        sent = [send(town, connection) for _ in range(5)]
    with town.engine.begin() as connection:
        sent += [send(town, connection) for _ in range(4)]
    with town.engine.connect() as connection:
        position, found = Position(0, 0), []
        while page := outbox.after(connection, position, page=2):
            assert len(page) <= 2
            found += page
            position = page[-1].position
        assert [event.case["number"] for event in found] == sent
        assert position == outbox.latest(connection)
        positions = [event.position for event in found]
        assert positions == sorted(set(positions))
        # Any of them can be come back to, as the browser writes it.
        again = Position.from_text(str(positions[6]))
        assert again is not None
        assert numbers(connection, again) == sent[7:]


def test_an_event_says_what_a_screen_needs(town: SmallTown) -> None:
    with town.engine.begin() as connection:
        number = send(town, connection)
        town.shift_leader.does(connection, number, "file", condition="exposed-refuse")
    with town.engine.connect() as connection:
        reported, moved = outbox.after(connection, Position(0, 0))
    assert (reported.move, reported.to_state, reported.version) == ("report", "reported", 1)
    assert (moved.move, moved.to_state, moved.version) == ("file", "filed", 2)
    # How the case stands now, for both: a late reader is shown no state that has passed.
    assert reported.case["state"] == moved.case["state"] == "filed"
    assert (moved.case["lon"], moved.case["lat"]) == pytest.approx((109.0214, 32.6826), abs=1e-4)


def test_nothing_is_lost_or_doubled_among_many_writers(town: SmallTown) -> None:
    writers, each = 6, 12
    stop = threading.Event()
    read: list[str] = []

    town.office.ground.current()

    def write(seed: int) -> list[str]:
        dice, made = np.random.default_rng(seed), []
        for _ in range(each):
            with town.services.engine.connect() as connection:
                number = send(town, connection, seed)
                connection.execute(text("SELECT pg_sleep(:s)"), {"s": float(dice.uniform(0, 0.02))})
                if dice.random() < 0.2:
                    connection.rollback()
                else:
                    connection.commit()
                    made.append(number)
        return made

    def follow() -> None:
        with town.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            position, last = Position(0, 0), False
            while True:
                page = outbox.after(connection, position, page=5)
                read.extend(event.case["number"] for event in page)
                position = page[-1].position if page else position
                if last and not page:
                    return
                last = stop.is_set()

    reader = threading.Thread(target=follow)
    reader.start()
    with ThreadPoolExecutor(writers) as pool:
        made = [number for some in pool.map(write, range(writers)) for number in some]
    stop.set()
    reader.join(timeout=20)
    assert not reader.is_alive()
    assert len(made) > writers * each / 2
    assert sorted(read) == sorted(made)


def test_an_empty_outbox_has_a_place_to_begin(town: SmallTown) -> None:
    with town.engine.connect() as connection:
        assert outbox.latest(connection) == Position(0, 0)
        assert outbox.after(connection, Position(0, 0)) == []
        assert not outbox.is_waiting(connection, Position(0, 0))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("12-34", Position(12, 34)),
        ("0-0", Position(0, 0)),
        ("9223372036854775807-1", Position(2**63 - 1, 1)),
        ("9223372036854775808-1", None),
        ("", None),
        ("12", None),
        ("12-", None),
        ("-1-2", None),
        ("1-2-3", None),
        ("١-٢", None),
        ("1e3-2", None),
    ],
)
def test_an_event_id_is_ours_or_none(said: str, meant: Position | None) -> None:
    assert Position.from_text(said) == meant
    if meant is not None:
        assert Position.from_text(str(meant)) == meant


def test_the_farthest_position_can_be_asked_for(town: SmallTown) -> None:
    with town.engine.connect() as connection:
        assert outbox.after(connection, Position(2**63 - 1, 2**63 - 1)) == []
