"""What a process remembers of the counters is what is committed, whoever commits when."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import text

from wanmi.platform.casework.case_filters import CaseFilter
from wanmi.platform.casework.density import density
from wanmi.platform.casework.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from support.small_town import SmallTown

CELLS = [f"C{number:02}" for number in range(12)]
COUNT = text("""
    INSERT INTO case_counts AS n
        (cell_code, street_code, major, state_type, jurisdiction_code, cases)
    VALUES (:cell, '', '06', 'open', '610902', :step)
    ON CONFLICT (cell_code, street_code, major, state_type, jurisdiction_code)
    DO UPDATE SET cases = n.cases + excluded.cases, xact = excluded.xact
""")
REALLY = text("""
    SELECT cell_code, sum(cases)::int FROM case_counts WHERE state_type = 'open'
    GROUP BY cell_code HAVING sum(cases) <> 0
""")
OPEN = {"state_type": ("open",)}


@pytest.fixture
def reader(town: SmallTown) -> Iterator[Connection]:
    with town.services.single.connect() as connection:
        yield connection


def really(reader: Connection) -> dict[str, int]:
    return dict(list(reader.execute(REALLY)))


@pytest.mark.parametrize("seed", range(4))
def test_it_is_never_stale_whoever_commits_late(
    town: SmallTown, reader: Connection, seed: int
) -> None:
    """Three sessions begin, count, commit and roll back in any order; each key has one at a time.

    A late commit of an old transaction, after younger ones were read, is the case that matters.
    """
    dice, tally = np.random.default_rng(seed), Tally()
    holds: list[set[str]] = [set(), set(), set()]
    late = 0
    with ExitStack() as open_sessions:
        sessions = [open_sessions.enter_context(town.engine.connect()) for _ in holds]
        for _ in range(150):
            who = int(dice.integers(3))
            act = dice.random()
            if act < 0.6:
                cell = str(dice.choice(CELLS))
                if all(cell not in held for at, held in enumerate(holds) if at != who):
                    step = int(dice.integers(-2, 4))
                    sessions[who].execute(COUNT, {"cell": cell, "step": step})
                    holds[who].add(cell)
            else:
                late += bool(holds[who]) and any(holds[at] for at in range(3) if at != who)
                sessions[who].commit() if act < 0.9 else sessions[who].rollback()
                holds[who].clear()
            assert tally.by(reader, "cell_code", OPEN) == really(reader)
    assert late > 5


def test_a_counter_that_two_have_waited_for_is_read_after_both(
    town: SmallTown, reader: Connection
) -> None:
    """The older transaction waits for the younger one's row and so writes the older number."""
    tally = Tally()
    with town.engine.connect() as older, town.engine.connect() as younger:
        older.execute(text("SELECT pg_current_xact_id()"))
        younger.execute(COUNT, {"cell": "C01", "step": 2})
        assert tally.by(reader, "cell_code", OPEN) == {}
        waiting = threading.Thread(target=older.execute, args=(COUNT, {"cell": "C01", "step": 5}))
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive()
        younger.commit()
        waiting.join(5)
        assert tally.by(reader, "cell_code", OPEN) == {"C01": 2}
        older.commit()
    assert tally.by(reader, "cell_code", OPEN) == {"C01": 7}


def test_emptied_counters_are_noticed(town: SmallTown, reader: Connection) -> None:
    tally = Tally()
    with town.engine.begin() as writer:
        writer.execute(COUNT, {"cell": "C01", "step": 1})
    assert tally.by(reader, "cell_code", OPEN) == {"C01": 1}
    with town.engine.begin() as writer:
        writer.execute(text("TRUNCATE case_counts"))
        writer.execute(COUNT, {"cell": "C02", "step": 1})
    assert tally.by(reader, "cell_code", OPEN) == {"C02": 1}


def test_nothing_uncommitted_becomes_known(town: SmallTown) -> None:
    with town.engine.begin() as writer, pytest.raises(AssertionError):
        Tally().by(writer, "cell_code", OPEN)


def test_memory_and_sql_answer_alike_for_all_who_ask(town: SmallTown, reader: Connection) -> None:
    """Noise: other majors, states, streets and jurisdictions, no cell, and counters at nought."""
    dice = np.random.default_rng(7)
    with town.engine.begin() as writer:
        writer.execute(
            text("""
                INSERT INTO case_counts
                    (cell_code, street_code, major, state_type, jurisdiction_code, cases)
                VALUES (:cell, :street, :major, :state, :ground, :cases)
                ON CONFLICT DO NOTHING
            """),
            [
                {
                    "cell": str(dice.choice(["", *CELLS])),
                    "street": str(dice.choice(["", "S-YC", "S-BS"])),
                    "major": str(dice.choice(["06", "08", "09"])),
                    "state": str(dice.choice(["open", "closed", "void"])),
                    "ground": str(dice.choice(sorted(town.commander.viewer.jurisdictions))),
                    "cases": int(dice.integers(0, 3)),
                }
                for _ in range(300)
            ],
        )
    asked = [
        CaseFilter(),
        CaseFilter(status="open"),
        CaseFilter(status="void", class_code="08"),
        CaseFilter(class_code="77"),
    ]
    some = 0
    for person in (town.commander, town.county_leader, town.zone_operator):
        for by in ("cell", "street", "zone"):
            for question in asked:
                given = (reader, by, question, person.viewer, town.clock.now)
                found = density(*given, town.services.tally)
                assert found == density(*given)
                some += bool(found)
    assert some > 12
