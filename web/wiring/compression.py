"""Which answers are sent compressed? All that are text or numbers and not tiny."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_compress import Compress

if TYPE_CHECKING:
    from flask import Flask, Response

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


def install(app: Flask) -> None:
    """Compress the answers of `app` in the way that the client likes best."""
    app.config.update(
        COMPRESS_MIMETYPES=list(COMPRESSED),
        COMPRESS_MIN_SIZE=LEAST_BYTES,
        COMPRESS_ALGORITHM=list(ALGORITHMS),
        COMPRESS_ALGORITHM_STREAMING=list(ALGORITHMS),
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
