"""Which layers can this viewer show on the map, and how are they grouped?

The tree's keys are those of `wanmi.layers` in the scripts; `density` stands for whichever of cells,
streets and zones is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask_babel import gettext

from wanmi.web.maps.city_map import Outline
from wanmi.web.maps.layers import Source
from wanmi.web.maps.overlays import ComponentsLayer, HeatLayer, RibbonLayer
from wanmi.web.maps.tools import TreeGroup
from wanmi.web.presenters.cases import named
from wanmi.web.wiring.services import services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanmi.platform.organisation.permits import Viewer
    from wanmi.web.maps.layers import WanmiLayer

API = "/api/v1"
SHOWN_FIRST = ("density", "issues", "streets", "ground")
"""What is shown when the address does not say."""

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Overlaid:
    """The layers over density and base map: as the map takes them, and as the tree offers them."""

    outlines: list[Outline]
    overlays: list[WanmiLayer]
    tree: list[TreeGroup]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that may stand in an address, in the order of the tree."""
        return tuple(key for group in self.tree for key, _ in group.layers)


def overlaid(
    viewer: Viewer,
    outlines: Mapping[str, Mapping[str, str]],
    *,
    density: bool,
) -> Overlaid:
    """Return what this viewer may lay over the map.

    None of them is shown at first; the page shows what the address says, and gives those that
    count the filter.

    Args:
        viewer: whose ground.
        outlines: layer → kind → name, of those kinds of which there is at least one.
        density: whether the viewer sees counts, and there is something to count by.
    """
    drawn = _Drawn(viewer)
    lines = [
        *drawn.zones(outlines["zones"]),
        *drawn.places(outlines),
        *drawn.greening(),
    ]
    counted = drawn.counted() if density else []
    parts = drawn.components()
    groups = [
        (gettext("Cases"), drawn.cases(counted, density=density)),
        (
            gettext("Streets"),
            [("streets", gettext("Streets and names")), *_named(counted, "ribbon")],
        ),
        (gettext("Zones"), [(one.key, one.name) for one in lines if one.look == "zone"]),
        (
            gettext("Places"),
            [
                *[(one.key, one.name) for one in lines if one.look in {"park", "school", "area"}],
                ("ground", gettext("Water and parks")),
            ],
        ),
        (
            gettext("Greening inspection"),
            [(one.key, one.name) for one in lines if one.look in {"greening", "route"}],
        ),
        (gettext("Components (close up)"), [(one.key, one.settings["name"]) for one in parts]),
    ]
    tree = [TreeGroup(label, tuple(layers)) for label, layers in groups if layers]
    return Overlaid(lines, [*counted, *parts], tree)


def _named(layers: list[WanmiLayer], key: str) -> Pairs:
    return [(one.key, one.settings["name"]) for one in layers if one.key == key]


class _Drawn:
    """The layers of one viewer's ground, by the addresses that answer them."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._drawings = services().drawings

    def _source(self, path: str, **asked: str) -> Source:
        query = urlencode({**asked, "v": self._drawings.version(self._viewer)})
        return Source(address=f"{API}/{path}?{query}")

    def cases(self, counted: list[WanmiLayer], *, density: bool) -> Pairs:
        shown = [("density", gettext("Density"))] if density else []
        return [*shown, *_named(counted, "heat"), ("issues", gettext("Single cases"))]

    def zones(self, kinds: Mapping[str, str]) -> list[Outline]:
        return [
            Outline(
                f"zones_{kind}", name, "zone", self._source("layers/zones", kind=kind), kind=kind
            )
            for kind, name in kinds.items()
        ]

    def places(self, outlines: Mapping[str, Mapping[str, str]]) -> list[Outline]:
        found = []
        if self._drawings.names(self._viewer, "parks"):
            parks = self._source("layers/parks")
            found.append(Outline("parks", gettext("Parks with names"), "park", parks))
        for name in outlines["schools"].values():
            schools, rings = self._source("layers/schools"), self._source("layers/school_rings")
            found.append(Outline("schools_", name, "school", schools, ring=rings))
        for kind, name in outlines["areas"].items():
            areas = self._source("layers/areas", kind=kind)
            found.append(Outline(f"areas_{kind}", name, "area", areas))
        return found

    def greening(self) -> list[Outline]:
        found = []
        if self._drawings.names(self._viewer, "greening_points"):
            points = self._source("layers/greening_points")
            found.append(Outline("greening_points", gettext("Greening points"), "greening", points))
        if self._drawings.names(self._viewer, "inspection_routes"):
            routes = self._source("layers/inspection_routes")
            found.append(
                Outline("inspection_routes", gettext("Inspection routes"), "route", routes)
            )
        return found

    def counted(self) -> list[WanmiLayer]:
        grid = self._drawings.grid(self._viewer)
        found: list[WanmiLayer] = []
        if grid.file is not None:
            edges = Source(address=f"{API}/grid?v={grid.edition}")
            counts = Source(address=f"{API}/grid/counts")
            found.append(HeatLayer(edges, counts, key="heat", name=gettext("Heat")))
        streets = self._drawings.names(self._viewer, "streets")
        if any(row["programme"] for row in streets):
            shapes = self._source("layers/streets")
            counts = Source(address=f"{API}/density/dimensions")
            name = gettext("Model streets by dimension")
            found.append(RibbonLayer(shapes, counts, key="ribbon", name=name))
        return found

    def components(self) -> list[WanmiLayer]:
        return [
            ComponentsLayer(
                f"{API}/components", major.code, key=f"components_{major.code}", name=named(major)
            )
            for major in services().office.catalogue.majors("component")
        ]
