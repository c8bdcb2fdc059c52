"""A kernel runs whether or not its machine code can be kept."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from wanmi.gis import kernels

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
def half(n):
    return n // 2

def both(n):
    return half(n) + n
"""
PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
from wanmi.gis.kernels import compiled
assert "numba" not in sys.modules
import made
print(compiled(made.both, (made.half,))(10), made.both(10))
"""


def run(folder: Path, **environment: str) -> list[str]:
    (folder / "made.py").write_text(MODULE)
    path = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM.format(folder=str(folder))],
        capture_output=True,
        text=True,
        check=True,
        env=path | environment,
    )
    return done.stdout.split()


def test_the_machine_code_is_kept_where_it_can_be(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert run(tmp_path, NUMBA_CACHE_DIR=str(kept)) == ["15", "15"]
    assert list(kept.rglob("*.nbi"))


def test_where_no_folder_can_be_written_it_is_compiled_all_the_same(tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("no folder")
    only_there = {"NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator"}
    assert run(tmp_path, NUMBA_CACHE_DIR=str(nowhere / "below"), **only_there) == ["15", "15"]


def test_machine_code_that_cannot_be_read_is_made_again(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    run(tmp_path, NUMBA_CACHE_DIR=str(kept))
    (entry,) = kept.rglob("*.nbi")
    entry.unlink()
    entry.mkdir()  # reading it is an OSError, for root too
    assert run(tmp_path, NUMBA_CACHE_DIR=str(kept)) == ["15", "15"]


BROKEN = {
    "empty": b"",
    "no pickle": b"machine code",
    # What an upgrade leaves behind that has renamed a named tuple.
    "of an older edition": pickle.dumps(version("numba")) + b"cwanmi.gis.kernels\nGone\n.",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_machine_code_of_no_use_is_made_again_and_kept_by_the_next(
    tmp_path: Path, content: bytes
) -> None:
    kept = tmp_path / "kept"
    run(tmp_path, NUMBA_CACHE_DIR=str(kept))
    (entry,) = kept.rglob("*.nbi")
    entry.write_bytes(content)
    assert run(tmp_path, NUMBA_CACHE_DIR=str(kept)) == ["15", "15"]
    assert not entry.exists()
    assert run(tmp_path, NUMBA_CACHE_DIR=str(kept)) == ["15", "15"]
    assert entry.stat().st_size > len(content)


def test_a_kernel_s_own_error_comes_out_of_it() -> None:
    def refuse(n: int) -> int:
        if n > 0:
            raise ValueError("too much")
        return n

    refusing = kernels.compiled(refuse)
    assert refusing(0) == 0
    for _ in range(2):
        with pytest.raises(ValueError, match="too much"):
            refusing(1)


def test_every_edition_keeps_its_kernels_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    monkeypatch.setattr(kernels, "__file__", str(sources / "kernels.py"))

    def folder(text: str) -> Path:
        (sources / "lookup.py").write_text(text)
        return kernels.edition_folder(tmp_path)

    first = folder("Raster = 1")
    assert first == folder("Raster = 1")
    assert first.parent == tmp_path
    assert first != folder("Raster = 2")
    monkeypatch.setattr(kernels, "version", lambda _: "9.9")
    assert first != folder("Raster = 1")
    monkeypatch.undo()
    assert sys.implementation.cache_tag in first.name
