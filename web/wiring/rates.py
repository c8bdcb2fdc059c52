"""How often may somebody without an account ask, by their address?

Counted in each server process by itself: with two of them twice as much may pass.
"""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address

from wanmi.web.wiring.problems import problem
from wanmi.web.wiring.sessions import PUBLIC_PREFIX

if TYPE_CHECKING:
    from flask import Flask, Response

    from wanmi.platform.kernel.settings import Settings


def install(app: Flask, settings: Settings) -> None:
    """Limit each resource below the public prefix to what the settings say."""
    limiter = Limiter(
        get_remote_address,
        app=app,
        default_limits=[settings.public_limit],
        storage_uri="memory://",
        strategy="moving-window",
    )

    @limiter.request_filter
    def others() -> bool:
        """Let everything pass that asks for an account."""
        return not request.path.startswith(PUBLIC_PREFIX)

    @app.errorhandler(RateLimitExceeded)
    def refuse(_: RateLimitExceeded) -> Response:
        """Say how long to wait."""
        limit = limiter.current_limit
        seconds = max(1, limit.reset_at - int(time.time())) if limit else 60
        answer = problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            "Too much came from your address in a short time; wait a little and send it again.",
        )
        answer.headers["Retry-After"] = str(seconds)
        return answer
