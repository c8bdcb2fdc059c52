"""How is a file made for one answer, sent part by part, and gone afterwards?"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from flask import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BYTES_AT_ONCE = 65_536


def made_download(name: str, mimetype: str, make: Callable[[Path], None]) -> Response:
    """Return the answer with the file that `make` writes; it never lies in memory whole.

    Whatever `make` raises leaves nothing behind; the answer has not begun then.
    """
    with tempfile.TemporaryDirectory(prefix="wanmi-export-") as folder:
        path = Path(folder) / name
        make(path)
        # Open, it may be read on when its name is gone; nothing stays, even after a `kill -9`.
        file = path.open("rb")
    size_bytes = os.fstat(file.fileno()).st_size
    answer = download(name, mimetype, _parts(file))
    answer.content_length = size_bytes
    answer.call_on_close(file.close)
    return answer


def download(name: str, mimetype: str, body: Iterator[bytes] | str) -> Response:
    """Return the answer that a browser saves under `name` and does not keep otherwise."""
    answer = Response(body, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _parts(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while part := file.read(BYTES_AT_ONCE):
            yield part
