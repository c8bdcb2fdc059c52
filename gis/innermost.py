"""Which jurisdiction covers a place most closely: the district rather than the city?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from wanmi.gis.squares import ready

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanmi.gis.layer_reading import Rows


@dataclass(frozen=True, slots=True)
class Innermost:
    """Jurisdictions with an outline (degrees), the deepest of their tree first, then by code."""

    codes: tuple[str, ...]
    shapes: NDArray[np.object_]

    @classmethod
    def of(cls, rows: Rows, parents: Mapping[str, str | None]) -> Innermost:
        """Order `rows`, whose first value is the code, by their depth.

        Args:
            rows: jurisdictions that have an outline.
            parents: parent of every jurisdiction, also of those that have none.
        """
        codes = [row[0] for row in rows.values]
        order = sorted(range(len(codes)), key=lambda i: (-_depth(codes[i], parents), codes[i]))
        return cls(tuple(codes[i] for i in order), ready(rows.shapes[order]))

    def at(self, lon: float, lat: float) -> str | None:
        """Return the code of the deepest one that covers the place (edges belong), or None."""
        covering = np.flatnonzero(shapely.intersects_xy(self.shapes, lon, lat))
        return self.codes[covering[0]] if len(covering) else None


def _depth(code: str, parents: Mapping[str, str | None]) -> int:
    above = {code}
    parent = parents.get(code)
    # A circle of parents is a fault of the data, not a reason to hang.
    while parent is not None and parent not in above:
        above.add(parent)
        parent = parents.get(parent)
    return len(above)
