"""How does any select become a vector tile?

Tiles are Mapbox Vector Tiles in Web Mercator (EPSG:3857, the one frame that the format knows);
the shapes stay in their degrees until they are known to be in the tile. WGS 84 and CGCS2000 are
taken as one, as everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal_column, select

from wanmi.gis.errors import PlaceInvalid, Sentence
from wanmi.gis.points import LAT_LIMIT, LON_LIMIT, Bounds
from wanmi.gis.queries import envelope

if TYPE_CHECKING:
    from sqlalchemy import Select

MAX_ZOOM = 22
EXTENT = 4096
BUFFER = 64
"""Units of a tile's side, and how far over it shapes are drawn, so that lines meet."""

WEB_MERCATOR = 3857


@dataclass(frozen=True, slots=True)
class TileAddress:
    """One tile of the world: zoom, column from the west, row from the north.

    Raises:
        PlaceInvalid: there is no such tile.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        """Refuse what is no tile."""
        if not 0 <= self.z <= MAX_ZOOM:
            raise PlaceInvalid(
                Sentence("Zoom %(zoom)s is not between 0 and %(most)s.", zoom=self.z, most=MAX_ZOOM)
            )
        last = (1 << self.z) - 1
        if not (0 <= self.x <= last and 0 <= self.y <= last):
            raise PlaceInvalid(
                Sentence(
                    "At zoom %(zoom)s columns and rows go from 0 to %(last)s.",
                    zoom=self.z,
                    last=last,
                )
            )

    @property
    def bounds(self) -> Bounds:
        """What the tile shows, with its buffer, in CGCS2000 degrees."""
        buffer = BUFFER / EXTENT
        return Bounds(
            max(self._lon(self.x - buffer), -LON_LIMIT),
            max(self._lat(self.y + 1 + buffer), -LAT_LIMIT),
            min(self._lon(self.x + 1 + buffer), LON_LIMIT),
            min(self._lat(self.y - buffer), LAT_LIMIT),
        )

    def _lon(self, column: float) -> float:
        return column / (1 << self.z) * 360.0 - 180.0

    def _lat(self, row: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / (1 << self.z)))))


def tile(
    rows: Select[Any],
    address: TileAddress,
    *,
    layer_name: str,
    limit: int,
) -> Select[bytes]:
    """Return the select of one tile's bytes; a tile with nothing in it has none.

    Args:
        rows: any select with a column `shape` in EPSG:4490 degrees; its other columns become the
            features' attributes (text, numbers, flags). Its order says which features stay when
            there are more than `limit`.
        address: which tile.
        layer_name: what the layer is called inside the tile.
        limit: the most features a tile may have.
    """
    shape = rows.selected_columns["shape"]
    inside = rows.where(shape.bool_op("&&")(envelope(address.bounds))).limit(limit).subquery("rows")
    attributes = [column for column in inside.c if column.key != "shape"]
    drawn = func.ST_AsMVTGeom(
        func.ST_Transform(inside.c.shape, WEB_MERCATOR),
        func.ST_TileEnvelope(address.z, address.x, address.y),
        EXTENT,
        BUFFER,
    )
    features = select(*attributes, drawn.label("shape")).subquery("features")
    encoded = func.ST_AsMVT(literal_column("features.*"), layer_name, EXTENT, "shape")
    return select(encoded).select_from(features).where(features.c.shape.is_not(None))
