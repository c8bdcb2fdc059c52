"""How does a database's content leave as a stream, and come in again?

By PostgreSQL's own programs: pg_dump, pg_restore and psql, in the custom format.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from typing import IO, TYPE_CHECKING

from sqlalchemy import make_url

from wanmi.platform.kernel.errors import Unavailable
from wanmi.platform.kernel.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

MAGIC = b"PGDMP"
"""How every dump of the custom format begins."""

OF_POSTGIS = "spatial_ref_sys"
"""PostGIS fills this table itself, and lets nobody else write to it."""

NOWHERE = subprocess.DEVNULL
OPENING = """\
\\set ON_ERROR_STOP on
BEGIN;
SET LOCAL lock_timeout = '30s';
SET LOCAL client_min_messages = warning;
"""


@contextlib.contextmanager
def dumped(url: str) -> Iterator[IO[bytes]]:
    """Give the dump of the database at `url`, to be read to its end in the block.

    Raises:
        Unavailable: pg_dump failed; with its first line.
    """
    options = ("--format=custom", "--no-owner", f"--exclude-table=*.{OF_POSTGIS}")
    command = ("pg_dump", *options, *_address(url))
    with _running(command, url, stdout=subprocess.PIPE) as dump:
        assert dump.stdout is not None  # noqa: S101 - a pipe, as asked for
        yield dump.stdout


def load_dump(
    url: str,
    parts: Iterable[bytes],
    *,
    replacing: Iterable[str],
    contents: Sequence[str] | None = None,
) -> None:
    """Put a dump into the database at `url` in one transaction: all of it or nothing.

    Args:
        url: the database.
        parts: the dump.
        replacing: names of tables that give way to those of the dump.
        contents: what `contents_of` said of a dump that `dumped` has not made.

    Raises:
        Unavailable: psql or pg_restore failed, with the first line; the database is as it was.
    """
    drops = "".join(f'DROP TABLE IF EXISTS public."{name}" CASCADE;\n' for name in replacing)
    reading, writing = os.pipe()
    torn: Unavailable | None = None
    with _running(("psql", "-XqAt", *_address(url)), url, stdin=reading, stdout=NOWHERE):
        os.close(reading)
        # What psql says of a script that it takes no further is raised at the end of the block.
        with contextlib.suppress(BrokenPipeError), os.fdopen(writing, "wb", buffering=0) as script:
            script.write((OPENING + drops).encode())
            try:
                _write_script(url, parts, script, contents)
            except Unavailable as error:
                torn = error
            else:
                # Without this line psql comes to the end and takes everything back.
                script.write(b"COMMIT;\n")
    if torn:
        raise torn


def _write_script(
    url: str, parts: Iterable[bytes], script: IO[bytes], contents: Sequence[str] | None
) -> None:
    """Write a dump's statements to `script`. Raises Unavailable, or BrokenPipeError."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as chosen:
        command = ["pg_restore", "--no-owner", "--schema=public", "--file=-"]
        if contents is not None:
            chosen.writelines(f"{line}\n" for line in contents if OF_POSTGIS not in line)
            chosen.flush()
            command.append(f"--use-list={chosen.name}")
        with _running(command, url, stdin=subprocess.PIPE, stdout=script) as restore:
            assert restore.stdin is not None  # noqa: S101 - a pipe, as asked for
            # A program that gave up takes no more; what it said is raised at the block's end.
            with contextlib.suppress(BrokenPipeError), restore.stdin:
                for part in parts:
                    restore.stdin.write(part)


def contents_of(dump: Path) -> tuple[str, ...]:
    """Return the list of what the dump in a file holds, empty when it is no dump."""
    command = [str(Postgres.find().program("pg_restore")), "--list"]
    with dump.open("rb") as given:
        listed = subprocess.run(  # noqa: S603 - PostgreSQL's own program
            command, check=False, stdin=given, capture_output=True, text=True
        )
    return tuple(listed.stdout.splitlines()) if listed.returncode == 0 else ()


def tables_in(contents: Sequence[str]) -> frozenset[str]:
    """Return the names of the tables in a dump's list of contents."""
    # A line of the list: `215; 1259 17102 TABLE public cases wanmi`.
    rows = (line.split() for line in contents)
    return frozenset(words[5] for words in rows if words[3:5] == ["TABLE", "public"])


def _address(url: str) -> tuple[str, str]:
    address = make_url(url).set(drivername="postgresql", password=None)
    return "--dbname", address.render_as_string(hide_password=False)


@contextlib.contextmanager
def _running(
    command: Sequence[str], url: str, **streams: int | IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    program, *arguments = command
    # The password travels in the environment: arguments are visible to everybody on the machine.
    environment = {**os.environ, "PGPASSWORD": make_url(url).password or ""}
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603 - PostgreSQL's own
            [str(Postgres.find().program(program)), *arguments],
            env=environment,
            stderr=said,
            **streams,
        ) as running:
            yield running
        if running.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise Unavailable(f"{program} failed: {lines[0] if lines else running.returncode}")
