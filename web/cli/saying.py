"""How does a command speak: tables and JSON on standard output, all else on standard error?"""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import click

from wanmi.gis.points import Datum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

DATUMS = tuple(datum.value for datum in Datum)
GAP = "  "
_WIDE = {"W", "F"}


def say(sentence: str) -> None:
    """Say something to the person, beside what the command puts out."""
    click.echo(sentence, err=True)


def put_json(value: object) -> None:
    """Put out one JSON value, for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def put_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Put out rows under their columns; Chinese characters count for two."""
    _put_rows([columns, *([_text(value) for value in row] for row in rows)])


def put_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Put out names and values, one pair a line."""
    _put_rows([(name, _text(value)) for name, value in pairs])


def _put_rows(texts: Sequence[Sequence[str]]) -> None:
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        click.echo(GAP.join(cells).rstrip())


def put(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    """Put out rows as a table or as JSON."""
    if as_json:
        put_json([{name: row[name] for name in columns} for row in rows])
    else:
        put_table(columns, ([row[name] for name in columns] for row in rows))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in _WIDE else 1 for sign in text)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --json, as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="For programs.")(command)


def datum_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --datum, as `datum`; None when it was not said."""
    return click.option(
        "--datum",
        type=click.Choice(DATUMS),
        help="What the coordinates are measured in; wgs84 when nothing is said.",
    )(command)


def said_datum(datum: str | None) -> Datum:
    """Return the datum; say so when nobody has said one."""
    if datum is None:
        say("no --datum was given: wgs84 is taken")
        return Datum.WGS84
    return Datum(datum)


def progress(length: int, label: str) -> Any:  # noqa: ANN401 - click has no name for it
    """Return a progress bar on standard error; nothing where nobody looks."""
    return click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    )
