"""What does every answer tell the browser about safety? In one place, for pages and API alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanmi.web.maps.policy import content_security_policy
from wanmi.web.wiring.frame import nonce
from wanmi.web.wiring.services import services

if TYPE_CHECKING:
    from flask import Flask, Response

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def install(app: Flask) -> None:
    """Put the headers on every answer of `app`; what an answer says itself stays."""

    @app.after_request
    def guard(answer: Response) -> Response:
        for name, value in ALWAYS.items():
            answer.headers.setdefault(name, value)
        if answer.mimetype == "text/html":
            policy = content_security_policy(nonce(), services().tiles)
            answer.headers.setdefault("Content-Security-Policy", policy)
        return answer
