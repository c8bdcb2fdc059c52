"""What can go wrong with places, shapes and files.

GisError
├── PlaceInvalid        a coordinate that no place can have
├── DatumUnknown        a coordinate without a datum that Wanmi knows
├── FrameMismatch       two shapes, or a shape and a task, in different frames (CRS)
├── CodeInvalid         a cell, component or class code of the wrong form
├── GridInvalid         cells that do not form a grid (gap, overlap, no cells)
├── IndexStale          a saved index that belongs to another grid edition or format
├── FileUnreadable      a file that cannot be opened, or whose frame or encoding is unknown
└── RowInvalid          one row of a file that cannot be taken; knows its row and field
"""

from typing import Self


class Sentence(str):
    """An English sentence with values in it; web translates `msgid` and puts the values in.

    Babel finds the msgids by the name of this class (keyword `Sentence`).

    >>> Sentence("Zoom %(zoom)s is too much.", zoom=30)
    'Zoom 30 is too much.'
    """

    __slots__ = ("msgid", "values")
    msgid: str
    values: dict[str, object]

    def __new__(cls, msgid: str, **values: object) -> Self:
        """Put the values in and keep both."""
        made = super().__new__(cls, msgid % values)
        made.msgid, made.values = msgid, values
        return made


class GisError(Exception):
    """The base of every error that `wanmi.gis` raises on purpose."""


class PlaceInvalid(GisError):
    """A coordinate that no place can have: not finite, out of range, or swapped."""


class DatumUnknown(GisError):
    """A coordinate whose datum was not said or is not one that Wanmi knows."""


class FrameMismatch(GisError):
    """Two frames (CRS) where one was needed; the sentence names both."""


class CodeInvalid(GisError):
    """A code of the wrong length, alphabet or structure."""


class GridInvalid(GisError):
    """Cells that do not form a grid."""


class IndexStale(GisError):
    """A saved index of another grid edition, another format, or damaged."""


class FileUnreadable(GisError):
    """A spatial file that cannot be opened or understood; the sentence says what to do."""


class RowInvalid(GisError):
    """One row that cannot be taken.

    Attributes:
        row: number of the row, from 1.
        field: the field's name in the file, or None when the whole row is meant.
    """

    def __init__(self, message: str, *, row: int, field: str | None = None) -> None:
        """Keep the row and the field beside the sentence."""
        super().__init__(message)
        self.row = row
        self.field = field
