"""How large is a shape in true metres, and what lies within so many metres of it?

Areas and lengths are those on the ellipsoid of CGCS2000 (GRS 80 has the same axes to 0.1 mm), so
that a rate per square kilometre is the same in every projection. Reaches are drawn in the city's
plane, where distances are decided (`gis.queries`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanmi.gis.frames import Plane

_AXIS_M, _FLATTENING = 6378137.0, 1 / 298.257222101
_ROUND_STEPS = 16
"""Straight pieces in a quarter of a reach's round corner: at 100 m within 12 cm of the arc."""


def areas_m2(shapes: NDArray[np.object_]) -> list[float]:
    """Return the square metres of polygons in EPSG:4490 degrees, longitude first."""
    geod = _ellipsoid()
    return [abs(float(geod.geometry_area_perimeter(shape)[0])) for shape in _wound(shapes)]


def lengths_m(shapes: NDArray[np.object_]) -> list[float]:
    """Return the metres along lines in EPSG:4490 degrees, longitude first."""
    geod = _ellipsoid()
    return [float(geod.geometry_length(shape)) for shape in shapes]


def reaches(shapes: NDArray[np.object_], within_m: float, plane: Plane) -> NDArray[np.object_]:
    """Return what lies within `within_m` metres of each outline, the outline's inside included.

    Args:
        shapes: polygons in EPSG:4490 degrees.
        within_m: metres in `plane`.
        plane: the city's plane.

    Returns:
        Polygons in EPSG:4490 degrees, one for each shape.
    """
    flat = plane.shape(shapes)
    round_ = shapely.buffer(flat, within_m, quad_segs=_ROUND_STEPS)
    return np.asarray(plane.shape_to_lonlat(round_), dtype=object)


def _ellipsoid() -> Geod:
    return Geod(a=_AXIS_M, f=_FLATTENING)


def _wound(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return polygons whose holes turn against their shells: PROJ adds areas up with their sign."""
    return np.asarray(shapely.orient_polygons(shapes), dtype=object)
