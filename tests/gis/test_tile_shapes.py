"""Tiles out of memory hold what PostGIS would put into them, as another program (GDAL) reads it."""

from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from support import city
from support.town import SOUTH, STEP, WEST, cell_shapes
from wanmi.gis import tables
from wanmi.gis.tile_layers import layer_rows, layer_tile
from wanmi.gis.tile_shapes import TileShapes, read_tile_shapes
from wanmi.gis.tiles import EXTENT, TileAddress

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from sqlalchemy import Connection

COLUMNS, ROWS = 8, 6


def address_of(lon: float, lat: float, z: int) -> TileAddress:
    side = 1 << z
    south = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return TileAddress(z, int((lon + 180) / 360 * side), int(south * side))


def opened(content: bytes) -> GeoDataFrame:
    """Read a tile by GDAL: uncut, in units of the tile, east and north of its lower left corner."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tile.mvt"
        path.write_bytes(content)
        return pyogrio.read_dataframe(path, layer="cells", CLIP="NO")


def in_units(shapes: Any, address: TileAddress) -> Any:  # noqa: ANN401
    """Return degrees in the units of a tile, northwards from its lower edge, as GDAL has them."""

    def project(places: Any) -> Any:  # noqa: ANN401
        side = float(EXTENT << address.z)
        x = (places[:, 0] + 180) / 360 * side - address.x * EXTENT
        south = (1 - np.arcsinh(np.tan(np.radians(places[:, 1]))) / math.pi) / 2
        return np.column_stack([x, EXTENT - (south * side - address.y * EXTENT)])

    return shapely.transform(shapes, project)


def tile_of(shapes: TileShapes, address: TileAddress, limit: int = 1000) -> bytes:
    content = shapes.tile(address, layer_name="cells", limit=limit)
    assert content is not None
    return content


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 1000),
    zoom=st.integers(12, 17),
    column=st.floats(0, COLUMNS),
    row=st.floats(0, ROWS),
)
def test_every_cell_of_a_tile_stands_in_its_place(
    seed: int, zoom: int, column: float, row: float
) -> None:
    cells = np.array(cell_shapes(COLUMNS, ROWS, seed=seed), dtype=object)
    names = [f"c{number}" for number in range(len(cells))]
    shapes = TileShapes.of(cells, {"code": names, "area_m2": [float(n) for n in range(len(cells))]})
    address = address_of(WEST + column * STEP, SOUTH + row * STEP, zoom)
    true = in_units(cells, address)
    content = tile_of(shapes, address)
    touched = shapely.intersects(true, shapely.box(0, 0, EXTENT, EXTENT))
    if not content:
        assert not touched.any()
        return
    found = opened(content)
    assert found["code"].is_unique
    assert set(found["code"]) >= {names[at] for at in np.flatnonzero(touched)}
    for code, area, shape in zip(found["code"], found["area_m2"], found.geometry, strict=True):
        at = names.index(code)
        assert area == at
        # Half a unit each way, and a corner left out lies as near to its line.
        assert shapely.hausdorff_distance(shape, true[at]) <= math.sqrt(2)
        assert shape.is_valid
    # Neighbours keep the same corners: nothing lies double, and no gap is between them.
    whole = shapely.union_all(found.geometry.values)
    assert whole.area == pytest.approx(found.geometry.area.sum(), rel=1e-9)
    assert not shapely.get_num_interior_rings(shapely.get_parts(whole)).any()


def test_holes_and_parts_stay() -> None:
    outer, inner = city.square(-200, -200, 400), city.square(-50, -50, 100)
    far = city.square(400, 0, 50)
    shape = shapely.MultiPolygon(
        [*shapely.get_parts(shapely.difference(outer, inner)), *shapely.get_parts(far)]
    )
    shapes = TileShapes.of(np.array([shape], dtype=object), {"code": ["ring"], "grade": [None]})
    lon, lat = city.CENTRE.lonlat
    address = address_of(lon, lat, 14)
    found = opened(tile_of(shapes, address))
    assert "grade" not in found or found["grade"].isna().all()
    drawn = found.geometry[0]
    true = in_units(np.array([shape], dtype=object), address)[0]
    assert drawn.area == pytest.approx(true.area, rel=0.02)
    assert shapely.get_num_geometries(drawn) == 2
    assert sum(len(part.interiors) for part in drawn.geoms) == 1


@pytest.mark.parametrize("zoom", [12, 14, 15])
def test_the_same_cells_and_values_as_postgis(connection: Connection, zoom: int) -> None:
    cells = cell_shapes(COLUMNS, ROWS)
    city.add_many(
        connection,
        tables.Cell,
        [
            {"code": f"610902001003{n:03}", "shape": shape, "area_m2": n / 7, "grade": grade}
            for n, shape in enumerate(cells)
            for grade in ["1" if n % 3 else None]
        ],
    )
    rows = layer_rows("cells")
    shapes = read_tile_shapes(connection, rows)
    address = address_of(WEST + 4 * STEP, SOUTH + 3 * STEP, zoom)
    statement = layer_tile("cells", address, rows)
    assert statement is not None
    theirs = opened(bytes(connection.execute(statement).scalar_one())).set_index("code")
    ours = opened(tile_of(shapes, address)).set_index("code")
    # A shape whose box alone reaches into the tile is drawn by us and cut off by PostGIS.
    assert set(ours.index) >= set(theirs.index)
    ours = ours.loc[theirs.index]
    for key in ("grade", "area_m2"):
        assert ours[key].fillna("-").tolist() == theirs[key].fillna("-").tolist()
    whole = shapely.box(-64, -64, EXTENT + 64, EXTENT + 64)
    cut = shapely.intersection(ours.geometry.values, whole)
    assert (shapely.hausdorff_distance(cut, theirs.geometry.values) <= 2).all()


def test_the_first_ones_stay_when_there_are_too_many() -> None:
    cells = np.array(cell_shapes(COLUMNS, ROWS), dtype=object)
    names = [f"c{number:03}" for number in range(len(cells))]
    shapes = TileShapes.of(cells, {"code": names})
    address = address_of(WEST + 4 * STEP, SOUTH + 3 * STEP, 12)
    assert opened(tile_of(shapes, address, limit=5))["code"].tolist() == names[:5]


def test_a_shape_far_wider_than_the_tile_is_not_drawn_whole() -> None:
    shapes = TileShapes.of(np.array([city.square(-200, -200, 400)], dtype=object), {"code": ["a"]})
    lon, lat = city.CENTRE.lonlat
    assert shapes.tile(address_of(lon, lat, 15), layer_name="cells", limit=9)
    assert shapes.tile(address_of(lon, lat, 20), layer_name="cells", limit=9) is None


def test_what_is_smaller_than_a_unit_and_what_is_not_there_make_no_feature() -> None:
    shapes = TileShapes.of(np.array([city.square(0, 0, 1)], dtype=object), {"code": ["a"]})
    lon, lat = city.CENTRE.lonlat
    assert tile_of(shapes, address_of(lon, lat, 5)) == b""
    assert tile_of(shapes, address_of(lon + 1, lat, 15)) == b""
    none = TileShapes.of(np.array([], dtype=object), {"code": []})
    assert tile_of(none, address_of(lon, lat, 15)) == b""
