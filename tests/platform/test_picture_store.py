"""Photos reach the disk whole or not at all, decoded by nobody who is root."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from support import pictures as made
from wanmi.platform.casework import picture_intake
from wanmi.platform.casework.picture_intake import BUSY, from_answer, take_in, to_answer
from wanmi.platform.casework.picture_refusals import DAMAGED, UNKNOWN
from wanmi.platform.casework.picture_store import NO_ROOM, NO_STORE, PictureStore
from wanmi.platform.casework.pictures import PhotoSize, Picture, PictureFacts, read_picture
from wanmi.platform.casework.shooting import Shooting
from wanmi.platform.kernel.errors import Invalid, NotFound, TooLarge, Unavailable
from wanmi.platform.kernel.service_user import find_service_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT = 15_000_000
USER = find_service_user("postgres")
IS_ROOT = os.geteuid() == 0
AS_ROOT = pytest.mark.skipif(not IS_ROOT, reason="only root can become another user or mount")
MOMENT = datetime.now(UTC)


@pytest.fixture
def store(home: Path) -> PictureStore:
    return PictureStore(home / "photos", reserve_bytes=0)


@pytest.fixture(scope="module")
def picture() -> Picture:
    return read_picture(made.photo(1600, 1200, exif=made.camera_exif()), max_bytes=LIMIT)


def put(store: PictureStore, picture: Picture) -> None:
    store.put(picture.facts.content, picture.images)


def files(store: PictureStore) -> list[str]:
    """Everything in the store but its lock, as paths below it."""
    found = (path for path in store.folder.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(store.folder)) for path in found if path.name != "lock")


def make_older(store: PictureStore, days: int) -> None:
    moment = (MOMENT - timedelta(days=days)).timestamp()
    for name in files(store):
        os.utime(store.folder / name, (moment, moment))


class TestStore:
    def test_a_photo_lies_under_its_content_in_three_sizes(
        self, store: PictureStore, picture: Picture
    ) -> None:
        put(store, picture)
        name = picture.facts.content
        place = f"{name[:2]}/{name[2:4]}/{name}"
        assert files(store) == [f"{place}.jpg", f"{place}_1280.jpg", f"{place}_320.jpg"]
        for size, image in picture.images.items():
            assert store.path(name, size).read_bytes() == image
            assert store.path(name, size).stat().st_mode & 0o777 == 0o640

    def test_the_same_photo_many_times_at_once_is_one_photo(
        self, store: PictureStore, picture: Picture
    ) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: put(store, picture), range(24)))
        assert len(files(store)) == 3
        full = store.path(picture.facts.content)
        before = full.stat().st_ino
        put(store, picture)
        assert full.stat().st_ino == before

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "../../../etc/passwd",
            "a" * 63,
            "A" * 64,
            "a" * 64 + "\n",
            "a" * 60 + "/../",
            "a" * 64 + "/../../x",
            "\0" * 64,
        ],
    )
    def test_only_a_hash_names_a_photo(self, store: PictureStore, content: str) -> None:
        for size in PhotoSize:
            with pytest.raises(NotFound):
                store.path(content, size)

    def test_the_reserve_is_left_to_the_database(self, home: Path, picture: Picture) -> None:
        disk = os.statvfs(home)
        store = PictureStore(home / "photos", reserve_bytes=disk.f_blocks * disk.f_frsize)
        with pytest.raises(Unavailable) as caught:
            put(store, picture)
        assert caught.value.message == NO_ROOM
        assert not files(store)

    def test_a_file_that_may_not_grow_leaves_nothing_behind(
        self, store: PictureStore, picture: Picture, tmp_path: Path
    ) -> None:
        full, small = picture.images[PhotoSize.FULL], picture.images[PhotoSize.THUMBNAIL]
        limit = len(full) - 1
        assert len(small) < limit, "the disk must fill in the middle"
        for size, image in picture.images.items():
            (tmp_path / size).write_bytes(image)
        code = (
            "import resource, sys\n"
            "from pathlib import Path\n"
            "from wanmi.platform.casework.picture_store import PictureStore\n"
            "from wanmi.platform.casework.pictures import PhotoSize\n"
            "from wanmi.platform.kernel.errors import Unavailable\n"
            "folder, content, images, limit = sys.argv[1:]\n"
            "images = {size: (Path(images) / size).read_bytes() for size in PhotoSize}\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))\n"
            "try:\n"
            "    PictureStore(Path(folder), 0).put(content, images)\n"
            "except Unavailable as error:\n"
            "    print(error.message)\n"
        )
        arguments = [str(store.folder), picture.facts.content, str(tmp_path), str(limit)]
        said = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert said.strip() == NO_ROOM
        assert not files(store)
        put(store, picture)
        assert len(files(store)) == 3

    @AS_ROOT
    @pytest.mark.parametrize("kilobytes", [12, 40, 80])
    def test_a_full_disk_leaves_nothing_behind(
        self,
        small_disk: Path,
        picture: Picture,
        kilobytes: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        room = os.statvfs(small_disk)
        filler = room.f_bavail * room.f_frsize - kilobytes * 1024
        (small_disk / "filler").write_bytes(bytes(filler))
        store = PictureStore(small_disk / "photos", reserve_bytes=0)
        # The check of free room is not what is tried here: the disk may fill after it.
        ample = dict.fromkeys(PhotoSize, bytes(70_000))
        ample_room = os.statvfs("/")
        with monkeypatch.context() as patch:
            patch.setattr(os, "statvfs", lambda _: ample_room)
            with pytest.raises(Unavailable) as caught:
                store.put(picture.facts.content, ample)
        assert caught.value.message == NO_ROOM
        assert not files(store)
        (small_disk / "filler").unlink()
        put(store, picture)
        assert len(files(store)) == 3

    @pytest.fixture
    def small_disk(self, tmp_path: Path) -> Iterator[Path]:
        disk = tmp_path / "disk"
        disk.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("this machine lets nobody mount")
        try:
            yield disk
        finally:
            subprocess.run(["umount", str(disk)], check=True)

    def test_an_old_photo_is_removed_and_one_sent_again_stays(
        self, store: PictureStore, picture: Picture
    ) -> None:
        name, limit = picture.facts.content, MOMENT - timedelta(days=7)
        put(store, picture)
        assert [one for group in store.stale(limit) for one in group] == []
        make_older(store, days=8)
        assert [one for group in store.stale(limit) for one in group] == [name]
        put(store, picture)
        assert not store.remove(name, limit), "sent again between the look and the removal"
        make_older(store, days=8)
        assert store.remove(name, limit)
        assert not files(store)

    def test_what_a_killed_process_left_is_cleared_away(
        self, store: PictureStore, picture: Picture
    ) -> None:
        put(store, picture)
        half = store.folder / "incoming" / "half"
        half.write_bytes(b"\xff\xd8")
        store.clear_incoming(MOMENT - timedelta(days=1))
        assert half.exists(), "it may still be written"
        make_older(store, days=2)
        store.clear_incoming(MOMENT - timedelta(days=1))
        assert not half.exists()
        assert len(files(store)) == 3


class TestIntake:
    def take(self, store: PictureStore, data: bytes) -> PictureFacts:
        return take_in(data, store, user=USER, max_bytes=LIMIT)

    def test_a_photo_goes_in_and_its_facts_come_out(self, store: PictureStore) -> None:
        data = made.photo(1600, 1200, exif=made.camera_exif(orientation=6))
        facts = self.take(store, data)
        assert facts == read_picture(data, max_bytes=LIMIT).facts
        assert facts.shooting.place is not None
        assert len(files(store)) == 3

    @AS_ROOT
    def test_root_never_decodes_and_never_writes(
        self, store: PictureStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def forbidden(*_: object, **__: object) -> None:
            raise AssertionError

        monkeypatch.setattr(picture_intake, "read_picture", forbidden)
        monkeypatch.setattr(PictureStore, "put", forbidden)
        self.take(store, made.photo())
        assert len(files(store)) == 3
        assert {path.stat().st_uid for path in store.folder.rglob("*")} == {USER.uid}
        assert USER.uid != 0

    @AS_ROOT
    def test_the_child_refuses_to_be_root(self, store: PictureStore) -> None:
        done = subprocess.run(
            [sys.executable, "-m", picture_intake.CHILD, str(store.folder), "0", str(LIMIT)],
            input=made.photo(),
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1
        assert b"never decoded by root" in done.stderr
        assert not store.folder.exists()

    def test_refusals_come_through_the_child(self, store: PictureStore) -> None:
        for data, kind, sentence in (
            (b"\x7fELF" + bytes(99), Invalid, UNKNOWN),
            (made.photo()[:2000], Invalid, DAMAGED),
            (made.png_bomb(9000, 9000), TooLarge, None),
        ):
            with pytest.raises(kind) as caught:
                picture_intake._in_child(data, store, USER, LIMIT)
            assert sentence is None or caught.value.message == sentence
            assert [fault.field for fault in caught.value.errors] == ["photo"]
        with pytest.raises(TooLarge):
            picture_intake._in_child(made.photo(), store, USER, 100)

    def test_a_store_that_is_closed_is_named(self, home: Path) -> None:
        closed = home.parent / "closed"
        closed.mkdir(mode=0o555)
        with pytest.raises(Unavailable) as caught:
            self.take(PictureStore(closed / "photos", 0), made.photo())
        assert caught.value.message == NO_STORE
        assert not list(closed.iterdir())

    def test_a_decoder_that_dies_has_met_a_bad_photo(
        self, store: PictureStore, monkeypatch: pytest.MonkeyPatch, home: Path
    ) -> None:
        (home.parent / "dying_child.py").write_text("import os\nos.abort()\n")
        monkeypatch.syspath_prepend(str(home.parent))
        monkeypatch.setattr(picture_intake, "CHILD", "dying_child")
        with pytest.raises(Invalid, match="damaged"):
            picture_intake._in_child(made.photo(), store, USER, LIMIT)
        monkeypatch.setattr(picture_intake, "CHILD", "no_such_child")
        with pytest.raises(Unavailable):
            picture_intake._in_child(made.photo(), store, USER, LIMIT)

    def test_in_the_server_photos_wait_for_each_other_but_not_for_ever(
        self, store: PictureStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        monkeypatch.setattr(picture_intake, "WAIT_SECONDS", 0.05)
        inside, most = threading.Semaphore(1), []

        def watched(data: bytes, *, max_bytes: int) -> Picture:
            most.append(inside.acquire(blocking=False))
            try:
                return read_picture(data, max_bytes=max_bytes)
            finally:
                inside.release()

        monkeypatch.setattr(picture_intake, "read_picture", watched)
        with picture_intake._turn, pytest.raises(Unavailable) as caught:
            self.take(store, made.photo())
        assert caught.value.message == BUSY
        monkeypatch.setattr(picture_intake, "WAIT_SECONDS", 30)
        with ThreadPoolExecutor(6) as pool:
            photos = [made.photo(quality=70 + number) for number in range(6)]
            found = list(pool.map(lambda data: self.take(store, data), photos))
        assert all(most)
        assert len({facts.content for facts in found}) == 6
        with pytest.raises(Invalid):
            self.take(store, b"no photo")
        self.take(store, made.photo())

    def test_facts_survive_the_pipe(self) -> None:
        taken = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
        for shooting in (
            Shooting(),
            Shooting(taken, made.PLACE),
            Shooting(taken.replace(tzinfo=None)),
        ):
            facts = PictureFacts("0" * 64, 640, 480, 12_345, shooting)
            assert from_answer(to_answer(facts)) == facts
