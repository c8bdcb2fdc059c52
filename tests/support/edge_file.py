"""Reads an edge file back into polygons: the second opinion that tests compare with."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

from shapely.geometry import MultiPolygon, Polygon

if TYPE_CHECKING:
    from collections.abc import Iterator

    import shapely


def _varints(data: bytes) -> list[int]:
    values, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            values.append(value)
            value, shift = 0, 0
    return values


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def codes_of(head: dict) -> list[str]:
    codes, before = [], ""
    for part in head["codes"].split(","):
        before = before[: int(part[0], 36)] + part[1:]
        codes.append(before)
    return codes


def read(data: bytes) -> tuple[dict, dict[str, shapely.Geometry]]:
    """Return the head and the polygon of each code, in degrees."""
    assert data[:4] == b"WEDG"
    (length,) = struct.unpack_from("<I", data, 4)
    head = json.loads(data[8 : 8 + length])
    at, streams = 8 + length, []
    for size in head["streams"]:
        streams.append(_varints(data[at : at + size]))
        at += size
    assert at == len(data)
    edges = _edges(head, *streams[:3])
    rings, steps = iter(streams[4]), iter(streams[5])
    unseen = 0
    cells = {}
    for code, count in zip(codes_of(head), streams[3], strict=True):
        polygons: list[list] = []
        for _ in range(count):
            ring = next(rings)
            line, unseen = _line(edges, steps, ring >> 1, unseen)
            if ring & 1:
                polygons[-1][1].append(line)
            else:
                polygons.append([line, []])
        made = [Polygon(outer, holes) for outer, holes in polygons]
        cells[code] = made[0] if len(made) == 1 else MultiPolygon(made)
    assert unseen == len(edges)
    return head, cells


def _edges(head: dict, sizes: list[int], moves_x: list[int], moves_y: list[int]) -> list[list]:
    (lon, lat), step = head["origin"], head["step"]
    x = y = at = 0
    edges = []
    for size in sizes:
        points = []
        for index in range(at, at + size):
            x += _signed(moves_x[index])
            y += _signed(moves_y[index])
            points.append((lon + x * step, lat + y * step))
        edges.append(points)
        at += size
    return edges


def _line(edges: list[list], steps: Iterator[int], count: int, unseen: int) -> tuple[list, int]:
    line: list = []
    for _ in range(count):
        step = next(steps)
        if step == 0:
            points, unseen = edges[unseen], unseen + 1
        else:
            points = edges[unseen - (step >> 1)]
            points = points[::-1] if step & 1 else points
        assert not line or line[-1] == points[0], "edges of a ring must meet"
        line.extend(points if not line else points[1:])
    return line, unseen
