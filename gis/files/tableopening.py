"""Which kind of table is this file, and how is it read piece by piece?"""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from wanmi.gis.errors import FileUnreadable
from wanmi.gis.files.tablestreams import BATCH_ROWS, GeometryColumn, Part, TableStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pyarrow as pa

_NO_GEOMETRY = "wkb_geometry"
"""What GDAL calls the column of shapes when the file has no name for it."""

_POINTS = {"Point", "Point Z", "MultiPoint", "MultiPoint Z", "Unknown", "2.5D Point"}


@contextmanager
def open_table(path: Path, encoding: str | None = None) -> Iterator[TableStream]:
    """Open a .csv, .parquet or .gpkg; `encoding` is what the user says of a CSV.

    The file is open when the block begins, so that it may be read by a user who could not open it.

    Raises:
        FileUnreadable: another kind of file, or one that cannot be read; also from the parts.
    """
    opener = _OPENERS.get(path.suffix.lower())
    if opener is None:
        raise FileUnreadable(
            f"{path.name} is none of the tables that are read here: {', '.join(_OPENERS)}.",
        )
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(opener(path, encoding))
        except _TROUBLE as error:
            raise _unreadable(path, error) from error
        stream.parts = _guarded(stream.parts, path)
        yield stream


_TROUBLE = (OSError, ValueError, RuntimeError)
"""What Arrow and GDAL raise for damaged files, beside the operating system."""


def _guarded(parts: Iterator[Part], path: Path) -> Iterator[Part]:
    try:
        yield from parts
    except _TROUBLE as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> FileUnreadable:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    first = said.strip().splitlines()[0].partition(";")[0].rstrip(".")
    return FileUnreadable(f"{path.name} cannot be read: {first}.")


def _csv(path: Path, encoding: str | None) -> AbstractContextManager[TableStream]:
    from wanmi.gis.files.csvstreams import open_csv  # noqa: PLC0415 - each kind pays for its own

    return open_csv(path, encoding)


@contextmanager
def _parquet(path: Path, _encoding: str | None) -> Iterator[TableStream]:
    from pyarrow import parquet  # noqa: PLC0415

    with path.open("rb") as file:
        table = parquet.ParquetFile(file)
        schema = table.schema_arrow
        batches = table.iter_batches(batch_size=BATCH_ROWS)
        parts = (Part(batch, batch.num_rows) for batch in batches)
        yield TableStream(schema, table.metadata.num_rows, parts, geometry=_geo_column(schema))


def _geo_column(schema: pa.Schema) -> GeometryColumn | None:
    """Return the main column of a GeoParquet file; other Parquet has none."""
    try:
        said: dict[str, Any] = json.loads((schema.metadata or {})[b"geo"])
        name = said["primary_column"]
        column = said["columns"][name]
    except (KeyError, TypeError, ValueError):
        return None
    if column.get("encoding") != "WKB" or name not in schema.names:
        return None
    # Without a frame it is WGS 84, longitude first; an explicit null says that nobody knows.
    frame = column.get("crs", "EPSG:4326")
    return GeometryColumn(name, json.dumps(frame) if isinstance(frame, dict) else frame)


@contextmanager
def _gpkg(path: Path, _encoding: str | None) -> Iterator[TableStream]:
    import pyogrio  # noqa: PLC0415

    path.open("rb").close()  # for the operating system's own words
    tables = pyogrio.list_layers(path)
    if len(tables) != 1:
        listed = ", ".join(str(name) for name, _ in tables) or "none"
        raise FileUnreadable(f"{path.name} must hold one table; its tables: {listed}.")
    kind = tables[0][1]
    if kind is not None and kind not in _POINTS:
        raise FileUnreadable(f"{path.name} holds {kind} shapes; give points.")
    total = pyogrio.read_info(path)["features"]
    with pyogrio.open_arrow(path, batch_size=BATCH_ROWS, use_pyarrow=True) as (meta, reader):
        name = meta["geometry_name"] or _NO_GEOMETRY
        there = kind is not None and name in reader.schema.names
        yield TableStream(
            reader.schema,
            total,
            (Part(batch, batch.num_rows) for batch in reader),
            geometry=GeometryColumn(name, meta["crs"]) if there else None,
        )


_OPENERS: dict[str, Callable[[Path, str | None], AbstractContextManager[TableStream]]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".gpkg": _gpkg,
}
