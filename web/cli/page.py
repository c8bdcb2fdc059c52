"""What does `wanmi` understand? Every command with its words, as docs/cli.md.

Run `python -m wanmi.web.cli.page > docs/cli.md` after changing a command.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from wanmi.web.cli.main import COMMANDS, SUMMARIES, cli

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRODUCTION = """\
# The command line

This page is made from the commands' own help and checked by a test; do not edit it. Make it anew
with `python -m wanmi.web.cli.page > docs/cli.md`.

`./wanmi COMMAND` runs a command with all that it needs; `wanmi COMMAND` is the same where the
package is installed. Tables and what is asked for go to standard output, everything else to
standard error. The status is 0 when all went well, 1 when the input, the data or the installation
is at fault (the sentence says what to do), 2 when the words were wrong.

A command that needs the database joins the running one, or starts it for its own time. Started by
root, a command opens the caller's files as root and works as the unprivileged user (`WANMI_USER`),
the `db` family excepted. Coordinates are degrees, longitude first; when no datum is said,
`wgs84` is taken, and said.
"""

_AFTERWORD = """\
## What `geocode` adds

| column | meaning |
| --- | --- |
| `cell_code` | the cell's code, 15 digits; empty when there is none |
| `match` | `inside`, `nearest` (within the city's tolerance), `none`; `invalid`: no place |
| `distance_m` | metres to the cell in the city's plane; 0 inside |
| `street` | name of the nearest street (道路) within the city's tolerance |
| `zone` | code of the inspection zone (责任网格); several with `;` between |
| `unit_code` | with `--class-field` the proposed unit (建议), else the territorial one (属地) |
| `unit_name` | its name, in the language of `WANMI_LOCALE` |
| `rule` | code of the responsibility rule that gave the unit, or `territorial` |

Every row comes out, in the same order; the values of a CSV stay the text that they were. Files are
read and written piece by piece, so that their size does not matter. A file that has one of these
columns already is refused unless `--prefix` gives the added ones other names.

## Loads are not undone

`wanmi load` keeps a history of loads and of the grid's cells, but not of the rows of other layers,
so it cannot take a load back. `--dry-run` says beforehand what would change, and `wanmi export`
keeps a copy.
"""


def page() -> str:
    """Return docs/cli.md."""
    parts = [_INTRODUCTION, *_commands(), _AFTERWORD]
    return "\n".join(parts)


def _commands() -> Iterator[str]:
    context = click.Context(cli, info_name="wanmi", **cli.context_settings)
    yield "\n".join(
        [
            "| command | does |",
            "| --- | --- |",
            *(f"| `wanmi {n}` | {SUMMARIES[n]} |" for n in COMMANDS),
            "",
        ]
    )
    for name in COMMANDS:
        command = cli.get_command(context, name)
        if command is None:
            raise AssertionError(f"{name} is in the table, so it is a command")
        yield from _described(command, name, context)


def _described(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    # The width is fixed: the page must not depend on anybody's terminal.
    context = click.Context(
        command, info_name=name, parent=parent, max_content_width=92, terminal_width=92
    )
    yield f"## `{context.command_path}`\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None:
                yield from _described(found, below, context)


if __name__ == "__main__":
    sys.stdout.write(page())
