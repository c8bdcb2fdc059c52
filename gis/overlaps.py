"""Do two cells lie over each other?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

SLIVER_WIDTH_M = 0.05
SLIVER_AREA_M2 = 0.1
"""Below either of these an overlap is a sliver.

A border whose corners differ between two neighbours bends differently in another plane (millimetres
on 100 m); such slivers decide nothing, as the tie rule gives them to the lowest code.
"""

_METRES_A_DEGREE = 111_194.9


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two cells by their position, and the area that both claim."""

    first: int
    second: int
    area_m2: float
    lon: float
    lat: float


def worst_overlap(
    shapes: npt.NDArray[np.object_],
    suspects: Sequence[int] | npt.NDArray[np.intp] | None = None,
) -> Overlap | None:
    """Return the largest overlap that is more than a sliver, or None.

    Args:
        shapes: valid polygons in CGCS2000 degrees.
        suspects: positions of those to be checked against all; None for all.
    """
    if suspects is None and bool(shapely.coverage_is_valid(shapes)):
        return None
    asked = np.arange(len(shapes)) if suspects is None else np.asarray(suspects, dtype=np.intp)
    source, other = shapely.STRtree(shapes).query(shapes[asked], predicate="intersects")
    first, second = asked[source], other
    # Each pair once; and a pair that only touches needs no intersection.
    once = np.unique(np.sort(np.column_stack([first, second]), axis=1), axis=0)
    once = once[once[:, 0] < once[:, 1]]
    once = once[~shapely.touches(shapes[once[:, 0]], shapes[once[:, 1]])]
    common = shapely.intersection(shapes[once[:, 0]], shapes[once[:, 1]])
    found = [
        overlap
        for pair, shape in zip(once, common, strict=True)
        if (overlap := _overlap(int(pair[0]), int(pair[1]), shape)) is not None
    ]
    return max(found, key=lambda overlap: overlap.area_m2, default=None)


def _overlap(first: int, second: int, shape: BaseGeometry) -> Overlap | None:
    if shape.area == 0:
        return None
    middle = shape.centroid
    # Metres near enough for a threshold: no plane of the city is needed here.
    across = _METRES_A_DEGREE * math.cos(math.radians(middle.y))
    metres = shapely.transform(shape, lambda vertices: vertices * (across, _METRES_A_DEGREE))
    width_m = 2 * metres.area / metres.length
    if metres.area < SLIVER_AREA_M2 or width_m < SLIVER_WIDTH_M:
        return None
    return Overlap(first, second, metres.area, middle.x, middle.y)
