"""Which plain outlines can be laid over a map: zones, schools, areas, with their names?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wanmi.web.maps.layers import WanmiLayer

if TYPE_CHECKING:
    from wanmi.web.maps.layers import Source

Look = Literal["zone", "school", "area"]


class OutlinesLayer(WanmiLayer):
    """Outlines from a small GeoJSON, loaded when they are first shown; a name on each.

    Args:
        shapes: features with the properties `code` and `name`.
        look: how they are drawn; the same everywhere for the same thing.
    """

    function = "outlines"
    links = ("wanmi_outlines",)

    def __init__(
        self,
        shapes: Source,
        look: Look,
        *,
        key: str,
        name: str,
        show: bool = False,
    ) -> None:
        """Keep where the shapes come from."""
        super().__init__(key, name=name, show=show)
        self.sources = (shapes,)
        self.settings = {"shapes": shapes.as_option(), "look": look}
