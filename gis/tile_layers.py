"""Which layers of the city are served as tiles, with what attributes, and from which zoom on?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from wanmi.gis import tables
from wanmi.gis.tiles import tile

if TYPE_CHECKING:
    from sqlalchemy import Select

    from wanmi.gis.schema import Base
    from wanmi.gis.tiles import TileAddress


@dataclass(frozen=True, slots=True)
class TileLayer:
    """A layer as tiles show it.

    Attributes:
        model: its table.
        attributes: columns that travel with each feature.
        min_zoom: below it a tile has no features: they would be smaller than a pixel.
        limit: the most features in one tile.
        only_current: leave out rows that have ended (cells keep their history).
    """

    model: type[Base]
    attributes: tuple[str, ...]
    min_zoom: int
    limit: int
    only_current: bool = False


TILE_LAYERS: dict[str, TileLayer] = {
    "cells": TileLayer(
        tables.Cell,
        ("code", "grade", "area_m2", "jurisdiction_code"),
        min_zoom=10,
        limit=20_000,
        only_current=True,
    ),
    "streets": TileLayer(
        tables.Street,
        ("code", "name", "grade", "programme", "unit_code", "jurisdiction_code"),
        min_zoom=10,
        limit=10_000,
    ),
    "parks": TileLayer(
        tables.Park,
        ("code", "name", "kind", "unit_code", "jurisdiction_code"),
        min_zoom=10,
        limit=5_000,
    ),
    "zones": TileLayer(
        tables.Zone,
        ("code", "name", "kind", "shift", "unit_code", "jurisdiction_code"),
        min_zoom=9,
        limit=5_000,
    ),
}
"""The layers by the name in their address."""


def layer_rows(name: str) -> Select[Any]:
    """Return the select that `tiles.tile` encodes, by code; a viewer's filter may be added to it.

    Raises:
        KeyError: there is no such layer.
    """
    layer = TILE_LAYERS[name]
    table = layer.model.__table__
    rows = select(*(table.c[column] for column in layer.attributes), table.c.shape)
    if layer.only_current:
        rows = rows.where(table.c.valid_to.is_(None))
    return rows.order_by(table.c.code)


def layer_tile(
    name: str,
    address: TileAddress,
    rows: Select[Any] | None = None,
) -> Select[bytes] | None:
    """Return the select of a layer's tile, or None below the layer's zoom: such a tile is empty.

    Args:
        name: of `TILE_LAYERS`.
        address: which tile.
        rows: `layer_rows(name)` with what the viewer may see; all rows when None.

    Raises:
        KeyError: there is no such layer.
    """
    layer = TILE_LAYERS[name]
    if address.z < layer.min_zoom:
        return None
    every = layer_rows(name) if rows is None else rows
    return tile(every, address, layer_name=name, limit=layer.limit)
