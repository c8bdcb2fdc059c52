"""What is near each of very many places? Positions in layers instead of values, column by column.

Made from a `CitySnapshot` and equal to what it says of each place; a test holds them equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanmi.gis.innermost import Innermost
    from wanmi.gis.layer_reading import CellFacts
    from wanmi.gis.snapshot import CitySnapshot
    from wanmi.gis.squares import Trees

NOWHERE = -1
_MARGIN_M = 1e-6
"""A tree's own idea of a distance may differ in the last digit: it proposes a hair more."""


@dataclass(frozen=True, slots=True)
class Columnwise:
    """The layers of a snapshot, to be asked about many places at once."""

    snapshot: CitySnapshot
    cells: Mapping[str, CellFacts]
    _trees: Trees
    _jurisdictions: Innermost

    @classmethod
    def of(cls, snapshot: CitySnapshot) -> Columnwise:
        """Look at the layers of `snapshot`, which stay where they are."""
        return cls(snapshot, snapshot._cells, snapshot._trees, snapshot._jurisdictions)  # noqa: SLF001 - one room, two ways in

    def values(self, layer: str) -> Sequence[Any]:
        """Return the rows of `streets` or `frontages`: what the positions stand for."""
        return self._trees.values[layer]

    def points(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.object_]:
        """Return points of the plane for CGCS2000 degrees (finite, within the plane's reach)."""
        x_m, y_m = self.snapshot.plane.to_plane(lon, lat)
        return np.asarray(shapely.points(x_m, y_m), dtype=object)

    def nearest(self, layer: str, points: NDArray[np.object_], limit_m: float) -> NDArray[np.intp]:
        """Return the position of each point's nearest row of a layer, NOWHERE where none is.

        Args:
            layer: `streets` or `frontages`.
            points: as `points` makes them.
            limit_m: how far to look, metres of the plane; of equally near rows the lowest code.
        """
        shapes = self._trees.shapes[layer]
        inputs, found = self._trees.trees[layer].query(
            points, predicate="dwithin", distance=limit_m + _MARGIN_M
        )
        away = shapely.distance(shapes[found], points[inputs])
        # Positions are in the order of codes.
        order = np.lexsort((found, away, inputs))
        order = order[away[order] <= limit_m]
        first, where = np.unique(inputs[order], return_index=True)
        nearest = np.full(len(points), NOWHERE, dtype=np.intp)
        nearest[first] = found[order][where]
        return nearest

    def jurisdictions(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[str | None]:
        """Return the code of the innermost jurisdiction that covers each place, None for none."""
        codes: list[str | None] = [None] * len(lon)
        left = np.arange(len(lon))
        # The deepest come first, so the first that covers a place is the one.
        for code, shape in zip(self._jurisdictions.codes, self._jurisdictions.shapes, strict=True):
            covered = shapely.intersects_xy(shape, lon[left], lat[left])
            for place in left[covered].tolist():
                codes[place] = code
            left = left[~covered]
        return codes
