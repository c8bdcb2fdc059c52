"""What does a command stand on: a migrated database, and the service user's rights?"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import InterfaceError, OperationalError

from wanmi.gis.kernels import edition_folder
from wanmi.migrations import runner
from wanmi.platform.kernel.database import database, make_engine
from wanmi.platform.kernel.errors import Unavailable
from wanmi.platform.kernel.service_user import find_service_user, own_folder, prepare_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from wanmi.platform.kernel.settings import Settings


KERNELS = "NUMBA_CACHE_DIR"
"""Where compiled kernels are kept: the service user may write neither to the program's folder nor
to a home of its own, and would compile them every time."""


@contextmanager
def ready_database(settings: Settings) -> Iterator[Engine]:
    """Give a migrated database; started by root, the block runs as the service user.

    Files of whoever has called the command are opened before the block and written after it.

    Raises:
        Unavailable: the database does not answer, is empty, or of another edition of Wanmi.
    """
    user = find_service_user(settings.service_user)
    prepare_home(settings.home, user)
    kernels = edition_folder(own_folder(settings.home / "kernels", user))
    with database(settings) as url, user.acting(), _environment(KERNELS, str(kernels)):
        engine = make_engine(url, pool_size=2, overflow=2)
        try:
            _check_schema(engine)
            yield engine
        except (OperationalError, InterfaceError) as error:
            said = (str(error.orig).strip().splitlines() or ["no reason given"])[0]
            raise Unavailable(f"The database does not answer: {said}") from error
        finally:
            engine.dispose()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set a variable for the block, unless it is set already."""
    if name in os.environ:
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]


def _check_schema(engine: Engine) -> None:
    now, newest = runner.current(engine), runner.head()
    if now is None:
        raise Unavailable(
            "The database is empty: start Wanmi once (`wanmi up`), or run `wanmi db upgrade`.",
        )
    if now != newest:
        raise Unavailable(
            f"The database has the schema {now}, this program needs {newest}: run "
            "`wanmi db upgrade`, or the program that the database belongs to.",
        )
