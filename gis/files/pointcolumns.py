"""Where does each row of a table lie, said in two columns of numbers or in one of shapes?

Rows whose place cannot be read keep their position, as NaN: their reader tells which they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from wanmi.gis.errors import FileUnreadable
from wanmi.gis.files.csvtables import X_NAMES, Y_NAMES
from wanmi.gis.files.frames import DEGREES, Declared, FileFrame, decide_frame, to_degrees
from wanmi.gis.frames import to_cgcs2000_arrays
from wanmi.gis.points import LAT_LIMIT, LON_LIMIT, Datum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanmi.gis.files.tablestreams import Part, TableStream

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_NO_NUMBERS = np.empty((0, 2))
_MULTIPOINT = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user says of the coordinates: their columns, datum and frame; None: not said."""

    x: str | None = None
    y: str | None = None
    datum: Datum | None = None
    crs: str | None = None


class Places(NamedTuple):
    """Places of some rows.

    Attributes:
        lon: CGCS2000 degrees, NaN where the row's place cannot be read.
        lat: the same.
        swapped: how many have latitude where longitude belongs.
        metres: how many are no degrees, but may be metres.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    swapped: int
    metres: int


@dataclass(frozen=True, slots=True)
class PointColumns:
    """How to read the places of one table.

    Attributes:
        columns: positions of longitude and latitude, or of the shapes alone.
        frame: in which the numbers are.
        datum_taken: the datum was said by nobody, and WGS 84 was taken.
    """

    columns: tuple[int, ...]
    frame: FileFrame
    datum_taken: bool

    @classmethod
    def of(cls, stream: TableStream, asked: Asked) -> PointColumns:
        """Find the columns. Without `asked.x`, shapes go before columns called lon, lng, x, 经度.

        Raises:
            FileUnreadable: there are no such columns, or the frame is not known.
            FrameMismatch: what is said about the frame contradicts itself.
        """
        names = stream.schema.names
        if stream.geometry is not None and asked.x is None and asked.y is None:
            declared = Declared(stream.geometry.frame, asked.crs, asked.datum)
            columns: tuple[int, ...] = (names.index(stream.geometry.name),)
            taken = False
        else:
            taken = asked.datum is None and asked.crs is None
            declared = Declared(None, asked.crs, Datum.WGS84 if taken else asked.datum)
            columns = (
                _position(names, asked.x, X_NAMES, "--x"),
                _position(names, asked.y, Y_NAMES, "--y"),
            )
        return cls(columns, decide_frame(declared, _NO_NUMBERS), taken)

    def places(self, part: Part) -> Places:
        """Return the places of the rows of `part`."""
        x, y = self._numbers(part.batch)
        x[part.doubtful] = np.nan
        finite = np.isfinite(x) & np.isfinite(y)
        x[~finite] = y[~finite] = np.nan
        if self.frame.epsg not in DEGREES:
            points = np.full(len(x), None, dtype=object)
            points[finite] = shapely.points(x[finite], y[finite])
            moved = to_degrees(points, self.frame)
            return Places(*_on_earth(shapely.get_x(moved), shapely.get_y(moved)), 0, 0)
        swapped = (np.abs(x) <= LAT_LIMIT) & (np.abs(y) > LAT_LIMIT) & (np.abs(y) <= LON_LIMIT)
        metres = (np.abs(x) > LON_LIMIT) | (np.abs(y) > LON_LIMIT)
        lon, lat = to_cgcs2000_arrays(*_on_earth(x, y), self.frame.datum)
        return Places(lon, lat, int(swapped.sum()), int(metres.sum()))

    def _numbers(self, batch: pa.RecordBatch) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if len(self.columns) == 1:
            return _of_shapes(batch.column(self.columns[0]))
        x, y = self.columns
        return doubles(batch.column(x)), doubles(batch.column(y))


def doubles(column: pa.Array) -> NDArray[np.float64]:
    """Return the numbers of a column of any type, NaN where there is none.

    A text is a number in digits, with a point and an exponent if need be, blanks around it; it
    becomes the nearest double.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        trimmed = pc.utf8_trim_whitespace(column)
        good = pc.match_substring_regex(trimmed, _NUMBER)
        column = pc.if_else(good, trimmed, pa.scalar(None, column.type))
    try:
        numbers = pc.cast(column, pa.float64(), safe=False)
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return np.full(len(column), np.nan)
    # A copy: the caller strikes out what cannot be a place.
    return np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)


def _of_shapes(column: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    wkb = column.to_numpy(zero_copy_only=False)
    shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    single = shapely.get_type_id(shapes) == _MULTIPOINT
    single &= shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return np.array(shapely.get_x(shapes)), np.array(shapely.get_y(shapes))


def _on_earth(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # A comparison with NaN is false: what could not be read stays so.
    good = (np.abs(x) <= LON_LIMIT) & (np.abs(y) <= LAT_LIMIT)
    return np.where(good, x, np.nan), np.where(good, y, np.nan)


def _position(names: Sequence[str], said: str | None, usual: Sequence[str], option: str) -> int:
    lower = [name.lower() for name in names]
    for wanted in (said,) if said else usual:
        if wanted in names:
            return names.index(wanted)
        if wanted.lower() in lower:
            return lower.index(wanted.lower())
    missing = f"no column {said}" if said else f"none of the columns {', '.join(usual)}"
    raise FileUnreadable(
        f"The file has {missing}; its columns are {', '.join(names)}. Say {option} NAME.",
    )
