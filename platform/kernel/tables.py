"""How is a table of ours (CSV) read so that every wrong row is named with its file and line?

Lines that begin with `#` are comments; a row stands on one line. A reader asks rows for their
cells; what is wrong is noted in `Faults`, reading goes on with a harmless value, and
`Faults.stop_if_any` ends it with everything found at once.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import FieldError, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from wanmi.platform.kernel.errors import WanmiError

Source = Traversable
"""Where a table may come from: package data or a `pathlib.Path`."""

SHOWN_FAULTS = 20
"""How many faults the sentence itself repeats; all of them are in `errors`."""

COMMENT = ("#", '"#')  # spreadsheets put quotes around a comment that has a comma


@dataclass(slots=True)
class Faults:
    """What is wrong with a set of tables; each fault knows its `file:line`."""

    found: list[FieldError] = field(default_factory=list)

    def add(self, where: Row | str, message: str) -> None:
        """Note a fault at a row, or at a place given as text: `file:line` or `file`."""
        self.found.append(FieldError(where.where if isinstance(where, Row) else where, message))

    def stop_if_any(
        self,
        kind: type[WanmiError] = SettingsInvalid,
        sentence: str = "Correct these rows of the tables:",
    ) -> None:
        """Raise `kind` with every fault, file by file and line by line, if there is any.

        The error's sentence is `sentence` and the first faults, one a line.
        """
        if not self.found:
            return
        ordered = sorted(self.found, key=_line_order)
        lines = [f"{fault.field}: {fault.message}" for fault in ordered[:SHOWN_FAULTS]]
        if len(ordered) > SHOWN_FAULTS:
            lines.append(f"and {len(ordered) - SHOWN_FAULTS} more")
        raise kind("\n".join((sentence, *lines)), errors=tuple(ordered))


def _line_order(fault: FieldError) -> tuple[str, int]:
    file, _, line = fault.field.rpartition(":")
    return (file, int(line)) if line.isdecimal() else (fault.field, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells by column, without blanks around them, and where it stands."""

    file: str
    line: int
    cells: Mapping[str, str]
    faults: Faults

    @property
    def where(self) -> str:
        """File and line, as `moves.csv:4`."""
        return f"{self.file}:{self.line}"

    def __getitem__(self, column: str) -> str:
        """Return the cell of `column`, which may be empty; empty for an optional column left out.

        Raises:
            KeyError: the table was not read with such a column.
        """
        return self.cells[column]

    def get(self, column: str) -> str | None:
        """Return the cell of `column`, None when it is empty."""
        return self[column] or None

    def listed(self, column: str) -> tuple[str, ...]:
        """Return the parts of a cell that are separated by `;`, without empty ones."""
        return tuple(part.strip() for part in self[column].split(";") if part.strip())

    def wrong(self, message: str) -> None:
        """Note a fault of this row."""
        self.faults.add(self, message)

    def required(self, column: str) -> str:
        """Return a cell that must not be empty."""
        if not self[column]:
            self.wrong(f"{column} is missing")
        return self[column]

    def one_of(self, column: str, allowed: Collection[str]) -> str:
        """Return a cell that must be one of `allowed` (list "" there when it may be empty)."""
        if self[column] not in allowed:
            known = ", ".join(word or "nothing" for word in allowed)
            self.wrong(f"{column} is {self[column]!r}, not one of {known}")
        return self[column]

    def whole(self, column: str, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`; `low` when the cell is something else."""
        text = self[column]
        if not (text.isascii() and text.isdecimal() and low <= int(text) <= high):
            self.wrong(f"{column} is {text!r}, not a whole number from {low} to {high}")
            return low
        return int(text)

    def flag(self, column: str) -> bool:
        """Return whether a cell says `yes`; it must say yes, no or nothing."""
        return self.one_of(column, ("yes", "no", "")) == "yes"


def packaged(room: str, name: str) -> Source:
    """Return the table `name` that comes with a room of the platform, such as `casework`."""
    return files(f"wanmi.platform.{room}") / "data" / name


def read_table(source: Source, columns: Sequence[str], faults: Faults) -> tuple[Row, ...]:
    """Return the rows of a UTF-8 file, called by its name; in all else as `read_rows`."""
    try:
        text = source.read_bytes().decode("utf-8-sig")
    except OSError:
        faults.add(source.name, "is missing or cannot be opened")
        return ()
    except UnicodeDecodeError:
        faults.add(source.name, "is not UTF-8; save it as CSV UTF-8")
        return ()
    return read_rows(text, source.name, columns, faults)


def read_rows(
    text: str, file: str, columns: Sequence[str], faults: Faults, *, optional: Sequence[str] = ()
) -> tuple[Row, ...]:
    """Return the rows of a CSV text; what cannot be read is noted in `faults` and left out.

    Args:
        text: the file's content; a byte order mark, comments and empty lines say nothing.
        file: the name by which faults call it.
        columns: names that the heading must have, in any order.
        faults: where what is wrong is noted.
        optional: names that the heading may have; their cells are empty when it has not.
    """
    lines = [
        (number, line.rstrip("\n"))
        for number, line in enumerate(StringIO(text.removeprefix("\ufeff"), newline=None), start=1)
        if line.strip(" ,\n") and not line.startswith(COMMENT)
    ]
    if not lines:
        faults.add(file, f"is empty; it must begin with the heading {','.join(columns)}")
        return ()
    names = _cells(lines[0][1]) or []
    if not set(columns) <= set(names) <= {*columns, *optional} or len(set(names)) < len(names):
        faults.add(f"{file}:{lines[0][0]}", f"must be the heading {','.join(columns)}")
        return ()
    rows = []
    left_out = dict.fromkeys(optional, "")
    for number, line in lines[1:]:
        cells = _cells(line)
        if cells is None:
            faults.add(f"{file}:{number}", "is not a row of CSV: look at its quotes")
        elif len(cells) != len(names):
            faults.add(f"{file}:{number}", f"has {len(cells)} cells, not {len(names)}")
        else:
            rows.append(Row(file, number, left_out | dict(zip(names, cells, strict=True)), faults))
    return tuple(rows)


def _cells(line: str) -> list[str] | None:
    """Read one line by itself, so that a quote left open spoils no other row; None if one is."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], strict=True))]
    except csv.Error:
        return None


def unique_rows(rows: Iterable[Row], column: str) -> dict[str, Row]:
    """Return the rows by their `column`; one without it, or with another's, is noted as wrong."""
    kept: dict[str, Row] = {}
    for row in rows:
        key = row.required(column)
        if key in kept:
            row.wrong(f"{column} {key} is already in {kept[key].where}")
        elif key:
            kept[key] = row
    return kept
