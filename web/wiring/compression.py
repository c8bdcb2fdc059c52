"""Which answers are sent compressed? All that are text or numbers and not tiny."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_compress import Compress

if TYPE_CHECKING:
    from flask import Flask, Request, Response

EDGES = "application/vnd.wanmi.edges"
TILE = "application/vnd.mapbox-vector-tile"
GEOJSON = "application/geo+json"

COMPRESSED = (
    "text/html",
    "text/css",
    "text/javascript",
    "text/plain",
    "image/svg+xml",
    "application/json",
    "application/problem+json",
    GEOJSON,
    TILE,
    EDGES,
)
"""Never `text/event-stream`: each event has to leave at once."""

LEAST_BYTES = 1000
ALGORITHMS = ("zstd", "br", "gzip")
STATIC = "/static/"


class Packed:
    """Compressed files of ours, each packed once a process; other answers are not kept."""

    def __init__(self) -> None:
        """Start empty."""
        self._files: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """Return what was packed under `key`."""
        return self._files.get(key)

    def set(self, key: str, value: bytes) -> None:
        """Keep what is a file's; a key of another answer ends with no name."""
        if not key.endswith(";"):
            self._files[key] = value


def _file(asked: Request) -> str:
    """Name the served file and its state, or nothing for another answer."""
    if not asked.path.startswith(STATIC) or "Range" in asked.headers:
        return ""
    path = Path(current_app.static_folder or "") / asked.path.removeprefix(STATIC)
    return f"{asked.path}@{path.stat().st_mtime_ns}" if path.is_file() else ""


def install(app: Flask) -> None:
    """Compress the answers of `app` in the way that the client likes best."""
    app.config.update(
        COMPRESS_MIMETYPES=list(COMPRESSED),
        COMPRESS_MIN_SIZE=LEAST_BYTES,
        COMPRESS_ALGORITHM=list(ALGORITHMS),
        COMPRESS_ALGORITHM_STREAMING=list(ALGORITHMS),
        COMPRESS_CACHE_BACKEND=Packed,
        COMPRESS_CACHE_KEY=_file,
    )
    Compress(app)

    # Registered later, so done first.
    @app.after_request
    def read_files(answer: Response) -> Response:
        """Read a served file whole and close it: the compressor would leave it open."""
        if answer.direct_passthrough and answer.mimetype in COMPRESSED:
            file: Any = answer.response
            answer.direct_passthrough = False
            answer.set_data(b"".join(file))
            file.close()
        return answer
