"""What does a map of this viewer's ground load that changes only when layers are loaded?

Made once for each state of the layers and each jurisdiction, kept in memory. The version names
both, so that a browser may keep an answer for ever under an address that has the version in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import json

from wanmi.gis.drawn import DRAWN, DrawnRows, drawn_rows, read_drawn
from wanmi.gis.layer_reading import layers_stamp
from wanmi.gis.sizes import areas_m2, lengths_m, reaches
from wanmi.gis.tile_layers import TILE_LAYERS, layer_rows, layer_tile
from wanmi.gis.tile_shapes import read_tile_shapes
from wanmi.platform.organisation.visibility import in_jurisdiction
from wanmi.web.maps.documents import base_map, bounds_of, feature_collection
from wanmi.web.maps.edges import encode
from wanmi.web.wiring.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection, Engine, Select

    from wanmi.gis.layer_reading import LayersStamp
    from wanmi.gis.points import Bounds
    from wanmi.gis.tile_shapes import TileShapes
    from wanmi.gis.tiles import TileAddress
    from wanmi.platform.casework.ground import Ground
    from wanmi.platform.kernel.freshness import Fresh
    from wanmi.platform.organisation.permits import Viewer

MOST_BYTES = 64_000_000
"""How much a process keeps: some jurisdictions' layers."""

TILE_BYTES = 32_000_000
"""And of tiles: some screenfuls for each jurisdiction."""

MEASURED: dict[str, tuple[str, Callable[[NDArray[np.object_]], list[float]]]] = {
    "streets": ("length_m", lengths_m),
    "zones": ("area_m2", areas_m2),
}
"""Layers that cases are counted by, whose rows also say how large they are."""

CODE_BYTES = 100
"""About what the code of a cell costs in memory."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells that a viewer may see. `codes` are in the order of the edge file.

    `edition` names grid and jurisdiction; counts of another edition fit another file.
    """

    edition: str
    codes: tuple[str, ...]
    file: bytes | None
    bounds: Bounds | None


