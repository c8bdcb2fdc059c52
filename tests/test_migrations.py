"""The schema goes up, down and up again, and is what the models say."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from wanmi.migrations import runner
from wanmi.platform.kernel.database import make_engine

VERSIONS = Path(__file__).parents[1] / "migrations" / "versions"


def test_up_down_up_and_check(empty_database: str) -> None:
    engine = make_engine(empty_database)
    assert runner.current(engine) is None
    runner.upgrade(engine)
    assert runner.current(engine) == runner.head()
    runner.check(engine)
    runner.downgrade(engine, "base")
    assert runner.current(engine) is None
    left = set(inspect(engine).get_table_names()) - {"alembic_version", "spatial_ref_sys"}
    assert not left
    runner.upgrade(engine)
    runner.check(engine)
    engine.dispose()


def test_a_second_starter_waits_for_the_first(empty_database: str) -> None:
    engine = make_engine(empty_database)
    runner.upgrade(engine)
    with engine.connect() as connection:
        held = connection.execute(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
        assert held.scalar() == 0, "the lock must be given back"
    engine.dispose()


def test_revisions_are_numbered_in_order() -> None:
    names = sorted(path.name for path in VERSIONS.glob("[0-9]*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
