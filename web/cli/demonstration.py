"""What does the first start show: layers being loaded, cases being made, the accounts?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from wanmi.platform.casework.office import open_office
from wanmi.platform.demonstration import setting_up
from wanmi.platform.demonstration.half_year import CASES
from wanmi.platform.organisation.accounts import NewAccount, create_account
from wanmi.platform.organisation.login_links import issue_login_link
from wanmi.web.wiring.links import login_address
from wanmi.web.wiring.secrets_file import secrets_folder

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from wanmi.platform.casework.office import Office
    from wanmi.platform.kernel.settings import Settings

ADMINISTRATOR = "admin"


def first_start(settings: Settings, engine: Engine, *, demo: bool) -> None:
    """Fill an empty database, or print what the first start has made."""
    office = open_office(settings.city, engine, settings.home)
    secrets = secrets_folder(settings.home)
    now = datetime.now(UTC)
    with engine.connect() as connection:
        empty = setting_up.is_empty(connection)
    folder = setting_up.layers_folder()
    if empty and demo and folder is not None:
        click.echo("loading the demonstration city (示意数据) …")
        passwords = setting_up.load_layers(
            engine, office, folder, now, lambda layer: click.echo(f"  {layer}")
        )
        setting_up.keep_passwords(secrets, passwords)
    elif empty:
        _first_administrator(settings, engine, office, now)
    with engine.connect() as connection:
        unfinished = setting_up.is_unfinished(connection)
    if unfinished:
        _half_year(engine, office, now)
    accounts = setting_up.kept_passwords(secrets)
    if accounts:
        click.echo("demonstration accounts (示意账号):")
        for login, password in accounts.items():
            click.echo(f"  {login:<14}{password}")


def _half_year(engine: Engine, office: Office, now: datetime) -> None:
    expected = round(CASES * setting_up.MOVES_PER_CASE)
    with click.progressbar(length=expected, label="making half a year of cases (示意数据)") as bar:
        setting_up.make_cases(engine, office, now, bar.update)


def _first_administrator(
    settings: Settings,
    engine: Engine,
    office: Office,
    now: datetime,
) -> None:
    root = office.register.jurisdictions.get(office.register.jurisdictions.root)
    new = NewAccount(
        login=ADMINISTRATOR,
        name="系统管理员",
        role="admin",
        unit_code=root.unit_code,
        jurisdiction_code=root.code,
    )
    with engine.begin() as connection:
        account = create_account(
            connection, new, roles=office.roles, register=office.register, now=now
        )
        secret = issue_login_link(connection, account, now)
    click.echo("the first administrator signs in here, once, within ten minutes:")
    click.echo(f"  {login_address(settings, secret)}")
