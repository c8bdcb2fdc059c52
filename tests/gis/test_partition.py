"""Cells from streets and outlines: seamless, inside one division, of the size asked for."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from shapely import LineString, Polygon, box

from wanmi.gis.adjacency import borders
from wanmi.gis.errors import CodeInvalid, GridInvalid
from wanmi.gis.growth import grow, spread_points, voronoi_parts
from wanmi.gis.partition import Cells, Rules, faces, noded, partition, to_degrees
from wanmi.gis.rows import number_cells, order_in_rows
from wanmi.gis.slivers import NOBODY, merge_slivers

SIDE_M = 600.0
TOWN = box(0, 0, SIDE_M, SIDE_M)

inside = st.floats(0, SIDE_M, allow_nan=False)
around = st.floats(-80, SIDE_M + 80, allow_nan=False)
points = st.tuples(around, around)
streets = st.lists(
    st.lists(points, min_size=2, max_size=4, unique=True).map(LineString),
    max_size=8,
)


@st.composite
def towns(draw: st.DrawFn) -> list[Polygon]:
    """One town cut into two to four communities by straight outlines."""
    east = draw(st.floats(150, 450))
    north = draw(st.floats(150, 450))
    tilt = draw(st.floats(-60, 60))
    west_part = Polygon([(0, 0), (east - tilt, 0), (east + tilt, SIDE_M), (0, SIDE_M)])
    rest = TOWN.difference(west_part)
    low = box(0, 0, SIDE_M, north)
    return [west_part, rest.intersection(low), rest.difference(low)]


@settings(max_examples=40, deadline=None)
@given(divisions=towns(), lines=streets, seed=st.integers(0, 2**32 - 1))
def test_cells_leave_no_gap_and_no_overlap(
    divisions: list[Polygon],
    lines: list[LineString],
    seed: int,
) -> None:
    cells = partition(divisions, lines, seed=seed)
    assert shapely.coverage_is_valid(cells.shapes)
    together = shapely.union_all(cells.shapes)
    assert isinstance(together, Polygon)
    assert not together.interiors
    assert together.area == pytest.approx(TOWN.area, abs=0.02 * TOWN.length)
    assert shapely.area(cells.shapes).sum() == pytest.approx(together.area, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(divisions=towns(), lines=streets)
def test_no_cell_crosses_a_community(divisions: list[Polygon], lines: list[LineString]) -> None:
    cells = partition(divisions, lines)
    own = np.array(divisions, dtype=object)[cells.division]
    outside = shapely.area(shapely.difference(cells.shapes, own))
    # Snapping to the grid may move an outline by a centimetre.
    assert (outside <= 0.02 * shapely.length(cells.shapes)).all()


@settings(max_examples=40, deadline=None)
@given(divisions=towns(), lines=streets)
def test_cells_have_about_the_size_asked_for(
    divisions: list[Polygon],
    lines: list[LineString],
) -> None:
    rules = Rules()
    cells = partition(divisions, lines, rules=rules)
    area = shapely.area(cells.shapes)
    assert area.max() <= 3 * rules.target_m2
    assert (area >= rules.smallest_m2).all()
    assert 0.5 * rules.target_m2 <= np.median(area) <= 1.5 * rules.target_m2


def test_cells_follow_the_streets() -> None:
    street = LineString([(-50, 205), (310, 190), (700, 222)])
    cells = partition([TOWN], [street])
    edges = shapely.union_all(shapely.boundary(cells.shapes))
    assert edges.buffer(0.02).covers(street.intersection(TOWN))


def test_a_dead_end_cuts_nothing() -> None:
    rules = Rules(target_m2=SIDE_M**2)
    assert len(partition([TOWN], [LineString([(0, 300), (200, 300)])], rules=rules).shapes) == 1


def test_open_land_gets_larger_cells() -> None:
    water = box(0, 0, SIDE_M, 300)
    bank = LineString([(0, 300), (SIDE_M, 300)])
    cells = partition([TOWN], [bank], open_land=[water])
    wet = shapely.intersects(water, shapely.point_on_surface(cells.shapes))
    area = shapely.area(cells.shapes)
    assert area[wet].mean() > 2 * area[~wet].mean()


def test_the_same_seed_gives_the_same_cells_and_another_seed_others() -> None:
    first, again, other = (partition([TOWN], [], seed=seed).shapes for seed in (1, 1, 2))
    assert shapely.to_wkb(first).tolist() == shapely.to_wkb(again).tolist()
    assert shapely.to_wkb(first).tolist() != shapely.to_wkb(other).tolist()


def test_a_crack_between_two_outlines_is_healed() -> None:
    # The crack is 40 cm wide, as outlines from two surveys often leave it.
    west, east = box(0, 0, 299.8, SIDE_M), box(300.2, 0, SIDE_M, SIDE_M)
    frame = Polygon(TOWN.buffer(10).exterior, [TOWN.exterior])
    cells = partition([west, east, frame], [])
    assert shapely.union_all(cells.shapes).area == pytest.approx(TOWN.buffer(10).area, abs=1)


def test_overlapping_divisions_are_refused() -> None:
    with pytest.raises(GridInvalid, match="overlap by 60000 m2"):
        partition([TOWN, box(500, 0, 900, SIDE_M)], [])


def test_nothing_to_divide_is_refused() -> None:
    with pytest.raises(GridInvalid, match="no area"):
        partition([], [LineString([(0, 0), (1, 1)])])


def degrees(points: np.ndarray) -> np.ndarray:
    """Stand in for a projection: about 109 degrees east, 32 degrees north."""
    return np.array([109.0, 32.0]) + points / np.array([93_700.0, 110_900.0])


@settings(max_examples=30, deadline=None)
@given(divisions=towns(), lines=streets)
def test_the_cover_stays_seamless_in_rounded_degrees(
    divisions: list[Polygon],
    lines: list[LineString],
) -> None:
    cells = partition(divisions, lines)
    turned = to_degrees(cells.shapes, degrees)
    assert shapely.coverage_is_valid(turned)
    corners = shapely.get_coordinates(turned)
    assert (np.round(corners, 8) == corners).all()
    assert len(np.unique(corners, axis=0)) == len(
        np.unique(shapely.get_coordinates(cells.shapes), axis=0),
    )


def test_degrees_too_coarse_for_the_plane_are_refused() -> None:
    cells = partition([TOWN], [])
    with pytest.raises(GridInvalid):
        to_degrees(cells.shapes, degrees, decimals=3)


def test_borders_are_measured_once_and_corners_do_not_count() -> None:
    found = borders([box(0, 0, 10, 10), box(10, 0, 20, 10), box(10, 10, 20, 20)])
    assert found.first.tolist() == [0, 1]
    assert found.second.tolist() == [1, 2]
    assert found.length_m.tolist() == [10, 10]


def test_a_sliver_goes_to_the_longest_border_of_its_own_division() -> None:
    strips = [box(0, 0, 100, 100), box(100, 0, 104, 100), box(104, 0, 200, 100)]
    blocks = faces(noded([strip.exterior for strip in strips], 0.01))
    west, sliver, east = sorted(range(3), key=lambda i: blocks[i].bounds[0])
    division = np.zeros(3, dtype=np.int64)
    division[east] = division[sliver] = 1
    shapes, owner = merge_slivers(blocks, division, smallest_m2=1000, narrowest_m=0, largest_m2=1e9)
    areas = dict(zip(owner.tolist(), shapely.area(shapes).tolist(), strict=True))
    assert areas == {0: 10_000, 1: 10_000}
    assert blocks[west].area == 10_000
    division[sliver] = NOBODY
    assert len(merge_slivers(blocks, division, smallest_m2=0, narrowest_m=0, largest_m2=0)[0]) == 2


def test_divisions_grow_in_one_piece_each_and_take_every_block() -> None:
    lines = [LineString([(0, y), (SIDE_M, y)]) for y in range(0, 601, 60)]
    lines += [LineString([(x, 0), (x, SIDE_M)]) for x in range(0, 601, 50)]
    blocks = faces(noded(lines, 0.01))
    taken = grow(blocks, np.array([[100.0, 100.0], [500.0, 100.0], [300.0, 500.0]]))
    for seed in range(3):
        own = [block for block, owner in zip(blocks, taken, strict=True) if owner == seed]
        assert isinstance(shapely.coverage_union_all(own), Polygon)
        assert 20 <= len(own) <= 60


def test_growing_says_when_blocks_cannot_be_reached_or_seeds_are_too_many() -> None:
    with pytest.raises(GridInvalid, match="cut off"):
        grow([box(0, 0, 1, 1), box(5, 5, 6, 6)], np.array([[0.5, 0.5]]))
    with pytest.raises(GridInvalid, match="2 seeds cannot share 1 blocks"):
        grow([box(0, 0, 1, 1)], np.array([[0.5, 0.5], [0.6, 0.6]]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(inside, inside), min_size=1, max_size=12, unique=True))
def test_voronoi_parts_belong_to_their_seed(places: list[tuple[float, float]]) -> None:
    seeds = np.round(np.array(places), 1)
    seeds = seeds[np.sort(np.unique(seeds, axis=0, return_index=True)[1])]
    parts = voronoi_parts(TOWN, seeds)
    assert shapely.area(parts).sum() == pytest.approx(TOWN.area)
    for part, seed in zip(parts, seeds, strict=True):
        middle = np.array(part.point_on_surface().coords[0])
        gaps = np.linalg.norm(seeds - middle, axis=1)
        assert np.linalg.norm(seed - middle) <= gaps.min() + 1e-6


def test_voronoi_needs_seeds_in_different_places() -> None:
    for seeds in (np.empty((0, 2)), np.zeros((2, 2))):
        with pytest.raises(GridInvalid, match="seed points"):
            voronoi_parts(TOWN, seeds)


def test_spread_points_keep_away_from_each_other_and_from_the_fixed() -> None:
    line = np.array([[float(x), 0.0] for x in range(11)])
    assert spread_points(line, 2, np.array([[0.0, 0.0]])).tolist() == [[10, 0], [5, 0]]
    with pytest.raises(GridInvalid, match="12 points"):
        spread_points(line, 12, line[:1])


@given(st.lists(st.tuples(inside, inside), min_size=1, max_size=40, unique=True))
def test_numbers_run_in_rows_from_the_north_and_from_west_to_east(
    places: list[tuple[float, float]],
) -> None:
    middles = np.array(places)
    ordered = middles[order_in_rows(middles)]
    row = np.floor((middles[:, 1].max() - ordered[:, 1]) / 100.0)
    assert (np.diff(row) >= 0).all()
    same_row = np.diff(row) == 0
    assert (np.diff(ordered[:, 0])[same_row] >= 0).all()


def test_each_community_is_numbered_by_itself() -> None:
    shapes = [box(x, y, x + 100, y + 100) for y in (0, 100) for x in (0, 100)]
    east, west = "610902001003", "610902001004"
    codes = number_cells(shapes, [west, east, west, east])
    assert codes == [f"{west}002", f"{east}002", f"{west}001", f"{east}001"]


def test_codes_need_a_community_of_twelve_digits_and_room() -> None:
    square = box(0, 0, 1, 1)
    with pytest.raises(CodeInvalid, match="12 digits"):
        number_cells([square], ["61090200100"])
    with pytest.raises(CodeInvalid, match="has 1000 cells"):
        number_cells([square] * 1000, ["610902001003"] * 1000)
    assert number_cells([], []) == []


def test_no_cells_is_no_grid() -> None:
    with pytest.raises(GridInvalid, match="No line encloses"):
        to_degrees([], degrees)
    assert len(Cells([TOWN], np.zeros(1, dtype=np.int64)).shapes) == 1
