"""`wanmi`: the command line. Each command's module is imported only when the command is used."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from wanmi.platform.kernel.errors import WanmiError
from wanmi.platform.kernel.settings import Settings

COMMANDS = {
    "up": "wanmi.web.cli.serving:up",
    "serve": "wanmi.web.cli.serving:serve",
    "db": "wanmi.web.cli.schema:db",
}
"""Command → module:attribute."""


class LazyGroup(click.Group):
    """A group that knows its commands' names and imports them one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command, or return None when there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their first lines, from a table, so that help stays quick."""
        rows = [(name, SUMMARIES[name]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


SUMMARIES = {
    "up": "Database up, migrated, demonstration city loaded, server started.",
    "serve": "The production server; refuses unsafe settings.",
    "db": "Schema and data: upgrade, downgrade, status, backup, restore.",
}


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wanmi")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Wanmi (万米): a digital urban-management grid platform."""
    if "--help" not in sys.argv and "-h" not in sys.argv:
        ctx.obj = Settings.from_environ(os.environ)


def main() -> None:
    """Run a command; an error of ours is said in sentences, with status 1."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except WanmiError as error:
        click.echo(f"wanmi: {error.message}", err=True)
        for fault in error.errors:
            click.echo(f"  {fault.field}: {fault.message}", err=True)
        sys.exit(1)
