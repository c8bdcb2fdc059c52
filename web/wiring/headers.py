"""What does every answer tell the browser about safety? In one place, for pages and API alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from wanmi.web.maps.policy import content_security_policy
from wanmi.web.wiring.frame import nonce
from wanmi.web.wiring.services import services

if TYPE_CHECKING:
    from flask import Flask, Response

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}
OPENER = "Cross-Origin-Opener-Policy"
TRUSTED_HOSTS = ("localhost", "127.", "[::1]")
"""Where browsers take plain HTTP for safe."""


def install(app: Flask) -> None:
    """Put the headers on every answer of `app`; what an answer says itself stays."""

    @app.after_request
    def guard(answer: Response) -> Response:
        for name, value in ALWAYS.items():
            answer.headers.setdefault(name, value)
        # Elsewhere browsers ignore it, and complain of it on every page.
        if request.is_secure or request.host.startswith(TRUSTED_HOSTS):
            answer.headers.setdefault(OPENER, "same-origin")
        if answer.mimetype == "text/html":
            policy = content_security_policy(nonce(), services().tiles)
            answer.headers.setdefault("Content-Security-Policy", policy)
        return answer
