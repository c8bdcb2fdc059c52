"""How do cases become a file that a GIS opens: GeoJSON or GeoPackage, part by part?

Fields have the names of the columns, not their headings: programs read them in any language.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import shapely

from wanmi.gis.schema import SRID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from wanmi.web.presenters.export_columns import Column, Kind, Value

LAYER = "cases"
PART = 5000
"""Rows that are in memory at once."""

_TYPES: dict[Kind, tuple[Any, Any]] = {
    "text": (object, None),
    "number": (np.float64, np.nan),
    "integer": (np.int64, 0),
    "flag": (np.bool_, False),
}


def write_geojson(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    members: Mapping[str, Any],
) -> None:
    """Write a FeatureCollection of points (EPSG:4490, longitude first), a feature a line.

    `members` are said beside the features, for instance that this is demonstration data.
    """
    names = [column.name for column in columns]
    lon, lat = names.index("lon"), names.index("lat")
    frame = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{SRID}"}}
    head = {"type": "FeatureCollection", "name": LAYER, "crs": frame, **members}
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n')
        for place, row in enumerate(rows):
            feature = {
                "type": "Feature",
                "id": row[0],
                "geometry": {"type": "Point", "coordinates": [row[lon], row[lat]]},
                "properties": dict(zip(names, row, strict=True)),
            }
            file.write((",\n" if place else "") + json.dumps(feature, ensure_ascii=False))
        file.write("\n]}\n")


def write_gpkg(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    members: Mapping[str, Any],
) -> None:
    """Write a GeoPackage with one layer of points (EPSG:4490); `members` become its metadata."""
    waiting = iter(rows)
    part = list(islice(waiting, PART))
    _append(path, columns, part, {key: str(value) for key, value in members.items()})
    while part := list(islice(waiting, PART)):
        _append(path, columns, part, None)


def _append(
    path: Path,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Value]],
    metadata: Mapping[str, str] | None,
) -> None:
    names = [column.name for column in columns]
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    made = [_array(column.kind, given) for column, given in zip(columns, values, strict=True)]
    lon, lat = (made[names.index(name)][0] for name in ("lon", "lat"))
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.points(lon, lat)),
        [data for data, _ in made],
        names,
        field_mask=[missing for _, missing in made],
        layer=LAYER,
        driver="GPKG",
        geometry_type="Point",
        crs=f"EPSG:{SRID}",
        encoding="UTF-8",
        append=metadata is None,
        layer_metadata=metadata,
    )


def _array(kind: Kind, values: Sequence[Value]) -> tuple[Any, Any]:
    type_, empty = _TYPES[kind]
    if kind == "text":
        return np.array(values, dtype=type_), None
    missing = np.array([value is None for value in values], dtype=bool)
    filled = [empty if value is None else value for value in values]
    return np.array(filled, dtype=type_), missing if kind != "number" else None
