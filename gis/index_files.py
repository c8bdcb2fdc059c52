"""How is an index kept in a folder, so that workers share one copy in memory?

A folder holds one `.npy` file for each array, which readers map into memory, and `header.json`
with format, edition and every file's checksum. It comes into being whole or not at all, and is
never changed: another edition is another folder, and who reads the old one may go on reading.
Its errors name no folder: they may come before people who are not to know this machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wanmi.gis.errors import IndexStale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FORMAT = 1
"""Grows with every change of what the arrays or the numbers mean."""

_HEADER = "header.json"


def write_index(
    folder: Path,
    edition: str,
    numbers: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
) -> None:
    """Write an index beside `folder` and put it in its place; an index already there gives way.

    Raises:
        OSError: the folder cannot be written; what was there is still there.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        sums = {name: _write_array(fresh / f"{name}.npy", data) for name, data in arrays.items()}
        header = {"format": FORMAT, "edition": edition, "numbers": dict(numbers), "arrays": sums}
        text = json.dumps({"header": header, "sha256": _sum(header)}, indent=1)
        _write_bytes(fresh / _HEADER, text.encode())
        fresh.chmod(0o755)
        _replace(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def read_index(folder: Path) -> tuple[str, dict[str, Any], dict[str, NDArray[Any]]]:
    """Return edition, numbers and memory-mapped arrays of the index in `folder`.

    Raises:
        IndexStale: no index, one of another format, or a damaged one.
    """
    try:
        content = json.loads((folder / _HEADER).read_bytes())
        header = content["header"]
        if content["sha256"] != _sum(header):
            raise IndexStale("The header of the saved index is damaged; build it again.")
        if header["format"] != FORMAT:
            raise IndexStale(
                f"The saved index has format {header['format']}, "
                f"this program reads {FORMAT}; build it again.",
            )
        arrays = {name: _read_array(folder, name, said) for name, said in header["arrays"].items()}
        return header["edition"], header["numbers"], arrays
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise IndexStale("There is no whole index in its folder; build it again.") from problem


def _sum(header: object) -> str:
    return hashlib.sha256(json.dumps(header, sort_keys=True).encode()).hexdigest()


def _write_array(path: Path, data: NDArray[Any]) -> int:
    with path.open("wb") as file:
        np.save(file, data, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return _checksum(data)


def _write_bytes(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read_array(folder: Path, name: str, checksum: int) -> NDArray[Any]:
    mapped = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    data: NDArray[Any] = np.asarray(mapped)
    if _checksum(data) != checksum:
        raise IndexStale(f"{name} of the saved index is damaged; build it again.")
    return data


def _checksum(data: NDArray[Any]) -> int:
    return zlib.crc32(np.ascontiguousarray(data).reshape(-1).view(np.uint8).data)


def _replace(fresh: Path, folder: Path) -> None:
    """Move `fresh` to `folder`. A reader of the old one keeps its mapped files."""
    if folder.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
        folder.rename(old / folder.name)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        fresh.rename(folder)
