"""Which buttons of ours can be put on a map?"""

from __future__ import annotations

from folium.elements import JSCSSMixin
from folium.template import Template


class MeasureTool(JSCSSMixin):
    """A button that measures lengths and areas by clicks.

    folium's own `MeasureControl` builds functions from text, which our pages forbid.
    """

    default_js = [("wanmi_measure", "wanmi_measure")]  # noqa: RUF012 - folium's
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "wanmi.measure({{ this._parent.get_name() }});"
        "{% endmacro %}",
    )

    def __init__(self) -> None:
        """Make the button."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "MeasureTool"
