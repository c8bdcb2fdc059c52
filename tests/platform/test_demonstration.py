"""The demonstration half-year: its mix, its hot spots, and that it comes about as real cases do."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from support.clusters import fresh_database, temporary_home
from support.people import MORNING
from wanmi.migrations import runner
from wanmi.platform.casework.installation import noted
from wanmi.platform.casework.office import open_office
from wanmi.platform.casework.recording import recount
from wanmi.platform.demonstration import setting_up
from wanmi.platform.demonstration.half_year import DAYS
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.kernel.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine, Row

CASES = 1200
NOW = MORNING.replace(hour=15)

EVERYTHING = """
    SELECT number, case_number, report_id, class_code, source, description, ST_AsText(shape),
        cell_code, street_code, suggested_unit, unit_code, condition_code, state, version,
        observed_at, received_at, stage_due_at, due_at, moved_at, ended_at, trace::text
    FROM cases ORDER BY report_id
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with temporary_home() as home:
        yield home


@pytest.fixture(scope="module")
def city(server: str, home: Path) -> Iterator[Engine]:
    """The demonstration city as its first start makes it, with fewer cases."""
    with fresh_database(server) as url:
        engine = make_engine(url)
        runner.upgrade(engine)
        settings = Settings.from_environ({"WANMI_HOME": str(home)})
        office = open_office(settings.city, engine, home)
        folder = setting_up.layers_folder()
        assert folder is not None
        setting_up.load_layers(engine, office, folder, NOW, lambda _: None)
        make(engine, home, NOW)
        yield engine
        engine.dispose()


def make(engine: Engine, home: Path, now: datetime) -> list[int]:
    """Make the cases with a process's fresh office; return what the progress bar is told."""
    office = open_office(Settings.from_environ({"WANMI_HOME": str(home)}).city, engine, home)
    done: list[int] = []
    made = setting_up.make_cases(engine, office, now, done.append, CASES)
    assert made == CASES
    return done


def ask(engine: Engine, question: str) -> list[Row[tuple[object, ...]]]:
    with engine.connect() as connection:
        return list(connection.execute(text(question), {"now": NOW}).all())


def test_the_same_moment_gives_the_same_cases(city: Engine, home: Path) -> None:
    before = ask(city, EVERYTHING)
    done = make(city, home, NOW)
    assert ask(city, EVERYTHING) == before
    assert sum(done) == ask(city, "SELECT count(*) FROM journal")[0][0], "a bar that ends full"


def test_it_ends_now_and_began_half_a_year_ago(city: Engine) -> None:
    ((first, last, journal),) = ask(
        city,
        "SELECT min(received_at), max(received_at), (SELECT max(at) FROM journal) FROM cases",
    )
    assert timedelta(days=DAYS - 10) < NOW - first < timedelta(days=DAYS + 1)
    assert timedelta() < NOW - last < timedelta(minutes=15)
    assert journal <= NOW


def test_a_few_in_a_hundred_are_open_and_some_of_them_overdue(city: Engine) -> None:
    ((opened, overdue, outside),) = ask(
        city,
        """
        SELECT count(*), count(*) FILTER (WHERE stage_due_at < :now),
            count(*) FILTER (WHERE state NOT IN ('reported', 'filed', 'dispatched'))
        FROM cases WHERE state_type = 'open'
        """,
    )
    assert 0.02 * CASES < opened < 0.05 * CASES
    assert 0 < overdue < 0.7 * opened
    assert outside == 0


def test_every_case_went_through_the_moves_and_no_other_way(city: Engine, home: Path) -> None:
    workflow = open_office(
        Settings.from_environ({"WANMI_HOME": str(home)}).city, city, home
    ).workflow
    allowed = {(move.state, move.name, move.next_state) for move in workflow.moves}
    steps = ask(city, "SELECT from_state, move, to_state, count(*) FROM journal GROUP BY 1, 2, 3")
    assert {move for _, move, _, _ in steps} == {
        "report",
        "file",
        "dispatch",
        "handle",
        "close",
        "void",
    }
    assert {tuple(step)[:3] for step in steps} <= allowed
    assert (
        ask(
            city,
            """
            SELECT c.id FROM cases c JOIN journal j ON j.case_id = c.id
            GROUP BY c.id HAVING count(*) <> c.version
                OR (array_agg(j.to_state ORDER BY j.version DESC))[1] <> c.state
            """,
        )
        == []
    )
    with city.connect() as connection:
        assert recount(connection) == []
        assert noted(connection, setting_up.DEMONSTRATION)["finished"] is True


def test_model_streets_are_the_hot_spots_and_vending_the_commonest(city: Engine) -> None:
    dense = ask(
        city,
        """
        SELECT coalesce(s.programme, '') <> '' AS model,
            count(c.id)::float / sum(DISTINCT ST_Length(s.shape::geography)) AS per_metre
        FROM streets s LEFT JOIN cases c ON c.street_code = s.code
        GROUP BY 1 ORDER BY 1
        """,
    )
    (_, other), (_, model) = dense
    assert model > 3 * other
    classes = Counter(dict(ask(city, "SELECT class_code, count(*) FROM cases GROUP BY 1")))
    assert classes.most_common(1)[0][0] == "09001"
    assert len(classes) > 20


def test_it_is_called_what_it_is(city: Engine) -> None:
    ((unmarked,),) = ask(city, "SELECT count(*) FROM cases WHERE description NOT LIKE '%（示意）'")
    assert unmarked == 0
