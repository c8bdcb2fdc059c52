"""A backup holds database and photos, and puts both back; anything else is refused untouched."""

from __future__ import annotations

import io
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, text

from support.clusters import fresh_database, temporary_home
from support.pictures import photo
from wanmi.migrations import runner
from wanmi.platform.casework import backups
from wanmi.platform.casework.picture_store import PictureStore
from wanmi.platform.casework.pictures import PhotoSize, Picture, read_picture
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.kernel.postgres import Postgres
from wanmi.platform.kernel.service_user import find_service_user
from wanmi.web.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result
USER = find_service_user("postgres")


class Town:
    """A migrated database and a state folder, with the command line on both."""

    def __init__(self, url: str, home: Path) -> None:
        """Take both."""
        self.url = url
        self.home = home
        self.store = PictureStore(home / "photos")

    def wanmi(self, *words: object, status: int = 0) -> Result:
        """Run `wanmi`; fails on anything but a sentence."""
        environment = {"WANMI_DATABASE_URL": self.url, "WANMI_HOME": str(self.home)}
        done = CliRunner().invoke(cli, [*map(str, words)], env=environment)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == status, done.output
        return done

    def restore(self, file: Path, status: int = 0) -> Result:
        """Run `wanmi db restore`."""
        return self.wanmi("db", "restore", file, "--yes", status=status)

    def run(self, statement: str, **values: object) -> None:
        """Run a statement in the database."""
        engine = make_engine(self.url)
        with engine.begin() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    def note(self, code: str) -> None:
        """Write something down in the database."""
        row = "INSERT INTO divisions (code, name, level) VALUES (:code, '', 'district')"
        self.run(row, code=code)

    def notes(self) -> list[str]:
        """Return what is written down."""
        engine = make_engine(self.url)
        with engine.connect() as connection:
            found = list(
                connection.execute(text("SELECT code FROM divisions ORDER BY 1")).scalars()
            )
        engine.dispose()
        return found

    def keep(self, picture: Picture) -> None:
        """Keep a photo in the store, as the server does."""
        with USER.acting():
            self.store.put(picture.facts.content, picture.images)

    def photos(self) -> dict[str, bytes]:
        """Return the files of photos."""
        found = (path for path in self.store.folder.rglob("*.jpg"))
        return {str(path.relative_to(self.store.folder)): path.read_bytes() for path in found}


@pytest.fixture
def town(server: str) -> Iterator[Town]:
    with fresh_database(server) as url, temporary_home() as home:
        engine = make_engine(url)
        runner.upgrade(engine)
        engine.dispose()
        yield Town(url, home)


@pytest.fixture(scope="module")
def picture() -> Picture:
    return read_picture(photo(640, 480), max_bytes=15_000_000)


def test_what_was_backed_up_comes_back_with_its_photos_as_often_as_one_likes(
    town: Town, picture: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "PART_BYTES", 10_000)  # so that the dump has several parts
    file = tmp_path / "kept.tar"
    town.note("before")
    town.keep(picture)
    before = town.photos()
    assert len(before) == len(PhotoSize)
    assert "1 photos" in town.wanmi("db", "backup", file).stdout
    with tarfile.open(file) as tar:
        assert len([name for name in tar.getnames() if name.startswith("database/")]) > 1
    town.note("after")
    for path in town.store.folder.rglob("*.jpg"):
        path.unlink()
    for _ in range(2):
        town.restore(file)
        assert town.notes() == ["before"]
        assert town.photos() == before
    for path in town.store.folder.rglob("*"):
        assert path.stat().st_uid == USER.uid, path


