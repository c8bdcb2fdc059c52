"""Memory and SQL give one answer: for every point, edges, corners and the doubles beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from support.city import PLANE, add_many
from support.town import SOUTH, STEP, WEST, cell_shapes
from wanmi.gis.index import FEW, CellIndex
from wanmi.gis.points import LonLat
from wanmi.gis.queries import cell_at
from wanmi.gis.tables import Cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    Shapes = list[Any]


def jittered(dice: np.random.Generator) -> Shapes:
    """Crooked cells that share their corners to the last bit."""
    return cell_shapes(6, 5, seed=int(dice.integers(1 << 30)))


def squares(dice: np.random.Generator) -> Shapes:
    """Squares of one size: many points lie exactly on edges, four cells meet in a corner."""
    side = 2.0**-10
    west, south = np.round(np.array([WEST, SOUTH]) / side) * side + dice.integers(0, 9) * side
    return [
        shapely.box(
            west + x * side, south + y * side, west + (x + 1) * side, south + (y + 1) * side
        )
        for x in range(6)
        for y in range(6)
    ]


def shattered(dice: np.random.Generator) -> Shapes:
    """Cells round random points, cut by a box: corners that are all but the same."""
    points = shapely.MultiPoint(dice.uniform(0, 6 * STEP, (40, 2)) + np.array([WEST, SOUTH]))
    box = shapely.box(WEST, SOUTH, WEST + 6 * STEP, SOUTH + 6 * STEP)
    cells = shapely.voronoi_polygons(points, extend_to=box)
    found = shapely.intersection(shapely.get_parts(cells), box)
    return [cell for cell in found if cell.geom_type == "Polygon" and cell.area > 0]


def pieced(dice: np.random.Generator) -> Shapes:
    """Some cells of two parts, one with a hole that another fills, one that lies over others."""
    cells = cell_shapes(6, 5, seed=int(dice.integers(1 << 30)))
    inner = shapely.Point(cells[14].centroid).buffer(0.2 * STEP, 3)
    island = shapely.MultiPolygon([cells[0], cells[29]])
    over = shapely.box(
        WEST + 1.5 * STEP, SOUTH + 1.5 * STEP, WEST + 2.25 * STEP, SOUTH + 2.5 * STEP
    )
    rest = [cell for place, cell in enumerate(cells) if place not in {0, 14, 29}]
    return [*rest, cells[14].difference(inner), inner, island, over]


COVERAGES = (jittered, squares, shattered, pieced)


def beside(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points and, for each, the doubles one and two steps beside it."""
    found = [points]
    for axis in (0, 1):
        for towards in (-np.inf, np.inf):
            moved = points.copy()
            for _ in range(2):
                moved = moved.copy()
                moved[:, axis] = np.nextafter(moved[:, axis], towards)
                found.append(moved)
    return np.vstack(found)


def nasty_points(shapes: Shapes, dice: np.random.Generator) -> NDArray[np.float64]:
    """Return corners, points on edges, what is beside both, and points anywhere."""
    corners = shapely.get_coordinates(shapes)
    rings = shapely.get_parts(shapely.get_rings(shapes))
    ends = np.vstack(
        [np.hstack([ring[:-1], ring[1:]]) for ring in map(shapely.get_coordinates, rings)]
    )
    share = dice.choice([0.5, 0.25, dice.uniform()], (len(ends), 1))
    on_edges = ends[:, :2] + share * (ends[:, 2:] - ends[:, :2])
    chosen = [
        dice.permutation(np.unique(points, axis=0))[:count]
        for points, count in ((corners, 20), (on_edges, 15))
    ]
    low, high = corners.min(axis=0) - STEP / 2, corners.max(axis=0) + STEP / 2
    return np.vstack([beside(np.vstack(chosen)), dice.uniform(low, high, (40, 2))])


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("coverage", COVERAGES, ids=lambda made: made.__name__)
def test_one_bulk_and_sql_say_the_same_of_every_point(
    connection: Connection,
    coverage: Callable[[np.random.Generator], Shapes],
    seed: int,
) -> None:
    dice = np.random.default_rng([seed, COVERAGES.index(coverage)])
    shapes = coverage(dice)
    # Codes in no order of place: the lowest that covers a point may be any of them.
    codes = [f"610902001003{code + 1:03}" for code in dice.permutation(len(shapes))]
    rows = [{"code": code, "shape": shape} for code, shape in zip(codes, shapes, strict=True)]
    add_many(connection, Cell, rows)
    index = CellIndex.build(np.array(shapes, dtype=object), codes, edition="test", plane=PLANE)

    points = nasty_points(shapes, dice)
    places = [LonLat(*point) for point in points.tolist()]
    in_sql = [connection.execute(cell_at(place)).scalar_one_or_none() for place in places]
    one_by_one = [index.locate(place) for place in places]
    assert one_by_one == in_sql

    def named(ids: NDArray[np.int32]) -> list[str | None]:
        return [None if cell < 0 else str(index.codes[cell]) for cell in ids.tolist()]

    assert named(index.locate_many(*points.T)) == in_sql
    # So many that the compiled kernel takes them.
    times = FEW // len(points) + 1
    assert named(index.locate_many(*np.tile(points, (times, 1)).T)) == in_sql * times

    assert 0.4 < sum(code is not None for code in in_sql) / len(in_sql) <= 1


def test_the_lowest_code_takes_the_corner_where_four_meet(connection: Connection) -> None:
    side = 2.0**-10
    west, south = 109.0, 32.5
    corner = LonLat(west + side, south + side)
    shapes = [
        shapely.box(
            west + x * side, south + y * side, west + (x + 1) * side, south + (y + 1) * side
        )
        for x in (0, 1)
        for y in (0, 1)
    ]
    for lowest in range(4):
        codes = [f"61090200{lowest}003{(place - lowest) % 4 + 1:03}" for place in range(4)]
        index = CellIndex.build(np.array(shapes, dtype=object), codes, edition="t", plane=PLANE)
        savepoint = connection.begin_nested()
        add_many(
            connection,
            Cell,
            [{"code": code, "shape": shape} for code, shape in zip(codes, shapes, strict=True)],
        )
        assert connection.execute(cell_at(corner)).scalar_one() == codes[lowest]
        savepoint.rollback()
        assert index.locate(corner) == codes[lowest]
