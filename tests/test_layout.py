"""The layout that keeps `platform/` from hiding the standard module, and the arrows."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("gis", "platform", "web", "migrations")


def modules() -> list[Path]:
    return [
        path for room in OURS for path in (ROOT / room).rglob("*.py") if "vendor" not in path.parts
    ]


def packages() -> set[str]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    return set(setup["options"]["packages"].split())


def test_platform_holds_only_packages() -> None:
    assert not list((ROOT / "platform").glob("__init__.*"))
    assert not list((ROOT / "platform").glob("*.py"))
    assert not list((ROOT / "tests" / "platform").glob("__init__.*"))
    assert not (ROOT / "wanmi" / "__init__.py").exists()


def test_the_standard_platform_is_found_from_the_root() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.__file__)"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert str(ROOT) not in said


def test_every_package_is_listed() -> None:
    found = {
        ".".join(("wanmi", *path.parent.relative_to(ROOT).parts))
        for path in modules()
        if path.name == "__init__.py"
    }
    assert found == packages()


def test_every_folder_with_modules_is_a_package() -> None:
    assert {path.parent for path in modules()} == {
        path.parent for path in modules() if path.name == "__init__.py"
    }


def test_no_module_is_named_like_a_standard_one() -> None:
    names = {path.stem for path in modules()} - {"__init__"}
    # `platform/` is the customer's name for a folder; it holds no module of that name.
    assert not names & set(sys.stdlib_module_names)


def test_modules_are_imported_by_their_full_path_only() -> None:
    for path in [*modules(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]:
        for line in path.read_text("utf-8").splitlines():
            words = line.split()
            if words[:1] in (["import"], ["from"]):
                assert words[1].split(".")[0] not in {"gis", "web", "migrations"}, f"{path}: {line}"


@pytest.mark.parametrize("room", OURS)
def test_type_checkers_see_the_namespace_through_links(room: str) -> None:
    link = ROOT / ".links" / "wanmi" / room
    assert link.is_symlink()
    assert link.resolve() == ROOT / room
    assert not link.readlink().is_absolute()


def test_lock_files_hold_no_download_address() -> None:
    locks = [*ROOT.glob("*.lock"), *ROOT.glob("package-lock.json")]
    assert len(locks) >= 2
    for path in locks:
        text = path.read_text("utf-8")
        assert '"resolved"' not in text, path.name
        if path.suffix == ".lock":
            assert "://" not in text, path.name
