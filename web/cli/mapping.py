"""`wanmi map`: the command map as one file that opens with no network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wanmi.platform.kernel.errors import Invalid
from wanmi.web.cli.saying import say

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Engine

    from wanmi.platform.casework.case_filters import CaseFilter
    from wanmi.platform.casework.office import Office
    from wanmi.platform.kernel.settings import Settings
    from wanmi.platform.organisation.permits import Viewer
    from wanmi.web.maps.city_map import By

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("map")
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file (HTML) to write.",
)
@click.option(
    "--by",
    type=click.Choice(["cell", "street", "zone"]),
    default="cell",
    help="Which density is shown first.",
)
@click.option(
    "--status",
    type=click.Choice(["open", "closed", "void", "any"]),
    default="open",
    help="Cases of which state.",
)
@click.option("--from", "since", type=DAY, help="Received on this day or later (YYYY-MM-DD).")
@click.option("--to", "until", type=DAY, help="Received on this day or earlier.")
@click.pass_obj
def city_map(
    settings: Settings,
    target: Path,
    *,
    by: By,
    status: str,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Write the command map as one self-contained HTML file."""
    from wanmi.platform.casework.office import open_office
    from wanmi.web.cli.speaking import speaking
    from wanmi.web.cli.standing import ready_database
    from wanmi.web.cli.user_files import staged

    if since and until and since > until:
        raise Invalid("--from lies after --to; turn the two round.")
    say("drawing the city …")
    with (
        staged(settings, target) as draft,
        ready_database(settings) as engine,
        speaking(settings),
    ):
        office = open_office(settings.city, engine, settings.home)
        asked = asked_for(office, status, since and since.date(), until and until.date())
        page = render(engine, office, asked, by, datetime.now(UTC))
        draft.write_text(page, encoding="utf-8")
    say(f"{target}: {len(page.encode()):,} bytes")


def asked_for(office: Office, status: str, since: date | None, until: date | None) -> CaseFilter:
    """Return the filter; days are the city's, both included."""
    from wanmi.platform.casework.case_filters import CaseFilter
    from wanmi.platform.kernel.moments import day_start

    zone = office.city.time_zone
    return CaseFilter(
        status=None if status == "any" else status,
        since=day_start(since, zone) if since else None,
        until=day_start(until + timedelta(days=1), zone) if until else None,
    )


def render(engine: Engine, office: Office, asked: CaseFilter, by: By, now: datetime) -> str:
    """Return the page with everything in it.

    Raises:
        Invalid: no cells have been loaded.
    """
    from wanmi.web.wiring.drawings import Drawings
    from wanmi.web.wiring.map_file import MapAsked, map_file

    viewer = whole_city(office)
    with engine.connect() as connection:
        drawings = Drawings(engine, office.ground)
        return map_file(connection, office, drawings, MapAsked(asked, viewer, now, by))


def whole_city(office: Office) -> Viewer:
    """Return the eyes of the local administrator's tool: all cases, and nobody's name."""
    from wanmi.platform.organisation.permits import Viewer

    tree = office.register.jurisdictions
    root = tree.get(tree.root)
    return Viewer(
        account_id=0,
        login="",
        name="",
        role="commander",
        scope="jurisdiction",
        unit_code=root.unit_code,
        units=frozenset({root.unit_code}),
        jurisdiction_code=tree.root,
        jurisdictions=tree.subtree(tree.root),
        whole_city=True,
        permissions=frozenset({"map.see", "density.see", "case.see"}),
    )
