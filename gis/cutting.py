"""Where is a block that is too big for one cell cut, so that the pieces look natural?

A block is halved across its longer axis again and again until each piece has about the size
wanted. The cut is a knife with two slight kinks and a slight turn, drawn from a seeded generator,
so that the pieces are no raster (GB/T 30428.1 calls the unit grid polygons that follow the lie of
the land; standards.md 1.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString

from wanmi.gis.reckoning import along, length, sine_cosine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely import Polygon

_ROUNDS = 2  # of looking for the place of a cut, each among
_PLACES = 33  # places: to a thousandth of the block's length
_TRIES = 3
_OVERSHOOT_M = 0.03
_LEFT_OVER = 0.97  # a cut that leaves more than this in one piece has missed


@dataclass(frozen=True, slots=True)
class CutStyle:
    """How irregular cuts are.

    Attributes:
        turn_deg: standard deviation of the turn against the block's axis, in degrees.
        kink: standard deviation of a kink, as a share of the cut's length.
        snap_m: a cut that would end this near to a corner of the block ends on the corner.
    """

    turn_deg: float = 4.0
    kink: float = 0.03
    snap_m: float = 8.0


def cuts(
    block: Polygon,
    target_m2: float,
    rng: np.random.Generator,
    style: CutStyle | None = None,
) -> list[LineString]:
    """Return the lines that cut `block` into pieces of about `target_m2`.

    Their ends lie on the block's border or on an earlier cut as nearly as floats can say it; node
    them on a precision grid to make them meet.

    Args:
        block: a valid polygon in a metric plane.
        target_m2: area wanted; a piece under one and a half times that stays whole.
        rng: the only source of irregularity; the same state gives the same lines.
        style: how irregular the cuts are.
    """
    style = style or CutStyle()
    lines: list[LineString] = []
    heap = [block]
    while heap:
        piece = heap.pop()
        count = round(piece.area / target_m2)
        if count >= 2:  # noqa: PLR2004 - one piece is not cut
            for found, parts in _attempts(piece, (count // 2) / count, rng, style):
                if max(part.area for part in parts) < _LEFT_OVER * piece.area:
                    lines.extend(found)
                    heap.extend(parts)
                    break
    return lines


def halves(
    piece: Polygon,
    share: float,
    rng: np.random.Generator,
    style: CutStyle | None = None,
    *,
    lengthwise: bool = False,
) -> tuple[list[LineString], list[Polygon]]:
    """Cut `piece` once across its longer axis; return the cut's lines and the pieces.

    Args:
        piece: a valid polygon in a metric plane.
        share: area wanted on one side, as a share between 0 and 1.
        rng: source of irregularity.
        style: how irregular the cut is.
        lengthwise: cut along the longer axis instead.
    """
    style = style or CutStyle()
    return _cut(piece, _knife(piece, share, int(lengthwise), rng, style), style)


def _attempts(
    piece: Polygon,
    share: float,
    rng: np.random.Generator,
    style: CutStyle,
) -> Iterator[tuple[list[LineString], list[Polygon]]]:
    for attempt in range(_TRIES):
        yield _cut(piece, _knife(piece, share, attempt, rng, style), style)


def _knife(
    piece: Polygon,
    share: float,
    quarters: int,
    rng: np.random.Generator,
    style: CutStyle,
) -> LineString:
    """Return a slightly kinked line right across `piece` with `share` of its area on one side.

    `quarters`: by how many quarter turns to the left its axis lies from the longer one.
    """
    axis = _long_axis(piece)
    for _ in range(quarters):
        axis = _left(axis)
    sine, cosine = sine_cosine(style.turn_deg / 180.0 * _mild(rng))
    axis = cosine * axis + sine * _left(axis)
    across = _left(axis)
    position = _position(piece, axis, across, share)
    sideways = along(shapely.get_coordinates(piece), across)
    low, high = float(sideways.min()), float(sideways.max())
    width = high - low
    at = np.array(
        [
            low - 1,
            low + width * rng.uniform(0.25, 0.4),
            low + width * rng.uniform(0.6, 0.75),
            high + 1,
        ]
    )
    off = position + width * style.kink * np.array([0.0, _mild(rng), _mild(rng), 0.0])
    return LineString(off[:, None] * axis + at[:, None] * across)


def _mild(rng: np.random.Generator) -> float:
    return min(max(float(rng.standard_normal()), -2.0), 2.0)


def _long_axis(piece: Polygon) -> NDArray[np.float64]:
    """Return the unit step along the longer side of the narrowest rectangle around `piece`."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(piece))
    sides = np.diff(corners[:3], axis=0)
    lengths = length(sides[:, 0], sides[:, 1])
    longer = int(np.argmax(lengths))
    return np.asarray(sides[longer] / lengths[longer], dtype=np.float64)


