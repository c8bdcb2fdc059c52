"""A real PostGIS for tests: its own embedded cluster, or the one that is given."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url, text

from wanmi.platform.kernel.cluster import Cluster
from wanmi.platform.kernel.database import driver_url
from wanmi.platform.kernel.service_user import find_service_user, prepare_home

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def temporary_home() -> Iterator[Path]:
    """A state folder that the service user can enter, removed afterwards."""
    # Not pytest's tmp_path: root's is closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="wanmi-test-"))
    folder.chmod(0o755)
    home = folder / "home"
    try:
        prepare_home(home, find_service_user("postgres"))
        yield home
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def server_url() -> Iterator[str]:
    """The address of a PostGIS server in which databases may be made.

    WANMI_TEST_DATABASE_URL names one; else an embedded cluster runs for the block.
    """
    given = os.environ.get("WANMI_TEST_DATABASE_URL")
    if given:
        yield driver_url(given)
        return
    with (
        temporary_home() as home,
        Cluster(home, find_service_user("postgres")).running() as url,
    ):
        yield url


@contextlib.contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """An empty database with PostGIS on `server`, dropped afterwards; yields its address."""
    name = f"wanmi_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template1"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            # Not WITH (FORCE): it would also have to end a vacuum of the server, and may not.
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = :name AND usename = current_user",
                ),
                {"name": name},
            )
            connection.execute(text(f"DROP DATABASE {name}"))
        admin.dispose()
