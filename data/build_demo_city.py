"""Build the demonstration city (示意数据): `python data/build_demo_city.py [--check] [-o FOLDER]`.

The same sources always give the same bytes. `--check` builds into a temporary folder and compares
with what is committed.
"""

from __future__ import annotations

import argparse
import filecmp
import sys
import tempfile
from pathlib import Path

from demo_city.build import build

COMMITTED = Path(__file__).resolve().parent / "shapefiles"


def differences(made: Path, committed: Path) -> list[str]:
    """Return the files that are missing, too many or different."""
    names = {
        path.relative_to(folder).as_posix()
        for folder in (made, committed)
        for path in folder.rglob("*")
        if path.is_file()
    }
    return [
        name
        for name in sorted(names)
        if not (made / name).is_file()
        or not (committed / name).is_file()
        or not filecmp.cmp(made / name, committed / name, shallow=False)
    ]


def main() -> int:
    """Build, or build and compare. Returns the process's status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="compare a new build with the committed"
    )
    parser.add_argument("-o", "--output", type=Path, default=COMMITTED, help="where to write")
    options = parser.parse_args()
    if not options.check:
        build(options.output)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        found = differences(Path(folder), COMMITTED)
    print("\n".join(f"differs: {name}" for name in found) or "the same to the byte")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
