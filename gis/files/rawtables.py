"""What does a spatial file hold, before anything is known about its meaning?

One reader a kind of file; all give the same `RawTable`: named columns of plain values, shapes as
they stand in the file, and sentences about rows that could not be read.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from wanmi.gis.errors import FileUnreadable
from wanmi.gis.files.archives import beside
from wanmi.gis.files.charsets import Text, announced, decode, find_encoding
from wanmi.gis.files.csvtables import read_csv_columns
from wanmi.gis.files.dbf import read_header

if TYPE_CHECKING:
    from pathlib import Path

_BYTES = "ISO-8859-1"  # one character a byte: the text stays what it was until it is judged
_NAME_WIDTH = 10

Column = Sequence[Any]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A file's rows by column.

    Attributes:
        names: the fields' names.
        columns: one sequence of values a field; None or NaN where there is none.
        shapes: shapely geometries in the file's own numbers, None where there is none.
        frame: WKT or `EPSG:n` that the file carries, or None.
        encoding: in which its text was read.
        faults: row number from 1 → what could not be read there.
        notes: sentences about the file as a whole.
    """

    names: tuple[str, ...]
    columns: tuple[Column, ...]
    shapes: npt.NDArray[np.object_]
    frame: str | None
    encoding: str
    faults: dict[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.shapes)


@dataclass(frozen=True, slots=True)
class _Gdal:
    """What GDAL gives for one table."""

    names: list[str]
    columns: list[Column]
    shapes: npt.NDArray[np.object_]
    faults: dict[int, str]
    crs: str | None
    notes: tuple[str, ...]


def read_table(path: Path, layer: str, encoding: str | None = None) -> RawTable:
    """Read the file at `path`.

    Args:
        path: a .shp, .gpkg, .geojson, .json or .csv (see `wanmi.gis.files.archives`).
        layer: the layer's name; decides when a GeoPackage holds several tables.
        encoding: what the user says about shapefiles and CSV, or None to find out.

    Raises:
        FileUnreadable: the file is damaged or incomplete, or its text is in no known encoding.
    """
    suffix = path.suffix.lower()
    if suffix == ".shp":
        return _read_shapefile(path, encoding)
    if suffix == ".csv":
        return _read_csv(path, encoding)
    return _read_unicode(path, layer if suffix == ".gpkg" else None)


def _read_shapefile(path: Path, encoding: str | None) -> RawTable:
    dbf = beside(path, ".dbf")
    if dbf is None or beside(path, ".shx") is None:
        missing = ".dbf" if dbf is None else ".shx"
        raise FileUnreadable(f"{path.name} lacks its {missing}; copy all files of the shapefile.")
    header = read_header(dbf)
    gdal = _read_gdal(path, encoding=_BYTES)
    # A column has few different texts: each is looked at once.
    names = _distinct(gdal.names, _NAME_WIDTH)
    texts = [
        _distinct(column, item.width)
        for column, item in zip(gdal.columns, header.fields, strict=True)
    ]
    every = (text for column in (names, *texts) for text in column.values())
    found = find_encoding(every, announced(path, header.language, encoding))
    faults = dict(gdal.faults)
    prj = beside(path, ".prj")
    return RawTable(
        names=tuple(_decoded(gdal.names, names, found.encoding, {})),
        columns=tuple(
            _decoded(column, distinct, found.encoding, faults)
            for column, distinct in zip(gdal.columns, texts, strict=True)
        ),
        shapes=gdal.shapes,
        frame=prj.read_text("utf-8", "replace").strip("\ufeff\0 \r\n") or None if prj else None,
        encoding=found.encoding,
        faults=faults,
        notes=(*gdal.notes, *((found.note,) if found.note else ())),
    )


def _read_unicode(path: Path, table: str | None) -> RawTable:
    """Read a GeoPackage or GeoJSON, whose text is UTF-8 by definition."""
    gdal = _read_gdal(path, layer=_table_named(path, table) if table else None)
    return RawTable(
        names=tuple(gdal.names),
        columns=tuple(gdal.columns),
        shapes=gdal.shapes,
        frame=gdal.crs,
        encoding="utf-8",
        faults=gdal.faults,
        notes=gdal.notes,
    )


def _read_csv(path: Path, encoding: str | None) -> RawTable:
    read = read_csv_columns(path, encoding)
    return RawTable(read.names, read.columns, read.shapes, None, read.encoding, read.faults)


def _read_gdal(path: Path, **options: str | None) -> _Gdal:
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            meta, _, wkb, columns = pyogrio.raw.read(path.resolve(), **options)
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise FileUnreadable(f"{path.name} cannot be read: {error}") from error
    if wkb is None:
        wkb = np.full(len(columns[0]) if columns else 0, None, dtype=object)
    faults: dict[int, str] = {}
    return _Gdal(
        names=[str(name) for name in meta["fields"]],
        columns=[column.tolist() for column in columns],
        shapes=_shapes(wkb, faults),
        faults=faults,
        crs=meta["crs"],
        notes=tuple(str(item.message) for item in caught),
    )


def _shapes(wkb: npt.NDArray[np.object_], faults: dict[int, str]) -> npt.NDArray[np.object_]:
    # "fix" closes rings that were left open.
    shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="fix"), dtype=object)
    for index in np.flatnonzero(shapely.is_missing(shapes)):
        if wkb[index] is not None:
            faults[int(index) + 1] = "The shape cannot be read; draw it again."
    return shapes


def _table_named(path: Path, table: str) -> str:
    try:
        tables = [str(name) for name, _ in pyogrio.list_layers(path.resolve())]
    except DataSourceError as error:
        raise FileUnreadable(f"{path.name} cannot be read: {error}") from error
    named = [name for name in tables if name.lower() == table]
    if len(tables) == 1 or named:
        return (named or tables)[0]
    listed = ", ".join(tables) or "none"
    raise FileUnreadable(f"{path.name} has no table called {table}; its tables: {listed}.")


def _distinct(column: Column, width: int) -> dict[str, Text]:
    """Return the bytes of each different text of a column."""
    return {
        value: Text(value.encode(_BYTES), width) for value in set(column) if isinstance(value, str)
    }


def _decoded(
    column: Column,
    texts: dict[str, Text],
    encoding: str,
    faults: dict[int, str],
) -> Column:
    if not texts:
        return column
    read: dict[str, str] = {}
    for value, text in texts.items():
        with contextlib.suppress(UnicodeDecodeError):
            read[value] = decode(text, encoding)
    if len(read) < len(texts):
        for row, value in enumerate(column, 1):
            if value in texts and value not in read:
                faults[row] = f"The text is not {encoding}; say the right one with --encoding."
    return [read.get(value) for value in column]
