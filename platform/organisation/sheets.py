"""How is a table of ours (CSV) read, so that every wrong row is named with file and line?"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import FieldError, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SHOWN = 20
"""How many faults the sentence itself repeats; all of them are in `errors`."""

Source = Traversable
"""Where a table may come from: package data or a `pathlib.Path`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its place in the file: `where` is `units.csv:12` (lines count from 1)."""

    where: str
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the trimmed text of `column`, empty when the cell is empty."""
        return self.values[column]

    def get(self, column: str) -> str | None:
        """Return the text of `column`, or None when the cell is empty."""
        return self.values[column] or None

    def many(self, column: str) -> tuple[str, ...]:
        """Return the parts of `column` that `;` separates, in order, without empty ones."""
        return tuple(part.strip() for part in self.values[column].split(";") if part.strip())


@dataclass(slots=True)
class Faults:
    """Collects every fault of one loading, so that all are told at once."""

    found: list[FieldError] = field(default_factory=list)

    def add(self, where: str, sentence: str) -> None:
        """Keep one fault: `where` is a file and line, `sentence` says what to do."""
        self.found.append(FieldError(where, sentence))

    def raise_if_any(self) -> None:
        """Raise SettingsInvalid with all faults, or return when there are none."""
        if not self.found:
            return
        told = "; ".join(f"{fault.field}: {fault.message}" for fault in self.found[:SHOWN])
        more = len(self.found) - SHOWN
        rest = f"; and {more} more" if more > 0 else ""
        raise SettingsInvalid(
            f"Correct these rows of the tables: {told}{rest}",
            errors=tuple(self.found),
        )


def packaged(name: str) -> Source:
    """Return the table `name` that comes with this room."""
    return files("wanmi.platform.organisation") / "data" / name


def read_sheet(source: Source, columns: Iterable[str], faults: Faults) -> tuple[Row, ...]:
    """Return the rows of a UTF-8 CSV whose header has exactly `columns`, in any order.

    Empty lines and lines that begin with `#` say nothing, but count as lines.
    A file that cannot be read, a wrong header and a row with too many or too few cells are added
    to `faults`; such rows are left out, so that the others can still be checked.
    """
    wanted = tuple(columns)
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        faults.add(source.name, f"cannot be read as UTF-8 text ({error}).")
        return ()
    reader = csv.reader(_without_comments(text), strict=True)
    rows: list[Row] = []
    try:
        header = [name.strip() for name in next(filter(any, reader), [])]
        if sorted(header) != sorted(wanted):
            line = max(reader.line_num, 1)
            faults.add(f"{source.name}:{line}", f"the columns must be {','.join(wanted)}.")
            return ()
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"{source.name}:{reader.line_num}"
            if len(cells) != len(header):
                faults.add(where, f"has {len(cells)} cells; the header has {len(header)}.")
                continue
            values = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            rows.append(Row(where, MappingProxyType(values)))
    except csv.Error as error:
        faults.add(f"{source.name}:{reader.line_num}", f"is not proper CSV ({error}).")
    return tuple(rows)


def _without_comments(text: str) -> Iterator[str]:
    for line in io.StringIO(text, newline=""):
        yield "\n" if line.startswith("#") else line


def unique_rows(rows: Iterable[Row], column: str, faults: Faults) -> dict[str, Row]:
    """Return the rows by their `column`; an empty or repeated value is added to `faults`."""
    kept: dict[str, Row] = {}
    for row in rows:
        key = row[column]
        if not key:
            faults.add(row.where, f"{column} is missing.")
        elif key in kept:
            faults.add(row.where, f"{column} {key} is already in {kept[key].where}.")
        else:
            kept[key] = row
    return kept


def one_of(row: Row, column: str, allowed: Iterable[str], faults: Faults) -> None:
    """Add a fault when the text of `column` is not one of `allowed`."""
    known = tuple(allowed)
    if row[column] not in known:
        faults.add(row.where, f"{column} {row[column]!r} must be one of {', '.join(known)}.")


def filled(row: Row, columns: Iterable[str], faults: Faults) -> None:
    """Add a fault for each of `columns` that is empty."""
    for column in columns:
        if not row[column]:
            faults.add(row.where, f"{column} is missing.")
