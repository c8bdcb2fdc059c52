"""What does a page need soon that its browser would otherwise find out late, one after the other?

Modules that import modules are found level by level, and data only once scripts run. Named in the
head of the page, all of them come at once.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STATIC = "/static/"
_IMPORT = re.compile(r'^(?:import|export)\b[^;"]*"(\.[^"]+\.js)";', re.MULTILINE)


@cache
def modules(entry: str) -> tuple[str, ...]:
    """Return the addresses of all modules that `entry` (below /static/) imports, itself first."""
    root = (Path(str(files("wanmi.web"))) / "static").resolve()
    found: dict[str, None] = {}
    waiting = [root / entry]
    while waiting:
        path = waiting.pop(0)
        address = STATIC + path.relative_to(root).as_posix()
        if address not in found:
            found[address] = None
            waiting += _imported(path)
    return tuple(found)


def _imported(path: Path) -> Iterator[Path]:
    for name in _IMPORT.findall(path.read_text(encoding="utf-8")):
        yield (path.parent / name).resolve()
