"""Which plane is the city built in, and how do shapes get from degrees to metres and back?"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import shapely
from pyproj import Transformer

from wanmi.gis.partition import DEGREE_DECIMALS

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

Shape = TypeVar("Shape", bound="BaseGeometry")

PLANE = "EPSG:4545"
"""CGCS2000 / 3-degree Gauss-Krueger CM 108E: the plane of the demonstration city."""
DEGREES = "EPSG:4490"


@cache
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _turned(points: NDArray[np.float64], source: str, target: str) -> NDArray[np.float64]:
    return np.column_stack(_transformer(source, target).transform(points[:, 0], points[:, 1]))


def points_to_plane(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn (n, 2) longitudes and latitudes into (n, 2) metres, east first."""
    return _turned(points, DEGREES, PLANE)


def points_to_degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn (n, 2) metres into (n, 2) degrees, longitude first, not rounded."""
    return _turned(points, PLANE, DEGREES)


def to_plane(shape: Shape) -> Shape:
    """Return a shape given in degrees in the plane."""
    return shapely.transform(shape, points_to_plane)


def to_degrees(shape: Shape) -> Shape:
    """Return a shape of the plane in degrees, each vertex rounded by itself."""
    return shapely.transform(shape, lambda p: np.round(points_to_degrees(p), DEGREE_DECIMALS))
