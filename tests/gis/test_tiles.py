from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pyogrio
import pytest
from sqlalchemy import select, text

from support import city
from wanmi.gis import tables
from wanmi.gis.errors import PlaceInvalid
from wanmi.gis.tile_layers import TILE_LAYERS, layer_rows, layer_tile
from wanmi.gis.tiles import TileAddress, tile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pandas import DataFrame
    from sqlalchemy import Connection
    from sqlalchemy.sql import Executable

    from wanmi.gis.points import LonLat

    Reader = Callable[[Executable | None, str], DataFrame]


def address_of(place: LonLat, z: int) -> TileAddress:
    x = int((place.lon + 180) / 360 * (1 << z))
    y = int((1 - math.asinh(math.tan(math.radians(place.lat))) / math.pi) / 2 * (1 << z))
    return TileAddress(z, x, y)


HERE = address_of(city.CENTRE, 14)


@pytest.fixture
def read(connection: Connection, tmp_path: Path) -> Reader:
    """Run a tile's statement and open its bytes with another program (GDAL)."""

    def opened(statement: Executable | None, layer: str) -> DataFrame:
        assert statement is not None
        path = tmp_path / "tile.mvt"
        path.write_bytes(bytes(connection.execute(statement).scalar_one()))
        return pyogrio.read_dataframe(path, layer=layer, read_geometry=True)

    return opened


def test_a_street_comes_with_its_attributes(connection: Connection, read: Reader) -> None:
    shape = city.line((-60, 0), (60, 0))
    city.add(
        connection,
        tables.Street,
        "S1",
        shape,
        name="育才路",
        grade="main",
        jurisdiction_code="610902",
    )
    city.add(connection, tables.Street, "FAR", city.line((9000, 9000), (9100, 9000)))

    (street,) = read(layer_tile("streets", HERE), "streets").to_dict("records")

    assert (street["code"], street["name"], street["grade"]) == ("S1", "育才路", "main")
    assert street["jurisdiction_code"] == "610902"
    assert street["geometry"].geom_type in {"LineString", "MultiLineString"}


def test_a_shape_lies_in_the_tile_where_it_lies_on_the_earth(
    connection: Connection, read: Reader
) -> None:
    city.add(connection, tables.Place, "N1", city.point(0, 0))
    places = tables.Place.__table__
    rows = select(places.c.code, places.c.shape)
    (place,) = read(tile(rows, HERE, layer_name="places", limit=10), "places").to_dict("records")
    # Where the centre is in this tile, in units of its side from the north-west corner; GDAL
    # gives a tile without a name of its own as units from the south-west.
    across = (city.CENTRE.lon + 180) / 360 * (1 << 14) - HERE.x
    rows_down = (1 - math.asinh(math.tan(math.radians(city.CENTRE.lat))) / math.pi) / 2 * (1 << 14)
    assert place["geometry"].x == pytest.approx(across * 4096, abs=1)
    assert 4096 - place["geometry"].y == pytest.approx((rows_down - HERE.y) * 4096, abs=1)


def test_ended_cells_are_not_drawn(connection: Connection, read: Reader) -> None:
    shape = city.square(-50, -50, 100)
    ended = {"valid_to": city.LOADED.date(), "ended_edition": 2}
    city.add(connection, tables.Cell, "610902001001001", shape, **ended)
    city.add(connection, tables.Cell, "610902001001002", shape, grade="1")
    found = read(layer_tile("cells", HERE), "cells")
    assert found["code"].tolist() == ["610902001001002"]


def test_a_tile_holds_no_more_features_than_its_limit(connection: Connection, read: Reader) -> None:
    for i in range(20):
        city.add(connection, tables.Park, f"P{i:02}", city.square(-10, -10, 20 + i))
    capped = tile(layer_rows("parks"), HERE, layer_name="parks", limit=5)
    assert read(capped, "parks")["code"].tolist() == [f"P0{i}" for i in range(5)]


def test_what_the_viewer_may_not_see_is_not_in_the_tile(
    connection: Connection, read: Reader
) -> None:
    for code in ("610902", "610902-GX"):
        city.add(
            connection, tables.Park, f"P{code}", city.square(-10, -10, 20), jurisdiction_code=code
        )
    parks = tables.Park.__table__
    visible = layer_rows("parks").where(parks.c.jurisdiction_code == "610902-GX")
    assert read(layer_tile("parks", HERE, visible), "parks")["code"].tolist() == ["P610902-GX"]


@pytest.mark.parametrize("name", TILE_LAYERS)
def test_an_empty_tile_has_no_bytes(connection: Connection, name: str) -> None:
    statement = layer_tile(name, HERE)
    assert statement is not None
    assert bytes(connection.execute(statement).scalar_one()) == b""


@pytest.mark.parametrize("name", TILE_LAYERS)
def test_below_its_zoom_a_layer_is_not_asked(name: str) -> None:
    z = TILE_LAYERS[name].min_zoom
    assert layer_tile(name, TileAddress(z - 1, 0, 0)) is None
    assert layer_tile(name, TileAddress(z, 0, 0)) is not None


def test_a_tile_uses_the_index(connection: Connection) -> None:
    corners = [(east * 100.0, north * 100.0) for east in range(-30, 30) for north in range(-30, 30)]
    rows = [{"code": f"{i:015}", "shape": city.square(*c, 100)} for i, c in enumerate(corners)]
    city.add_many(connection, tables.Cell, rows)
    connection.execute(text("ANALYZE cells"))
    plan = city.plan_of(connection, layer_tile("cells", address_of(city.CENTRE, 16)))
    assert "ix_cells_shape_current" in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("z", "x", "y"), [(-1, 0, 0), (23, 0, 0), (1, 2, 0), (1, 0, 2), (0, 0, -1), (3, -1, 0)]
)
def test_there_is_no_such_tile(z: int, x: int, y: int) -> None:
    with pytest.raises(PlaceInvalid):
        TileAddress(z, x, y)


def test_the_first_tile_shows_the_world() -> None:
    bounds = TileAddress(0, 0, 0).bounds
    assert (bounds.min_lon, bounds.max_lon) == (-180, 180)
    assert bounds.max_lat == pytest.approx(85.5, abs=0.1)
