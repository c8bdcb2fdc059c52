"""How is a plain function compiled, only when it is needed and whatever folder is writable?

The machine code is kept in NUMBA_CACHE_DIR, beside the source or in the user's cache, the first
of them that is writable. It is taken again as long as the file that holds the kernel has not
changed; of other files numba knows nothing. So a kernel calls only functions of its own file and
takes what others define (sizes, margins) as arguments.
"""

from __future__ import annotations

from functools import cache, wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


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
    try:
        kept = numba.njit(function, cache=True, nogil=True)
    except RuntimeError:  # no folder is writable
        return numba.njit(function, nogil=True)  # type: ignore[no-any-return]

    @wraps(function)
    def call(*arguments: object) -> object:
        try:
            return kept(*arguments)
        except OSError:  # the folder's files are not readable, or the disk is full
            return numba.njit(function, nogil=True)(*arguments)

    return call


@cache
def _let_kernels_call(part: Callable[..., Any]) -> None:
    from numba.extending import register_jitable  # noqa: PLC0415

    register_jitable(part)
