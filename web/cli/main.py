"""`wanmi`: the command line. Each command's module is imported only when the command is used."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from wanmi.gis.errors import GisError
from wanmi.gis.kernels import edition_folder
from wanmi.platform.kernel.errors import WanmiError
from wanmi.platform.kernel.settings import Settings

COMMANDS = {
    "up": "wanmi.web.cli.serving:up",
    "serve": "wanmi.web.cli.serving:serve",
    "db": "wanmi.web.cli.schema:db",
    "token": "wanmi.web.cli.people:token",
    "login-link": "wanmi.web.cli.people:login_link",
    "user": "wanmi.web.cli.people:user",
    "load": "wanmi.web.cli.layers:load",
    "export": "wanmi.web.cli.layers:export",
    "geocode": "wanmi.web.cli.geocoding:geocode",
    "explain": "wanmi.web.cli.explaining:explain",
    "report": "wanmi.web.cli.reporting:report",
    "map": "wanmi.web.cli.mapping:city_map",
    "calendar": "wanmi.web.cli.keeping:calendar",
    "rules": "wanmi.web.cli.keeping:rules",
    "counters": "wanmi.web.cli.keeping:counters",
}
"""Command → module:attribute."""

SUMMARIES = {
    "up": "Database up, migrated, demonstration city loaded, server started.",
    "serve": "The production server; refuses unsafe settings.",
    "db": "Schema and data: upgrade, downgrade, status, backup, restore.",
    "token": "A bearer token for an account.",
    "login-link": "A one-time address that signs a browser in.",
    "user": "Accounts: add, disable, enable, list.",
    "load": "Files into a layer of the city.",
    "export": "A layer of the city into a file.",
    "geocode": "Cell, street, zone and unit for every row of a table.",
    "explain": "What lies at a place, who answers for it, and why.",
    "report": "A report from the shell.",
    "map": "The command map as one file that opens with no network.",
    "calendar": "Working days and holidays: import.",
    "rules": "Responsibility rules and filing conditions: check.",
    "counters": "Counters of cases against a recount: check.",
}
"""Command → one line; not asked of the commands, so that help stays quick."""


class Refused(click.ClickException):
    """An error of ours, said in sentences; status 1."""

    def __init__(self, error: WanmiError | GisError) -> None:
        """Take what went wrong."""
        super().__init__(str(error))
        self.errors = error.errors if isinstance(error, WanmiError) else ()

    def show(self, file: Any = None) -> None:  # noqa: ANN401, ARG002 - click's signature
        """Say it on the standard error."""
        click.echo(f"wanmi: {self.message}", err=True)
        for fault in self.errors:
            # A sentence that already lists its faults is not followed by the list.
            if fault.message not in self.message:
                click.echo(f"  {fault.field}: {fault.message}", err=True)


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

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command; an error of ours becomes one of click's."""
        try:
            return super().invoke(ctx)
        except (WanmiError, GisError) as error:
            raise Refused(error) from error


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wanmi")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Wanmi (万米): a digital urban-management grid platform."""
    if "--help" not in sys.argv and "-h" not in sys.argv:
        ctx.obj = Settings.from_environ(os.environ)
        # Compiled kernels are kept where the server's user may write, once a machine.
        os.environ.setdefault("NUMBA_CACHE_DIR", str(edition_folder(ctx.obj.home / "kernels")))


def main() -> None:
    """Run a command; an error of ours is said in sentences, with status 1."""
    # So that a command that has started the database stops it again.
    signal.signal(signal.SIGTERM, _leave)
    try:
        status = cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python must not try to write the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
    sys.exit(status if isinstance(status, int) else 0)


def _leave(number: int, frame: object) -> NoReturn:  # noqa: ARG001 - a signal handler's signature
    raise SystemExit(128 + number)
