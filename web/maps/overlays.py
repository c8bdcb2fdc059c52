"""Which layers beside density and cases can be laid over a map: heat, ribbon, components?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanmi.web.maps.layers import WanmiLayer

if TYPE_CHECKING:
    from wanmi.web.maps.layers import Source

COMPONENTS_FROM_ZOOM = 17
"""Below it there would be thousands in view, each smaller than a pixel."""

RIBBON_FROM_ZOOM = 14
HEAT_REACH_M = 250
"""How far a case is felt in the heat layer: about two cells."""

LEGEND = ("wanmi_layers_css", "wanmi_legend")


class HeatLayer(WanmiLayer):
    """Cases per square kilometre, smoothed: a quartic kernel around the middle of each cell.

    Made of the counts by cell, so that no single case is sent.

    Args:
        edges: the edge file, as for `CellsLayer`.
        counts: the counts by cell; the page changes them with the filter.
    """

    function = "heat"
    links = ("wanmi_canvas", "wanmi_edges", "wanmi_classes", "wanmi_heat", *LEGEND)

    def __init__(self, edges: Source, counts: Source, *, key: str, name: str) -> None:
        """Keep where the counts come from."""
        super().__init__(key, name=name, show=False)
        self.sources = (edges, counts)
        self.settings = {
            "edges": edges.as_option(),
            "counts": counts.as_option(),
            "reach_m": HEAT_REACH_M,
            "name": name,
        }


class RibbonLayer(WanmiLayer):
    """On each model street six small bars: its cases by duty dimension.

    Args:
        streets: the streets' GeoJSON; those with a programme are model streets.
        counts: `/api/v1/density/dimensions`.
    """

    function = "ribbon"
    links = ("wanmi_ribbon", *LEGEND)

    def __init__(self, streets: Source, counts: Source, *, key: str, name: str) -> None:
        """Keep where streets and counts come from."""
        super().__init__(key, name=name, show=False)
        self.sources = (streets, counts)
        self.settings = {
            "streets": streets.as_option(),
            "counts": counts.as_option(),
            "from": RIBBON_FROM_ZOOM,
            "name": name,
        }


class ComponentsLayer(WanmiLayer):
    """The components of one major class in the view, from a zoom on; asked for as one moves.

    Args:
        address: `/api/v1/components`; the view and the major are added to it.
        major: two digits.
    """

    function = "components"
    links = ("wanmi_canvas", "wanmi_components", *LEGEND)

    def __init__(self, address: str, major: str, *, key: str, name: str) -> None:
        """Keep whom to ask."""
        super().__init__(key, name=name, show=False)
        self.settings = {
            "address": address,
            "major": major,
            "from": COMPONENTS_FROM_ZOOM,
            "name": name,
        }
