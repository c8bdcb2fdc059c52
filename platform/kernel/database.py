"""How is the database reached, and is it one that Wanmi can work with?"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from wanmi.platform.kernel.cluster import Cluster
from wanmi.platform.kernel.errors import SettingsInvalid, Unavailable
from wanmi.platform.kernel.service_user import find_service_user, prepare_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from wanmi.platform.kernel.settings import Settings

OLDEST_POSTGRES = 130_000
OLDEST_POSTGIS = 3
STATEMENT_SECONDS = 30


def driver_url(url: str) -> str:
    """Return `url` with the driver that Wanmi ships, psycopg2, whatever name was given."""
    parsed = make_url(url)
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise SettingsInvalid("WANMI_DATABASE_URL must be an address of a PostgreSQL database.")
    return parsed.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


def make_engine(
    url: str, *, pool_size: int = 8, overflow: int = 8, each_alone: bool = False
) -> Engine:
    """Return an engine whose sessions speak UTC and give up on a statement after 30 s.

    `each_alone` makes each statement its own transaction. An engine of its own is for that, not an
    option of a connection: the driver pays for a change of mode with a way to the database.
    """
    return create_engine(
        driver_url(url),
        **({"isolation_level": "AUTOCOMMIT"} if each_alone else {}),
        pool_size=pool_size,
        max_overflow=overflow,
        pool_timeout=10,
        pool_pre_ping=False,
        # What people wrote must not reach the log with an error.
        hide_parameters=True,
        # One broken connection invalidates the pool: a database that came back is found at once.
        pool_recycle=1800,
        connect_args={
            "connect_timeout": 5,
            "application_name": "wanmi",
            "options": f"-c timezone=UTC -c statement_timeout={STATEMENT_SECONDS}s",
        },
    )


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Keep a database at hand while the block runs; yields its address.

    The embedded cluster is started for the block if nobody has started it; with
    WANMI_DATABASE_URL that database is used as it is.

    Raises:
        SettingsInvalid: it is not usable; the sentence says what is missing.
        Unavailable: it does not answer.
    """
    if settings.database_url:
        yield driver_url(settings.database_url)
        return
    user = find_service_user(settings.service_user)
    prepare_home(settings.home, user)
    with Cluster(settings.home, user).running() as url:
        yield url


def check_usable(engine: Engine) -> None:
    """Make sure that PostgreSQL and PostGIS are there, new enough, and may be written to.

    Raises:
        SettingsInvalid: one sentence for what is missing: version, extension or permission.
        Unavailable: the database does not answer.
    """
    try:
        with engine.begin() as connection:
            _check_version(connection)
            _check_permission(connection)
            _check_postgis(connection)
    except OperationalError as error:
        raise Unavailable(f"The database does not answer: {_first_line(error)}") from error


def _check_version(connection: Connection) -> None:
    number, shown = connection.execute(
        text(
            "SELECT current_setting('server_version_num')::int, current_setting('server_version')"
        ),
    ).one()
    if number < OLDEST_POSTGRES:
        raise SettingsInvalid(
            f"The database is PostgreSQL {shown}; it must be {OLDEST_POSTGRES // 10_000} or newer.",
        )


def _check_permission(connection: Connection) -> None:
    user, schema, allowed = connection.execute(
        text(
            "SELECT current_user, current_schema(), "
            "coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)",
        ),
    ).one()
    if not allowed:
        raise SettingsInvalid(
            f"The database user {user} may not make tables: "
            f"GRANT CREATE, USAGE ON SCHEMA {schema or 'public'} TO {user}.",
        )


def _check_postgis(connection: Connection) -> None:
    installed, available = connection.execute(
        text(
            "SELECT (SELECT extversion FROM pg_extension WHERE extname = 'postgis'), "
            "(SELECT default_version FROM pg_available_extensions WHERE name = 'postgis')",
        ),
    ).one()
    if installed is None and available is None:
        raise SettingsInvalid(
            "PostGIS is not installed on the database server; install its package there.",
        )
    if installed is None:
        installed = available
        try:
            with connection.begin_nested():
                connection.execute(text("CREATE EXTENSION postgis"))
        except SQLAlchemyError as error:
            raise SettingsInvalid(
                "The database has no PostGIS and this user may not add it; an administrator of the "
                "database runs: CREATE EXTENSION postgis.",
            ) from error
    if int(installed.split(".")[0]) < OLDEST_POSTGIS:
        raise SettingsInvalid(
            f"The database has PostGIS {installed}; Wanmi needs {OLDEST_POSTGIS}.0 or later.",
        )


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no reason given"
