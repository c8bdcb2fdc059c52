"""How large may what comes in be, and who reads it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Request, request
from flask.json.provider import DefaultJSONProvider
from pydantic_core import to_json

from wanmi.web.wiring.services import services
from wanmi.web.wiring.sessions import PUBLIC_PREFIX

if TYPE_CHECKING:
    from flask import Flask

MOST_BODY_BYTES = 5_100_000
"""A batch of reports may have 5 MB."""

FORM_BYTES = 4096
"""What a multipart form adds around its photo."""

PHOTOS = frozenset({"/api/v1/photos", f"{PUBLIC_PREFIX}photos"})

PUBLIC_BODY_BYTES = 64_000
"""What somebody without an account may send at once: one report, without photos."""


class Writer(DefaultJSONProvider):
    """Writes answers in plain UTF-8."""

    def dumps(self, obj: Any, **_options: Any) -> str:  # noqa: ANN401 - Flask's signature
        """Write `obj`; moments in ISO 8601. Pydantic's writer is several times Python's own."""
        return to_json(obj, inf_nan_mode="null").decode()


class Unread:
    """Reads nothing of a body: `wiring.bodies` does, once, strictly, from its bytes."""

    @staticmethod
    def loads(_: str | bytes, **_options: Any) -> None:  # noqa: ANN401 - werkzeug's signature
        """Return nothing, whatever there is."""


class BodyOnce(Request):
    """A request whose body flask-openapi3 does not parse a second time."""

    def __setattr__(self, name: str, value: object) -> None:
        """Keep Flask from giving each request the application's own reader."""
        super().__setattr__(name, Unread if name == "json_module" else value)


def install(app: Flask) -> None:
    """Set the limits of `app`; photos may be larger than anything else."""
    app.json = Writer(app)
    app.request_class = BodyOnce
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BODY_BYTES,
        # A form has a few short fields; files go to disk as they come.
        MAX_FORM_MEMORY_SIZE=200_000,
        MAX_FORM_PARTS=20,
    )

    @app.before_request
    def other_limits() -> None:
        """Let photos be as large as the settings say, and strangers send little."""
        if request.path in PHOTOS:
            request.max_content_length = services().settings.photo_bytes + FORM_BYTES
        elif request.path.startswith(PUBLIC_PREFIX):
            request.max_content_length = PUBLIC_BODY_BYTES