class Drawings:
    """The drawings of one process."""

    def __init__(self, engine: Engine, ground: Fresh[Ground]) -> None:
        """Take the database, and what knows when layers were loaded."""
        self._reader = engine.execution_options(isolation_level="REPEATABLE READ")
        self._ground = ground
        self._kept = Kept(MOST_BYTES)
        self._tiles = Kept(TILE_BYTES)

    def version(self, viewer: Viewer) -> str:
        """Return the version of everything drawn for this viewer."""
        stamp = self._ground.current().stamp
        return f"{stamp.last_load}.{stamp.loads}.{stamp.grid_edition}.{viewer.jurisdiction_code}"

    def layer(self, viewer: Viewer, name: str, kind: str | None = None) -> bytes:
        """Return a layer as GeoJSON, perhaps of one kind only.

        Raises:
            KeyError: there is no such layer.
        """

        def make(connection: Connection) -> bytes:
            return _json(feature_collection(_measured(name, _rows(connection, viewer, name, kind))))

        return self._bytes(viewer, ("layer", name, kind), make)

    def school_rings(self, viewer: Viewer, within_m: float) -> bytes:
        """Return what lies within so many metres of each school's outline, as GeoJSON."""
        plane = self._ground.current().snapshot.plane

        def make(connection: Connection) -> bytes:
            schools = _rows(connection, viewer, "schools")
            rows = tuple({**row, "within_m": within_m} for row in schools.rows)
            return _json(
                feature_collection(DrawnRows(rows, reaches(schools.shapes, within_m, plane)))
            )

        return self._bytes(viewer, ("school rings", within_m), make)

    def cell_areas_m2(self, viewer: Viewer) -> tuple[int, ...]:
        """Return the square metres of the cells, in the order of the edge file."""

        def make(connection: Connection) -> tuple[tuple[int, ...], int]:
            areas = tuple(
                round(area) for area in areas_m2(_rows(connection, viewer, "cells").shapes)
            )
            return areas, len(areas) * CODE_BYTES

        found: tuple[int, ...] = self._value(viewer, ("cell areas",), make)
        return found

    def base_map(self, viewer: Viewer) -> bytes:
        """Return the document of the base map: water, parks, streets."""

        def make(connection: Connection) -> bytes:
            areas = _rows(connection, viewer, "areas", "water")
            parks, streets = (_rows(connection, viewer, name) for name in ("parks", "streets"))
            return _json(base_map(areas, parks, streets))

        return self._bytes(viewer, ("base map",), make)

    def grid(self, viewer: Viewer) -> Grid:
        """Return the grid; without cells it has no file."""

        def make(connection: Connection) -> tuple[Grid, int]:
            edition = f"{layers_stamp(connection).grid_edition}.{viewer.jurisdiction_code}"
            cells = _rows(connection, viewer, "cells")
            codes = tuple(row["code"] for row in cells.rows)
            file = encode(cells.shapes, codes, edition=edition) if codes else None
            grid = Grid(edition, codes, file, bounds_of(cells))
            return grid, len(file or b"") + len(codes) * CODE_BYTES

        found: Grid = self._value(viewer, ("grid",), make)
        return found

    def names(self, viewer: Viewer, name: str) -> tuple[dict[str, Any], ...]:
        """Return the rows of a layer without their shapes, by code.

        Raises:
            KeyError: there is no such layer.
        """

        def make(connection: Connection) -> tuple[tuple[dict[str, Any], ...], int]:
            rows = _rows(connection, viewer, name).rows
            return rows, len(rows) * 4 * CODE_BYTES

        found: tuple[dict[str, Any], ...] = self._value(viewer, ("names", name), make)
        return found

    def tile(self, viewer: Viewer, name: str, address: TileAddress) -> bytes:
        """Return a vector tile of a layer; no bytes when nothing is in it.

        Raises:
            KeyError: there is no such layer.
        """
        if name == "cells" and address.z >= TILE_LAYERS[name].min_zoom:
            found = self._cell_tile(viewer, address)
            if found is not None:
                return found

        def make(connection: Connection) -> bytes:
            statement = layer_tile(name, address, _tile_rows(viewer, name))
            found = None if statement is None else connection.execute(statement).scalar_one()
            return bytes(found) if found else b""

        return self._bytes(viewer, ("tile", name, address), make, self._tiles)

    def _cell_tile(self, viewer: Viewer, address: TileAddress) -> bytes | None:
        """Return a tile of the cells that lie in memory; None when PostGIS has to cut them."""

        def make(connection: Connection) -> tuple[tuple[LayersStamp, TileShapes], int]:
            shapes = read_tile_shapes(connection, _tile_rows(viewer, "cells"))
            return (layers_stamp(connection), shapes), shapes.size_bytes

        stamp, shapes = self._value(viewer, ("cell shapes",), make)
        key = (stamp, viewer.jurisdiction_code, "cell tile", address)
        found: bytes | None = self._tiles.get(key)
        if found is None:
            limit = TILE_LAYERS["cells"].limit
            found = shapes.tile(address, layer_name="cells", limit=limit)
            if found is not None:
                self._tiles.put(key, found, len(found) + CODE_BYTES)
        return found

    def _bytes(
        self,
        viewer: Viewer,
        key: tuple[Hashable, ...],
        make: Callable[[Connection], bytes],
        kept: Kept | None = None,
    ) -> bytes:
        def sized(connection: Connection) -> tuple[bytes, int]:
            made = make(connection)
            return made, len(made) + CODE_BYTES

        found: bytes = self._value(viewer, key, sized, kept)
        return found

    def _value(
        self,
        viewer: Viewer,
        key: tuple[Hashable, ...],
        make: Callable[[Connection], tuple[Any, int]],
        kept: Kept | None = None,
    ) -> Any:  # noqa: ANN401 - whatever `make` makes
        kept = kept or self._kept
        stamp = self._ground.current().stamp
        known = kept.get((stamp, viewer.jurisdiction_code, *key))
        if known is not None:
            return known
        with self._reader.connect() as connection:
            # The stamp of the same moment: a load may have been committed since we last looked.
            stamp = layers_stamp(connection)
            made, size_bytes = make(connection)
        kept.put((stamp, viewer.jurisdiction_code, *key), made, size_bytes)
        return made


def _tile_rows(viewer: Viewer, name: str) -> Select[Any]:
    table = TILE_LAYERS[name].model.__table__
    return layer_rows(name).where(in_jurisdiction(viewer, table.c.jurisdiction_code))


def _rows(
    connection: Connection,
    viewer: Viewer,
    name: str,
    kind: str | None = None,
) -> DrawnRows:
    table = DRAWN[name][0].__table__
    rows = drawn_rows(name).where(in_jurisdiction(viewer, table.c.jurisdiction_code))
    return read_drawn(connection, rows if kind is None else rows.where(table.c.kind == kind))


def _measured(name: str, drawn: DrawnRows) -> DrawnRows:
    """Return the rows with their size in true metres, of those layers that are counted by."""
    if name not in MEASURED or not len(drawn):
        return drawn
    column, measure = MEASURED[name]
    sizes = measure(drawn.shapes)
    rows = ({**row, column: round(size)} for row, size in zip(drawn.rows, sizes, strict=True))
    return DrawnRows(tuple(rows), drawn.shapes)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
