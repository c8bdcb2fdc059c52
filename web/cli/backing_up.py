"""`wanmi db backup` and `wanmi db restore`: database and photos in one file, and back again."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from wanmi.migrations.models import metadata
from wanmi.platform.casework.backups import (
    NO_BACKUP,
    PART_BYTES,
    BackupWriter,
    open_backup,
    photos_of,
)
from wanmi.platform.casework.picture_store import PictureStore
from wanmi.platform.kernel.database import check_usable, database, make_engine
from wanmi.platform.kernel.dumps import MAGIC, contents_of, dumped, load_dump, tables_in
from wanmi.platform.kernel.errors import Invalid
from wanmi.platform.kernel.service_user import find_service_user, prepare_home
from wanmi.web.cli.saying import progress, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wanmi.platform.kernel.service_user import ServiceUser
    from wanmi.platform.kernel.settings import Settings

OUR_TABLES = frozenset({"alembic_version", "cases"})
"""Tables that a dump of another program's database does not have."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Write the whole database and all photos to FILE (a tar archive)."""
    store, user = _store(settings)
    with database(settings) as url, _whole(file) as out, BackupWriter(out) as writer:
        say("writing the database …")
        with dumped(url) as dump:
            writer.add_dump(dump)
        with user.acting():
            count = sum(1 for _ in photos_of(store))
            with progress(count, "photos") as bar:
                writer.add_photos(store, bar.update)
    click.echo(f"{file}: {count:,} photos, {file.stat().st_size:,} bytes")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask; what is in the database is replaced.")
@click.pass_obj
def restore(settings: Settings, file: Path, *, yes: bool) -> None:
    """Replace the database's content by the backup in FILE, and put its photos back.

    Photos that are there stay. A dump without photos, as `wanmi db backup` made before, is taken
    too.
    """
    if not yes:
        raise Invalid("This replaces everything in the database; say --yes.")
    with file.open("rb") as given:
        is_dump = given.read(len(MAGIC)) == MAGIC
        given.seek(0)
        contents = _contents(file) if is_dump else None
        dump = _parts(given) if is_dump else _photos_first(settings, given)
        with database(settings) as url:
            engine = make_engine(url)
            check_usable(engine)
            engine.dispose()
            say("reading the database …")
            ours = (*metadata().tables, "alembic_version")
            load_dump(url, dump, replacing=ours, contents=contents)
    click.echo(f"{file}: restored")


def _contents(file: Path) -> tuple[str, ...]:
    contents = contents_of(file)
    if not tables_in(contents) >= OUR_TABLES:
        raise Invalid(NO_BACKUP)
    return contents


def _parts(given: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: given.read(PART_BYTES), b"")


def _photos_first(settings: Settings, given: IO[bytes]) -> Iterator[bytes]:
    """Put the photos back, so that no case comes without its own; return the database's dump."""
    given.seek(0)
    found = open_backup(given)
    store, user = _store(settings)
    with user.acting(), progress(found.photo_files, "photos") as bar:
        found.put_photos(store, bar.update)
    return found.dump()


def _store(settings: Settings) -> tuple[PictureStore, ServiceUser]:
    user = find_service_user(settings.service_user)
    prepare_home(settings.home, user)
    return PictureStore(settings.home / "photos"), user


@contextmanager
def _whole(file: Path) -> Iterator[IO[bytes]]:
    """Give a file that takes the place of `file` at the end; what fails leaves the old one."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.absolute().parent)
    except OSError as error:
        raise Invalid(f"{file} cannot be written: {error.strerror}.") from error
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            yield out
        fresh.replace(file)
    finally:
        with suppress(FileNotFoundError):
            fresh.unlink()
