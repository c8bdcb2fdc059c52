"""How does a layer leave as a file: GeoPackage, shapefile, GeoJSON or CSV, by suffix?

Fields have the standard's names, the frame is EPSG:4490, and what is exported can be loaded again:
no coordinate is rounded, and no text is cut to fit. (A number in a shapefile has 15 decimals.)
"""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataSourceError
from sqlalchemy import select

from wanmi.gis.errors import FileUnreadable, RowInvalid
from wanmi.gis.files.archives import COMPANIONS
from wanmi.gis.files.csvtables import WKT_NAMES, X_NAMES, Y_NAMES
from wanmi.gis.layers import ZONE_CELLS
from wanmi.gis.schema import SRID, Base, table_of
from wanmi.gis.tables import ZoneCell
from wanmi.gis.wkb import shapes_of, wkb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt
    from sqlalchemy import ColumnElement, Connection, Row

    from wanmi.gis.layers import Layer, Shape

    Shapes = npt.NDArray[np.object_]

MAX_SHAPEFILE_BYTES = 254
"""Bytes of one text in a DBF at most."""

_DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile"}
_KINDS: dict[Shape, str] = {
    "polygon": "MultiPolygon",
    "line": "MultiLineString",
    "point": "Point",
}


def export_layer(
    connection: Connection,
    layer: Layer,
    path: Path,
    *,
    where: ColumnElement[bool] | None = None,
) -> int:
    """Write the rows of `layer` to `path` in the order of their keys; returns how many.

    Args:
        connection: to read from.
        layer: which; zones bring zone_cells.csv beside them, cells their history.
        path: .gpkg, .shp (with .cpg and .prj), .geojson or .csv; replaced when it is there.
        where: which rows, the asker's rights for instance; None for all.

    Raises:
        FileUnreadable: the suffix is none of these, or the folder cannot be written to.
        RowInvalid: a text is too long for a shapefile; `row` counts from 1.
    """
    suffix = path.suffix.lower()
    if suffix not in _WRITERS:
        raise FileUnreadable(f"{path.name} must end in .gpkg, .shp, .geojson or .csv.")
    rows = _rows(connection, layer, where)
    shapes = shapes_of(row.shape_wkb for row in rows)
    if suffix == ".shp":
        _refuse_long_texts(layer, rows)
    try:
        # Beside the target and moved at the end: what was there stays whole until then.
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            made = Path(folder) / path.with_suffix(suffix).name
            _WRITERS[suffix](made, layer, rows, shapes)
            if layer.name == "zones":
                codes = [row.code for row in rows]
                _write_members(Path(folder) / COMPANIONS[0], connection, codes)
            for part in Path(folder).iterdir():
                part.replace(path.parent / part.name)
    except (OSError, DataSourceError) as error:
        raise FileUnreadable(f"{path} cannot be written: {error}") from error
    return len(rows)


def _rows(
    connection: Connection,
    layer: Layer,
    where: ColumnElement[bool] | None,
) -> Sequence[Any]:
    table = Base.metadata.tables[layer.name]
    columns = [table.c[field.column] for field in layer.fields]
    query = select(*columns, wkb(table.c.shape).label("shape_wkb"))
    if where is not None:
        query = query.where(where)
    order = [table.c[name] for name in ("code", "valid_from", "id") if name in table.c]
    return connection.execute(query.order_by(*order)).all()


def _refuse_long_texts(layer: Layer, rows: Sequence[Row[Any]]) -> None:
    for number, row in enumerate(rows, 1):
        for field, value in zip(layer.fields, row, strict=False):
            if isinstance(value, str) and len(value.encode()) > MAX_SHAPEFILE_BYTES:
                raise RowInvalid(
                    f"{row.code}: {field.name} is longer than the {MAX_SHAPEFILE_BYTES} bytes of a "
                    "shapefile; export a .gpkg.",
                    row=number,
                    field=field.name,
                )


