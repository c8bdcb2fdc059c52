"""Building again gives the committed files to the byte."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import the builder, which is a script and not part of the package."""
    monkeypatch.syspath_prepend(str(DATA))
    return import_module("build_demo_city")


def test_a_new_build_is_what_is_committed(builder: ModuleType, tmp_path: Path) -> None:
    builder.build(tmp_path)
    assert builder.differences(tmp_path, builder.COMMITTED) == []


def test_a_changed_byte_and_a_missing_file_are_found(builder: ModuleType, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, text in ((one, "same"), (other, "same")):
        folder.mkdir()
        (folder / "a.txt").write_text(text)
    (one / "b.txt").write_text("b")
    (other / "a.txt").write_text("Same")
    assert builder.differences(one, other) == ["a.txt", "b.txt"]
