"""GET /patrol: report an issue on the spot, with a phone, in the sun, with one thumb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint
from flask_babel import gettext

from wanmi.platform.casework.reports import LONGEST_DESCRIPTION, MOST_PHOTOS
from wanmi.platform.demonstration.setting_up import shows_demonstration
from wanmi.platform.organisation.roles import SOURCE_PREFIX
from wanmi.web.maps.base import MAX_ZOOM, STATIC_ROOT
from wanmi.web.maps.links import served_path
from wanmi.web.maps.words import map_words
from wanmi.web.pages.patrol_words import PATROL_WORDS
from wanmi.web.presenters.cases import named
from wanmi.web.wiring.frame import page
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

if TYPE_CHECKING:
    from flask import Response

    from wanmi.platform.organisation.permits import Viewer

blueprint = Blueprint("patrol", __name__)

USUAL_SOURCE = "inspector"
NEAR_M = 50
"""An open case of the same class this near may be the same issue."""

MAP_SCRIPTS = ("leaflet", "wanmi_core", "wanmi_canvas", "wanmi_names", "wanmi_ground")
MAP_STYLES = ("leaflet_css", "wanmi_map_css")
AROUND_DEG = 0.02
"""How much of the city is in view around its centre while nobody knows where the phone is."""


@blueprint.get("/patrol")
def patrol() -> Response:
    """Show the form; what it needs to know comes with it as one JSON text."""
    viewer = need_viewer("report.create")
    return page("patrol.html", data=_data(viewer), most_letters=LONGEST_DESCRIPTION)


def _data(viewer: Viewer) -> dict[str, Any]:
    at_hand = services()
    centre = at_hand.settings.city.centre
    with reading() as connection:
        demonstration = shows_demonstration(connection)
    return {
        "account": viewer.account_id,
        "sources": _sources(viewer),
        "most_photos": MOST_PHOTOS,
        "near_m": NEAR_M,
        "time_zone": str(at_hand.settings.city.time_zone),
        "words": {key: gettext(message) for key, message in PATROL_WORDS.items()},
        "map": {
            "scripts": [_address(name) for name in MAP_SCRIPTS],
            "styles": [_address(name) for name in MAP_STYLES],
            "ground": "/api/v1/ground",
            "options": {
                "bounds": [
                    [centre.lat - AROUND_DEG, centre.lon - AROUND_DEG],
                    [centre.lat + AROUND_DEG, centre.lon + AROUND_DEG],
                ],
                "maxZoom": MAX_ZOOM,
                "words": map_words(gettext),
                "demonstration": demonstration,
            },
        },
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


def _address(name: str) -> str:
    return f"{STATIC_ROOT}{served_path(name)}"
