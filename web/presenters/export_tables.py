"""How do cases become a file that a spreadsheet opens: CSV or XLSX, row by row?

What people wrote must stay text: a spreadsheet works out a cell that begins like a formula.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from wanmi.web.presenters.export_columns import Column, Value

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a text for a formula (OWASP, CSV injection), wide forms too."""

MARK = "'"
"""A spreadsheet's own sign for "this is text"."""

WIDTHS = {"text": 18, "number": 14, "integer": 10, "flag": 8}
WIDE = {"description": 50, "number": 24, "zones": 30}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written.

    Attributes:
        columns: in order.
        headings: one a column, in the reader's language.
        rows: values in the order of the columns.
        yes, no: the words for a flag.
        title: the name of the sheet.
        about_title: the name of the sheet that says what this is.
        about: label and text, for instance the moment and the filter.
    """

    columns: Sequence[Column]
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]
    yes: str
    no: str
    title: str
    about_title: str
    about: Sequence[tuple[str, str]]


def as_text(value: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return MARK + value if value.startswith(FORMULA_STARTS) else value


def write_csv(path: Path, sheet: Sheet) -> None:
    """Write UTF-8 with the mark that makes spreadsheets read it as such; CRLF (RFC 4180)."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([as_text(heading) for heading in sheet.headings])
        for row in sheet.rows:
            writer.writerow([_csv_value(value, sheet) for value in row])


def _csv_value(value: Value, sheet: Sheet) -> object:
    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, bool):
        return sheet.yes if value else sheet.no
    return value


def write_xlsx(path: Path, sheet: Sheet) -> None:
    """Write a workbook; finished rows go to the disk, so that its length costs no memory."""
    import xlsxwriter  # noqa: PLC0415 - no other answer of the server needs it

    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        cases = book.add_worksheet(sheet.title)
        for place, column in enumerate(sheet.columns):
            cases.set_column(place, place, WIDE.get(column.name, WIDTHS[column.kind]))
            cases.write_string(0, place, sheet.headings[place], bold)
        last = 0
        for last, row in enumerate(sheet.rows, 1):
            for place, value in enumerate(row):
                _put(cases, last, place, value, sheet)
        cases.freeze_panes(1, 1)
        cases.autofilter(0, 0, last, len(sheet.columns) - 1)
        about = book.add_worksheet(sheet.about_title)
        about.set_column(0, 1, 40)
        for place, (label, words) in enumerate(sheet.about):
            about.write_string(place, 0, label, bold)
            about.write_string(place, 1, words)


def _put(cases: Any, row: int, place: int, value: Value, sheet: Sheet) -> None:  # noqa: ANN401
    # A string is written as a string whatever it begins with: a cell of a workbook has its type.
    if isinstance(value, str):
        cases.write_string(row, place, value)
    elif isinstance(value, bool):
        cases.write_string(row, place, sheet.yes if value else sheet.no)
    elif value is not None:
        cases.write_number(row, place, value)
