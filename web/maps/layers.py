"""Which layers of ours can be put on a map, and what does each script need to know?

Each is a folium layer (the layer control knows it) that renders to one call of a function in
`window.wanmi`; data are loaded from an address, or stand in the page for a self-contained file.
Scripts find a layer as `wanmi.layers[KEY]`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from branca.element import Figure
from folium.elements import ElementAddToElement
from folium.map import Layer

from wanmi.web.maps.escape import escaped, script_json
from wanmi.web.maps.figure import Verbatim
from wanmi.web.maps.links import link_to

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Method = Literal["natural_breaks", "quantiles"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a layer's data come from: an address of ours, or the data themselves.

    Attributes:
        address: path on this server, answered as JSON or as an edge file.
        data: a value that JSON can hold, or the bytes of an edge file.
    """

    address: str | None = None
    data: Any = None

    def as_option(self) -> dict[str, Any]:
        """Return what the script gets."""
        if self.address is not None:
            return {"address": self.address}
        if isinstance(self.data, bytes):
            return {"base64": base64.b64encode(self.data).decode()}
        return {"json": self.data}


@dataclass(frozen=True, slots=True)
class Colouring:
    """How values become five classes of one hue, and what the legend says of them.

    Attributes:
        title: the legend's heading, in the reader's language.
        method: how the limits are chosen; its name stands in the legend.
        unit: behind the limits, such as `/km²`; empty for plain counts.
        classes: how many at most.
    """

    title: str
    method: Method = "natural_breaks"
    unit: str = ""
    classes: int = 5

    def as_option(self) -> dict[str, Any]:
        """Return what the script gets."""
        return {
            "title": self.title,
            "method": self.method,
            "unit": self.unit,
            "classes": self.classes,
        }


class WanmiLayer(Layer):
    """A layer drawn by a function of `window.wanmi`.

    Args:
        key: its name in `wanmi.layers`.
        name: its name in the layer control, in the reader's language; escaped here.
        show: whether it is on at first.
        control: whether the layer control offers it.
    """

    function: ClassVar[str]
    links: ClassVar[tuple[str, ...]]

    def __init__(self, key: str, *, name: str, show: bool = True, control: bool = True) -> None:
        """Keep the key; `sources` and `settings` are filled by the kinds of layer."""
        super().__init__(name=escaped(name), overlay=True, control=control, show=show)
        self._name = type(self).__name__
        self.key = key
        self.sources: tuple[Source, ...] = ()
        self.settings: dict[str, Any] = {}

    def render(self, **kwargs: object) -> str:
        """Put links and the call on the page, then add the layer to its map when it is shown."""
        figure = self.get_root()
        if not isinstance(figure, Figure) or self._parent is None:
            raise TypeError(f"Put {self._name} on a map before it is rendered.")
        for name in self.links:
            link = link_to(name, getattr(self._parent, "static_root", "/static/"))
            if link is not None:
                figure.header.add_child(link, name=name)
        call = (
            f"var {self.get_name()} = "
            f"wanmi.{self.function}({script_json(self.key)}, {script_json(self.settings)});"
        )
        figure.script.add_child(Verbatim(call), name=self.get_name())
        adds = self.get_name() + "_add"
        if self.show and adds not in self._children:
            self.add_child(ElementAddToElement(self.get_name(), self._parent.get_name()), adds)
        for child in tuple(self._children.values()):
            child.render(**kwargs)
        return ""


class CellsLayer(WanmiLayer):
    """The unit grid on one canvas, from an edge file, coloured from counts `{code: n}`.

    Args:
        edges: the edge file (`wanmi.web.maps.edges.encode`).
        counts: `{"as_of": …, "counts": {code: n}}` as `/api/v1/density` gives, or
            `ordered_counts`, a quarter of the bytes; without it every cell has no data. A cell
            that the counts do not name counts 0 when `complete`.
        complete: the counts leave out cells with nothing in them.
        show: whether it is on at first; a layer that is not loads when it is first shown.
        areas: the cells' square metres, `{edition, areas_m2}`, for rates; loaded when asked for.
    """

    function = "cells"
    links = (
        "wanmi_layers_css",
        "simple_statistics",
        "wanmi_canvas",
        "wanmi_edges",
        "wanmi_classes",
        "wanmi_legend",
        "wanmi_cells",
    )

    def __init__(  # noqa: PLR0913 - keywords, one a fact
        self,
        edges: Source,
        counts: Source | None,
        colouring: Colouring,
        *,
        key: str = "cells",
        name: str = "Cells",
        complete: bool = True,
        show: bool = True,
        areas: Source | None = None,
    ) -> None:
        """Keep where edges and counts come from."""
        super().__init__(key, name=name, show=show)
        self.sources = tuple(source for source in (edges, counts, areas) if source)
        self.settings = {
            "edges": edges.as_option(),
            "counts": counts.as_option() if counts else None,
            "areas": areas.as_option() if areas else None,
            "colouring": colouring.as_option(),
            "complete": complete,
            "later": not show,
        }


