"""`wanmi calendar`, `rules`, `counters`: keep what the cases are decided by in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wanmi.web.cli.saying import json_option, put, put_json, put_table, say

if TYPE_CHECKING:
    from wanmi.platform.kernel.settings import Settings

COUNTERS = (
    "cell_code",
    "street_code",
    "major",
    "state_type",
    "jurisdiction_code",
    "counted",
    "really",
)


@click.group()
def calendar() -> None:
    """Working days and holidays."""


@calendar.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--encoding", help="Of the file; UTF-8 or GB18030 are found out.")
@click.pass_obj
def import_(settings: Settings, file: Path, encoding: str | None) -> None:
    """Take the days in FILE: CSV with the columns date, kind (working, holiday) and perhaps note.

    A day that was imported before is replaced. A year is settled when 1 January, 1 May and
    1 October are among its holidays; until then its dates are marked as provisional.
    """
    from wanmi.gis.files.csvtables import csv_text
    from wanmi.platform.casework.calendar_rows import import_days, imported_days
    from wanmi.platform.kernel.calendar_days import parse_calendar_file, settled_years
    from wanmi.web.cli.standing import ready_database

    days = parse_calendar_file(csv_text(file, encoding)[0], file.name)
    with ready_database(settings) as engine, engine.begin() as connection:
        count = import_days(connection, days)
        settled = settled_years(imported_days(connection))
    say(f"{count} days imported; years settled: {', '.join(map(str, sorted(settled))) or 'none'}")


@click.group()
def rules() -> None:
    """Responsibility rules and filing conditions."""


@rules.command("check")
@json_option
def check_rules(*, as_json: bool) -> None:
    """List rules that can never win (then the status is 1), and classes with only a default.

    Every table is read and checked first: a wrong row is named with its file and line.
    """
    from wanmi.platform.casework.catalogue import Catalogue
    from wanmi.platform.casework.catalogue_lint import only_default
    from wanmi.platform.casework.place_rule_files import read_place_rules
    from wanmi.platform.organisation.responsibility import RuleBook
    from wanmi.platform.organisation.rule_lint import rules_that_never_win
    from wanmi.platform.organisation.units import UnitRegister

    catalogue = Catalogue.load()
    read_place_rules(catalogue)
    book = RuleBook.load(UnitRegister.load())
    dead = [
        {"rule": row.rule.code, "where": row.rule.where, "taken_by": list(row.by)}
        for row in rules_that_never_win(book, sorted(catalogue.matters))
    ]
    default = [
        {"class": row.code, "name_zh": row.name_zh, "condition": row.condition.code}
        for row in only_default(catalogue)
    ]
    if as_json:
        put_json({"never_win": dead, "only_default": default})
    else:
        put_table(("class", "name", "condition"), [list(row.values()) for row in default])
        say(f"{len(default)} of {len(catalogue.matters)} classes have only their major's default")
        for row in dead:
            say(f"{row['where']}: rule {row['rule']} never wins; taken by {row['taken_by']}")
        say(f"{len(dead)} of {len(book.rules)} rules can never win")
    if dead:
        raise click.exceptions.Exit(1)


@click.group()
def counters() -> None:
    """Counters of cases."""


@counters.command("check")
@json_option
@click.pass_obj
def check_counters(settings: Settings, *, as_json: bool) -> None:
    """Compare the counters with a recount; the status is 1 when they differ."""
    from wanmi.platform.casework.recording import recount
    from wanmi.web.cli.standing import ready_database

    with ready_database(settings) as engine, engine.connect() as connection:
        wrong = list(recount(connection))
    put(COUNTERS, wrong, as_json=as_json)
    say(f"{len(wrong)} counters differ" if wrong else "the counters agree with a recount")
    if wrong:
        raise click.exceptions.Exit(1)
