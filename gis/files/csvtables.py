"""What does a CSV file hold: its columns, and a shape a row from lon and lat or from WKT?"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from wanmi.gis.errors import FileUnreadable
from wanmi.gis.files.charsets import Announced, Text, checked_encoding, find_encoding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

X_NAMES = ("lon", "longitude", "lng", "x", "经度")
Y_NAMES = ("lat", "latitude", "y", "纬度")
WKT_NAMES = ("wkt", "geometry", "geom")
"""Under which names a CSV may hold its shapes, in any case."""

_DELIMITERS = (",", "\t", ";")
_BOM = b"\xef\xbb\xbf"
_MAX_FIELD = 8 << 20  # an outline as WKT is long


class CsvColumns(NamedTuple):
    """A CSV by column; shapes are None where there is none; faults are by row from 1."""

    names: tuple[str, ...]
    columns: tuple[Sequence[str | None], ...]
    shapes: npt.NDArray[np.object_]
    faults: dict[int, str]
    encoding: str


def read_csv_columns(path: Path, encoding: str | None = None) -> CsvColumns:
    """Read a CSV with a header; the delimiter is the one that the header has most of.

    Raises:
        FileUnreadable: no header, no known encoding, or not a CSV.
    """
    text, found = csv_text(path, encoding)
    header, rows = _rows(text, path.name)
    faults: dict[int, str] = {}
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            faults[number] = f"The row has {len(row)} fields, the header {len(header)}."
    columns = [
        [row[index].strip() or None if index < len(row) else None for row in rows]
        for index in range(len(header))
    ]
    shapes = _shapes(dict(zip([name.lower() for name in header], columns, strict=True)), faults)
    if shapes is None:
        shapes = np.full(len(rows), None, dtype=object)
    return CsvColumns(tuple(header), tuple(columns), shapes, faults, found)


def csv_text(path: Path, encoding: str | None = None) -> tuple[str, str]:
    """Return the text of a CSV file and its encoding: said, by byte order mark, UTF-8 or GB18030.

    Raises:
        FileUnreadable: none of them reads it.
    """
    raw = path.read_bytes()
    if raw.startswith(_BOM):
        raw, encoding = raw.removeprefix(_BOM), encoding or "utf-8"
    said = [Announced(checked_encoding(encoding), "--encoding")] if encoding else []
    found = find_encoding([Text(raw)], said).encoding
    try:
        return raw.decode(found), found
    except UnicodeDecodeError:
        raise FileUnreadable(
            f"{path.name} is not {found}; say its encoding with --encoding."
        ) from None


def _rows(text: str, name: str) -> tuple[list[str], list[list[str]]]:
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    limit = csv.field_size_limit(_MAX_FIELD)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row
        ]
    except csv.Error as error:
        raise FileUnreadable(f"{name} is not a CSV: {error}.") from error
    finally:
        csv.field_size_limit(limit)
    if not rows:
        raise FileUnreadable(f"{name} is empty; its first line must name the fields.")
    header = [field.strip() for field in rows[0]]
    if len({field.lower() for field in header}) != len(header):
        raise FileUnreadable(f"{name} has a field twice in its first line.")
    return header, rows[1:]


def _shapes(
    columns: dict[str, list[str | None]],
    faults: dict[int, str],
) -> npt.NDArray[np.object_] | None:
    wkt = _first(columns, WKT_NAMES)
    if wkt is not None:
        return _from_wkt(wkt, faults)
    xs, ys = _first(columns, X_NAMES), _first(columns, Y_NAMES)
    if xs is None or ys is None:
        return None
    return _from_numbers(xs, ys, faults)


def _first(columns: dict[str, list[str | None]], names: Sequence[str]) -> list[str | None] | None:
    return next((columns[name] for name in names if name in columns), None)


def _from_wkt(texts: list[str | None], faults: dict[int, str]) -> npt.NDArray[np.object_]:
    given = np.array(texts, dtype=object)
    shapes = np.asarray(shapely.from_wkt(given, on_invalid="ignore"), dtype=object)
    for index in np.flatnonzero(shapely.is_missing(shapes)):
        if texts[index]:
            faults[int(index) + 1] = "The shape is not WKT, or a ring of it is not closed."
    return shapes


def _from_numbers(
    xs: list[str | None],
    ys: list[str | None],
    faults: dict[int, str],
) -> npt.NDArray[np.object_]:
    numbers = np.full((len(xs), 2), np.nan)
    for index, pair in enumerate(zip(xs, ys, strict=True)):
        if pair == (None, None):
            continue
        try:
            numbers[index] = [float(text or "") for text in pair]
        except ValueError:
            faults[index + 1] = f"{pair[0]}, {pair[1]} are not two numbers."
            continue
        if not np.isfinite(numbers[index]).all():
            faults[index + 1] = f"{pair[0]}, {pair[1]} are not two finite numbers."
    shapes = np.full(len(xs), None, dtype=object)
    real = np.isfinite(numbers).all(axis=1)
    shapes[real] = shapely.points(numbers[real])
    return shapes
