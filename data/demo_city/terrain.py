"""Where is water, where is land, and which lines follow the river?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon

from demo_city.sources import Feature, of_kind
from wanmi.gis.reckoning import length

REACH_M = 300.0
"""The river is cut across at this distance, so that its cells go with the bank beside them."""
FORESHORE_M = 150.0
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Terrain:
    """The lie of the land, in the plane.

    Attributes:
        built_up: outline of the area that gets cells.
        water: river surface at normal level, inside the area.
        rivers: the same by river, the Han first; they do not overlap.
        axis: middle of the Han, the border between the towns of the two banks.
        south: the part of the area on the right bank.
        banks, levees, reaches: lines that cells follow.
        parks: park outlines without water, by name.
    """

    built_up: Polygon
    water: Polygon | MultiPolygon
    rivers: dict[str, Polygon]
    axis: LineString
    south: Polygon
    banks: list[LineString]
    levees: list[LineString]
    reaches: list[LineString]
    parks: dict[str, Polygon]

    @property
    def lines(self) -> list[LineString]:
        """Every line of the terrain that a cell may follow."""
        return [
            *self.banks,
            *self.levees,
            *self.reaches,
            *(p.exterior for p in self.parks.values()),
        ]


def terrain(features: list[Feature]) -> Terrain:
    """Return the terrain of the schematic."""
    built_up = Polygon(_smooth(of_kind(features, "built_up")[0].shape.exterior, closed=True))
    rivers = of_kind(features, "river")
    axis = LineString(_smooth(rivers[0].shape, closed=False))
    surface = [
        _surface(axis, rivers[0]),
        *(_surface(LineString(_smooth(r.shape, closed=False)), r) for r in rivers[1:]),
    ]
    water = shapely.intersection(shapely.union_all(surface), built_up)
    parks = {
        park.name: _largest(shapely.difference(shapely.intersection(park.shape, built_up), water))
        for park in of_kind(features, "park")
    }
    return Terrain(
        built_up=built_up,
        water=water,
        rivers=_apart(
            {r.name: s.intersection(built_up) for r, s in zip(rivers, surface, strict=True)}
        ),
        axis=axis,
        south=_south(built_up, axis),
        banks=list(shapely.get_parts(shapely.boundary(water))),
        levees=[levee.shape for levee in of_kind(features, "levee")],
        reaches=_reaches(axis, float(rivers[0].properties["width_m"])),
        parks=_apart(parks),
    )


def _surface(axis: LineString, river: Feature) -> Polygon:
    half = float(river.properties["width_m"]) / 2
    return axis.buffer(half, quad_segs=3, cap_style="flat").simplify(2.0)


def _smooth(line: LineString, *, closed: bool) -> np.ndarray:
    """Cut the corners three times (Chaikin), keeping the ends of an open line."""
    points = shapely.get_coordinates(line)
    for _ in range(_ROUNDS):
        near = 0.75 * points[:-1] + 0.25 * points[1:]
        far = 0.25 * points[:-1] + 0.75 * points[1:]
        inner = np.stack((near, far), axis=1).reshape(-1, 2)
        points = (
            np.vstack((inner, inner[:1])) if closed else np.vstack((points[:1], inner, points[-1:]))
        )
    return shapely.get_coordinates(shapely.simplify(LineString(points), 1.0))


def _south(built_up: Polygon, axis: LineString) -> Polygon:
    halves = shapely.get_parts(
        shapely.polygonize(shapely.get_parts(shapely.union_all([built_up.exterior, axis]))),
    )
    return min(halves, key=lambda part: part.centroid.y)


def _reaches(axis: LineString, width_m: float) -> list[LineString]:
    """Return short lines across the river and its foreshores."""
    half = width_m / 2 + FORESHORE_M
    found = []
    for at in np.arange(REACH_M / 2, axis.length, REACH_M):
        here, ahead = axis.interpolate(at), axis.interpolate(at + 1)
        step = np.array([ahead.x - here.x, ahead.y - here.y])
        left = np.array([-step[1], step[0]]) * half / length(*step)
        middle = np.array([here.x, here.y])
        found.append(LineString([middle - left, middle + left]))
    return found


def _largest(shape: Polygon | MultiPolygon) -> Polygon:
    return max(shapely.get_parts(shape), key=lambda part: part.area)


def _apart(areas: dict[str, Polygon]) -> dict[str, Polygon]:
    """Take away from each area what an earlier one covers."""
    taken = Polygon()
    apart = {}
    for name, area in areas.items():
        apart[name] = _largest(shapely.difference(area, taken))
        taken = shapely.union(taken, area)
    return apart
