"""How is a CSV of any length read piece by piece, with every row kept?

Values stay the text that they are, so that a code with a leading zero comes out as it went in.
"""

from __future__ import annotations

import codecs
import csv
import io
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from wanmi.gis.errors import FileUnreadable
from wanmi.gis.files.charsets import UNANNOUNCED, checked_encoding
from wanmi.gis.files.tablestreams import BATCH_ROWS, Part, TableStream

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""How a file may begin, and how it is read then."""

DELIMITERS = (",", "\t", ";")
LONGEST_FIELD = 8 << 20
_PIECE = 1 << 20


@contextmanager
def open_csv(path: Path, encoding: str | None = None) -> Iterator[TableStream]:
    """Open a CSV with a header line; the delimiter is the one that the header has most of.

    The encoding is the one said, else by byte order mark, UTF-8 or GB18030, whichever reads the
    whole file.

    Raises:
        FileUnreadable: it has no header, a column twice, no known encoding, or (from the parts) is
            no CSV from some row on.
        OSError: it cannot be opened.
    """
    limit = csv.field_size_limit(LONGEST_FIELD)
    try:
        with path.open("rb") as file:
            found = _encoding(file, path.name, encoding)
            text = io.TextIOWrapper(file, encoding=found, newline="")
            delimiter = max(DELIMITERS, key=text.readline().count)
            text.seek(0)
            rows = _rows(csv.reader(text, delimiter=delimiter, strict=True), path.name)
            schema = pa.schema([(name, pa.string()) for name in _header(rows, path.name)])
            stream = TableStream(schema, path.stat().st_size, iter(()), encoding=found)
            stream.parts = _parts(rows, file, stream, delimiter)
            yield stream
    finally:
        csv.field_size_limit(limit)


def _encoding(file: BinaryIO, name: str, said: str | None) -> str:
    start = file.read(3)
    marked = next((found for mark, found in MARKS.items() if start.startswith(mark)), None)
    tried = (checked_encoding(said),) if said else (marked,) if marked else UNANNOUNCED
    for candidate in tried:
        if _reads(file, candidate):
            file.seek(0)
            return candidate
    raise FileUnreadable(f"{name} is not {' or '.join(tried)}; say its encoding with --encoding.")


def _reads(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _rows(reader: Reader, name: str) -> Iterator[list[str]]:
    """Give the rows that are not empty."""
    try:
        for row in reader:
            if row:
                yield row
    except csv.Error as error:
        # Strict: a quotation mark that is never closed would swallow the rest of the file.
        raise FileUnreadable(
            f"{name} is no CSV from line {reader.line_num} or before it: {error}.",
        ) from error


def _header(rows: Iterator[list[str]], name: str) -> list[str]:
    header = [column.strip().removeprefix("\ufeff") for column in next(rows, [])]
    if not any(header):
        raise FileUnreadable(f"{name} is empty; its first line must name the columns.")
    twice = next((column for column in header if header.count(column) > 1), None)
    if twice is not None:
        raise FileUnreadable(f"{name} has the column {twice!r} twice in its first line.")
    return header


def _parts(
    rows: Iterator[list[str]], file: BinaryIO, stream: TableStream, delimiter: str
) -> Iterator[Part]:
    number = done = 0
    while piece := list(islice(rows, BATCH_ROWS)):
        doubtful = _straighten(piece, len(stream.schema), delimiter)
        stream.longer += [number + index + 1 for index in doubtful]
        number += len(piece)
        columns = [pa.array(column, pa.string()) for column in zip(*piece, strict=True)]
        read = file.tell()
        batch = pa.RecordBatch.from_arrays(columns, schema=stream.schema)
        yield Part(batch, read - done, np.array(doubtful, dtype=np.intp))
        done = read


def _straighten(rows: list[list[str]], width: int, delimiter: str) -> list[int]:
    """Give every row the header's width; return the positions of rows that had more.

    What is too much stays, in the last column: most likely it was a comma inside a text, and then
    nobody can say which column is which. Empty fields at the end say nothing and go.
    """
    longer = []
    for index, row in enumerate(rows):
        if len(row) < width:
            row.extend([""] * (width - len(row)))
        elif any(row[width:]):
            longer.append(index)
            rows[index] = [*row[: width - 1], delimiter.join(row[width - 1 :])]
        else:
            del row[width:]
    return longer
