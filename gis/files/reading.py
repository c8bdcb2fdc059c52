"""Put the parts together: from a path to the rows of a layer, and the rows that cannot be taken.

A bad row is reported with its number and field, never dropped in silence; it never stops others.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import shapely

from wanmi.gis.errors import RowInvalid
from wanmi.gis.files.archives import COMPANIONS, Limits, beside, data_file
from wanmi.gis.files.fieldmap import match_fields
from wanmi.gis.files.frames import Declared, FileFrame, decide_frame, to_degrees
from wanmi.gis.files.members import Member, read_members
from wanmi.gis.files.rawtables import RawTable, read_table
from wanmi.gis.files.rowchecks import check_keys, check_row
from wanmi.gis.files.rowshapes import StoredShapes, fit_shapes
from wanmi.gis.files.values import read_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from wanmi.gis.files.values import Value
    from wanmi.gis.layers import Field, Layer
    from wanmi.gis.points import Datum

_SUFFIXES = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True, slots=True)
class Saying:
    """What the user says about a file, over what the file says itself.

    Attributes:
        crs: its frame, `EPSG:4545` for instance.
        datum: the datum of its degrees; gcj02 and bd09 are taken back to CGCS2000.
        encoding: of its text (shapefile, CSV).
        fields: the standard's field name → the file's.
    """

    crs: str | None = None
    datum: Datum | None = None
    encoding: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that can be taken: its number in the file from 1, values by column, shape.

    Columns that the file does not have are not among the values. The shape is in CGCS2000 degrees:
    Point, MultiLineString or MultiPolygon, or None.
    """

    number: int
    values: dict[str, Value]
    shape: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was mended or settled; `row` is None when it is about the file."""

    message: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class LayerFile:
    """What a file brings to a layer.

    Attributes:
        name: the file's or folder's name.
        sha256: over the contents; the same for a folder and a .zip of it.
        frame: in which its numbers were, for the history of loads.
        encoding: in which its text was.
        rows: those that can be taken, in the order of the file.
        complaints: those that cannot, with row, field and sentence.
        notes: repairs, and announcements that turned out wrong.
        members: for zones, which whole cells form them; None when the file does not say.
    """

    layer: Layer
    name: str
    sha256: str
    frame: str
    encoding: str
    rows: tuple[Row, ...]
    complaints: tuple[RowInvalid, ...] = ()
    notes: tuple[Note, ...] = ()
    members: tuple[Member, ...] | None = None


def read_layer(
    path: Path,
    layer: Layer,
    saying: Saying | None = None,
    limits: Limits | None = None,
) -> LayerFile:
    """Read the rows of `layer` from a folder, a .shp, .zip, .gpkg, .geojson or .csv.

    Raises:
        FileUnreadable: it cannot be opened, or its frame, encoding or fields are unknown.
        FrameMismatch: what is said about its frame contradicts the numbers or each other.
    """
    saying = saying or Saying()
    with data_file(path, layer.name, limits) as file:
        table = read_table(file, layer.name, saying.encoding)
        fields = match_fields(layer, table.names, saying.fields)
        frame = _frame(table, saying)
        fitted = fit_shapes(layer, to_degrees(table.shapes, frame) if frame else table.shapes)
        complaints: list[RowInvalid] = []
        rows = check_keys(layer, _rows(layer, table, fields, fitted, complaints), complaints)
        members = read_members(file.parent, complaints) if layer.name == "zones" else None
        return LayerFile(
            layer=layer,
            name=path.name,
            sha256=_digest(file),
            frame=str(frame) if frame else "none",
            encoding=table.encoding,
            rows=tuple(rows),
            complaints=tuple(sorted(complaints, key=lambda complaint: complaint.row)),
            notes=tuple(_notes(table, frame, fitted)),
            members=members,
        )


def _frame(table: RawTable, saying: Saying) -> FileFrame | None:
    """Return the frame of the shapes; None when there are none to have one."""
    numbers = shapely.get_coordinates(table.shapes)
    if not len(numbers):
        return None
    return decide_frame(Declared(table.frame, saying.crs, saying.datum), numbers)


def _rows(
    layer: Layer,
    table: RawTable,
    fields: dict[Field, int],
    fitted: StoredShapes,
    complaints: list[RowInvalid],
) -> list[Row]:
    columns = [
        read_column(layer.name, item, table.columns[position]) for item, position in fields.items()
    ]
    rows = []
    for index, values in enumerate(zip(*columns, strict=True)):
        number = index + 1
        try:
            fault = table.faults.get(number) or fitted.faults.get(index)
            if fault:
                raise RowInvalid(fault, row=number)  # noqa: TRY301 - one place for all complaints
            checked = check_row(layer.name, _by_column(fields, values, number), number)
        except RowInvalid as complaint:
            complaints.append(complaint)
        else:
            rows.append(Row(number, checked, fitted.shapes[index]))
    return rows


def _by_column(
    fields: Iterable[Field],
    values: Iterable[Value | Exception],
    number: int,
) -> dict[str, Value]:
    named: dict[str, Value] = {}
    for item, value in zip(fields, values, strict=True):
        if isinstance(value, Exception):
            raise RowInvalid(str(value), row=number, field=item.name) from value
        named[item.column] = value
    return named


def _notes(table: RawTable, frame: FileFrame | None, fitted: StoredShapes) -> list[Note]:
    about_file = [*table.notes, *([frame.note] if frame and frame.note else [])]
    about_rows = [Note(sentence, index + 1) for index, sentence in sorted(fitted.notes.items())]
    return [*(Note(sentence) for sentence in about_file), *about_rows]


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    parts = (
        [beside(file, suffix) for suffix in _SUFFIXES] if file.suffix.lower() == ".shp" else [file]
    )
    companions = [file.parent / name for name in COMPANIONS]
    for part in (*parts, *companions):
        if part is not None and part.is_file():
            digest.update(part.read_bytes())
    return digest.hexdigest()
