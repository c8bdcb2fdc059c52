"""Which made-up city do the benchmarks run on?

Seeded coverages of any size: irregular, seamless cells of about one hectare around central
Ankang, a tenth of them halves of a split one, some merged, a few parks of nine; and points as
reports come: most in hot spots, the rest all over, a few outside. Made up, no real register.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from wanmi.gis.frames import Plane

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

PLANE = Plane(4545)
CENTRE_M = (596_594.0, 3_618_837.0)  # 109.03 E, 32.69 N
PITCH_M = 98.0
NODE_JITTER = 0.16  # of the pitch
BEND = 0.05  # of a line's length
MOST_BENDS = 16  # vertices between a line's ends
SPLIT, MERGED, PARK = 0.10, 0.04, 0.0005  # of the cells
PARK_SIDE = 3  # squares
COMMUNITY_SIDE = 10  # squares
HOT, OUTSIDE = 0.60, 0.03  # of the points
HOT_SPOTS, HOT_SIGMA_M = 300, 220.0
SEED = 610_902


@dataclass(frozen=True, slots=True)
class City:
    """A coverage.

    Attributes:
        cells: shapely polygons in CGCS2000 degrees (EPSG:4490).
        codes: 15-digit texts, ascending, one a cell.
        squares_m: south-west corners of the lattice squares that the city covers, EPSG:4545.
    """

    cells: NDArray[np.object_]
    codes: NDArray[np.str_]
    squares_m: Floats


class _Slices(NamedTuple):
    """Runs of vertices; a ring is some of them one after the other."""

    start: Ints
    length: Ints


class _Lines:
    """Bent lines between nodes, shared by the rings on both sides.

    Each is written twice, there and back, both times without its last vertex.
    """

    def __init__(self, start: Floats, stop: Floats, random: np.random.Generator) -> None:
        """Bend the straight lines from `start` to `stop` (n, 2)."""
        bends = random.poisson(5.6 * random.choice([0.3, 1.0, 1.6], len(start)))
        self.bends = np.clip(bends, 1, MOST_BENDS).astype(np.int64)
        step = np.arange(1, MOST_BENDS + 1)
        used = step <= self.bends[:, None]
        share = step / (self.bends[:, None] + 1)
        along = stop - start
        across = np.column_stack([-along[:, 1], along[:, 0]])
        wave = np.zeros_like(share)
        for k in (1, 2, 3):
            wave += random.normal(0, BEND / k, (len(start), 1)) * np.sin(np.pi * k * share)
        wave = np.clip(wave, -2 * BEND, 2 * BEND)
        inner = (
            start[:, None] + share[..., None] * along[:, None] + wave[..., None] * across[:, None]
        )
        mirrored = np.maximum(self.bends[:, None] - step, 0)[..., None]
        self.inner = inner
        whole = np.column_stack([np.ones(len(start), bool), used])
        there = np.concatenate([start[:, None], inner], axis=1)[whole]
        back = np.concatenate([stop[:, None], np.take_along_axis(inner, mirrored, axis=1)], axis=1)
        self.vertices = np.concatenate([there, back[whole]])
        self._first = np.cumsum(self.bends + 1) - (self.bends + 1)

    def there(self, line: Ints) -> _Slices:
        """Return the lines from start to stop."""
        return _Slices(self._first[line], self.bends[line] + 1)

    def back(self, line: Ints) -> _Slices:
        """Return the lines from stop to start."""
        return _Slices(self._first[line] + len(self.vertices) // 2, self.bends[line] + 1)


@dataclass(frozen=True, slots=True)
class _Lattice:
    """Numbers of the lines around the squares of a lattice of `side` by `side`."""

    side: int

    def level(self, row: Ints, col: Ints) -> Ints:
        return row * self.side + col

    def upright(self, row: Ints, col: Ints) -> Ints:
        return self.side * (self.side + 1) + row * (self.side + 1) + col

    def around(self, lines: _Lines, row: Ints, col: Ints, wide: int, high: int) -> list[_Slices]:
        """Return the outlines, counter-clockwise, of blocks of `wide` by `high` squares."""
        return [
            *(lines.there(self.level(row, col + i)) for i in range(wide)),
            *(lines.there(self.upright(row + i, col + wide)) for i in range(high)),
            *(lines.back(self.level(row + high, col + i)) for i in reversed(range(wide))),
            *(lines.back(self.upright(row + i, col)) for i in reversed(range(high))),
        ]


def make_city(count: int, seed: int = SEED) -> City:
    """Return a city of exactly `count` cells; the same arguments give the same city."""
    random = np.random.default_rng(seed)
    splits, merges, parks = (round(count * share) for share in (SPLIT, MERGED, PARK))
    squares = count - splits + merges + (PARK_SIDE**2 - 1) * parks
    side = int(np.ceil(np.sqrt(squares * 1.5))) + 2
    lattice = _Lattice(side)
    free = _outline(side, squares, random)
    rows, cols = np.nonzero(free)
    origin = np.asarray(CENTRE_M) - side * PITCH_M / 2
    squares_m = origin + PITCH_M * np.column_stack([cols, rows])

    nodes = _nodes(side, random) + origin
    lines = _Lines(*_ends(nodes), random)
    blocks = [
        (_take(free, PARK_SIDE, PARK_SIDE, parks, random), PARK_SIDE, PARK_SIDE),
        (_take(free, 2, 1, merges, random), 2, 1),
    ]
    halves = _take(free, 1, 1, splits, random)
    blocks.append((np.argwhere(free), 1, 1))

    rings, places = [], []
    for at, wide, high in blocks:
        rings.append(_rings(lines.vertices, lattice.around(lines, at[:, 0], at[:, 1], wide, high)))
        places.append(at)
    rings += _halves(lattice, lines, halves, random)
    places += [halves, halves]
    cells, codes = _coded(np.concatenate(rings), np.concatenate(places))
    return City(cells, codes, squares_m)


def _outline(side: int, squares: int, random: np.random.Generator) -> NDArray[np.bool_]:
    """Choose the squares nearest to the centre, seen through a wavy measure."""
    row, col = np.mgrid[:side, :side] - (side - 1) / 2
    angle = np.arctan2(row, col)
    waves = sum(
        random.uniform(0.02, 0.06) * np.sin(k * angle + random.uniform(0, 2 * np.pi))
        for k in range(2, 7)
    )
    chosen = np.zeros(side * side, bool)
    chosen[np.argsort((np.hypot(row, col) * (1 + waves)).ravel(), kind="stable")[:squares]] = True
    return chosen.reshape(side, side)


def _nodes(side: int, random: np.random.Generator) -> Floats:
    row, col = np.mgrid[: side + 1, : side + 1]
    straight = np.stack([col, row], axis=-1).astype(np.float64)
    return PITCH_M * (straight + random.uniform(-NODE_JITTER, NODE_JITTER, straight.shape))


def _ends(nodes: Floats) -> tuple[Floats, Floats]:
    """Return both ends of all level lines, then of all upright ones."""
    level, upright = (nodes[:, :-1], nodes[:, 1:]), (nodes[:-1], nodes[1:])
    start, stop = (
        np.concatenate([a.reshape(-1, 2), b.reshape(-1, 2)])
        for a, b in zip(level, upright, strict=True)
    )
    return start, stop


def _take(
    free: NDArray[np.bool_],
    wide: int,
    high: int,
    wanted: int,
    random: np.random.Generator,
) -> Ints:
    """Take `wanted` blocks of free squares that do not overlap, and mark them as taken."""
    taken: list[tuple[int, int]] = []
    for row, col in random.permutation(np.argwhere(free)).tolist():
        if len(taken) == wanted:
            break
        block = free[row : row + high, col : col + wide]
        if block.shape == (high, wide) and block.all():
            block[:] = False
            taken.append((row, col))
    if len(taken) < wanted:
        raise ValueError(f"The city is too small for {wanted} blocks of {wide} by {high} squares.")
    return np.array(taken, np.int64).reshape(-1, 2)


def _halves(
    lattice: _Lattice,
    lines: _Lines,
    at: Ints,
    random: np.random.Generator,
) -> list[NDArray[np.object_]]:
    """Cut squares in two, from a bend of the line below to a bend of the line above."""
    row, col = at[:, 0], at[:, 1]
    below, above = lattice.level(row, col), lattice.level(row + 1, col)
    i, j = lines.bends[below] // 2, lines.bends[above] // 2
    cut = _Lines(lines.inner[below, i], lines.inner[above, j], random)
    shift, every = len(lines.vertices), np.arange(len(at))
    cut_there, cut_back = (
        _Slices(part.start + shift, part.length) for part in (cut.there(every), cut.back(every))
    )
    south, north = lines.there(below), lines.back(above)
    rest = north.length - 1 - j
    west = [
        _Slices(south.start, i + 1),
        cut_there,
        _Slices(north.start + rest, j + 1),
        lines.back(lattice.upright(row, col)),
    ]
    east = [
        _Slices(south.start + i + 1, south.length - i - 1),
        lines.there(lattice.upright(row, col + 1)),
        _Slices(north.start, rest),
        cut_back,
    ]
    vertices = np.concatenate([lines.vertices, cut.vertices])
    return [_rings(vertices, west), _rings(vertices, east)]


def _rings(vertices: Floats, parts: list[_Slices]) -> NDArray[np.object_]:
    """Return one polygon (degrees) for each row of slices."""
    start = np.column_stack([part.start for part in parts]).ravel()
    length = np.column_stack([part.length for part in parts]).ravel()
    first = np.cumsum(length) - length
    chosen = vertices[np.repeat(start - first, length) + np.arange(length.sum())]
    ring = np.repeat(np.arange(len(length)) // len(parts), length)
    degrees = np.column_stack(PLANE.to_lonlat(chosen[:, 0], chosen[:, 1]))
    return np.asarray(shapely.polygons(shapely.linearrings(degrees, indices=ring)))


def _coded(cells: NDArray[np.object_], at: Ints) -> tuple[NDArray[np.object_], NDArray[np.str_]]:
    """Number the cells by community, then from the north, west to east; ascending codes."""
    tile = at // COMMUNITY_SIDE
    order = np.lexsort([at[:, 1], -at[:, 0], tile[:, 1], tile[:, 0]])
    _, community = np.unique(tile[order], axis=0, return_inverse=True)
    rank = np.arange(len(order)) - np.searchsorted(community, community)
    codes = [
        f"610902{c // 900 + 1:03}{c % 900 + 1:03}{r + 1:03}"
        for c, r in zip(community.ravel().tolist(), rank.tolist(), strict=True)
    ]
    return cells[order], np.array(codes)


def make_points(city: City, count: int, seed: int = SEED) -> tuple[Floats, Floats]:
    """Return longitudes and latitudes (degrees, EPSG:4490) of `count` points in random order."""
    random = np.random.default_rng(seed)
    outside = round(count * OUTSIDE)
    hot = round(count * HOT)

    def anywhere(wanted: int) -> Floats:
        corner = city.squares_m[random.integers(0, len(city.squares_m), wanted)]
        return corner + random.uniform(0, PITCH_M, (wanted, 2))

    spots = anywhere(HOT_SPOTS)
    near = spots[random.integers(0, HOT_SPOTS, hot)] + random.normal(0, HOT_SIGMA_M, (hot, 2))
    angle = random.uniform(0, 2 * np.pi, outside)
    reach = np.abs(city.squares_m - CENTRE_M).max() * random.uniform(1.3, 1.4, outside)
    belt = np.asarray(CENTRE_M) + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    points = random.permutation(
        np.concatenate([near, anywhere(count - outside - hot), belt]), axis=0
    )
    return PLANE.to_lonlat(points[:, 0], points[:, 1])
