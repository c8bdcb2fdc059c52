"""Spatial files as cities hand them over, good and bad, made for one test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LANGUAGE_BYTE = 29
_TYPES = {0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 6: "MultiPolygon"}


def write_shapefile(
    path: Path,
    columns: Mapping[str, Sequence[Any]],
    shapes: Sequence[Any],
    *,
    encoding: str = "UTF-8",
    cpg: str | None = "UTF-8",
    language: int | None = None,
    crs: str | None = "EPSG:4490",
) -> Path:
    """Write a shapefile whose text is `encoding`, whatever `.cpg` and language byte then claim."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        [_array(values) for values in columns.values()],
        list(columns),
        driver="ESRI Shapefile",
        geometry_type=_kind(shapes),
        crs=crs or "EPSG:4490",
        encoding=encoding,
    )
    if crs is None:
        path.with_suffix(".prj").unlink()
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg, "ascii")
    if language is not None:
        dbf = bytearray(path.with_suffix(".dbf").read_bytes())
        dbf[LANGUAGE_BYTE] = language
        path.with_suffix(".dbf").write_bytes(dbf)
    return path


def _array(values: Sequence[Any]) -> Any:  # noqa: ANN401
    kind = object if any(isinstance(value, str) or value is None for value in values) else None
    return np.array(values, dtype=kind)


def _kind(shapes: Sequence[Any]) -> str:
    return next(
        (_TYPES[int(shapely.get_type_id(shape))] for shape in shapes if shape is not None), "Point"
    )
