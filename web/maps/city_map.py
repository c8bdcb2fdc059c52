"""What is on the command map, in which order, and what is shown first?

The page gives addresses of ours as sources, `wanmi map` the data themselves; the map is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import folium

from wanmi.web.maps.base import WanmiMap
from wanmi.web.maps.layers import (
    CellsLayer,
    Colouring,
    GroundLayer,
    HeapsLayer,
    IssueField,
    IssuesLayer,
    ShapesLayer,
    StreetsLayer,
    WanmiLayer,
)
from wanmi.web.maps.outlines import OutlinesLayer
from wanmi.web.maps.tools import LayerTree, MeasureTool, PositionTool, PrintTool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wanmi.gis.points import Bounds
    from wanmi.web.maps.layers import Source
    from wanmi.web.maps.outlines import Look
    from wanmi.web.maps.tiles import TileAddress
    from wanmi.web.maps.tools import TreeGroup

By = Literal["cell", "street", "zone"]

LAYER_OF: dict[By, str] = {"cell": "cells", "street": "by_street", "zone": "by_zone"}
"""What cases are counted by → the layer's name in the scripts."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A density layer: its shapes (for cells the edge file) and its counts."""

    shapes: Source
    counts: Source
    areas: Source | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """One overlay of outlines, with its name for the layer control."""

    key: str
    name: str
    look: Look
    shapes: Source
    kind: str = ""
    ring: Source | None = None


@dataclass(frozen=True, slots=True)
class CityMap:
    """Everything that the command map is made of.

    Attributes:
        bounds: what is in view first.
        words: the words of the map, in the reader's language.
        ground: the base map's document.
        counted: the density layers by what they count; the one called `by` is shown.
        density_title: heading of the legend.
        issues: rows of cases; None leaves them out.
        gathered: where there are more cases than rows, the page shows heaps of them by cell.
        fields: the lines of a case's popup: column and label.
        outlines: overlays, hidden at first.
        choose: whether the layer control offers the density layers (a page may have its own way).
        demonstration: say on the map that its data are made up (示意数据).
        overlays: other layers, such as heat, ribbon and components.
        tree: the layers in groups; without it folium's own control offers them.
        tiles: an outside base map, which then takes the place of our water and parks.
    """

    bounds: Bounds
    words: dict[str, str]
    ground: Source
    counted: Mapping[By, Counted]
    by: By
    density_title: str
    issues: Source | None = None
    gathered: bool = False
    fields: Sequence[tuple[str, str]] = ()
    outlines: Sequence[Outline] = field(default=())
    choose: bool = False
    demonstration: bool = True
    overlays: Sequence[WanmiLayer] = field(default=())
    tree: Sequence[TreeGroup] = field(default=())
    tiles: TileAddress | None = None

    def build(self) -> WanmiMap:
        """Return the map, from the ground up."""
        city = WanmiMap(
            self.bounds, words=self.words, tiles=self.tiles, demonstration=self.demonstration
        )
        for layer in self._layers():
            layer.add_to(city)
        if self.tree:
            city.add_child(LayerTree(self.tree))
            city.add_child(PositionTool())
            city.add_child(PrintTool())
        else:
            folium.LayerControl(collapsed=True).add_to(city)
        city.add_child(MeasureTool())
        return city

    def _layers(self) -> list[WanmiLayer]:
        words = self.words
        ground = GroundLayer(self.ground, name=words["ground"])
        ground.show = self.tiles is None
        layers: list[WanmiLayer] = [ground]
        layers += [self._density(by, counted) for by, counted in self.counted.items()]
        layers.append(StreetsLayer(self.ground, name=words["streets"]))
        layers += [
            OutlinesLayer(
                line.shapes,
                line.look,
                key=line.key,
                name=line.name,
                kind=line.kind,
                ring=line.ring,
            )
            for line in self.outlines
        ]
        layers += self.overlays
        if self.issues is not None:
            fields = [IssueField(column, label) for column, label in self.fields]
            layers.append(IssuesLayer(self.issues, fields, name=words["issues"]))
            if self.gathered and "cell" in self.counted:
                layers.append(HeapsLayer(self.counted["cell"].shapes, name=words["issues"]))
        return layers

    def _density(self, by: By, counted: Counted) -> WanmiLayer:
        shown = by == self.by
        colouring = Colouring(self.density_title)
        name = self.words[f"density_{by}"]
        layer: WanmiLayer
        if by == "cell":
            layer = CellsLayer(
                counted.shapes,
                counted.counts,
                colouring,
                name=name,
                show=shown,
                areas=counted.areas,
            )
        else:
            layer = ShapesLayer(
                counted.shapes,
                counted.counts,
                colouring,
                key=LAYER_OF[by],
                name=name,
                show=shown,
            )
        layer.control = self.choose
        return layer
