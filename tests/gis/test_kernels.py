"""A kernel runs whether or not its machine code can be kept."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

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
