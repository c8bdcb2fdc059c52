"""What is made so far, and in which cell does a place lie?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from demo_city.frame import to_degrees
from demo_city.territory import DISTRICT, HIGH_TECH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely import LineString, Point, Polygon
    from shapely.geometry.base import BaseGeometry

    from demo_city.cells import Grid
    from demo_city.sources import Feature
    from demo_city.streets import Street
    from demo_city.terrain import Terrain

NOWHERE = -1
VERGE_M = 5.0


@dataclass(frozen=True)
class City:
    """The demonstration city while it is being built; shapes in the plane."""

    features: list[Feature]
    terrain: Terrain
    streets: list[Street]
    grid: Grid

    @cached_property
    def street(self) -> dict[str, Street]:
        """Streets by name."""
        return {street.name: street for street in self.streets}

    @cached_property
    def edges(self) -> list[tuple[LineString, Street]]:
        """Every piece of street between two crossings."""
        return [(edge, street) for street in self.streets for edge in street.edges]

    @cached_property
    def edge_tree(self) -> shapely.STRtree:
        """Finds pieces of street by place, in the order of `edges`."""
        return shapely.STRtree([edge for edge, _ in self.edges])

    @cached_property
    def _degree_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.grid.degrees)

    @cached_property
    def _plane_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.grid.plane)

    def cells_of(self, points: Iterable[Point]) -> list[int]:
        """Return the cell of each point in degrees, the lowest code on a shared border.

        Cells stand in the order of their codes, so the lowest position is the lowest code.
        """
        shapes = np.array(list(points), dtype=object)
        cells = np.full(len(shapes), len(self.grid), dtype=np.int64)
        point, cell = self._degree_tree.query(shapes, predicate="intersects")
        np.minimum.at(cells, point, cell)
        return np.where(cells == len(self.grid), NOWHERE, cells).tolist()

    def cell_of(self, place: Point) -> int:
        """Return the cell of a place in the plane."""
        return self.cells_of([to_degrees(place)])[0]

    def jurisdiction_of(self, shape: BaseGeometry) -> str:
        """Return the jurisdiction of most of a shape in the plane."""
        share: Counter[str] = Counter()
        for i in sorted(self._plane_tree.query(shape, predicate="intersects").tolist()):
            part = shapely.intersection(shape, self.grid.plane[i])
            share[self.grid.community[i].jurisdiction] += part.area + part.length / 1e3 + 1e-9
        return max(sorted(share), key=lambda code: share[code], default=DISTRICT)

    def bank_of(self, shape: BaseGeometry) -> str:
        """Return south or north, by the cell nearest to the middle of a shape in the plane."""
        return self.grid.community[self.nearest_cell(shape)].bank

    def nearest_cell(self, shape: BaseGeometry) -> int:
        """Return the cell nearest to a point on a shape in the plane."""
        return int(self._plane_tree.query_nearest(shape.point_on_surface(), all_matches=False)[0])

    def cells_in(self, shape: BaseGeometry) -> list[int]:
        """Return the cells whose middle lies in a shape of the plane."""
        found = self._plane_tree.query(shape, predicate="intersects")
        return sorted(
            i for i in found.tolist() if shape.contains(self.grid.plane[i].point_on_surface())
        )

    def inset(self, shape: Polygon, by_m: float) -> Polygon:
        """Return the largest part of a shape of the plane drawn in, off the streets and verges."""
        near = [self.edges[i] for i in sorted(self.edge_tree.query(shape).tolist())]
        road = [edge.buffer(street.width_m / 2 + VERGE_M) for edge, street in near]
        inner = shapely.difference(shape.buffer(-by_m, join_style="mitre"), shapely.union_all(road))
        # Opening the shape takes off the thin ends that a slanting street leaves.
        opened = inner.buffer(-4.0, join_style="mitre").buffer(4.0, join_style="mitre")
        parts = shapely.get_parts(shapely.simplify(opened, 1.0))
        return max(parts, key=lambda part: part.area, default=shapely.Polygon())

    def nearest_street(
        self, place: BaseGeometry, *, named: bool = False
    ) -> tuple[LineString, Street]:
        """Return the piece of street nearest to a place in the plane.

        Args:
            place: any shape.
            named: whether lanes and bridges are left aside.
        """
        if not named:
            return self.edges[int(self.edge_tree.query_nearest(place, all_matches=False)[0])]
        fit = [(e, s) for e, s in self.edges if s.grade != "lane" and not s.bridge]
        return min(fit, key=lambda pair: (round(pair[0].distance(place), 3), pair[1].code))


def sanitation_unit(jurisdiction: str, bank: str) -> str:
    """Return the sanitation company of a place."""
    if jurisdiction == HIGH_TECH:
        return "CO-GX"
    return "CO-HW1" if bank == "south" else "CO-HW2"


def greening_unit(jurisdiction: str, bank: str) -> str:
    """Return the landscaping company of a place."""
    if jurisdiction == HIGH_TECH:
        return "CO-GX"
    return "CO-YL1" if bank == "south" else "CO-YL2"
