"""GET /: a citizen reports and follows without an account; who is signed in finds their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint
from flask_babel import gettext

from wanmi.platform.casework.following import CITIZEN
from wanmi.platform.casework.reports import LONGEST_DESCRIPTION, MOST_PHOTOS
from wanmi.web.pages.home_words import HOME_WORDS
from wanmi.web.pages.patrol_words import PATROL_WORDS
from wanmi.web.pages.pin_map import pin_map
from wanmi.web.wiring.frame import page
from wanmi.web.wiring.identity import find_viewer
from wanmi.web.wiring.services import services

if TYPE_CHECKING:
    from flask import Response

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def start() -> Response:
    """Show the pages that the reader's role may use; a stranger may report and follow."""
    if find_viewer() is not None:
        return page("home.html")
    return page("citizen.html", data=_data(), most_letters=LONGEST_DESCRIPTION)


def _data() -> dict[str, Any]:
    words = {**PATROL_WORDS, **HOME_WORDS}
    return {
        "account": CITIZEN,
        "reports": "/api/v1/public/reports",
        "photos": "/api/v1/public/photos",
        "sees_photos": False,
        "most_photos": MOST_PHOTOS,
        "locates": False,
        "sources": [{"code": CITIZEN, "name": ""}],
        "time_zone": str(services().settings.city.time_zone),
        "words": {key: gettext(message) for key, message in words.items()},
        "map": pin_map("/api/v1/public/ground"),
    }
