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


def test_a_citizens_photo_survives_the_way_down_and_up(empty_database: str) -> None:
    engine = make_engine(empty_database)
    runner.upgrade(engine)
    with engine.begin() as connection:
        for place, account in enumerate(("NULL", "NULL", "7")):
            connection.execute(
                text(
                    "INSERT INTO photos (id, content, account_id, width, height, original_bytes, "
                    "received_at, offered_at) VALUES "
                    f"(gen_random_uuid(), repeat('a', 64), {account}, {place}, 1, 1, now(), now())"
                )
            )
    owners = text("SELECT account_id FROM photos ORDER BY width")
    runner.downgrade(engine, "0008")
    with engine.connect() as connection:
        assert all(owner is not None for owner in connection.scalars(owners))
    runner.upgrade(engine)
    with engine.connect() as connection:
        assert list(connection.scalars(owners)) == [None, None, 7]
    engine.dispose()


def test_revisions_are_numbered_in_order() -> None:
    names = sorted(path.name for path in VERSIONS.glob("[0-9]*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
