"""What is in a backup file: the database's dump and all photos, in one tar?

    wanmi-backup.json     first: the format, so that a file is known at once
    database/000001 …     pg_dump's output in parts, because a tar says sizes before contents
    photos/abcd….jpg      as in the store; the sizes of one photo beside each other
    complete.json         last: how many parts and photos; what lacks it has been cut off

Both ways are streams: no more than one part or one photo is held in memory.
"""

from __future__ import annotations

import io
import itertools
import json
import tarfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Self

from wanmi.platform.casework.picture_store import STORED, PictureStore
from wanmi.platform.casework.pictures import LONGEST_SIDE, PhotoSize
from wanmi.platform.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FORMAT = 1
HEADER, COMPLETE = "wanmi-backup.json", "complete.json"
DATABASE, PHOTOS = "database", "photos"
PART_BYTES = 1 << 23
LONGEST_NOTE = 10_000

EVERY_DAY = datetime.max.replace(tzinfo=UTC)
NO_BACKUP = "This file is no backup that Wanmi has made; nothing was changed."

_SIZES = {"": PhotoSize.FULL} | {
    f"_{side}": size for size, side in LONGEST_SIDE.items() if size is not PhotoSize.FULL
}


class BackupWriter:
    """Writes one backup file, front to back: in a `with` block, first the dump, then the photos.

    When the block fails, the end is left out, without which the file is no backup.
    """

    def __init__(self, out: IO[bytes]) -> None:
        """Begin a backup in the open file `out`, which need not be one that can seek."""
        self._tar = tarfile.open(fileobj=out, mode="w|")  # noqa: SIM115 - see __exit__
        self._written: Counter[str] = Counter()
        self._add(HEADER, json.dumps({"format": FORMAT}).encode())

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write the end of the file."""
        if kind is None:
            self._add(COMPLETE, json.dumps(self._written).encode())
        self._tar.close()

    def add_dump(self, dump: IO[bytes]) -> None:
        """Add what pg_dump says (custom format), as it comes."""
        for number in itertools.count(1):
            part = dump.read(PART_BYTES)
            if not part:
                return
            self._add(f"{DATABASE}/{number:06}", part)
            self._written[DATABASE] += 1

    def add_photos(self, store: PictureStore, tick: Callable[[int], object]) -> None:
        """Add every photo of the store; `tick` is told of each.

        After the dump: a photo that comes meanwhile is one too many, none is missing.
        """
        for content in photos_of(store):
            images: dict[PhotoSize, bytes] = {}
            for size in PhotoSize:
                # Removed since it was listed, or never made in this size.
                with suppress(FileNotFoundError):
                    images[size] = store.path(content, size).read_bytes()
            for size, image in images.items() if PhotoSize.FULL in images else ():
                self._add(f"{PHOTOS}/{store.path(content, size).name}", image)
                self._written[PHOTOS] += 1
            tick(1)

    def _add(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o640
        self._tar.addfile(member, io.BytesIO(content))


def photos_of(store: PictureStore) -> Iterator[str]:
    """Yield the content of every photo of the store."""
    return itertools.chain.from_iterable(store.stale(EVERY_DAY))


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup file that is whole: its parts in order. Open as long as the file is."""

    _tar: tarfile.TarFile
    _parts: tuple[tarfile.TarInfo, ...]
    _photos: tuple[tarfile.TarInfo, ...]

    @property
    def photo_files(self) -> int:
        """How many files of photos there are, each size counted."""
        return len(self._photos)

    def dump(self) -> Iterator[bytes]:
        """Yield the dump, part by part."""
        return (self._read(member) for member in self._parts)

    def put_photos(self, store: PictureStore, tick: Callable[[int], object]) -> None:
        """Put the photos into the store, which keeps those it has; `tick` is told of the files.

        Raises:
            Unavailable: the store has no room, or may not be written to.
        """
        for content, members in itertools.groupby(self._photos, key=_content):
            found = tuple(members)
            store.put(content, {_size(member): self._read(member) for member in found})
            tick(len(found))

    def _read(self, member: tarfile.TarInfo) -> bytes:
        file = self._tar.extractfile(member)
        return file.read() if file else b""


def open_backup(file: IO[bytes]) -> Backup:
    """Look at a file that can seek, and say what is in it.

    Raises:
        Invalid: it is no backup, has been cut off, or comes from a newer Wanmi.
    """
    try:
        tar = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115 - lives as long as the file
        members = tar.getmembers()
        header = _note(tar, members[0], HEADER)
    except (tarfile.TarError, ValueError, IndexError) as error:
        raise Invalid(NO_BACKUP) from error
    if header.get("format") != FORMAT:
        raise Invalid("This backup comes from a newer Wanmi; restore it with that one.")
    try:
        said = _note(tar, members[-1], COMPLETE)
    except ValueError as error:
        raise Invalid(
            "This backup has been cut off, so it cannot be restored; nothing was changed."
        ) from error
    parts = [member for member in members if member.name.startswith(f"{DATABASE}/")]
    photos = [member for member in members if member.name.startswith(f"{PHOTOS}/")]
    counts = {DATABASE: len(parts), PHOTOS: len(photos)}
    known = len(parts) + len(photos) + 2 == len(members)
    if not (known and Counter(said) == Counter(counts) and all(map(_fits, photos))):
        raise Invalid(NO_BACKUP)
    return Backup(tar, tuple(parts), tuple(photos))


def _note(tar: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> dict[str, object]:
    """Return a small JSON object in the file. Raises ValueError when it is something else."""
    file = tar.extractfile(member) if member.isreg() and member.size < LONGEST_NOTE else None
    found = json.loads(file.read()) if file and member.name == name else None
    if not isinstance(found, dict):
        raise ValueError(f"{member.name} is not {name}")  # noqa: TRY004 - a file's fault
    return found


def _fits(member: tarfile.TarInfo) -> bool:
    found = STORED.fullmatch(member.name.removeprefix(f"{PHOTOS}/"))
    return member.isreg() and found is not None and (found[2] or "") in _SIZES


def _content(member: tarfile.TarInfo) -> str:
    return _name(member)[0]


def _size(member: tarfile.TarInfo) -> PhotoSize:
    return _SIZES[_name(member)[1]]


def _name(member: tarfile.TarInfo) -> tuple[str, str]:
    content, _, side = member.name.removeprefix(f"{PHOTOS}/").removesuffix(".jpg").partition("_")
    return content, f"_{side}" if side else ""
