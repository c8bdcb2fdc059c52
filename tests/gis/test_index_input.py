"""Cells that no index can be made of are refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from support import coverages
from wanmi.gis.errors import CodeInvalid, GridInvalid
from wanmi.gis.frames import Plane
from wanmi.gis.index import CellIndex

GOOD = shapely.box(109, 32, 109.001, 32.001)
BOW_TIE = shapely.Polygon([(109, 32), (109.001, 32.001), (109.001, 32), (109, 32.001)])


def build(cells: Any, codes: Any) -> CellIndex:  # noqa: ANN401
    return CellIndex.build(cells, codes, edition="test", plane=Plane(4545))


def test_a_grid_without_cells_is_refused() -> None:
    with pytest.raises(GridInvalid, match="without cells"):
        build([], [])


def test_every_cell_has_one_code_and_every_code_one_cell() -> None:
    with pytest.raises(GridInvalid, match="2 cells, but 1 codes"):
        build([GOOD, GOOD], ["610902001001001"])
    with pytest.raises(GridInvalid, match="Two cells have the code 610902001001001"):
        build([GOOD, GOOD], ["610902001001001"] * 2)


@pytest.mark.parametrize(
    "code", ["61090200100100", "6109020010010011", "61090200100100A", "", "６10902001001001"]
)
def test_a_code_has_15_digits(code: str) -> None:
    with pytest.raises(CodeInvalid, match="15 digits"):
        build([GOOD], [code])


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        (None, "is no polygon"),
        (shapely.Point(109, 32), "is no polygon"),
        (shapely.GeometryCollection([GOOD]), "is no polygon"),
        (shapely.Polygon(), "is empty"),
        (BOW_TIE, "crosses or overlaps itself"),
        (shapely.MultiPolygon([GOOD, GOOD]), "crosses or overlaps itself"),
        (shapely.box(596_000, 3_618_000, 596_100, 3_618_100), "is not in degrees"),
        (shapely.box(32, 109, 32.001, 109.001), "is not in degrees"),
    ],
)
def test_a_shape_that_is_no_cell_is_named_by_its_code(cell: Any, complaint: str) -> None:  # noqa: ANN401
    good = shapely.transform(GOOD, lambda xy: xy + 1)
    with pytest.raises(GridInvalid, match=f"610902001001002 {complaint}"):
        build([good, cell], coverages.codes_for(2))


def test_heights_and_repeated_vertices_are_harmless() -> None:
    ring = [
        (109, 32, 5),
        (109.001, 32, 5),
        (109.001, 32, 7),
        (109.001, 32.001, 5),
        (109, 32.001, 1),
    ]
    index = build(np.array([shapely.Polygon(ring)]), coverages.codes_for(1))
    assert index.locate_many([109.0005, 109.001, 109.002], [32.0005] * 3).tolist() == [0, 0, -1]