def _write_gdal(path: Path, layer: Layer, rows: Sequence[Row[Any]], shapes: Shapes) -> None:
    driver = _DRIVERS[path.suffix]
    values = list(zip(*rows, strict=True)) or [()] * (len(layer.fields) + 1)
    columns = [
        _COLUMNS[field.type](column) for field, column in zip(layer.fields, values, strict=False)
    ]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        [data for data, _ in columns],
        [field.name for field in layer.fields],
        field_mask=[missing for _, missing in columns],
        driver=driver,
        layer=layer.name if driver == "GPKG" else path.stem,
        geometry_type=_KINDS[layer.shape],
        crs=f"EPSG:{SRID}",
        encoding="UTF-8",
    )


_Column = tuple["npt.NDArray[Any]", "npt.NDArray[np.bool_] | None"]


def _text_column(values: Sequence[Any]) -> _Column:
    return np.array(values, dtype=object), None


def _number_column(values: Sequence[Any]) -> _Column:
    return np.array([np.nan if value is None else value for value in values], dtype=float), None


def _date_column(values: Sequence[Any]) -> _Column:
    return np.array(values, dtype="datetime64[D]"), None


def _masked(kind: type) -> Callable[[Sequence[Any]], _Column]:
    def column(values: Sequence[Any]) -> _Column:
        missing = np.array([value is None for value in values], dtype=bool)
        return np.array([value or 0 for value in values], dtype=kind), missing

    return column


_COLUMNS: dict[str, Callable[[Sequence[Any]], _Column]] = {
    "text": _text_column,
    "number": _number_column,
    "integer": _masked(np.int64),
    "date": _date_column,
    "flag": _masked(np.bool_),
}


def _write_csv(path: Path, layer: Layer, rows: Sequence[Row[Any]], shapes: Shapes) -> None:
    places = (X_NAMES[0], Y_NAMES[0]) if layer.shape == "point" else (WKT_NAMES[0],)
    # With the mark that makes spreadsheets read UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(field.name for field in layer.fields), *places])
        for row, shape in zip(rows, shapes, strict=True):
            writer.writerow([*map(_csv_value, row[:-1]), *_csv_place(layer, shape)])


def _csv_value(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def _csv_place(layer: Layer, shape: Any) -> tuple[object, ...]:  # noqa: ANN401
    if layer.shape == "point":
        return (None, None) if shape is None else (shape.x, shape.y)
    return (None if shape is None else shapely.to_wkt(shape, rounding_precision=-1),)


def _write_geojson(path: Path, layer: Layer, rows: Sequence[Row[Any]], shapes: Shapes) -> None:
    # Not by GDAL, which takes 0.30000000000000004 for an error of rounding.
    names = [field.name for field in layer.fields]
    with path.open("w", encoding="utf-8") as file:
        frame = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{SRID}"}}
        file.write(f'{{"type": "FeatureCollection", "crs": {json.dumps(frame)}, "features": [\n')
        for number, (row, shape) in enumerate(zip(rows, shapes, strict=True)):
            properties = dict(zip(names, row, strict=False))
            written = json.dumps(properties, ensure_ascii=False, default=str)
            geometry = "null" if shape is None else shapely.to_geojson(shape)
            head = ",\n" if number else ""
            file.write(
                f'{head}{{"type": "Feature", "properties": {written}, "geometry": {geometry}}}',
            )
        file.write("\n]}\n")


def _write_members(path: Path, connection: Connection, zones: Sequence[str]) -> None:
    members = table_of(ZoneCell)
    query = (
        select(members.c.zone_code, members.c.cell_code)
        .where(members.c.zone_code.in_(zones))
        .order_by(members.c.zone_code, members.c.cell_code)
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ZONE_CELLS)
        writer.writerows(tuple(row) for row in connection.execute(query))


_WRITERS: dict[str, Callable[[Path, Layer, Sequence[Row[Any]], Shapes], None]] = {
    ".gpkg": _write_gdal,
    ".shp": _write_gdal,
    ".geojson": _write_geojson,
    ".json": _write_geojson,
    ".csv": _write_csv,
}
