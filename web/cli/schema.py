"""`wanmi db`: the schema's revision, and a copy of the data to keep."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import make_url

from wanmi.migrations import runner
from wanmi.platform.kernel.database import check_usable, database, make_engine
from wanmi.platform.kernel.errors import Invalid, Unavailable
from wanmi.platform.kernel.postgres import Postgres

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


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Write the whole database to FILE (pg_dump's custom format)."""
    with database(settings) as url, file.open("wb") as out:
        _run("pg_dump", url, "--format=custom", "--no-owner", stdout=out)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


@db.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask; what is in the database is replaced.")
@click.pass_obj
def restore(settings: Settings, file: Path, *, yes: bool) -> None:
    """Replace the database's content by the backup in FILE."""
    if not yes:
        raise Invalid("This replaces everything in the database; say --yes.")
    with database(settings) as url, file.open("rb") as given:
        engine = make_engine(url)
        if runner.current(engine):
            runner.downgrade(engine, "base")
        engine.dispose()
        _run(
            "pg_restore",
            url,
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            "--schema=public",
            stdin=given,
        )
    click.echo(f"{file}: restored")


def _run(
    program: str, url: str, *arguments: str, stdin: object = None, stdout: object = None
) -> None:
    address = make_url(url).set(drivername="postgresql")
    # The password travels in the environment: arguments are visible to everybody on the machine.
    environment = {**os.environ, "PGPASSWORD": address.password or ""}
    done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
        [
            str(Postgres.find().program(program)),
            *arguments,
            "--dbname",
            address.set(password=None).render_as_string(hide_password=False),
        ],
        check=False,
        env=environment,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise Unavailable(f"{program} failed: {done.stderr.strip().splitlines()[0]}")
