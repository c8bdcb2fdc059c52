"""How does a layer become a shapefile that is the same to the byte on every build?"""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio.raw
import shapely

from demo_city.frame import DEGREES
from wanmi.gis.layers import LAYERS, ZONE_CELLS, Field, Layer

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Row = dict[str, Any]

SHAPE = "shape"
"""Key of a row's shape (degrees, or None)."""
_DBF_BYTES = 254
_DBF_DATE = bytes((124, 1, 1))  # the driver writes today's date here; ours is the edition's
_GEOMETRY = {"polygon": "Polygon", "line": "LineString", "point": "Point"}


def write_layer(folder: Path, name: str, rows: list[Row]) -> None:
    """Write a layer's rows as `folder/name/name.shp` with .shx, .dbf, .prj and .cpg.

    Raises:
        ValueError: a row does not keep the contract of `wanmi.gis.layers`.
    """
    layer = LAYERS[name]
    for row in rows:
        _check(layer, row)
    codes = [row[layer.key] for row in rows]
    if len(set(codes)) != len(codes):
        raise ValueError(f"{name}: a {layer.key} is given twice.")
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    columns = [_column(field, [row.get(field.name) for row in rows]) for field in layer.fields]
    pyogrio.raw.write(
        target / f"{name}.shp",
        geometry=shapely.to_wkb([row[SHAPE] for row in rows]),
        field_data=[values for values, _ in columns],
        field_mask=[missing for _, missing in columns],
        fields=[field.name for field in layer.fields],
        geometry_type=_GEOMETRY[layer.shape],
        crs=DEGREES,
        driver="ESRI Shapefile",
        encoding="UTF-8",
        promote_to_multi=False,
        layer_options={"RESIZE": "YES"},
    )
    _fix_date(target / f"{name}.dbf")


def write_zone_cells(folder: Path, pairs: list[tuple[str, str]]) -> None:
    """Write which cells form which zone, the truth beside the derived outlines."""
    with (folder / "zones" / "zone_cells.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ZONE_CELLS)
        writer.writerows(pairs)


def _check(layer: Layer, row: Row) -> None:
    known = {field.name for field in layer.fields} | {SHAPE}
    if unknown := row.keys() - known:
        raise ValueError(f"{layer.name}: {sorted(unknown)} are no fields of this layer.")
    if row[SHAPE] is None and not layer.shapeless:
        raise ValueError(f"{layer.name}: {row[layer.key]} has no shape.")
    for field in layer.fields:
        value = row.get(field.name)
        if field.required and value in (None, ""):
            raise ValueError(f"{layer.name}: {row[layer.key]} has no {field.name}.")
        text = str(value or "") if field.type == "text" else ""
        if len(text) > field.length or len(text.encode()) > _DBF_BYTES:
            raise ValueError(f"{layer.name}: {field.name} of {row[layer.key]} is too long: {text}")


def _column(field: Field, values: list[Any]) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Return a field's values as the driver wants them, and which of them are missing."""
    missing = np.array([value in (None, "") for value in values], dtype=bool)
    if field.type == "text":
        texts = [None if gone else str(v) for v, gone in zip(values, missing, strict=True)]
        return np.array(texts, dtype=object), None
    if field.type == "date":
        days = [dt.date.min if gone else v for v, gone in zip(values, missing, strict=True)]
        return np.array(days, dtype="datetime64[D]"), missing
    numbers = [0 if gone else round(v) for v, gone in zip(values, missing, strict=True)]
    return np.array(numbers, dtype=np.int32), missing


def _fix_date(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(1)
        file.write(_DBF_DATE)
