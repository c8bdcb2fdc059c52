"""How is a plain function compiled, only when it is needed and whatever folder is writable?

The machine code is kept in NUMBA_CACHE_DIR, beside the source or in the user's cache, the first
of them that is writable. numba takes it again as long as the file that holds the kernel has not
changed; of other files it knows nothing. So a kernel calls only functions of its own file and
takes what others define (sizes, margins) as arguments; its named tuples are looked up by name when
the code is read again, so `edition_folder` gives every edition of ours a folder of its own.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from contextlib import suppress
from functools import cache, wraps
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)


def edition_folder(parent: Path) -> Path:
    """Return the folder below `parent` for kernels of this program, numba and Python.

    It is named after what our own files say, so that an upgrade takes no older machine code; it
    need not exist.
    """
    sources = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()
    return parent / f"{digest[:12]}-numba-{version('numba')}-{sys.implementation.cache_tag}"


@cache
def compiled(
    function: Callable[..., Any], parts: tuple[Callable[..., Any], ...] = ()
) -> Callable[..., Any]:
    """Return `function` compiled by numba; it runs without the interpreter's lock.

    Args:
        function: takes and returns numbers, arrays and named tuples of them.
        parts: the functions that it calls, directly or not.
    """
    import numba  # noqa: PLC0415  (half a second that few processes need)

    for part in parts:
        _let_kernels_call(part)
    fresh: Callable[..., Any] = numba.njit(function, nogil=True)
    try:
        kept = numba.njit(function, cache=True, nogil=True)
    except RuntimeError:  # no folder is writable
        return fresh
    used = [kept]

    @wraps(function)
    def call(*arguments: object) -> object:
        if used[0] is fresh:
            return fresh(*arguments)
        try:
            return kept(*arguments)
        except Exception as fault:  # noqa: BLE001 - files written by others may raise anything
            # Not readable, cut off, of another edition, disk full: made anew in memory. An error
            # of the kernel itself comes out of this call too.
            answer = fresh(*arguments)
            log.warning("the kept machine code of %s is of no use: %r", function.__name__, fault)
            used[0] = fresh
            _forget(Path(kept.stats.cache_path), function.__name__)
            return answer

    return call


def _forget(folder: Path, name: str) -> None:
    """Remove what numba reads first, so that the next process keeps its code anew."""
    for index in folder.glob(f"*{name}-*.nbi"):
        with suppress(OSError):
            index.unlink()


@cache
def _let_kernels_call(part: Callable[..., Any]) -> None:
    from numba.extending import register_jitable  # noqa: PLC0415

    register_jitable(part)
