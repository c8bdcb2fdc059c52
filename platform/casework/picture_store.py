"""Where do photos lie on the disk, and how do they get there whole or not at all?

    <home>/photos/ab/cd/abcd….jpg          the full size; written last, so it proves the rest
    <home>/photos/ab/cd/abcd…_1280.jpg     medium
    <home>/photos/ab/cd/abcd…_320.jpg      thumbnail
    <home>/photos/incoming/                files being written
    <home>/photos/lock                     held by who writes or removes a photo

A photo's name is the SHA-256 of the file that was sent: the same photo twice is one photo.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import re
import uuid
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from wanmi.platform.casework.pictures import LONGEST_SIDE, PhotoSize
from wanmi.platform.kernel.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

log = logging.getLogger(__name__)

CONTENT = re.compile(r"[0-9a-f]{64}")
STORED = re.compile(rf"({CONTENT.pattern})(_\d+)?\.jpg")
PAIR = re.compile(r"[0-9a-f]{2}")

RESERVE_BYTES = 500_000_000
"""Photos stop here, before the database in the same state folder runs out of room."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NO_ROOM = (
    "There is no room left for photos; tell the administrator. The report itself can be sent "
    "without the photo."
)
NO_STORE = "Photos cannot be stored just now; please send the photo again."


@dataclass(frozen=True, slots=True)
class PictureStore:
    """The folder of all photos.

    Attributes:
        folder: made when the first photo comes.
        reserve_bytes: room on the disk that is left to others.
    """

    folder: Path
    reserve_bytes: int = RESERVE_BYTES

    def path(self, content: str, size: PhotoSize = PhotoSize.FULL) -> Path:
        """Return where a photo lies, or would lie.

        Raises:
            NotFound: `content` is not a SHA-256 in hexadecimal, so there is no such photo.
        """
        if not CONTENT.fullmatch(content):
            raise NotFound("There is no such photo.")
        ending = "" if size is PhotoSize.FULL else f"_{LONGEST_SIDE[size]}"
        return self.folder / content[:2] / content[2:4] / f"{content}{ending}.jpg"

    def put(self, content: str, images: Mapping[PhotoSize, bytes]) -> None:
        """Keep a photo; on return it is on the disk, and survives a loss of power.

        A photo that is there already is only marked as used.

        Raises:
            Unavailable: no room, or no permission. Nothing of it is left then.
        """
        full = self.path(content)
        with _complaints(), self._locked():
            with contextlib.suppress(FileNotFoundError):
                os.utime(full)
                return
            self._check_room(sum(map(len, images.values())))
            self._make_folder(full.parent)
            self._write(content, images)

    def _check_room(self, wanted: int) -> None:
        disk = os.statvfs(self.folder)
        if disk.f_bavail * disk.f_frsize < self.reserve_bytes + wanted:
            raise OSError(errno.ENOSPC, "the reserve of the disk is reached", str(self.folder))

    def _make_folder(self, folder: Path) -> None:
        for level in (folder.parent, folder):
            if not level.is_dir():
                level.mkdir(mode=0o750, exist_ok=True)
                _sync(level.parent)

    def _write(self, content: str, images: Mapping[PhotoSize, bytes]) -> None:
        incoming, mark = self.folder / "incoming", uuid.uuid4().hex
        sizes = [size for size in reversed(LONGEST_SIDE) if size in images]
        made = {self.path(content, size): incoming / f"{mark}-{size}" for size in sizes}
        done: list[Path] = []
        try:
            for size, temporary in zip(sizes, made.values(), strict=True):
                _write_through(temporary, images[size])
            for target, temporary in made.items():
                temporary.rename(target)
                done.append(target)
            _sync(self.path(content).parent)
        except OSError:
            for path in (*done, *made.values()):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
            raise

    def stale(self, before: datetime) -> Iterator[list[str]]:
        """Yield, folder by folder, the photos that nobody has sent since `before`."""
        for outer in _folders(self.folder):
            for inner in _folders(outer):
                names = sorted(
                    (found[1], entry.stat(follow_symlinks=False).st_mtime)
                    for entry in os.scandir(inner)
                    if (found := STORED.fullmatch(entry.name))
                )
                photos = groupby(names, key=lambda name: name[0])
                newest = {content: max(time for _, time in times) for content, times in photos}
                yield [content for content, time in newest.items() if time < before.timestamp()]

    def remove(self, content: str, before: datetime) -> bool:
        """Remove a photo unless somebody has sent it since `before`; say whether it is gone."""
        paths = [self.path(content, size) for size in PhotoSize]
        with _complaints(), self._locked():
            there = [path for path in paths if path.exists()]
            if any(path.stat().st_mtime >= before.timestamp() for path in there):
                return False
            for path in there:
                path.unlink()
        return True

    def clear_incoming(self, before: datetime) -> None:
        """Remove what a killed process left half-written before `before`."""
        incoming = self.folder / "incoming"
        for path in incoming.iterdir() if incoming.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        for folder in (self.folder, self.folder / "incoming"):
            folder.mkdir(mode=0o750, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        lock = os.open(self.folder / "lock", flags, 0o640)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


@contextlib.contextmanager
def _complaints() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.exception("the store for photos failed")
        raise Unavailable(NO_ROOM if error.errno in FULL else NO_STORE) from error


def _write_through(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        path.chmod(0o640)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        folder / entry.name
        for entry in os.scandir(folder)
        if PAIR.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
    )
