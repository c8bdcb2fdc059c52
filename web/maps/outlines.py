"""Which plain shapes can be laid over a map: zones, schools, areas, parks, routes, points?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wanmi.web.maps.layers import WanmiLayer

if TYPE_CHECKING:
    from wanmi.web.maps.layers import Source

Look = Literal["zone", "school", "ring", "area", "park", "route", "greening"]


class OutlinesLayer(WanmiLayer):
    """Shapes from a small GeoJSON, loaded when they are first shown; a name on each.

    Args:
        shapes: features with the properties `code` and `name`.
        look: how they are drawn; the same everywhere for the same thing.
        kind: of zones: each kind has dashes of its own.
        ring: what is drawn around them together with them, such as a school's reach.
    """

    function = "outlines"
    links = ("wanmi_outlines", "wanmi_layers_css", "wanmi_legend")

    def __init__(  # noqa: PLR0913 - keywords, one a fact
        self,
        shapes: Source,
        look: Look,
        *,
        key: str,
        name: str,
        show: bool = False,
        kind: str = "",
        ring: Source | None = None,
    ) -> None:
        """Keep where the shapes come from."""
        super().__init__(key, name=name, show=show)
        self.sources = tuple(source for source in (shapes, ring) if source)
        self.settings = {
            "shapes": shapes.as_option(),
            "look": look,
            "name": name,
            "kind": kind,
            "ring": ring.as_option() if ring else None,
        }