class ShapesLayer(WanmiLayer):
    """Zones or streets (a small GeoJSON) coloured from counts, like the cells.

    Each feature has the properties `code` and `name`. Arguments as for `CellsLayer`.
    """

    function = "shapes"
    links = (
        "wanmi_layers_css",
        "simple_statistics",
        "wanmi_classes",
        "wanmi_legend",
        "wanmi_shapes",
    )

    def __init__(  # noqa: PLR0913 - keywords, one a fact
        self,
        shapes: Source,
        counts: Source | None,
        colouring: Colouring,
        *,
        key: str,
        name: str,
        complete: bool = True,
        show: bool = False,
    ) -> None:
        """Keep where shapes and counts come from."""
        super().__init__(key, name=name, show=show)
        self.sources = tuple(source for source in (shapes, counts) if source)
        self.settings = {
            "shapes": shapes.as_option(),
            "counts": counts.as_option() if counts else None,
            "colouring": colouring.as_option(),
            "complete": complete,
            "later": not show,
        }


class GroundLayer(WanmiLayer):
    """What lies under the density: river and parks.

    Args:
        ground: the document of `wanmi.web.maps.ground.ground_document`.
    """

    function = "ground"
    links = ("wanmi_canvas", "wanmi_names", "wanmi_ground")

    def __init__(self, ground: Source, *, key: str = "ground", name: str = "Ground") -> None:
        """Keep where the document comes from."""
        super().__init__(key, name=name)
        self.sources = (ground,)
        self.settings = {"document": ground.as_option()}


class StreetsLayer(GroundLayer):
    """What lies over the density: streets by grade, cased, with the names along them.

    Args:
        ground: the same document as for `GroundLayer`; it is loaded once.
    """

    function = "streets"

    def __init__(self, ground: Source, *, key: str = "streets", name: str = "Streets") -> None:
        """Keep where the document comes from."""
        super().__init__(ground, key=key, name=name)


@dataclass(frozen=True, slots=True)
class IssueField:
    """One line of an issue's card: the column in the rows and its label for the reader."""

    column: str
    label: str


class IssuesLayer(WanmiLayer):
    """Open issues, clustered, from one array of rows; changed live by number.

    Args:
        issues: `{"columns": ["number", "lon", "lat", "sign", …], "rows": [[…], …]}`; `sign` is
            `ok`, `soon`, `late` or `done`. All cells are text or numbers and are shown as text.
        fields: the lines of the card that a click opens.
        link: address of a case with `{number}` in it, or None for no link.
    """

    function = "issues"
    links = (
        "markerclusterjs",
        "markerclustercss",
        "wanmi_issues",
    )

    def __init__(
        self,
        issues: Source,
        fields: Sequence[IssueField],
        *,
        link: str | None = None,
        key: str = "issues",
        name: str = "Open issues",
        show: bool = True,
    ) -> None:
        """Keep where the rows come from and how a card looks."""
        super().__init__(key, name=name, show=show)
        self.sources = (issues,)
        self.settings = {
            "issues": issues.as_option(),
            "fields": [{"column": field.column, "label": field.label} for field in fields],
            "link": link,
        }


class HeapsLayer(WanmiLayer):
    """Many cases from far off: counts by cell, gathered on the screen; goes with `IssuesLayer`.

    Args:
        edges: the edge file of the cells that the counts are of.
    """

    function = "heaps"
    links = ("wanmi_edges", "wanmi_heaps")

    def __init__(self, edges: Source, *, key: str = "heaps", name: str = "Heaps") -> None:
        """Keep where the cells come from."""
        super().__init__(key, name=name, show=False, control=False)
        self.sources = (edges,)
        self.settings = {"edges": edges.as_option()}


def rows_document(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Mapping[str, Any]:
    """Return the document that `IssuesLayer` reads.

    Raises:
        ValueError: a column that every issue needs is missing, or a row has another length.
    """
    missing = {"number", "lon", "lat", "sign"}.difference(columns)
    if missing:
        raise ValueError(f"Issues need the columns {', '.join(sorted(missing))}.")
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"Every issue needs {len(columns)} values, one a column.")
    return {"columns": list(columns), "rows": [list(row) for row in rows]}
