"""Small made-up grids, and the points on which grids go wrong."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Cells = NDArray[np.object_]

ORIGINS = (
    (109.03, 32.69, 1e-3),  # Ankang
    (127.9995, 31.9995, 1e-3),  # both coordinates change their power of two
    (-0.31, -0.17, 1.0),  # around zero, where differences of doubles round
    (1e-7, 3e-9, 20.0),
)
"""Longitude, latitude and width in degrees of where a grid may lie."""


def codes_for(count: int) -> list[str]:
    """Codes as a grid has them, ascending."""
    return [f"610902001001{i + 1:03}" for i in range(count)]


def lattice(random: np.random.Generator, side: int) -> Cells:
    """Bent squares: some corners on a fine raster, some edges bent, some in line (collinear)."""
    at = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), axis=-1)
    at += random.choice([0.0, 0.25, -0.125, 0.1], at.shape) * random.random()
    bends = {}

    def line(a: tuple[int, int], b: tuple[int, int]) -> Floats:
        if (b, a) in bends:
            return bends[b, a][::-1]
        if (a, b) not in bends:
            share = np.sort(random.random(random.integers(0, 4)))[:, None]
            inner = at[a] * (1 - share) + at[b] * share
            bend = random.choice([0.0, 0.02]) * random.normal(size=inner.shape)
            bends[a, b] = np.vstack([at[a], inner + bend, at[b]])
        return bends[a, b]

    cells = []
    for i in range(side):
        for j in range(side):
            ring = [(i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j), (i, j)]
            parts = [line(a, b)[:-1] for a, b in pairwise(ring)]
            cells.append(shapely.Polygon(np.vstack(parts)))
    return np.array([cell for cell in cells if cell.is_valid])


def with_t_junctions(random: np.random.Generator, side: int) -> Cells:
    """Rows of boxes whose corners meet the middle of other boxes' edges."""
    cells = []
    for row in range(side):
        cuts = np.concatenate([[0.0], np.sort(random.random(side)) * side, [side]])
        slant = 0.3 * random.random()
        for left, right in pairwise(cuts):
            # The edges between rows lie on one slanted line, each vertex rounded on its own.
            corners = [(left, row), (right, row), (right, row + 1), (left, row + 1)]
            cells.append(shapely.Polygon([(x, y + slant * x) for x, y in corners]))
    return np.array(cells)


def voronoi(random: np.random.Generator, side: int) -> Cells:
    """Cells of random centres, cut to a box cell by cell."""
    centres = shapely.MultiPoint(random.random((side * side + 2, 2)) * side)
    cells = shapely.get_parts(shapely.voronoi_polygons(centres))
    return shapely.intersection(cells, shapely.box(0, 0, side, side))


def patchwork(random: np.random.Generator, side: int) -> Cells:
    """Cells of many parts with holes and islands in them; some squares belong to nobody."""
    squares = lattice(random, side + 1)
    owner = random.integers(0, 5, len(squares))
    cells = [shapely.union_all(squares[owner == k]) for k in range(4)]
    return np.array([cell for cell in cells if not cell.is_empty])


def overlapping(random: np.random.Generator, side: int) -> Cells:
    """Bad data: triangles anywhere, and one of them twice."""
    corners = random.random((3 * side, 3, 2)) * side
    cells = shapely.polygons(corners)
    return np.concatenate([cells, cells[:1], shapely.box(0, 0, [side], [side])])


def town_and_country(random: np.random.Generator, side: int) -> Cells:
    """Cells a hundred times smaller beside large ones."""
    small = shapely.transform(lattice(random, side), lambda xy: xy / 100 + 1.5)
    large = shapely.difference(
        shapely.box(
            *np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0, 2.0]),
            *np.meshgrid([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
        ).ravel(),
        shapely.union_all(small),
    )
    return np.concatenate([small, large])


KINDS: tuple[Callable[[np.random.Generator, int], Cells], ...] = (
    lattice,
    with_t_junctions,
    voronoi,
    patchwork,
    overlapping,
    town_and_country,
)


def make(kind: int, seed: int, side: int, origin: int) -> Cells:
    """Return a valid grid in degrees; the same arguments give the same grid."""
    random = np.random.default_rng(seed)
    lon, lat, width = ORIGINS[origin]
    cells = KINDS[kind](random, side)
    cells = shapely.transform(cells, lambda xy: xy * (width / side) + (lon, lat))
    return random.permutation(cells[shapely.is_valid(cells) & ~shapely.is_empty(cells)])


def nasty_points(cells: Cells, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Vertices, points on edges, each also one or two ulps beside; corners of the box; others."""
    vertices = shapely.get_coordinates(cells)
    rings = shapely.get_rings(shapely.get_parts(cells))
    ends, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    edge = random.choice(edge, min(len(edge), 120), replace=False)
    share = random.choice([0.5, 0.25, 1 / 3, random.random()], (len(edge), 1))
    on_edges = ends[edge] * (1 - share) + ends[edge + 1] * share
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    anywhere = low + (high - low) * random.uniform(-0.1, 1.1, (200, 2))
    mixed = np.column_stack(
        [random.choice(vertices[:, 0], 100), random.choice(vertices[:, 1], 100)]
    )
    some = random.choice(vertices, min(len(vertices), 120), replace=False)
    exact = np.vstack([some, on_edges, mixed, [low, high]])
    moved = [
        np.column_stack([_ulps(exact[:, 0], east), _ulps(exact[:, 1], north)])
        for east in range(-2, 3)
        for north in range(-2, 3)
    ]
    points = np.vstack([*moved, anywhere])
    return points[:, 0].copy(), points[:, 1].copy()


def _ulps(values: Floats, steps: int) -> Floats:
    for _ in range(abs(steps)):
        values = np.nextafter(values, np.inf if steps > 0 else -np.inf)
    return values


def lowest_intersecting(cells: Cells, lon: Floats, lat: Floats) -> NDArray[np.int32]:
    """What GEOS says: the first cell that intersects each point, -1 for none."""
    point, cell = shapely.STRtree(cells).query(shapely.points(lon, lat), "intersects")
    lowest = np.full(len(lon), len(cells))
    np.minimum.at(lowest, point, cell)
    return np.where(lowest == len(cells), -1, lowest).astype(np.int32)
