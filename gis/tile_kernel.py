"""How do polygons become the features of a vector tile, quickly?

Mapbox Vector Tile 2.1, sections 4.3 (geometry) and 4.4 (attributes), as bytes. Kernels: they call
only functions of this file (see `kernels`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bytes = NDArray[np.uint8]


RING_POINTS, LINE_POINTS = 3, 2
"""Points that make a ring and a line."""

SEVEN_BITS = 127
FEATURE, TAGS, KIND, GEOMETRY, VALUE = 0x12, 0x12, 0x18, 0x22, 0x22
"""Heads of the fields: features and values of a layer, and what a feature has."""

POLYGON = 3
MOVE_ONCE, LINE_TO, CLOSE = 9, 2, 15


class Rings(NamedTuple):
    """Polygons as runs of vertices.

    Attributes:
        x: eastwards, y: southwards; the world of Web Mercator is the unit square.
        ring_start: (rings + 1,) first vertex of each ring; rings are closed.
        is_hole: (rings,) an outer ring (clockwise on the screen) comes before its holes.
        shape_start: (shapes + 1,) first ring of each shape.
        value_of: (shapes, keys) which value the shape has for each key, -1 for none.
        value_bytes, value_start: the values, encoded as messages, one after the other.
    """

    x: Floats
    y: Floats
    ring_start: Ints
    is_hole: NDArray[np.bool_]
    shape_start: Ints
    value_of: Ints
    value_bytes: Bytes
    value_start: Ints


class Room(NamedTuple):
    """Where a tile is written: all large enough for the shapes chosen.

    `local` has a -1 for each value.
    """

    features: Bytes
    values: Bytes
    local: Ints
    x: Ints
    y: Ints
    words: Ints


def encode(
    rings: Rings, chosen: Ints, scale: float, west: float, north: float, room: Room
) -> tuple[int, int]:
    """Write the chosen shapes and their values; return how many bytes of features and of values.

    A place is at (x * scale - west, y * scale - north) in the tile's units. What has no area in
    whole units is left out. Shapes are not cut at the tile's edge.
    """
    at, values_at, values = 0, 0, 0
    for shape in chosen:
        count = _geometry(rings, shape, scale, west, north, room)
        if count > 0:
            values_at, values = _new_values(rings, shape, room, values_at, values)
            at = _feature(rings, shape, room, at, count)
    return at, values_at


def _new_values(rings: Rings, shape: int, room: Room, at: int, values: int) -> tuple[int, int]:
    """Write the shape's values that no shape before it has; return where, and how many so far."""
    for value in rings.value_of[shape]:
        if value < 0 or room.local[value] >= 0:
            continue
        room.local[value] = values
        values += 1
        start, end = rings.value_start[value], rings.value_start[value + 1]
        room.values[at] = VALUE
        at = _varint(room.values, at + 1, end - start)
        for i in range(start, end):
            room.values[at] = rings.value_bytes[i]
            at += 1
    return at, values


def _feature(rings: Rings, shape: int, room: Room, at: int, count: int) -> int:
    """Write a feature whose geometry has `count` words; return where it ends."""
    out, tags_size, geometry_size = room.features, 0, 0
    for i in range(count):
        geometry_size += _size(room.words[i])
    for key, value in enumerate(rings.value_of[shape]):
        if value >= 0:
            tags_size += _size(key) + _size(room.local[value])
    whole = 4 + _size(tags_size) + tags_size + _size(geometry_size) + geometry_size
    out[at] = FEATURE
    at = _varint(out, at + 1, whole)
    out[at] = TAGS
    at = _varint(out, at + 1, tags_size)
    for key, value in enumerate(rings.value_of[shape]):
        if value >= 0:
            at = _varint(out, at, key)
            at = _varint(out, at, room.local[value])
    out[at], out[at + 1], out[at + 2] = KIND, POLYGON, GEOMETRY
    at = _varint(out, at + 3, geometry_size)
    for i in range(count):
        at = _varint(out, at, room.words[i])
    return at


def _geometry(rings: Rings, shape: int, scale: float, west: float, north: float, room: Room) -> int:
    """Write the commands of one shape; return how many words they are."""
    words = room.words
    count, pen_x, pen_y, outer = 0, 0, 0, False
    for ring in range(rings.shape_start[shape], rings.shape_start[shape + 1]):
        hole = rings.is_hole[ring]
        if hole and not outer:
            continue
        many = _rounded(rings, ring, scale, west, north, room)
        area = 0
        for i in range(many):
            j = i + 1 if i + 1 < many else 0
            area += room.x[i] * room.y[j] - room.x[j] * room.y[i]
        good = many >= RING_POINTS and (area < 0 if hole else area > 0)
        if not hole:
            outer = good
        if not good:
            continue
        words[count] = MOVE_ONCE
        count += 1
        for i in range(many):
            if i == 1:
                words[count] = ((many - 1) << 3) | LINE_TO
                count += 1
            dx, dy = room.x[i] - pen_x, room.y[i] - pen_y
            pen_x, pen_y = room.x[i], room.y[i]
            words[count] = (dx << 1) ^ (dx >> 63)
            words[count + 1] = (dy << 1) ^ (dy >> 63)
            count += 2
        words[count] = CLOSE
        count += 1
    return count


def _rounded(rings: Rings, ring: int, scale: float, west: float, north: float, room: Room) -> int:
    """Put a ring on whole units, without points that lie on the line between their neighbours."""
    x, y = room.x, room.y
    many = 0
    for i in range(rings.ring_start[ring], rings.ring_start[ring + 1] - 1):
        px = int((rings.x[i] * scale - west) // 1)
        py = int((rings.y[i] * scale - north) // 1)
        while many >= LINE_POINTS and (
            (x[many - 1] - x[many - 2]) * (py - y[many - 1])
            == (y[many - 1] - y[many - 2]) * (px - x[many - 1])
        ):
            many -= 1
        if many and px == x[many - 1] and py == y[many - 1]:
            continue
        x[many], y[many] = px, py
        many += 1
    while many > 1 and x[many - 1] == x[0] and y[many - 1] == y[0]:
        many -= 1
    return many


def _size(value: int) -> int:
    size = 1
    while value > SEVEN_BITS:
        value >>= 7
        size += 1
    return size


def _varint(out: Bytes, at: int, value: int) -> int:
    while value > SEVEN_BITS:
        out[at] = (value & SEVEN_BITS) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


PARTS = (_new_values, _feature, _geometry, _rounded, _size, _varint)
