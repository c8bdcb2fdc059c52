"""How is a table of ours read from CSV so that every fault is named with its file and line?"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import FieldError

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Iterator, Mapping, Sequence

    from wanmi.platform.kernel.errors import WanmiError


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells by column, without blanks around them, and where it stands."""

    file: str
    line: int
    cells: Mapping[str, str]

    @property
    def where(self) -> str:
        """File and line, as `moves.csv:4`."""
        return f"{self.file}:{self.line}"

    def __getitem__(self, column: str) -> str:
        """Return the cell of `column`; the empty text when the cell or the column is missing."""
        return self.cells.get(column, "")

    def listed(self, column: str) -> tuple[str, ...]:
        """Return the parts of a cell that are separated by `;`."""
        return tuple(part.strip() for part in self[column].split(";") if part.strip())


@dataclass(slots=True)
class Faults:
    """Everything found wrong so far, so that it can be said at once."""

    found: list[FieldError] = field(default_factory=list)

    def add(self, where: Row | str, message: str) -> None:
        """Note a fault at a row, or at a place given as text."""
        place = where.where if isinstance(where, Row) else where
        self.found.append(FieldError(place, message))

    def stop_if_any(self, kind: type[WanmiError], sentence: str) -> None:
        """Raise `kind` with every fault, file by file and line by line, if there is any."""
        if self.found:
            ordered = tuple(sorted(self.found, key=_place))
            lines = "".join(f"\n{fault.field}: {fault.message}" for fault in ordered)
            raise kind(sentence + lines, errors=ordered)


def _place(fault: FieldError) -> tuple[str, int]:
    file, _, line = fault.field.partition(":")
    return file, int(line or 0)


def package_text(package: str, name: str) -> str:
    """Return the text of `data/NAME` of an installed package, such as `wanmi.platform.kernel`."""
    return resources.files(package).joinpath("data", name).read_text(encoding="utf-8")


def read_rows(
    text: str,
    file: str,
    columns: Sequence[str],
    faults: Faults,
    *,
    optional: Sequence[str] = (),
) -> tuple[Row, ...]:
    """Read CSV with a header line; a wrong header or a row of another width is noted in `faults`.

    Args:
        text: the file's content; a byte order mark and empty lines are ignored.
        file: the name by which faults call the file.
        columns: names that the header must have, in any order.
        faults: where what is wrong is noted; faulty rows are left out of the answer.
        optional: names that the header may have.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows = _numbered(reader, file, faults)
    header = next(rows, None)
    if header is None:
        faults.add(file, f"The file is empty; its first line must be {','.join(columns)}.")
        return ()
    names = header[1]
    missing = [name for name in columns if name not in names]
    unknown = [name for name in names if name not in columns and name not in optional]
    doubled = sorted({name for name in names if names.count(name) > 1})
    for said, wrong in (("lacks", missing), ("does not know", unknown), ("repeats", doubled)):
        if wrong:
            faults.add(f"{file}:{header[0]}", f"The header {said} the columns {', '.join(wrong)}.")
    if missing or unknown or doubled:
        return ()
    answer = []
    for line, cells in rows:
        if len(cells) != len(names):
            faults.add(f"{file}:{line}", f"{len(cells)} cells where {len(names)} are needed.")
        else:
            answer.append(Row(file, line, dict(zip(names, cells, strict=True))))
    return tuple(answer)


def _numbered(reader: Reader, file: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield reader.line_num, stripped
    except csv.Error as error:
        faults.add(f"{file}:{reader.line_num}", f"From here on this is not CSV: {error}.")
