"""`wanmi map`: the command map as one file that opens with no network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wanmi.platform.kernel.errors import Invalid
from wanmi.web.cli.saying import say

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection, Engine

    from wanmi.platform.casework.case_filters import CaseFilter
    from wanmi.platform.casework.office import Office
    from wanmi.platform.kernel.settings import Settings
    from wanmi.platform.organisation.permits import Viewer
    from wanmi.web.maps.city_map import By, Outline
    from wanmi.web.maps.layers import Source
    from wanmi.web.wiring.drawings import Drawings

DAY = click.DateTime(formats=["%Y-%m-%d"])
MOST_CASES = 5000
"""The most cases that one file shows singly; the density counts them all."""


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
    from flask_babel import format_datetime, get_locale, get_translations, gettext

    from wanmi.platform.demonstration.setting_up import shows_demonstration
    from wanmi.web.maps.city_map import CityMap
    from wanmi.web.maps.layers import Source
    from wanmi.web.maps.words import map_words
    from wanmi.web.presenters import choices
    from wanmi.web.wiring.drawings import Drawings

    viewer = whole_city(office)
    drawings = Drawings(engine, office.ground)
    grid = drawings.grid(viewer)
    if grid.bounds is None:
        raise Invalid("There are no cells to draw; load the layer cells first.")
    state = dict(choices.statuses(office))[asked.status or "any"]
    with engine.connect() as connection:
        demonstration = shows_demonstration(connection)
        counted = _counted(connection, drawings, viewer, asked, now)
        issues = _issues(connection, office, viewer, asked, now)
    built = CityMap(
        bounds=grid.bounds,
        words=map_words(lambda message: str(get_translations().ugettext(message))),
        ground=Source(data=_json(drawings.base_map(viewer))),
        counted=counted,
        by=by,
        density_title=gettext("Cases: %(status)s", status=state) + _days(office, asked),
        issues=issues,
        fields=choices.issue_fields(),
        outlines=_outlines(drawings, viewer),
        choose=True,
        demonstration=demonstration,
    ).build()
    title = f"{office.city.name} · {format_datetime(now, 'yyyy-MM-dd HH:mm')}"
    locale = get_locale()
    english = locale is not None and locale.language == "en"
    return built.render_standalone(title, lang="en" if english else "zh-CN")


def _days(office: Office, asked: CaseFilter) -> str:
    """Return the days asked for, both included: who is given the file never saw the command."""
    from wanmi.platform.kernel.moments import local_day

    if asked.since is None and asked.until is None:
        return ""
    zone = office.city.time_zone
    first = asked.since and local_day(asked.since, zone)
    last = asked.until and local_day(asked.until, zone) - timedelta(days=1)
    return f" · {first or ''} – {last or ''}".rstrip()


def _outlines(drawings: Drawings, viewer: Viewer) -> list[Outline]:
    from flask_babel import gettext

    from wanmi.web.maps.city_map import Outline
    from wanmi.web.maps.layers import Source

    def shapes(layer: str, kind: str | None = None) -> Source:
        return Source(data=_json(drawings.layer(viewer, layer, kind)))

    inspection = shapes("zones", "inspection")
    return [
        Outline("zones_inspection", gettext("Inspection zones"), "zone", inspection),
        Outline("schools_", gettext("Schools"), "school", shapes("schools")),
    ]


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


def _counted(
    connection: Connection,
    drawings: Drawings,
    viewer: Viewer,
    asked: CaseFilter,
    now: datetime,
) -> dict[By, Any]:
    from wanmi.platform.casework.density import density
    from wanmi.web.maps.city_map import Counted
    from wanmi.web.maps.edges import ordered_counts
    from wanmi.web.maps.layers import Source

    grid = drawings.grid(viewer)

    def counts(by: By) -> dict[str, int]:
        return density(connection, by, asked, viewer, now)

    def layer(name: str, kind: str | None = None) -> Source:
        return Source(data=_json(drawings.layer(viewer, name, kind)))

    cells = Source(data=ordered_counts(grid.codes, counts("cell"), edition=grid.edition))
    return {
        "cell": Counted(Source(data=grid.file), cells),
        "street": Counted(layer("streets"), Source(data={"counts": counts("street")})),
        "zone": Counted(layer("zones", "inspection"), Source(data={"counts": counts("zone")})),
    }


def _issues(
    connection: Connection,
    office: Office,
    viewer: Viewer,
    asked: CaseFilter,
    now: datetime,
) -> Source:
    from wanmi.platform.casework.case_points import case_points
    from wanmi.web.maps.layers import Source
    from wanmi.web.presenters.points import points_body

    found = case_points(connection, asked, viewer, now, limit=MOST_CASES)
    return Source(data=points_body(office, found.cases, now))


def _json(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    import json

    return json.loads(body)
