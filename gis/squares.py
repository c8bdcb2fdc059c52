"""What may lie within reach of a place? Worked out once for a square of the map, then remembered.

A report's place needs five distances and two coverings. Asking seven trees costs more than the
few shapes that are really near, and reports come from the same streets day after day. So the
shapes that can matter anywhere in a square are found once, and each place measures only those.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from wanmi.gis.errors import PlaceInvalid
from wanmi.gis.surroundings import AreaHere, ParkHere

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanmi.gis.frames import Plane
    from wanmi.gis.layer_reading import Layers
    from wanmi.gis.surroundings import Reach

    Objects = NDArray[np.object_]
    Square = tuple[int, int]

PER_DEGREE = 1000.0
"""Squares along a degree: about 100 m."""

MAX_REMEMBERED = 50_000
"""Squares, then all are forgotten: places may come from a whole province."""

_AT_ONCE = 4096
# Squares along a side that are learnt together when a single place asks: sixteen cost twice as
# much as one, and the next report comes from nearby.
_SIDE = 4
# A square's corners, for places that rounding puts just beyond its edge.
_MARGIN_DEG = 1e-9
# An edge of a square is straight in degrees and bent by less than a millimetre in the plane.
_MARGIN_M = 0.01

MEASURED = ("streets", "frontages", "sections", "schools", "places")
"""Layers of which distances are asked, in the order of `Near.rows`."""

COVERING = ("areas", "parks")
"""Layers of which is asked what covers a place, in the order of `Near.covering_rows`."""

_NEAREST = {"streets", "places"}  # only the nearest one counts

_Parts = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Near:
    """The shapes that can matter in a square; those of a layer in the order of their codes.

    Attributes:
        shapes: in the plane, of all layers of `MEASURED`, one layer after the other.
        rows: their values, by layer.
        covering: in degrees, prepared, of all layers of `COVERING`, one after the other.
        covering_rows: their values, by layer.
    """

    shapes: Objects
    rows: _Parts
    covering: Objects
    covering_rows: _Parts


@dataclass(frozen=True, slots=True)
class Trees:
    """The layers' shapes with their trees: made once, read by any number of threads.

    `values` of places end with their metres east and north; areas and parks are ready answers.
    """

    values: Mapping[str, Sequence[Any]]
    trees: Mapping[str, shapely.STRtree]
    shapes: Mapping[str, Objects]

    @classmethod
    def grow(cls, layers: Layers, plane: Plane) -> Trees:
        """Put the measured layers into the plane and make the covering ones ready."""
        shapes = {name: plane.shape(layers.rows[name].shapes) for name in MEASURED}
        shapes |= {name: ready(layers.rows[name].shapes) for name in COVERING}
        values = {name: layers.rows[name].values for name in MEASURED}
        where = shapely.get_coordinates(shapes["places"]).tolist()
        return cls(
            {
                **values,
                "places": [(*row, *xy) for row, xy in zip(values["places"], where, strict=True)],
                "areas": [AreaHere(*row) for row in layers.rows["areas"].values],
                "parks": [ParkHere(*row) for row in layers.rows["parks"].values],
            },
            {name: shapely.STRtree(of_layer) for name, of_layer in shapes.items()},
            shapes,
        )


def ready(polygons: Objects) -> Objects:
    """Return `polygons`, prepared so that several threads may ask at once what they cover."""
    shapely.prepare(polygons)
    # GEOS makes a prepared polygon's inner index at the first question, which must be the only
    # one at that time: asked here, about a point that the polygon's box cannot refuse.
    for polygon in polygons:
        lon, lat = shapely.get_coordinates(polygon)[0]
        shapely.intersects_xy(polygon, lon, lat)
    return polygons


@dataclass(frozen=True, slots=True)
class Squares:
    """What can matter within `reach`, square by square. Safe to share between threads.

    A square that two threads need at once is worked out twice, and the same comes out.
    """

    trees: Trees
    plane: Plane
    reach: Reach
    _known: dict[Square, Near] = field(default_factory=dict, repr=False, compare=False)

    def at(self, lon: float, lat: float) -> Near:
        """Return what can matter at a place (degrees)."""
        square = (math.floor(lon * PER_DEGREE), math.floor(lat * PER_DEGREE))
        near = self._known.get(square)
        return near if near is not None else self._learn_about(square)

    def at_many(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[Near]:
        """Return what can matter at each place (degrees); squares that are new, all at once."""
        columns = np.floor(lon * PER_DEGREE).astype(int).tolist()
        rows = np.floor(lat * PER_DEGREE).astype(int).tolist()
        squares = list(zip(columns, rows, strict=True))
        found = {square: self._known.get(square) for square in squares}
        new = [square for square, near in found.items() if near is None]
        for start in range(0, len(new), _AT_ONCE):
            found.update(self._learn(new[start : start + _AT_ONCE]))
        return [near for square in squares if (near := found[square]) is not None]

    def _learn_about(self, square: Square) -> Near:
        column, row = (number - number % _SIDE for number in square)
        block = [(column + i, row + j) for i in range(_SIDE) for j in range(_SIDE)]
        try:
            return self._learn(block)[square]
        except PlaceInvalid:
            # At the end of the plane: a neighbour may lie beyond it where the square does not.
            return self._learn([square])[square]

    def _learn(self, squares: list[Square]) -> dict[Square, Near]:
        boxes = _boxes(np.array(squares, dtype=np.float64))
        centres, radii = self._circles(boxes)
        reach = self.reach
        limits = (
            reach.street_m,
            reach.frontage_m,
            reach.section_m,
            reach.school_m,
            reach.place_m,
        )
        measured = [
            self._within(name, centres, radii, limit)
            for name, limit in zip(MEASURED, limits, strict=True)
        ]
        covering = [
            _split(self.trees.trees[name].query(boxes, predicate="intersects"), len(squares))
            for name in COVERING
        ]
        learnt = {
            square: self._near([of[i] for of in measured], [of[i] for of in covering])
            for i, square in enumerate(squares)
        }
        if len(self._known) > MAX_REMEMBERED:
            self._known.clear()
        self._known.update(learnt)
        return learnt

    def _circles(self, boxes: Objects) -> tuple[Objects, NDArray[np.float64]]:
        corners = shapely.get_coordinates(boxes).reshape(len(boxes), 5, 2)[:, :4]
        x_m, y_m = self.plane.to_plane(corners[..., 0], corners[..., 1])
        if not np.isfinite(x_m).all():
            raise PlaceInvalid("A place lies beyond the city's metric plane.")
        middle_x, middle_y = x_m.mean(axis=1), y_m.mean(axis=1)
        radii = np.hypot(x_m - middle_x[:, None], y_m - middle_y[:, None]).max(axis=1)
        return shapely.points(middle_x, middle_y), radii + _MARGIN_M

    def _within(
        self,
        name: str,
        centres: Objects,
        radii: NDArray[np.float64],
        limit_m: float,
    ) -> list[NDArray[np.intp]]:
        pairs = self.trees.trees[name].query(
            centres,
            predicate="dwithin",
            distance=radii + limit_m,
        )
        if name in _NEAREST:
            # The nearest from the middle is at most a radius farther from any other place of the
            # square, and what is farther than that there is nowhere the nearest.
            inputs, found = pairs
            away = shapely.distance(centres[inputs], self.trees.shapes[name][found])
            least = np.full(len(centres), np.inf)
            np.minimum.at(least, inputs, away)
            pairs = pairs[:, away <= (least + 2 * radii)[inputs]]
        return _split(pairs, len(centres))

    def _near(
        self,
        measured: list[NDArray[np.intp]],
        covering: list[NDArray[np.intp]],
    ) -> Near:
        return Near(
            *self._gathered(MEASURED, measured),
            *self._gathered(COVERING, covering),
        )

    def _gathered(
        self,
        names: Sequence[str],
        found: list[NDArray[np.intp]],
    ) -> tuple[Objects, _Parts]:
        shapes = [self.trees.shapes[name][at] for name, at in zip(names, found, strict=True)]
        rows = tuple(
            tuple(self.trees.values[name][i] for i in at)
            for name, at in zip(names, found, strict=True)
        )
        return np.concatenate(shapes), rows


def _boxes(squares: NDArray[np.float64]) -> Objects:
    west, south = (squares / PER_DEGREE - _MARGIN_DEG).T
    east, north = ((squares + 1) / PER_DEGREE + _MARGIN_DEG).T
    boxes: Objects = np.atleast_1d(shapely.box(west, south, east, north))
    return boxes


def _split(pairs: NDArray[np.intp], count: int) -> list[NDArray[np.intp]]:
    """Return, for each of `count` inputs, what a tree found for it, ascending."""
    inputs, found = pairs[:, np.lexsort((pairs[1], pairs[0]))]
    return np.split(found, np.searchsorted(inputs, np.arange(1, count)))
