"""How are the same polygons drawn on many tiles without asking the database for each?

They are read once and lie in memory, projected (EPSG:3857, see `tiles`); a tile takes about a
millisecond instead of the tens that PostGIS needs to read and project thousands of cells.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import select

from wanmi.gis import tile_kernel
from wanmi.gis.kernels import compiled
from wanmi.gis.tiles import BUFFER, EXTENT
from wanmi.gis.wkb import shapes_of, wkb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Select

    from wanmi.gis.tiles import TileAddress

REACH = 4 * EXTENT
"""Shapes are not cut. One that is wider than this on a tile is left to PostGIS, which cuts it:
drawing programs keep places in 16 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class TileShapes:
    """Polygons in memory, ready for any tile.

    Attributes:
        rings: their outlines and values.
        keys: names of the attributes.
        boxes: (n, 4) west, north, east, south in the unit square of Web Mercator.
    """

    rings: tile_kernel.Rings
    keys: tuple[str, ...]
    boxes: NDArray[np.float64]

    @classmethod
    def of(cls, shapes: NDArray[np.object_], columns: Mapping[str, Sequence[Any]]) -> TileShapes:
        """Take polygons (EPSG:4490 degrees) and their attributes: text, numbers, flags or None."""
        # Clockwise on the screen: what the format calls an outer ring.
        turned = shapely.orient_polygons(shapes, exterior_cw=True)
        x, y, ring_start, ring_of, shape_start = _runs(turned)
        is_hole = np.ones(len(ring_start) - 1, bool)
        is_hole[ring_of[:-1]] = False
        value_of, messages = _values(columns, len(shapes))
        lengths = np.array([0, *map(len, messages)], np.int64)
        rings = tile_kernel.Rings(
            x,
            y,
            ring_start,
            is_hole,
            shape_start,
            value_of,
            np.frombuffer(b"".join(messages), np.uint8),
            np.cumsum(lengths),
        )
        west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
        boxes = np.column_stack([_east(west), _south(north), _east(east), _south(south)])
        return cls(rings, tuple(columns), boxes)

    @property
    def size_bytes(self) -> int:
        """About how much memory they take."""
        return self.boxes.nbytes + sum(part.nbytes for part in self.rings)

    def tile(self, address: TileAddress, *, layer_name: str, limit: int) -> bytes | None:
        """Return a tile's bytes, none when it is empty; None when shapes would have to be cut.

        Args:
            address: which tile.
            layer_name: what the layer is called inside the tile.
            limit: the most features; the first ones stay.
        """
        scale = float(EXTENT << address.z)
        west, north = float(address.x * EXTENT), float(address.y * EXTENT)
        boxes = self.boxes * scale - (west, north, west, north)
        low, high = -BUFFER, EXTENT + BUFFER
        inside = (boxes[:, :2] <= high).all(axis=1) & (boxes[:, 2:] >= low).all(axis=1)
        chosen = np.flatnonzero(inside)[:limit]
        if not len(chosen):
            return b""
        if (boxes[chosen, 2:] - boxes[chosen, :2]).max() > REACH:
            return None
        features, values = self._encoded(chosen, scale, west, north)
        if not features:
            return b""
        keys = b"".join(_field(3, key.encode()) for key in self.keys)
        head = _field(1, layer_name.encode())
        tail = bytes([5 << 3]) + _varint(EXTENT) + bytes([15 << 3, 2])
        return _field(3, b"".join([head, features, keys, values, tail]))

    def _encoded(
        self, chosen: NDArray[np.int64], scale: float, west: float, north: float
    ) -> tuple[bytes, bytes]:
        rings = self.rings
        ring_start = rings.ring_start[rings.shape_start]
        vertices = np.diff(ring_start)[chosen]
        outlines = np.diff(rings.shape_start)[chosen]
        most = int(vertices.max())
        # A number has at most 5 bytes; a ring has 3 words beside its places, a shape 7 and tags.
        words = 2 * vertices.sum() + 3 * outlines.sum() + (7 + 2 * len(self.keys)) * len(chosen)
        room = tile_kernel.Room(
            np.empty(5 * int(words), np.uint8),
            np.empty(len(rings.value_bytes) + 6 * len(rings.value_start), np.uint8),
            np.full(len(rings.value_start), -1, np.int64),
            np.empty(most, np.int64),
            np.empty(most, np.int64),
            np.empty(2 * most + 3 * int(outlines.max()), np.int64),
        )
        encode = compiled(tile_kernel.encode, tile_kernel.PARTS)
        # Half a unit: places are rounded, not cut off.
        features, values = encode(rings, chosen, scale, west - 0.5, north - 0.5, room)
        return room.features[:features].tobytes(), room.values[:values].tobytes()


def read_tile_shapes(connection: Connection, rows: Select[Any]) -> TileShapes:
    """Read what a select finds: polygons in the column `shape` (EPSG:4490), the rest attributes."""
    inner = rows.subquery()
    keys = [column.key for column in inner.c if column.key != "shape"]
    found = connection.execute(
        select(wkb(inner.c.shape), *(inner.c[key] for key in keys))
        .where(inner.c.shape.is_not(None))
        .order_by(inner.c.code)
    ).all()
    columns = {key: [row[place] for row in found] for place, key in enumerate(keys, 1)}
    return TileShapes.of(shapes_of(row[0] for row in found), columns)


def _runs(shapes: NDArray[np.object_]) -> tuple[NDArray[Any], ...]:
    """Return x, y, first vertex of each ring, first ring of each polygon and of each shape."""
    if not len(shapes):
        none = np.zeros(1, np.int64)
        return np.empty(0), np.empty(0), none, none, none
    parts, shape_of_part = shapely.get_parts(shapes, return_index=True)
    several = np.asarray(shapely.multipolygons(parts, indices=shape_of_part))
    _, places, starts = shapely.to_ragged_array(several)
    ring_start, ring_of, shape_of = (np.asarray(start, np.int64) for start in starts)
    x, y = _east(places[:, 0]), _south(places[:, 1])
    return x, y, ring_start, ring_of, ring_of[shape_of]


def _east(lon: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.ascontiguousarray((lon + 180.0) / 360.0)


def _south(lat: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.ascontiguousarray((1 - np.arcsinh(np.tan(np.radians(lat))) / math.pi) / 2)


def _values(
    columns: Mapping[str, Sequence[Any]], count: int
) -> tuple[NDArray[np.int64], list[bytes]]:
    """Return which value each shape has for each key, and the values, each once."""
    known: dict[bytes, int] = {}
    value_of = np.full((count, len(columns)), -1, np.int64)
    for key, column in enumerate(columns.values()):
        for shape, value in enumerate(column):
            if value is not None:
                value_of[shape, key] = known.setdefault(_value(value), len(known))
    return value_of, list(known)


def _value(value: str | float) -> bytes:
    """Return a value as its message (section 4.1 of the format's schema)."""
    if isinstance(value, bool):
        return bytes([7 << 3, value])
    if isinstance(value, int):
        return bytes([6 << 3]) + _varint((value << 1) ^ (value >> 63))
    if isinstance(value, float):
        return bytes([(3 << 3) | 1]) + struct.pack("<d", value)
    return _field(1, value.encode())


def _field(number: int, content: bytes) -> bytes:
    return bytes([(number << 3) | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:  # noqa: PLR2004 - seven bits a byte
        found.append((value & 127) | 128)
        value >>= 7
    found.append(value)
    return bytes(found)
