"""The edge file gives back every cell exactly, on its grid of about one metre."""

import gzip
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from support import edge_file
from support.small_city import codes, lattice
from wanmi.gis.errors import CodeInvalid, FrameMismatch, GridInvalid
from wanmi.web.maps.edges import STEP, encode, ordered_counts, varints
from wanmi.web.maps.topology import share_edges


def on_grid(shape: shapely.Geometry, head: dict) -> shapely.Geometry:
    """Put a shape on the grid of the file."""
    origin, step = np.asarray(head["origin"]), head["step"]
    return shapely.transform(shape, lambda xy: np.rint((xy - origin) / step) * step + origin)


def assert_same(polygons: Sequence[shapely.Geometry]) -> None:
    names = codes(len(polygons))
    head, cells = edge_file.read(encode(polygons, names, edition="7"))
    assert list(cells) == names
    for polygon, back in zip(polygons, cells.values(), strict=True):
        assert shapely.equals(back, on_grid(polygon, head))


@settings(max_examples=25, deadline=None)
@given(side=st.integers(1, 7), seed=st.integers(0, 10**6), bends=st.integers(0, 5))
def test_any_coverage_comes_back(side: int, seed: int, bends: int) -> None:
    assert_same(lattice(side, seed=seed, bends=bends))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), merged=st.integers(2, 12))
def test_merged_cells_with_holes_and_parts_come_back(seed: int, merged: int) -> None:
    cells = lattice(5, seed=seed, bends=2)
    chosen = np.random.default_rng(seed).choice(len(cells), merged, replace=False)
    rest = np.delete(cells, chosen)
    assert_same(np.append(rest, shapely.coverage_union_all(cells[chosen])))


def test_an_island_in_a_cell_shares_its_ring() -> None:
    island = Point(109.005, 32.705).buffer(0.002, 6)
    around = box(109, 32.7, 109.01, 32.71).difference(island)
    assert_same([around, island])
    edges = share_edges(np.array([around, island]), (109.0, 32.7), STEP)
    assert len(edges.edge_sizes) == 2, "the outer ring and one shared ring"


def test_a_cell_of_two_parts_with_holes_comes_back() -> None:
    hole = box(109.002, 32.702, 109.004, 32.704)
    first = box(109, 32.7, 109.01, 32.71).difference(hole)
    second = box(109.02, 32.7, 109.03, 32.71)
    assert_same([MultiPolygon([first, second]), hole])


def test_each_edge_of_a_lattice_is_there_once() -> None:
    side = 6
    edges = share_edges(lattice(side), (109.0, 32.6), STEP)
    corners = 4  # at a corner of the city two border edges are one
    assert len(edges.edge_sizes) == 2 * side * (side + 1) - corners
    assert len(edges.uses) == 4 * side * side - corners


def test_cells_that_do_not_meet_vertex_to_vertex_still_come_back() -> None:
    west = box(109, 32.7, 109.01, 32.72)
    south_east, north_east = box(109.01, 32.7, 109.02, 32.71), box(109.01, 32.71, 109.02, 32.72)
    assert_same([west, south_east, north_east])


def test_a_sliver_below_the_grid_vanishes_and_its_neighbours_stay() -> None:
    thin = box(109.01, 32.7, 109.0100001, 32.71)
    left, right = box(109, 32.7, 109.01, 32.71), box(109.0100001, 32.7, 109.02, 32.71)
    _, cells = edge_file.read(encode([left, thin, right], ["a", "b", "c"], edition="1"))
    assert cells["b"].area == 0
    assert cells["a"].area == pytest.approx(1e-4, rel=1e-3)
    assert cells["c"].area == pytest.approx(1e-4, rel=1e-3)


def test_a_cell_without_a_shape_keeps_its_place() -> None:
    _, cells = edge_file.read(
        encode([None, box(109, 32, 109.01, 32.01), Polygon()], ["a", "b", "c"], edition="1"),
    )
    assert [shape.is_empty for shape in cells.values()] == [True, False, True]


def test_a_city_of_12_000_cells_is_light() -> None:
    polygons = lattice(110, bends=5)
    file = encode(polygons, codes(len(polygons)), edition="1")
    assert len(gzip.compress(file)) < 0.35e6


def test_codes_of_any_kind_come_back() -> None:
    square = box(109, 32, 109.01, 32.01)
    names = [
        "",
        "责任网格-1",
        "责任网格-12",
        "责",
        "610902001001001" * 4,
        "610902001001001" * 4 + "x",
    ]
    head, _ = edge_file.read(encode([square] * len(names), names, edition="1"))
    assert edge_file.codes_of(head) == names


@given(st.lists(st.integers(0, 2**62)))
def test_numbers_of_every_length_come_back(values: list[int]) -> None:
    assert edge_file._varints(varints(np.array(values, dtype=np.int64))) == values


def test_wrong_input_is_refused() -> None:
    square = box(109, 32, 109.01, 32.01)
    with pytest.raises(GridInvalid, match="2 codes"):
        encode([square], ["a", "b"], edition="1")
    with pytest.raises(GridInvalid):
        encode([], [], edition="1")
    with pytest.raises(FrameMismatch, match="degrees"):
        encode([box(500000, 3600000, 500100, 3600100)], ["a"], edition="1")
    with pytest.raises(FrameMismatch, match="degrees"):
        encode([Polygon()], ["a"], edition="1")
    with pytest.raises(CodeInvalid, match="comma"):
        encode([square], ["a,b"], edition="1")


def test_counts_are_sent_in_the_order_of_the_file() -> None:
    document = ordered_counts(["a", "b", "c"], {"c": 3, "b": None, "x": 9}, edition="7")
    assert document == {"edition": "7", "values": [0, None, 3]}
