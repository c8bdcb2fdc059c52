"""Which generated pieces run on as one street across a crossing?"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from wanmi.gis.reckoning import along, length

if TYPE_CHECKING:
    from shapely import LineString

_STRAIGHT = -0.883  # of the cosine of the turn: less than 28 degrees from straight on
_SAME_PLACE_M = 2.0


def strokes(lines: list[LineString]) -> list[list[int]]:
    """Group lines that meet end to end and go nearly straight on.

    Args:
        lines: in a metric plane.

    Returns:
        Groups of positions; each end is used once, the straightest pairs first.
    """
    group = list(range(len(lines)))
    used: set[tuple[int, int]] = set()
    for _, one, other in sorted(_pairs(lines)):
        if one in used or other in used or _root(group, one[0]) == _root(group, other[0]):
            continue
        used |= {one, other}
        group[_root(group, other[0])] = _root(group, one[0])
    members: dict[int, list[int]] = {}
    for i in range(len(lines)):
        members.setdefault(_root(group, i), []).append(i)
    return list(members.values())


def _pairs(lines: list[LineString]) -> list[tuple[float, tuple[int, int], tuple[int, int]]]:
    """Return (bend, end, end) for ends that meet; an end is (line, 0 or -1)."""
    meeting: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for i, line in enumerate(lines):
        for end in (0, -1):
            x, y = line.coords[end]
            meeting.setdefault((round(x / _SAME_PLACE_M), round(y / _SAME_PLACE_M)), []).append(
                (i, end)
            )
    found = []
    for ends in meeting.values():
        for one, other in combinations(ends, 2):
            bend = _bend(lines, one, other)
            if one[0] != other[0] and bend < _STRAIGHT:
                found.append((bend, one, other))
    return found


def _bend(lines: list[LineString], one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return how much one turns from one line into the other: -1 not at all, 1 right back."""
    out, back = _leaving(lines[one[0]], one[1]), _leaving(lines[other[0]], other[1])
    return float(along(out, back))


def _leaving(line: LineString, end: int) -> np.ndarray:
    points = np.asarray(line.coords)
    step = points[1] - points[0] if end == 0 else points[-2] - points[-1]
    return step / length(*step)


def _root(group: list[int], i: int) -> int:
    while group[i] != i:
        i = group[i]
    return i
