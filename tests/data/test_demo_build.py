"""Building again gives the committed files to the byte, on whatever processor."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

DATA = Path(__file__).resolve().parents[2] / "data"

OLD_PROCESSOR = {
    "OPENBLAS_CORETYPE": "Prescott",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2_Usable,-FMA_Usable,-AVX2,-FMA,-FMA4",
}
"""What makes the libraries reckon as on a processor without fused multiply-add; what is committed
was built on one that has it."""


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import the builder, which is a script and not part of the package."""
    monkeypatch.syspath_prepend(str(DATA))
    return import_module("build_demo_city")


def test_a_new_build_is_what_is_committed(builder: ModuleType, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, DATA / "build_demo_city.py", "-o", tmp_path],
        env={**os.environ, **OLD_PROCESSOR},
        check=True,
        capture_output=True,
    )
    assert builder.differences(tmp_path, builder.COMMITTED) == []


def test_a_changed_byte_and_a_missing_file_are_found(builder: ModuleType, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, text in ((one, "same"), (other, "same")):
        folder.mkdir()
        (folder / "a.txt").write_text(text)
    (one / "b.txt").write_text("b")
    (other / "a.txt").write_text("Same")
    assert builder.differences(one, other) == ["a.txt", "b.txt"]
