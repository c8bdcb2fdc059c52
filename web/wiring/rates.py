"""How often may somebody without an account ask, by their address?

Counted in each server process by itself: with two of them twice as much may pass.
"""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request
from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from wanmi.web.wiring.problems import problem
from wanmi.web.wiring.sessions import PUBLIC_PREFIX

if TYPE_CHECKING:
    from flask import Flask, Response

    from wanmi.platform.kernel.settings import Settings


def install(app: Flask, settings: Settings) -> None:
    """Limit each resource below the public prefix to what the settings say."""
    allowed = parse_many(settings.public_limit)
    window = MovingWindowRateLimiter(MemoryStorage())

    @app.before_request
    def limit() -> Response | None:
        """Say how long to wait, to an address that asks too often."""
        if not request.path.startswith(PUBLIC_PREFIX):
            return None
        who = (request.endpoint or "", request.remote_addr or "")
        broken = next((rate for rate in allowed if not window.hit(rate, *who)), None)
        if broken is None:
            return None
        answer = problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            "Too much came from your address in a short time; wait a little and send it again.",
        )
        again = window.get_window_stats(broken, *who).reset_time
        answer.headers["Retry-After"] = str(max(1, int(again - time.time())))
        return answer
