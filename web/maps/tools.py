"""Which buttons of ours can be put on a map?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from folium.elements import JSCSSMixin
from folium.template import Template

from wanmi.web.maps.escape import script_json

if TYPE_CHECKING:
    from collections.abc import Sequence


class Tool(JSCSSMixin):
    """A button of ours on the map: a function of `wanmi` that is given the map."""

    call = ""
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "wanmi.{{ this.call }}({{ this._parent.get_name() }});"
        "{% endmacro %}",
    )

    def __init__(self) -> None:
        """Make the button."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = type(self).__name__


class MeasureTool(Tool):
    """A button that measures lengths and areas by clicks.

    folium's own `MeasureControl` builds functions from text, which our pages forbid.
    """

    call = "measure"
    default_js = [("wanmi_measure", "wanmi_measure")]  # noqa: RUF012 - folium's


class PositionTool(Tool):
    """A button that shows where the reader is, with the accuracy that the device claims."""

    call = "position"
    default_js = [  # noqa: RUF012 - folium's
        ("wanmi_legend", "wanmi_legend"),
        ("wanmi_position", "wanmi_position"),
    ]
    default_css = [("wanmi_layers_css", "wanmi_layers_css")]  # noqa: RUF012 - folium's


class PrintTool(Tool):
    """A button that lays the map out as one sheet, with title, legend and time, and prints it."""

    call = "printing"
    default_js = [  # noqa: RUF012 - folium's
        ("wanmi_legend", "wanmi_legend"),
        ("wanmi_printing", "wanmi_printing"),
    ]
    default_css = [("wanmi_layers_css", "wanmi_layers_css")]  # noqa: RUF012 - folium's


@dataclass(frozen=True, slots=True)
class TreeGroup:
    """Layers under one heading: keys of `wanmi.layers` and names in the reader's language."""

    label: str
    layers: tuple[tuple[str, str], ...]


class LayerTree(JSCSSMixin):
    """The layers in groups; the page that holds the map decides what a choice means.

    Args:
        groups: what there is to choose from.
    """

    default_js = [("wanmi_tree", "wanmi_tree")]  # noqa: RUF012 - folium's
    default_css = [("wanmi_layers_css", "wanmi_layers_css")]  # noqa: RUF012 - folium's
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "wanmi.tree({{ this._parent.get_name() }}, {{ this.said }});"
        "{% endmacro %}",
    )

    def __init__(self, groups: Sequence[TreeGroup]) -> None:
        """Keep the groups."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "LayerTree"
        self.groups = groups

    @property
    def said(self) -> str:
        """The groups as JSON for a script."""
        return script_json([{"label": g.label, "layers": g.layers} for g in self.groups])
