"""How does a table of places get its columns of cells and units, however long it is?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from wanmi.gis.errors import FileUnreadable
from wanmi.gis.files.tablewriting import Shapes, Target, write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from wanmi.gis.files.pointcolumns import Places, PointColumns
    from wanmi.gis.files.tablestreams import Part, TableStream
    from wanmi.platform.casework.bulk_geocode import BulkGeocoder

ADDED: dict[str, pa.DataType] = {
    "cell_code": pa.string(),
    "match": pa.string(),
    "distance_m": pa.float64(),
    "street": pa.string(),
    "zone": pa.string(),
    "unit_code": pa.string(),
    "unit_name": pa.string(),
    "rule": pa.string(),
}
"""The columns that are added; their names are the attributes of `bulk_geocode.Found`."""

CLASS_DIGITS = 5
GEOMETRY = "geom"
DRAWN = ".gpkg"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the table is to be read and written.

    Attributes:
        points: where a row's place stands.
        class_field: column of the class of matters, or None.
        prefix: goes before the names of the added columns.
    """

    points: PointColumns
    class_field: str | None = None
    prefix: str = ""


@dataclass(slots=True)
class Doubts:
    """What looks like a mistake of the whole file: rows with latitude first, rows in metres."""

    swapped: int = 0
    metres: int = 0

    def add(self, places: Places) -> None:
        """Count those of some more rows."""
        self.swapped += places.swapped
        self.metres += places.metres


def geocode_table(
    geocoder: BulkGeocoder,
    stream: TableStream,
    wanted: Wanted,
    path: Path,
    progress: Callable[[int], None] = lambda _: None,
) -> Doubts:
    """Write the table to `path` with the columns of `ADDED`: every row, in the same order.

    `progress` is called with the weight of each part that is done. The geocoder keeps the summary.

    Raises:
        FileUnreadable: the table has one of the added columns or lacks the class column, cannot be
            read to its end, or cannot be written.
    """
    position = _class_position(stream.schema.names, wanted.class_field)
    schema, shapes = _schema(stream, wanted.prefix, drawn=path.suffix.lower() == DRAWN)
    doubts = Doubts()

    def batches() -> Iterator[pa.RecordBatch]:
        for part in stream.parts:
            places = wanted.points.places(part)
            doubts.add(places)
            yield _batch(geocoder, part, places, position, schema)
            progress(part.weight)

    marked = stream.encoding == "utf-8-sig"
    write_table(Target(path, schema, shapes, marked), batches())
    return doubts


def _batch(
    geocoder: BulkGeocoder,
    part: Part,
    places: Places,
    position: int | None,
    schema: pa.Schema,
) -> pa.RecordBatch:
    classes = None if position is None else class_texts(part.batch.column(position))
    found = geocoder.find(places.lon, places.lat, classes)
    added = [pa.array(getattr(found, name), kind, from_pandas=True) for name, kind in ADDED.items()]
    if len(schema) > len(part.batch.columns) + len(added):
        added.append(_drawn(places))
    return pa.RecordBatch.from_arrays([*part.batch.columns, *added], schema=schema)


def _drawn(places: Places) -> pa.Array:
    points = np.full(len(places.lon), None, dtype=object)
    good = np.isfinite(places.lon)
    points[good] = shapely.points(places.lon[good], places.lat[good])
    return pa.array(shapely.to_wkb(points), pa.binary())


def class_texts(column: pa.Array) -> list[str | None]:
    """Return class codes as text; numbers get back the zeros that they have lost in front."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    values = column.to_pylist()
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        # NaN is the one number that does not equal itself.
        return [
            None if value is None or value != value else f"{value:.0f}".zfill(CLASS_DIGITS)  # noqa: PLR0124
            for value in values
        ]
    return [None if value is None else str(value) for value in values]


def _class_position(names: Sequence[str], field: str | None) -> int | None:
    if field is None:
        return None
    if field not in names:
        raise FileUnreadable(
            f"The file has no column {field} for --class-field; its columns are "
            f"{', '.join(names)}.",
        )
    return names.index(field)


def _schema(stream: TableStream, prefix: str, *, drawn: bool) -> tuple[pa.Schema, Shapes | None]:
    schema = stream.schema
    fields = [pa.field(prefix + name, kind) for name, kind in ADDED.items()]
    shapes = Shapes(*stream.geometry) if stream.geometry else None
    if drawn and shapes is None:
        shapes = Shapes(prefix + GEOMETRY, "EPSG:4490")
        fields.append(pa.field(shapes.column, pa.binary()))
    taken = {name.lower() for name in schema.names}
    double = [field.name for field in fields if field.name.lower() in taken]
    if double:
        raise FileUnreadable(
            f"The file has a column {', '.join(double)} already; say --prefix wm_, for instance, "
            "to give the added columns other names.",
        )
    return pa.schema([*schema, *fields], metadata=schema.metadata), shapes