def _left(step: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn a step by a quarter to the left."""
    return np.array([-step[1], step[0]])


def _position(
    piece: Polygon,
    axis: NDArray[np.float64],
    across: NDArray[np.float64],
    share: float,
) -> float:
    """Return how far along the axis about `share` of the area lies behind."""
    rings = shapely.get_rings(shapely.orient_polygons(piece))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    s, w = along(points, axis), along(points, across)
    edge = ring[1:] == ring[:-1]
    start, end, step = s[:-1][edge], s[1:][edge], np.diff(w)[edge]
    low, high = float(s.min()), float(s.max())
    for _ in range(_ROUNDS):
        at = np.linspace(low, high, _PLACES)
        behind = _area_behind(start, end, step, at)
        after = min(int(np.searchsorted(behind, share * piece.area)), _PLACES - 1)
        low, high = float(at[max(after - 1, 0)]), float(at[after])
    return (low + high) / 2


def _area_behind(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    step: NDArray[np.float64],
    limits: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the area with s <= limit, for each limit.

    By Green's theorem it is the line integral of min(s - limit, 0) dw, which is linear or a
    triangle on every edge; no polygon is clipped.

    Args:
        start: (n,) s where each edge begins; outer rings run one way, holes the other.
        end: (n,) s where it ends.
        step: (n,) change of w along each edge.
        limits: (m,) values of s.
    """
    a, b = start - limits[:, None], end - limits[:, None]
    low = np.minimum(np.minimum(a, b), 0.0)
    span = np.abs(end - start)
    triangle = -(low**2) / (2 * np.where(span > 0, span, 1.0))
    mean = np.where((a > 0) != (b > 0), triangle, (np.minimum(a, 0.0) + np.minimum(b, 0.0)) / 2)
    return np.asarray(np.abs((mean * step).sum(axis=1)), dtype=np.float64)


def _cut(
    piece: Polygon,
    knife: LineString,
    style: CutStyle,
) -> tuple[list[LineString], list[Polygon]]:
    """Return the knife's lines inside `piece`, their ends tidied, and the pieces they make."""
    corners = shapely.get_coordinates(piece)
    inside = shapely.get_parts(shapely.intersection(knife, piece))
    tidy = [
        _tidy_ends(np.asarray(line.coords), corners, style.snap_m)
        for line in inside
        if line.geom_type == "LineString" and line.length > style.snap_m
    ]
    through = [line for line in tidy if not np.array_equal(line[0], line[-1])]
    lines = [LineString(line) for line in through]
    reaching = [LineString(_overshot(line)) for line in through]
    noded = shapely.get_parts(shapely.union_all([piece.boundary, *reaching]))
    faces = shapely.get_parts(shapely.polygonize(noded))
    held = shapely.contains_xy(piece, *shapely.get_coordinates(shapely.point_on_surface(faces)).T)
    return lines, list(faces[held]) or [piece]


def _tidy_ends(
    line: NDArray[np.float64],
    corners: NDArray[np.float64],
    snap_m: float,
) -> NDArray[np.float64]:
    """Move each end onto a corner of the block that is near."""
    tidy = line.copy()
    for end in (0, -1):
        gap = length(*(corners - line[end]).T)
        nearest = int(np.argmin(gap))
        if gap[nearest] <= snap_m:
            tidy[end] = corners[nearest]
    moved = np.any(np.diff(tidy, axis=0) != 0, axis=1)
    kept: NDArray[np.float64] = tidy[np.append(moved, [True])]
    return kept


def _overshot(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let each end pass the border a little, so that noding without a grid finds the crossing."""
    longer = line.copy()
    for end, inner in ((0, 1), (-1, -2)):
        step = line[end] - line[inner]
        longer[end] = line[end] + step * (_OVERSHOOT_M / length(*step.tolist()))
    return longer
