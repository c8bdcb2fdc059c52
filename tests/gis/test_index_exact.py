"""A place's cell: the same for one point, for many and for GEOS, whatever the point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from support import coverages
from wanmi.gis import index as index_module
from wanmi.gis.frames import Plane
from wanmi.gis.index import CellIndex
from wanmi.gis.points import LonLat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PLANE = Plane(4545)


@pytest.fixture(autouse=True, scope="module")
def kernel_for_few() -> Iterator[None]:
    """Let the compiled path do small batches too, so that both paths are compared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_module, "FEW", 0)
        yield


def indexed(cells: NDArray[np.object_]) -> CellIndex:
    codes = coverages.codes_for(len(cells))
    return CellIndex.build(cells, codes, edition="test", plane=PLANE)


def one_by_one(index: CellIndex, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[int]:
    known = {code: i for i, code in enumerate(index.codes.tolist())} | {None: -1}
    places = zip(lon.tolist(), lat.tolist(), strict=True)
    return [known[index.locate(LonLat(x, y))] for x, y in places]


@settings(max_examples=60, deadline=None)
@given(
    kind=st.integers(0, len(coverages.KINDS) - 1),
    seed=st.integers(0, 2**32 - 1),
    side=st.integers(1, 5),
    origin=st.integers(0, len(coverages.ORIGINS) - 1),
)
@example(kind=1, seed=0, side=4, origin=2)  # T-junctions where float64 cannot decide
@example(kind=4, seed=1, side=5, origin=0)  # overlapping cells
def test_single_bulk_and_geos_agree_on_vertices_edges_and_ulps_beside_them(
    kind: int, seed: int, side: int, origin: int
) -> None:
    cells = coverages.make(kind, seed, side, origin)
    assume(len(cells) > 0)
    index = indexed(cells)
    lon, lat = coverages.nasty_points(cells, np.random.default_rng(seed))
    expected = coverages.lowest_intersecting(cells, lon, lat)
    np.testing.assert_array_equal(index.locate_many(lon, lat), expected)
    np.testing.assert_array_equal(one_by_one(index, lon, lat), expected)


def squares(columns: int, rows: int) -> NDArray[np.object_]:
    """A lattice of squares of a millidegree, numbered from the south-west, eastwards."""
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    west, south = 109 + x.ravel() / 1000, 32 + y.ravel() / 1000
    east, north = 109 + (x.ravel() + 1) / 1000, 32 + (y.ravel() + 1) / 1000
    return shapely.box(west, south, east, north)


def test_a_point_on_a_shared_edge_belongs_to_the_lowest_code() -> None:
    index = indexed(squares(2, 2))
    assert index.locate(LonLat(109.001, 32.0005)) == index.codes[0]
    assert index.locate(LonLat(109.0005, 32.001)) == index.codes[0]
    assert index.locate(LonLat(109.0015, 32.001)) == index.codes[1]
    assert index.locate(LonLat(109.001, 32.001)) == index.codes[0]


def test_the_outer_border_is_closed() -> None:
    index = indexed(squares(2, 2))
    for lon, lat, cell in [
        (109, 32, 0),
        (109.002, 32.002, 3),
        (109.002, 32.0, 1),
        (109, 32.001, 0),
    ]:
        assert index.locate(LonLat(lon, lat)) == index.codes[cell]
    beyond = np.nextafter(109.002, 110)
    assert index.locate(LonLat(beyond, 32.0005)) is None


def test_the_order_in_which_cells_are_given_does_not_matter() -> None:
    cells, codes = squares(3, 3), coverages.codes_for(9)
    lon, lat = coverages.nasty_points(cells, np.random.default_rng(7))
    expected = indexed(cells).locate_many(lon, lat)
    turned = CellIndex.build(cells[::-1], codes[::-1], edition="test", plane=PLANE)
    assert turned.codes.tolist() == codes
    np.testing.assert_array_equal(turned.locate_many(lon, lat), expected)


def test_a_hole_belongs_to_nobody_but_its_edge_does() -> None:
    ring = shapely.box(109, 32, 109.003, 32.003) - shapely.box(109.001, 32.001, 109.002, 32.002)
    index = indexed(np.array([ring]))
    assert index.locate(LonLat(109.0015, 32.0015)) is None
    assert index.locate(LonLat(109.001, 32.0015)) == index.codes[0]


def test_a_cell_of_two_parts_is_found_in_both() -> None:
    parts = squares(4, 1)
    cell, between = shapely.MultiPolygon([parts[0], parts[3]]), parts[1]
    index = indexed(np.array([cell, between]))
    found = index.locate_many([109.0005, 109.0015, 109.0025, 109.0035], [32.0005] * 4)
    assert found.tolist() == [0, 1, -1, 0]


def test_of_overlapping_cells_the_lowest_code_wins_also_deep_inside() -> None:
    whole, corner = shapely.box(109, 32, 109.01, 32.01), shapely.box(109, 32, 109.002, 32.002)
    lon, lat = np.meshgrid(np.linspace(109, 109.01, 101), np.linspace(32, 32.01, 101))
    above = indexed(np.array([whole, corner])).locate_many(lon.ravel(), lat.ravel())
    assert set(above.tolist()) == {0}
    below = indexed(np.array([corner, whole])).locate_many(lon.ravel(), lat.ravel())
    inside = (lon.ravel() <= 109.002) & (lat.ravel() <= 32.002)
    np.testing.assert_array_equal(below, np.where(inside, 0, 1))


def test_no_number_and_no_place_on_earth_are_outside() -> None:
    index = indexed(squares(2, 2))
    odd = [np.nan, np.inf, -np.inf, 1e300, -1e300, 400.0]
    lon, lat = np.array([*odd, *[109.0005] * 6]), np.array([*[32.0005] * 6, *odd])
    assert index.locate_many(lon, lat).tolist() == [-1] * 12
    assert index.match_many(lon, lat, 30.0).kinds.tolist() == [index_module.NONE] * 12


def test_a_grid_far_from_itself_has_an_index_too() -> None:
    cells = np.concatenate([squares(2, 2), shapely.transform(squares(2, 2), lambda xy: -xy)])
    index = indexed(cells)
    lon, lat = coverages.nasty_points(cells, np.random.default_rng(3))
    expected = coverages.lowest_intersecting(cells, lon, lat)
    np.testing.assert_array_equal(index.locate_many(lon, lat), expected)


def test_a_small_table_of_pixels_gives_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = coverages.make(0, 5, 5, 0)
    lon, lat = coverages.nasty_points(cells, np.random.default_rng(5))
    expected = indexed(cells).locate_many(lon, lat)
    monkeypatch.setattr("wanmi.gis.rasters.MOST_PIXELS", 40)
    monkeypatch.setattr("wanmi.gis.rasters.MOST_TILES", 20)
    monkeypatch.setattr("wanmi.gis.rasters.USUAL_RECORD", 1)
    np.testing.assert_array_equal(indexed(cells).locate_many(lon, lat), expected)


def test_every_kind_of_numbers_is_taken_and_threads_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    index = indexed(squares(3, 3))
    random = np.random.default_rng(2)
    lon, lat = 109 + random.random(5000) * 0.004, 32 + random.random(5000) * 0.004
    expected = index.locate_many(lon, lat)
    monkeypatch.setattr(index_module, "CHUNK", 700)
    table = np.column_stack([lon, lat])
    np.testing.assert_array_equal(index.locate_many(table[:, 0], table[:, 1]), expected)
    np.testing.assert_array_equal(index.locate_many(lon.tolist(), lat.tolist()), expected)


def test_bulk_refuses_what_is_not_two_rows() -> None:
    index = indexed(squares(1, 1))
    with pytest.raises(ValueError, match="not two rows"):
        index.locate_many([109.0], [32.0, 32.1])
    with pytest.raises(ValueError, match="not two rows"):
        index.locate_many([[109.0]], [[32.0]])
