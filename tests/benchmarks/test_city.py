"""The made-up city is a grid: seamless, coded, and the same every time."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def city() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT)
        yield importlib.import_module("benchmarks.city")


def test_cells_leave_no_gap_and_do_not_overlap(city: ModuleType) -> None:
    made = city.make_city(2_500)
    assert len(made.cells) == len(made.codes) == 2_500
    assert shapely.is_valid(made.cells).all()
    assert shapely.coverage_is_valid(made.cells)
    outline = shapely.coverage_union_all(made.cells)
    assert shapely.get_type_id(outline) == 3
    assert shapely.get_num_interior_rings(outline) == 0


def test_cells_are_about_a_hectare_with_some_two_dozen_vertices(city: ModuleType) -> None:
    cells = city.make_city(2_500).cells
    hectares = shapely.area(city.PLANE.shape(cells)) / 1e4
    vertices = shapely.get_num_coordinates(cells) - 1
    assert 0.8 < np.median(hectares) < 1.1
    assert hectares.min() < 0.6
    assert hectares.max() > 1.7
    assert 20 < np.median(vertices) < 28


def test_codes_are_those_of_a_register(city: ModuleType) -> None:
    codes = city.make_city(2_500).codes
    assert (codes[1:] > codes[:-1]).all()
    assert {len(code) for code in codes.tolist()} == {15}


def test_the_same_seed_gives_the_same_city_and_points(city: ModuleType) -> None:
    one, other, third = city.make_city(500), city.make_city(500), city.make_city(500, seed=1)
    assert shapely.equals_exact(one.cells, other.cells).all()
    assert not shapely.equals_exact(one.cells, third.cells).all()
    for a, b in zip(city.make_points(one, 100), city.make_points(other, 100), strict=True):
        np.testing.assert_array_equal(a, b)


def test_most_points_lie_in_the_city_and_some_outside(city: ModuleType) -> None:
    made = city.make_city(2_500)
    lon, lat = city.make_points(made, 5_000)
    outside = ~shapely.intersects_xy(shapely.coverage_union_all(made.cells), lon, lat)
    assert 0.03 <= outside.mean() < 0.2