def test_a_photo_that_came_later_stays(town: Town, picture: Picture, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar"
    town.wanmi("db", "backup", file)
    town.keep(picture)
    before = town.photos()
    town.restore(file)
    assert town.photos() == before != {}


def test_an_empty_database_is_filled(town: Town, server: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar"
    town.note("here")
    town.wanmi("db", "backup", file)
    with fresh_database(server) as url:
        other = Town(url, town.home)
        other.restore(file)
        assert other.notes() == ["here"]


def dump(town: Town, file: Path, *more: str) -> None:
    address = make_url(town.url).set(drivername="postgresql")
    program = Postgres.find().program("pg_dump")
    command = [str(program), "--format=custom", "--no-owner", f"--file={file}", *more]
    url = address.render_as_string(hide_password=False)
    subprocess.run([*command, "--dbname", url], check=True)


def test_a_dump_without_photos_as_older_programs_made_it_is_restored(
    town: Town, tmp_path: Path
) -> None:
    town.note("before")
    dump(town, tmp_path / "old.dump")
    town.note("after")
    town.restore(tmp_path / "old.dump")
    assert town.notes() == ["before"]


def another_tar(file: Path, names: tuple[str, ...]) -> None:
    with tarfile.open(file, "w") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            content = b'{"format": 1}' if name == backups.HEADER else b"{}"
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def written(content: bytes) -> Callable[[Town, Path], object]:
    return lambda _, file: file.write_bytes(content)


def packed(*names: str) -> Callable[[Town, Path], object]:
    return lambda _, file: another_tar(file, names)


STRANGE: dict[str, Callable[[Town, Path], object]] = {
    "a table": written(b"code,name\n1,x\n"),
    "nothing": written(b""),
    "a torn dump": written(b"PGDMP\1\2\3"),
    "another's dump": lambda town, file: dump(town, file, "--table=divisions"),
    "another's tar": packed("photos.txt"),
    "a way out": packed(backups.HEADER, "photos/../../x.jpg", backups.COMPLETE),
    "more than we write": packed(backups.HEADER, "evil.sh", backups.COMPLETE),
}


@pytest.mark.parametrize("make", STRANGE.values(), ids=STRANGE)
def test_what_is_no_backup_of_ours_is_refused_and_nothing_changes(
    town: Town, picture: Picture, tmp_path: Path, make: Callable[[Town, Path], object]
) -> None:
    town.note("here")
    town.keep(picture)
    before = town.photos()
    make(town, tmp_path / "strange")
    said = town.restore(tmp_path / "strange", status=1).stderr
    assert said == f"wanmi: {backups.NO_BACKUP}\n"
    assert (town.notes(), town.photos()) == (["here"], before)


def test_a_backup_that_was_cut_off_is_refused_wherever_it_ends(
    town: Town, picture: Picture, tmp_path: Path
) -> None:
    town.keep(picture)
    town.wanmi("db", "backup", tmp_path / "kept.tar")
    town.note("here")
    whole = (tmp_path / "kept.tar").read_bytes()
    with tarfile.open(tmp_path / "kept.tar") as tar:
        ends = [member.offset for member in tar.getmembers()]
    for end in (*ends[1:], ends[-1] + 600, len(whole) // 2):
        (tmp_path / "cut.tar").write_bytes(whole[:end])
        said = town.restore(tmp_path / "cut.tar", status=1).stderr
        assert "nothing was changed" in said
        assert town.notes() == ["here"]


def test_a_dump_that_breaks_in_the_middle_leaves_the_database_as_it_was(
    town: Town, tmp_path: Path
) -> None:
    town.run(
        "INSERT INTO divisions (code, name, level) "
        "SELECT n::text, '', 'district' FROM generate_series(1, 200) n"
    )
    dump(town, tmp_path / "whole.dump", "--compress=0")
    content = (tmp_path / "whole.dump").read_bytes()
    (tmp_path / "torn.dump").write_bytes(content[:-500])
    town.note("after")
    assert "pg_restore failed" in town.restore(tmp_path / "torn.dump", status=1).stderr
    assert len(town.notes()) == 201


def test_a_statement_that_fails_leaves_the_database_as_it_was(town: Town, tmp_path: Path) -> None:
    """Another's table under a name that the backup has, but this program has not."""
    town.run("CREATE TABLE theirs (id int)")
    town.wanmi("db", "backup", tmp_path / "kept.tar")
    town.note("after")
    said = town.restore(tmp_path / "kept.tar", status=1).stderr
    assert "psql failed" in said
    assert "theirs" in said
    assert town.notes() == ["after"]
    town.run("DROP TABLE theirs")
    town.restore(tmp_path / "kept.tar")
    assert town.notes() == []


def test_a_backup_of_a_newer_format_is_left_to_its_program(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(backups, "FORMAT", backups.FORMAT + 1)
        town.wanmi("db", "backup", tmp_path / "kept.tar")
    assert "newer Wanmi" in town.restore(tmp_path / "kept.tar", status=1).stderr


def test_a_backup_that_fails_leaves_the_one_before(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.tar"
    town.wanmi("db", "backup", file)
    before = file.read_bytes()
    nobody = make_url(town.url).set(database="gone")
    gone = Town(nobody.render_as_string(hide_password=False), town.home)
    assert "pg_dump failed" in gone.wanmi("db", "backup", file, status=1).stderr
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["kept.tar"]
    nowhere = tmp_path / "nowhere" / "kept.tar"
    assert "cannot be written" in town.wanmi("db", "backup", nowhere, status=1).stderr


def test_nothing_is_replaced_without_a_yes(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar"
    town.wanmi("db", "backup", file)
    assert "say --yes" in town.wanmi("db", "restore", file, status=1).stderr
