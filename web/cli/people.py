"""`wanmi token`, `login-link`, `user`: the local administrator's tools for accounts."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from wanmi.platform.kernel.errors import Invalid
from wanmi.platform.organisation import account_changes
from wanmi.platform.organisation.accounts import (
    NewAccount,
    account_by_login,
    create_account,
    list_accounts,
)
from wanmi.platform.organisation.login_links import LIFETIME, issue_login_link
from wanmi.platform.organisation.tokens import LONGEST_LIFETIME, issue_token
from wanmi.web.cli.saying import json_option, put, say
from wanmi.web.cli.standing import ready_database
from wanmi.web.wiring.links import login_address

if TYPE_CHECKING:
    from wanmi.platform.kernel.settings import Settings

DAYS = 30
LABEL = "command line"
COLUMNS = ("login", "name", "role", "unit_code", "jurisdiction_code", "active", "created_at")


@click.command()
@click.argument("user")
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST_LIFETIME.days),
    default=DAYS,
    show_default=True,
    help="How long it is good.",
)
@click.pass_obj
def token(settings: Settings, user: str, days: int) -> None:
    """Print a bearer token for the account USER, and nothing else.

    It is shown this once. Programs send it as `Authorization: Bearer TOKEN`.
    """
    with ready_database(settings) as engine, engine.begin() as connection:
        account = account_by_login(connection, user)
        lifetime = timedelta(days=days)
        made = issue_token(
            connection, account, label=LABEL, lifetime=lifetime, now=datetime.now(UTC)
        )
    click.echo(made)


@click.command("login-link")
@click.argument("user")
@click.option("--next", "onward", metavar="PATH", help="The page to show then, e.g. /command.")
@click.pass_obj
def login_link(settings: Settings, user: str, onward: str | None) -> None:
    """Print a one-time address that signs a browser in as USER, good for ten minutes."""
    if onward is not None:
        _check_page(onward)
    with ready_database(settings) as engine, engine.begin() as connection:
        account = account_by_login(connection, user)
        secret = issue_login_link(connection, account, datetime.now(UTC))
    click.echo(login_address(settings, secret, onward))


def _check_page(path: str) -> None:
    from wanmi.web.pages.signing_in import page_after

    # The page itself would show the start page instead: better said now.
    if page_after(path) != path:
        raise Invalid(f"{path!r} is no page of Wanmi to go to; give a path such as /command.")


@click.group()
def user() -> None:
    """Accounts."""


@user.command()
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, help="e.g. inspector; a wrong one is answered with all.")
@click.option("--unit", required=True, metavar="CODE", help="The person's unit.")
@click.option(
    "--jurisdiction", metavar="CODE", help="What may be seen; the whole city if not said."
)
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input.")
@click.pass_obj
def add(  # noqa: PLR0913 - one for each thing that is said of an account
    settings: Settings,
    login: str,
    *,
    name: str,
    role: str,
    unit: str,
    jurisdiction: str | None,
    password_stdin: bool,
) -> None:
    """Make the account LOGIN; without a password only one-time addresses let it in."""
    from wanmi.platform.organisation.roles import RoleTable
    from wanmi.platform.organisation.units import UnitRegister

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    if password_stdin and not password:
        raise Invalid("No password came on standard input.")
    register = UnitRegister.load()
    place = jurisdiction or register.jurisdictions.root
    new = NewAccount(login, name, role, unit, place, password)
    now = datetime.now(UTC)
    with ready_database(settings) as engine, engine.begin() as connection:
        create_account(connection, new, roles=RoleTable.load(), register=register, now=now)
        secret = issue_login_link(connection, account_by_login(connection, login), now)
    minutes = round(LIFETIME.total_seconds() / 60)
    say(f"{login} is there; this address signs a browser in once, within {minutes} minutes:")
    click.echo(login_address(settings, secret))


@user.command()
@click.argument("login")
@click.pass_obj
def disable(settings: Settings, login: str) -> None:
    """Take all ways in from LOGIN: sessions, tokens, links."""
    from wanmi.platform.organisation.roles import RoleTable

    with ready_database(settings) as engine, engine.begin() as connection:
        account_changes.disable(connection, login, roles=RoleTable.load(), now=datetime.now(UTC))
    say(f"{login} is disabled")


@user.command()
@click.argument("login")
@click.pass_obj
def enable(settings: Settings, login: str) -> None:
    """Let a disabled LOGIN in again, by its password or a new link."""
    with ready_database(settings) as engine, engine.begin() as connection:
        account_changes.enable(connection, login)
    say(f"{login} is enabled")


@user.command("list")
@json_option
@click.pass_obj
def list_(settings: Settings, *, as_json: bool) -> None:
    """List all accounts, disabled ones too."""
    with ready_database(settings) as engine, engine.connect() as connection:
        found = list_accounts(connection)
    put(
        COLUMNS,
        [
            {
                **{column: getattr(account, column) for column in COLUMNS},
                "created_at": account.created_at.astimezone(settings.city.time_zone).isoformat(
                    timespec="seconds"
                ),
            }
            for account in found
        ],
        as_json=as_json,
    )
