"""Which texts need a translation, and do the catalogues have it?

After a change of words:

    python -m wanmi.web.collect_messages            # brings messages.po up to date
    (translate what it names in web/translations/zh_Hans_CN/LC_MESSAGES/messages.po)
    python -m wanmi.web.collect_messages            # writes messages.mo

`--values` lists the sentences of errors that have values in them and so stay English.
"""

from __future__ import annotations

import argparse
import sys
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from werkzeug.exceptions import default_exceptions

from wanmi.web.sentences import ROOMS, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(__file__).resolve().parent / "translations" / "zh_Hans_CN" / "LC_MESSAGES"
"""Babel reads zh_CN as zh_Hans_CN and looks for the translations under that name only."""

PO = FOLDER / "messages.po"
MO = FOLDER / "messages.mo"

KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "Phrase": (1,), "Sentence": (1,)}

STATUSES = (400, 401, 403, 404, 405, 406, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503)
"""What we, or the server below us, answer with."""

OTHER_TITLES = (
    "Request Entity Too Large",
    "Content Too Large",
    "Request-URI Too Long",
    "URI Too Long",
    "Unprocessable Entity",
    "Unprocessable Content",
)
"""Python 3.13 has new names for some statuses; the catalogue serves all versions."""


def collected(root: Path = ROOT) -> Catalog:
    """Return every text that a reader of a page or an answer may meet, untranslated."""
    found = Catalog(project="Wanmi", version="0.1", charset="utf-8")
    for text, place in _texts(root):
        found.add(text, locations=[place])
    return found


def sentences_with_values(root: Path = ROOT) -> list[str]:
    """Return the sentences that cannot be looked up, as `file:line code`."""
    said = Source.of(root).sentences()
    return sorted({f"{one.place} {one.text}" for one in said if not one.fixed})


def _texts(root: Path) -> Iterator[tuple[str | tuple[str, ...], tuple[str, int]]]:
    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")  # type: ignore[no-untyped-call]
    marked = extract_from_dir(
        str(root),
        methods,
        options,
        KEYWORDS,
        directory_filter=lambda path: Path(path).relative_to(root).parts[0] in ROOMS,
    )
    for path, line, message, *_ in marked:
        yield message, (path, line)
    for one in Source.of(root).sentences():
        if one.fixed:
            path, _, row = one.place.rpartition(":")
            yield one.text, (path, int(row))
    here = ("web/wiring/problems.py", 1)
    for status in STATUSES:
        yield HTTPStatus(status).phrase, here
        error = default_exceptions.get(status)
        if error is not None and error.description:
            yield error.description, here
    for title in OTHER_TITLES:
        yield title, here


def read_catalogue(path: Path = PO) -> Catalog:
    """Return the Chinese catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts without a translation that can be shown."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and (message.fuzzy or not message.string)
    ]


def update(source: Catalog, po: Path = PO, mo: Path = MO) -> list[str]:
    """Bring the catalogue up to date with the source, compile it, return what lacks words."""
    catalogue = read_catalogue(po)
    catalogue.update(source, no_fuzzy_matching=True, update_creation_date=False)
    with po.open("wb") as file:
        write_po(
            file,
            catalogue,
            width=100,
            ignore_obsolete=True,
            sort_by_file=True,
            include_lineno=False,
        )
    with mo.open("wb") as file:
        write_mo(file, catalogue)
    return untranslated(catalogue)


def main() -> None:
    """Update and compile, or list what stays English."""
    parser = argparse.ArgumentParser(prog="python -m wanmi.web.collect_messages")
    parser.add_argument("--values", action="store_true", help="list sentences that stay English")
    if parser.parse_args().values:
        print(*sentences_with_values(), sep="\n")  # noqa: T201 - a tool of developers
        return
    lacking = update(collected())
    if lacking:
        sys.exit("Not translated yet:\n" + "\n".join(lacking))


if __name__ == "__main__":
    main()
