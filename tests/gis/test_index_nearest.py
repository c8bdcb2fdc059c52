"""A place outside the grid: the nearest cell within the tolerance, in metres of the plane."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from support import coverages
from wanmi.gis.frames import Plane
from wanmi.gis.index import MATCH_KINDS, NEAREST, CellIndex, CellMatch
from wanmi.gis.points import LonLat
from wanmi.gis.rim import TIE_M

PLANE = Plane(4545)
WEST, SOUTH, STEP = 109.03, 32.69, 0.001


def row_of_squares(count: int) -> CellIndex:
    west = WEST + STEP * np.arange(count)
    cells = shapely.box(west, SOUTH, west + STEP, SOUTH + STEP)
    return CellIndex.build(cells, coverages.codes_for(count), edition="test", plane=PLANE)


def test_inside_is_inside_at_no_distance() -> None:
    index = row_of_squares(2)
    place = LonLat(WEST + STEP / 2, SOUTH + STEP / 2)
    assert index.match(place, 30.0) == CellMatch(index.codes[0], "inside", 0.0)


def test_the_nearest_within_the_tolerance_is_measured_in_the_plane() -> None:
    index = row_of_squares(2)
    place = LonLat(WEST - STEP / 5, SOUTH + STEP / 2)
    expected_m = PLANE.distance_m(place, LonLat(WEST, SOUTH + STEP / 2))
    match = index.match(place, 30.0)
    assert (match.code, match.match) == (index.codes[0], "nearest")
    assert match.distance_m == pytest.approx(expected_m, abs=0.01)
    assert index.match(place, expected_m - 0.01) == CellMatch(None, "none", None)
    assert index.match(place, 0.0) == CellMatch(None, "none", None)


def test_of_equally_near_cells_the_lowest_code_is_taken() -> None:
    index = row_of_squares(3)
    for corner, lowest in [(1, 0), (2, 1)]:
        place = LonLat(WEST + corner * STEP, SOUTH - STEP / 10)
        assert index.match(place, 30.0).code == index.codes[lowest]


def test_a_cell_that_meets_the_border_in_a_corner_only_can_be_the_nearest() -> None:
    a, b = LonLat(WEST, SOUTH), STEP
    corner = shapely.Polygon([(a.lon, a.lat), (a.lon + b, a.lat + b), (a.lon - b, a.lat + b)])
    left = shapely.Polygon([(a.lon, a.lat), (a.lon - b, a.lat + b), (a.lon - b, a.lat)])
    right = shapely.Polygon([(a.lon, a.lat), (a.lon + b, a.lat), (a.lon + b, a.lat + b)])
    index = CellIndex.build(
        [corner, left, right], coverages.codes_for(3), edition="test", plane=PLANE
    )
    below = LonLat(WEST, SOUTH - STEP / 10)
    assert index.match(below, 30.0).code == index.codes[0]


def test_a_gap_in_the_grid_has_nearest_cells_too() -> None:
    ring = shapely.box(WEST, SOUTH, WEST + 3 * STEP, SOUTH + 3 * STEP)
    gap = shapely.box(WEST + STEP, SOUTH + STEP, WEST + 2 * STEP, SOUTH + 2 * STEP)
    index = CellIndex.build([ring - gap], coverages.codes_for(1), edition="test", plane=PLANE)
    match = index.match(LonLat(WEST + 1.5 * STEP, SOUTH + 1.1 * STEP), 30.0)
    assert match.match == "nearest"
    assert match.distance_m == pytest.approx(11.09, abs=0.1)


@settings(max_examples=25, deadline=None)
@given(
    kind=st.integers(0, len(coverages.KINDS) - 1),
    seed=st.integers(0, 2**32 - 1),
    side=st.integers(1, 4),
    tolerance_m=st.sampled_from([0.5, 5.0, 30.0]),
)
def test_many_single_and_a_search_of_all_cells_agree(
    kind: int, seed: int, side: int, tolerance_m: float
) -> None:
    cells = coverages.make(kind, seed, side, 0)
    assume(len(cells) > 0)
    index = CellIndex.build(cells, coverages.codes_for(len(cells)), edition="test", plane=PLANE)
    lon, lat = coverages.nasty_points(cells, np.random.default_rng(seed))
    lon, lat = lon[::7], lat[::7]
    many = index.match_many(lon, lat, tolerance_m)
    np.testing.assert_array_equal(many.kinds == 0, index.locate_many(lon, lat) >= 0)
    flat, points = PLANE.shape(cells), shapely.points(*PLANE.to_plane(lon, lat))
    for i in np.flatnonzero(many.kinds != 0).tolist():
        away = shapely.distance(points[i], flat)
        near = away.min() <= tolerance_m
        assert MATCH_KINDS[many.kinds[i]] == ("nearest" if near else "none")
        lowest = np.flatnonzero(away <= away.min() + TIE_M)[0] if near else -1
        assert many.ids[i] == lowest
        assert many.distance_m[i] == pytest.approx(away.min() if near else np.nan, nan_ok=True)
        single = index.match(LonLat(lon[i], lat[i]), tolerance_m)
        assert single.code == (index.codes[lowest] if near else None)


def test_a_place_beyond_the_plane_is_near_nothing() -> None:
    index = row_of_squares(1)
    assert index.match(LonLat(-72.0, 0.0), 30.0).match == "none"
    assert NEAREST not in index.match_many([-72.0, 18.0], [0.0, 90.0], 30.0).kinds


@pytest.mark.parametrize("tolerance_m", [-1.0, float("nan")])
def test_a_tolerance_is_a_distance(tolerance_m: float) -> None:
    index = row_of_squares(1)
    with pytest.raises(ValueError, match="no distance"):
        index.match(LonLat(109, 32), tolerance_m)
    with pytest.raises(ValueError, match="no distance"):
        index.match_many([109.0], [32.0], tolerance_m)
