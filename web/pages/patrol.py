"""GET /patrol: report an issue on the spot, with a phone, in the sun, with one thumb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint
from flask_babel import gettext

from wanmi.platform.casework.reports import LONGEST_DESCRIPTION, MOST_PHOTOS
from wanmi.platform.organisation.roles import SOURCE_PREFIX
from wanmi.web.pages.patrol_words import PATROL_WORDS
from wanmi.web.pages.pin_map import pin_map
from wanmi.web.presenters.cases import named
from wanmi.web.wiring.frame import page
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services

if TYPE_CHECKING:
    from flask import Response

    from wanmi.platform.organisation.permits import Viewer

blueprint = Blueprint("patrol", __name__)

USUAL_SOURCE = "inspector"
NEAR_M = 50
"""An open case of the same class this near may be the same issue."""


@blueprint.get("/patrol")
def patrol() -> Response:
    """Show the form; what it needs to know comes with it as one JSON text."""
    viewer = need_viewer("report.create")
    return page("patrol.html", data=_data(viewer), most_letters=LONGEST_DESCRIPTION)


def _data(viewer: Viewer) -> dict[str, Any]:
    at_hand = services()
    return {
        "account": viewer.account_id,
        "reports": "/api/v1/reports",
        "photos": "/api/v1/photos",
        "sees_photos": True,
        "locates": True,
        "sources": _sources(viewer),
        "most_photos": MOST_PHOTOS,
        "near_m": NEAR_M,
        "time_zone": str(at_hand.settings.city.time_zone),
        "words": {key: gettext(message) for key, message in PATROL_WORDS.items()},
        "map": pin_map("/api/v1/ground"),
    }


def _sources(viewer: Viewer) -> list[dict[str, str]]:
    """Return the sources that this person may name, the usual one of the street first."""
    table = services().office.roles
    mine = [source for source in table.sources if viewer.may(f"{SOURCE_PREFIX}{source}")]
    mine.sort(key=lambda source: source != USUAL_SOURCE)
    return [
        {"code": source, "name": named(table.permissions[f"{SOURCE_PREFIX}{source}"])}
        for source in mine
    ]
