"""What every test stands on: a real, migrated PostGIS; its absence is a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.clusters import fresh_database, server_url, temporary_home
from support.small_town import small_town
from wanmi.migrations import runner
from wanmi.platform.kernel.database import check_usable, make_engine
from wanmi.platform.kernel.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from support.small_town import SmallTown


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a PostGIS server that lasts for the whole run."""
    with server_url() as url:
        yield url


@pytest.fixture(scope="session")
def database_url(server: str) -> Iterator[str]:
    """Address of a database migrated to head, shared by the whole run."""
    with fresh_database(server) as url:
        engine = make_engine(url)
        check_usable(engine)
        runner.upgrade(engine)
        engine.dispose()
        yield url


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on the migrated database; what a test commits through it, it removes itself."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection whose work is rolled back after the test."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture
def empty_database(server: str) -> Iterator[str]:
    """Address of an empty database of the test's own."""
    with fresh_database(server) as url:
        yield url


@pytest.fixture
def home() -> Iterator[Path]:
    """A state folder that the service user can enter."""
    with temporary_home() as folder:
        yield folder


@pytest.fixture
def settings(home: Path) -> Settings:
    """Default settings on a state folder of the test's own."""
    return Settings.from_environ({"WANMI_HOME": str(home)})


@pytest.fixture(scope="session")
def settled_town(server: str) -> Iterator[SmallTown]:
    """A town that lasts for the whole run; tests use `town`."""
    with small_town(server) as town:
        yield town


@pytest.fixture
def town(settled_town: SmallTown) -> SmallTown:
    """The small town without cases, at half past nine on a Monday."""
    settled_town.empty()
    return settled_town


@pytest.fixture
def work(town: SmallTown) -> Iterator[Connection]:
    """A transaction in the town's database, taken back after the test."""
    with town.engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        if transaction.is_active:
            transaction.rollback()
