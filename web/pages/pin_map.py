"""What does a page need to know to open the map on which a pin is set?"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from wanmi.platform.demonstration.setting_up import shows_demonstration
from wanmi.web.maps.base import MAX_ZOOM, STATIC_ROOT
from wanmi.web.maps.links import served_path
from wanmi.web.maps.words import map_words
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

SCRIPTS = ("leaflet", "wanmi_core", "wanmi_canvas", "wanmi_names", "wanmi_ground")
STYLES = ("leaflet_css", "wanmi_map_css")
AROUND_DEG = 0.02
"""How much of the city is in view around its centre while nobody knows where the phone is."""


def pin_map(ground: str) -> dict[str, Any]:
    """Return scripts, styles, the address of the base map (`ground`) and the map's options."""
    centre = services().settings.city.centre
    with reading() as connection:
        demonstration = shows_demonstration(connection)
    return {
        "scripts": [_address(name) for name in SCRIPTS],
        "styles": [_address(name) for name in STYLES],
        "ground": ground,
        "options": {
            "bounds": [
                [centre.lat - AROUND_DEG, centre.lon - AROUND_DEG],
                [centre.lat + AROUND_DEG, centre.lon + AROUND_DEG],
            ],
            "maxZoom": MAX_ZOOM,
            "words": map_words(gettext),
            "demonstration": demonstration,
        },
    }


def _address(name: str) -> str:
    return f"{STATIC_ROOT}{served_path(name)}"
