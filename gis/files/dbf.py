"""What does the header of a DBF file say: its language byte and its fields' names and widths?

GDAL reads the rows; the header is read here because GDAL tells neither the bytes of a name nor the
width of a field, and both are needed to judge the encoding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanmi.gis.errors import FileUnreadable

if TYPE_CHECKING:
    from pathlib import Path

_HEADER_BYTES = 32
_LANGUAGE_BYTE = 29
_FIELD_BYTES = 32
_NAME_BYTES = 11
_WIDTH_BYTE = 16
_END_OF_FIELDS = 0x0D


@dataclass(frozen=True, slots=True)
class DbfField:
    """One field: its name as bytes, its type letter and its width in bytes."""

    name: bytes
    kind: str
    width: int


@dataclass(frozen=True, slots=True)
class DbfHeader:
    """The language byte (LDID) and the fields of a DBF file, in order."""

    language: int
    fields: tuple[DbfField, ...]


def read_header(path: Path) -> DbfHeader:
    """Read the header of the DBF file at `path`.

    Raises:
        FileUnreadable: the file is too short to be a DBF.
    """
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
        if len(head) < _HEADER_BYTES:
            raise FileUnreadable(f"{path.name} is empty or cut off; copy the shapefile again.")
        fields = []
        while len(raw := file.read(_FIELD_BYTES)) == _FIELD_BYTES and raw[0] != _END_OF_FIELDS:
            name = raw[:_NAME_BYTES].split(b"\0")[0]
            fields.append(DbfField(name, chr(raw[_NAME_BYTES]), raw[_WIDTH_BYTE]))
    return DbfHeader(head[_LANGUAGE_BYTE], tuple(fields))
