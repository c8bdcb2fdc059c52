"""Which one data file is meant by a folder, a file or a .zip?

Names inside a .zip are only compared, never used as paths, so that no archive can write outside the
temporary folder; and what comes out is counted, so that a small archive cannot fill the disk.
"""

from __future__ import annotations

import contextlib
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from wanmi.gis.errors import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIXES = (".shp", ".gpkg", ".geojson", ".json", ".csv")
"""What can be read, the kind that is preferred first."""

COMPANIONS = ("zone_cells.csv",)
"""Tables that belong to a layer and lie beside its file."""

AnyPath = TypeVar("AnyPath", Path, PurePosixPath)

_SIDECARS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_CHUNK_BYTES = 1 << 20
_HEADS = {
    ".shp": b"\x00\x00\x27\x0a",
    ".gpkg": b"SQLite format 3\x00",
    ".geojson": b"{",
    ".json": b"{",
}
_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may bring: bytes of one file or unpacked archive, members of an archive."""

    file_bytes: int = 2 << 30
    members: int = 500


@contextlib.contextmanager
def data_file(path: Path, layer: str, limits: Limits | None = None) -> Iterator[Path]:
    """Give the file that holds `layer`, for as long as the block runs.

    Args:
        path: a file, a folder, or a .zip of a folder (names in UTF-8 or GBK).
        layer: the layer's name; decides when a folder holds several files.
        limits: what is taken at most.

    Raises:
        FileUnreadable: nothing there, several candidates, too large, encrypted or damaged.
    """
    limits = limits or Limits()
    if not path.exists():
        raise FileUnreadable(f"There is no file or folder {path}.")
    if path.is_dir():
        files = (item for item in path.iterdir() if item.is_file())
        yield _checked(_choose(files, layer, path.name), limits)
    elif path.suffix.lower() == ".zip":
        with tempfile.TemporaryDirectory(prefix="wanmi-") as folder:
            yield _checked(_unpack(path, Path(folder), layer, limits), limits)
    else:
        yield _checked(path, limits)


def beside(path: Path, suffix: str) -> Path | None:
    """Return the file with the stem of `path` and `suffix` in any case, if there is one."""
    for other in sorted(path.parent.iterdir()):
        if other.stem == path.stem and other.suffix.lower() == suffix and other.is_file():
            return other
    return None


def _checked(path: Path, limits: Limits) -> Path:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        kinds = ", ".join(SUFFIXES)
        raise FileUnreadable(f"{path.name} cannot be read; give a folder, a .zip or {kinds}.")
    if path.stat().st_size > limits.file_bytes:
        raise FileUnreadable(
            f"{path.name} is larger than {limits.file_bytes >> 20} MB; load it in parts.",
        )
    # GDAL goes by content: a text that poses as a shapefile could point it to other files.
    with path.open("rb") as file:
        head = file.read(_CHUNK_BYTES)
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip() if suffix.endswith("json") else head
    if not head.startswith(_HEADS.get(suffix, b"")):
        raise FileUnreadable(f"{path.name} does not contain what its name says.")
    return path


def _choose(paths: Iterable[AnyPath], layer: str, where: str) -> AnyPath:
    known = [path for path in paths if path.name.lower() not in COMPANIONS]
    for suffix in SUFFIXES:
        found = sorted(path for path in known if path.suffix.lower() == suffix)
        named = [path for path in found if path.stem.lower() == layer]
        if len(named) == 1 or len(found) == 1:
            return (named or found)[0]
        if found:
            names = ", ".join(path.name for path in found)
            raise FileUnreadable(f"{where} holds several files ({names}); name the one to load.")
    raise FileUnreadable(f"{where} holds none of {', '.join(SUFFIXES)}.")


def _unpack(path: Path, folder: Path, layer: str, limits: Limits) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > limits.members:
                raise FileUnreadable(f"{path.name} holds more than {limits.members} files.")
            members = {_name(info): info for info in archive.infolist() if not info.is_dir()}
            chosen = _choose(members, layer, path.name)
            budget = limits.file_bytes
            for name, info in members.items():
                target = _target(name, chosen, layer)
                if target is not None:
                    budget -= _extract(archive, info, folder / target, budget)
    except _DAMAGED as error:
        raise FileUnreadable(f"{path.name} is damaged or not a .zip; pack it again.") from error
    return folder / f"{layer}{chosen.suffix.lower()}"


def _target(name: PurePosixPath, chosen: PurePosixPath, layer: str) -> str | None:
    """Return under which name of ours a member is unpacked, or None to leave it."""
    if name.parent != chosen.parent:
        return None
    if name.name.lower() in COMPANIONS:
        return name.name.lower()
    suffix = name.suffix.lower()
    is_sidecar = chosen.suffix.lower() == ".shp" and name.stem == chosen.stem
    return f"{layer}{suffix}" if name == chosen or (is_sidecar and suffix in _SIDECARS) else None


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, budget: int) -> int:
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise FileUnreadable(f"{info.filename} has a password; pack it without one.")
    written = 0
    with archive.open(info) as source, target.open("wb") as out:
        while chunk := source.read(_CHUNK_BYTES):
            written += len(chunk)
            if written > budget:
                raise FileUnreadable("The .zip unpacks to more than is taken; load it in parts.")
            out.write(chunk)
    return written


def _name(info: zipfile.ZipInfo) -> PurePosixPath:
    """Return a member's name; without the UTF-8 flag its bytes may be UTF-8 or GBK all the same."""
    name = info.filename
    if not info.flag_bits & _UTF8_FLAG:
        raw = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            with contextlib.suppress(UnicodeDecodeError):
                name = raw.decode(encoding)
                break
    return PurePosixPath(name.replace("\\", "/"))
