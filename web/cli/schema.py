"""`wanmi db`: the schema's revision; backup and restore stand in `backing_up`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from wanmi.migrations import runner
from wanmi.platform.kernel.database import check_usable, database, make_engine
from wanmi.platform.kernel.errors import Invalid
from wanmi.web.cli.backing_up import backup, restore

if TYPE_CHECKING:
    from wanmi.platform.kernel.settings import Settings


@click.group()
def db() -> None:
    """Schema and data."""


@db.command()
@click.argument("revision", default="head")
@click.pass_obj
def upgrade(settings: Settings, revision: str) -> None:
    """Bring the schema up to REVISION (the newest, unless named)."""
    with database(settings) as url:
        engine = make_engine(url)
        check_usable(engine)
        runner.upgrade(engine, revision)
        click.echo(f"schema: {runner.current(engine)}")
        engine.dispose()


@db.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask; tables and their rows are removed.")
@click.pass_obj
def downgrade(settings: Settings, revision: str, *, yes: bool) -> None:
    """Bring the schema down to REVISION. Rows of the tables it removes are lost."""
    if not yes:
        raise Invalid(
            "This removes tables with their rows; say --yes, and `wanmi db backup` first."
        )
    with database(settings) as url:
        engine = make_engine(url)
        runner.downgrade(engine, revision)
        click.echo(f"schema: {runner.current(engine) or 'empty'}")
        engine.dispose()


@db.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def status(settings: Settings, *, as_json: bool) -> None:
    """Say which revision the database has and which this program knows."""
    with database(settings) as url:
        engine = make_engine(url)
        check_usable(engine)
        now, newest = runner.current(engine), runner.head()
        engine.dispose()
    if as_json:
        click.echo(json.dumps({"revision": now, "newest": newest, "current": now == newest}))
    else:
        click.echo(f"schema: {now or 'empty'}; this program: {newest}")


db.add_command(backup)
db.add_command(restore)
