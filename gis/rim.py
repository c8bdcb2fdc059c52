"""Which cell is nearest to a place that no cell covers?

Only cells on the rim of the grid (or of a gap in it) can be: those with an edge that no other
cell shares, and those that touch one. They are measured in the city's plane, when first asked.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanmi.gis.frames import Plane

TIE_M = 1e-6
"""Distances that differ by no more are equal: a micrometre is below what a degree can say."""

_NO_CELL = np.iinfo(np.int32).max


class Rim:
    """The cells that a place outside can be nearest to."""

    def __init__(self, cells: NDArray[np.int32], shapes: NDArray[np.object_], plane: Plane) -> None:
        """Keep cell numbers, their (multi)polygons in degrees, and the plane to measure in."""
        self.cells = cells
        self.shapes = shapes
        self._plane = plane

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._plane.shape(self.shapes))

    def nearest(
        self,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        tolerance_m: float,
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return the nearest cell within the tolerance, and its distance, for each place.

        Args:
            lon: longitudes in CGCS2000 degrees, one axis.
            lat: latitudes.
            tolerance_m: metres in the plane, itself included.

        Returns:
            Cells, -1 where none is near enough; of equally near ones the lowest. Metres, NaN
            where none is.
        """
        cells, metres = np.full(len(lon), -1, np.int32), np.full(len(lon), np.nan)
        x, y = self._plane.to_plane(lon, lat)
        seen = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        points = np.asarray(shapely.points(x[seen], y[seen]), np.object_)
        near, shape = self._tree.query(points, predicate="dwithin", distance=tolerance_m)
        if len(near) == 0:
            return cells, metres
        distance = shapely.distance(points[near], self._tree.geometries[shape])
        least = np.full(len(points), np.inf)
        np.minimum.at(least, near, distance)
        tied = distance <= least[near] + TIE_M
        lowest = np.full(len(points), _NO_CELL, np.int32)
        np.minimum.at(lowest, near[tied], self.cells[shape[tied]])
        found = lowest != _NO_CELL
        cells[seen[found]], metres[seen[found]] = lowest[found], least[found]
        return cells, metres
