"""How is a table written that never is in memory as a whole?"""

from __future__ import annotations

import csv
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import shapely

from wanmi.gis.errors import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path


class Shapes(NamedTuple):
    """Which column holds points as WKB, and in which frame (`EPSG:4490`, WKT or PROJJSON)."""

    column: str
    frame: str | None


class Target(NamedTuple):
    """What is to be written.

    Attributes:
        path: a .csv (UTF-8), .parquet or .gpkg; a file that is there already is replaced.
        schema: of every batch.
        shapes: where there are points; a CSV says them in WKT, a GeoPackage draws them.
        marked: begin a CSV with a byte order mark, for programs that need one.
    """

    path: Path
    schema: pa.Schema
    shapes: Shapes | None = None
    marked: bool = False


def check_suffix(path: Path) -> None:
    """Return when a table can be written under this name.

    Raises:
        FileUnreadable: its suffix is none that is known.
    """
    if path.suffix.lower() not in _WRITERS:
        raise FileUnreadable(
            f"{path.name} cannot be written: its name must end in {', '.join(_WRITERS)}.",
        )


def write_table(target: Target, batches: Iterable[pa.RecordBatch]) -> None:
    """Write `batches`, taken one by one, in their order.

    Raises:
        FileUnreadable: the file cannot be written, or not with these columns. What taking the
            batches raises comes through as it is.
    """
    check_suffix(target.path)
    failed: list[Exception] = []
    try:
        _WRITERS[target.path.suffix.lower()](target, _watched(batches, failed))
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        if failed:
            # What went wrong while the rows were made comes back through C without its name.
            raise failed[0] from None
        said = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise FileUnreadable(f"{target.path.name} cannot be written: {said}.") from error


def _watched(
    batches: Iterable[pa.RecordBatch], failed: list[Exception]
) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches
    except Exception as error:
        failed.append(error)
        raise


def _csv(target: Target, batches: Iterable[pa.RecordBatch]) -> None:
    encoding = "utf-8-sig" if target.marked else "utf-8"
    shapes = target.shapes.column if target.shapes else None
    with target.path.open("w", encoding=encoding, newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(target.schema.names)
        for batch in batches:
            columns = [
                _wkt(column) if name == shapes else column.to_pylist()
                for name, column in zip(target.schema.names, batch.columns, strict=True)
            ]
            out.writerows(zip(*columns, strict=True))


def _wkt(column: pa.Array) -> Sequence[Any]:
    stored = column.storage if isinstance(column, pa.ExtensionArray) else column
    points = shapely.from_wkb(stored.to_numpy(zero_copy_only=False))
    texts: list[Any] = shapely.to_wkt(points, rounding_precision=-1).tolist()
    return texts


def _parquet(target: Target, batches: Iterable[pa.RecordBatch]) -> None:
    from pyarrow import parquet  # noqa: PLC0415 - each kind pays for its own

    with parquet.ParquetWriter(target.path, target.schema) as out:
        for batch in batches:
            out.write_batch(batch)


def _gpkg(target: Target, batches: Iterable[pa.RecordBatch]) -> None:
    import pyogrio  # noqa: PLC0415

    taken = {name.lower() for name in target.schema.names}
    with suppress(FileNotFoundError):
        target.path.unlink()
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(target.schema, batches),
        target.path,
        driver="GPKG",
        layer=target.path.stem,
        geometry_name=target.shapes.column if target.shapes else None,
        geometry_type="Point" if target.shapes else None,
        crs=target.shapes.frame if target.shapes else None,
        # The key must not be one of the columns, or these would be lost.
        layer_options={"FID": next(name for name in _KEYS if name not in taken)},
    )


_KEYS = ("fid", "ogc_fid", "row_number", "wanmi_fid")

_WRITERS: dict[str, Callable[[Target, Iterable[pa.RecordBatch]], None]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".gpkg": _gpkg,
}
