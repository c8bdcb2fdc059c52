"""Which served file stands in for each script and style that a folium map asks for?

One table of names (folium's own, ours begin with `wanmi_`). What is not in it is refused, because
it would be loaded from another host.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from branca.element import CssLink, Element, Figure, JavascriptLink, Link
from folium import Icon, Popup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STATIC = Path(__file__).resolve().parent.parent / "static"
"""The folder that is served under `/static/`."""

_V = "vendor/"
_CLUSTER = _V + "leaflet.markercluster/dist/"
_AWESOME = _V + "leaflet.awesome-markers/dist/"
_FULLSCREEN = _V + "leaflet.fullscreen/"
_POSITION = _V + "leaflet-mouse-position/src/"

SERVED: dict[str, str | None] = {
    # folium's map
    "leaflet": _V + "leaflet/dist/leaflet.js",
    "leaflet_css": _V + "leaflet/dist/leaflet.css",
    "jquery": _V + "jquery/dist/jquery.min.js",
    "bootstrap": _V + "bootstrap/dist/js/bootstrap.bundle.min.js",
    "bootstrap_css": _V + "bootstrap/dist/css/bootstrap.min.css",
    "awesome_markers": _AWESOME + "leaflet.awesome-markers.min.js",
    "awesome_markers_css": _AWESOME + "leaflet.awesome-markers.css",
    "awesome_markers_font_css": _V + "@fortawesome/fontawesome-free/css/all.min.css",
    "glyphicons_css": _V + "glyphicons-only-bootstrap/css/bootstrap.min.css",
    "awesome_rotate_css": None,  # Font Awesome has the same classes
    # folium's plug-ins
    "markerclusterjs": _CLUSTER + "leaflet.markercluster.js",
    "markerclustercss": _CLUSTER + "MarkerCluster.css",
    "markerclusterdefaultcss": _CLUSTER + "MarkerCluster.Default.css",
    "Control.Fullscreen.js": _FULLSCREEN + "Control.FullScreen.js",
    "Control.FullScreen.css": _FULLSCREEN + "Control.FullScreen.css",
    "Control_MousePosition_js": _POSITION + "L.Control.MousePosition.js",
    "Control_MousePosition_css": _POSITION + "L.Control.MousePosition.css",
    # ours
    "simple_statistics": _V + "simple-statistics/dist/simple-statistics.min.js",
    "wanmi_tokens": "css/tokens.css",
    "wanmi_map_css": "css/map.css",
    "wanmi_core": "js/map/core.js",
    "wanmi_canvas": "js/map/canvas.js",
    "wanmi_edges": "js/map/edges.js",
    "wanmi_classes": "js/map/classes.js",
    "wanmi_legend": "js/map/legend.js",
    "wanmi_cells": "js/map/cells.js",
    "wanmi_shapes": "js/map/shapes.js",
    "wanmi_names": "js/map/names.js",
    "wanmi_ground": "js/map/ground.js",
    "wanmi_outlines": "js/map/outlines.js",
    "wanmi_issues": "js/map/issues.js",
    "wanmi_heaps": "js/map/heaps.js",
    "wanmi_measure": "js/map/measure.js",
    "wanmi_layers_css": "css/map_layers.css",
    "wanmi_heat": "js/map/heat.js",
    "wanmi_ribbon": "js/map/ribbon.js",
    "wanmi_components": "js/map/components.js",
    "wanmi_tree": "js/map/tree.js",
    "wanmi_position": "js/map/position.js",
    "wanmi_printing": "js/map/printing.js",
}
"""Name of a link → path below `web/static`, or None when nothing needs to be sent."""

NEEDED_BY: tuple[tuple[type[Element], tuple[str, ...]], ...] = (
    (Popup, ("jquery",)),
    (
        Icon,
        (
            "awesome_markers",
            "awesome_markers_css",
            "awesome_markers_font_css",
            "glyphicons_css",
        ),
    ),
)
"""What folium sends with every map, and we only with maps that hold such an element."""


class MapAssetUnknown(LookupError):
    """A script or style that no served file stands in for; names the link and its plug-in."""


def served_path(name: str) -> str | None:
    """Return the path below `web/static` for the link called `name`.

    Raises:
        MapAssetUnknown: the table has no such name.
    """
    try:
        return SERVED[name]
    except KeyError:
        raise MapAssetUnknown(f"No served file stands in for the link {name!r}.") from None


def link_to(name: str, static: str) -> Link | None:
    """Return the element that loads the served file of `name`, or None when none is needed."""
    path = served_path(name)
    if path is None:
        return None
    kind = CssLink if path.endswith(".css") else JavascriptLink
    return kind(static + path)


def walk(element: Element) -> Iterator[Element]:
    """Yield the element and everything below it."""
    yield element
    for child in tuple(element._children.values()):  # noqa: SLF001 - branca has no other way
        yield from walk(child)


def needed(elements: Iterable[Element]) -> list[str]:
    """Return the names of the links that these elements need without asking for them."""
    held = tuple(elements)
    return [
        name
        for kind, names in NEEDED_BY
        if any(isinstance(element, kind) for element in held)
        for name in names
    ]


def swap_links(figure: Figure, static: str) -> None:
    """Replace every link in the head of a rendered figure by its served file.

    Raises:
        MapAssetUnknown: a link is not in the table.
    """
    header = figure.header._children  # noqa: SLF001 - branca has no other way
    for name, child in tuple(header.items()):
        if not isinstance(child, Link) or child.url.startswith(static):
            continue
        if name not in SERVED:
            raise MapAssetUnknown(
                f"{_owner(figure, child.url)} asks for {child.url} ({name!r}), which is not served."
                " Add the package to package.json and a row to SERVED in wanmi.web.maps.links.",
            )
        link = link_to(name, static)
        if link is None:
            del header[name]
        else:
            header[name] = link
            link._parent = figure.header  # noqa: SLF001


def _owner(figure: Figure, url: str) -> str:
    for element in walk(figure):
        links = [*getattr(element, "default_js", ()), *getattr(element, "default_css", ())]
        if any(url == address for _, address in links):
            return type(element).__name__
    return "An element of the map"
