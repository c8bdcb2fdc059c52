"""GET /: who am I here, and where can I go?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from wanmi.web.wiring.frame import page

if TYPE_CHECKING:
    from flask import Response

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def start() -> Response:
    """Show the pages that the reader's role may use; a stranger is asked to sign in."""
    return page("home.html")
