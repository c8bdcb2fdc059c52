"""How does the command map of a filter become one file that opens with no network?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import json
from flask_babel import format_datetime, get_locale, get_translations, gettext

from wanmi.platform.casework.case_points import case_points
from wanmi.platform.casework.density import density
from wanmi.platform.demonstration.setting_up import shows_demonstration
from wanmi.platform.kernel.errors import Invalid
from wanmi.platform.kernel.moments import local_day
from wanmi.web.maps.city_map import CityMap, Counted, Outline
from wanmi.web.maps.edges import ordered_counts
from wanmi.web.maps.layers import Source
from wanmi.web.maps.words import map_words
from wanmi.web.presenters import choices
from wanmi.web.presenters.points import points_body

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from wanmi.platform.casework.case_filters import CaseFilter
    from wanmi.platform.casework.office import Office
    from wanmi.platform.organisation.permits import Viewer
    from wanmi.web.maps.city_map import By
    from wanmi.web.wiring.drawings import Drawings

MOST_CASES = 5000
"""The most cases that one file shows singly, the newest; the density counts them all."""


@dataclass(frozen=True, slots=True)
class MapAsked:
    """Which cases, for whose eyes, at which moment, and which density is shown first."""

    filter: CaseFilter
    viewer: Viewer
    now: datetime
    by: By


def map_file(connection: Connection, office: Office, drawings: Drawings, wanted: MapAsked) -> str:
    """Return the page with everything in it, in the reader's language.

    Raises:
        Invalid: no cells have been loaded that the viewer may see.
    """
    asked, viewer, now = wanted.filter, wanted.viewer, wanted.now
    grid = drawings.grid(viewer)
    if grid.bounds is None:
        raise Invalid("There are no cells to draw; load the layer cells first.")
    found = case_points(connection, asked, viewer, now, limit=MOST_CASES)
    locale = get_locale()
    english = locale is not None and locale.language == "en"
    built = CityMap(
        bounds=grid.bounds,
        words=map_words(lambda message: str(get_translations().ugettext(message))),
        ground=Source(data=json.loads(drawings.base_map(viewer))),
        counted=_counted(connection, drawings, viewer, asked, now),
        by=wanted.by,
        density_title=gettext("Cases: %(status)s", status=_status(office, asked))
        + _days(office, asked),
        issues=Source(data=points_body(office, found.cases, now)),
        fields=choices.issue_fields(),
        outlines=_outlines(drawings, viewer),
        choose=True,
        demonstration=shows_demonstration(connection),
    ).build()
    title = f"{office.city.name} · {format_datetime(now, 'yyyy-MM-dd HH:mm')}"
    return built.render_standalone(title, lang="en" if english else "zh-CN")


def _status(office: Office, asked: CaseFilter) -> str:
    named = dict(choices.statuses(office))
    state = office.workflow.states.get(asked.status or "any")
    return choices.state_name(state) if state else named[asked.status or "any"]


def _days(office: Office, asked: CaseFilter) -> str:
    """Return the days asked for, both included: who is given the file never saw the question."""
    if asked.since is None and asked.until is None:
        return ""
    zone = office.city.time_zone
    first = asked.since and local_day(asked.since, zone)
    last = asked.until and local_day(asked.until - timedelta(microseconds=1), zone)
    return f" · {first or ''} – {last or ''}".rstrip()


def _layer(drawings: Drawings, viewer: Viewer, name: str, kind: str | None = None) -> Source:
    return Source(data=json.loads(drawings.layer(viewer, name, kind)))


def _outlines(drawings: Drawings, viewer: Viewer) -> list[Outline]:
    inspection = _layer(drawings, viewer, "zones", "inspection")
    schools = _layer(drawings, viewer, "schools")
    return [
        Outline("zones_inspection", gettext("Inspection zones"), "zone", inspection),
        Outline("schools_", gettext("Schools"), "school", schools),
    ]


def _counted(
    connection: Connection,
    drawings: Drawings,
    viewer: Viewer,
    asked: CaseFilter,
    now: datetime,
) -> dict[By, Any]:
    grid = drawings.grid(viewer)

    def counts(by: By) -> dict[str, int]:
        return density(connection, by, asked, viewer, now)

    cells = Source(data=ordered_counts(grid.codes, counts("cell"), edition=grid.edition))
    return {
        "cell": Counted(Source(data=grid.file), cells),
        "street": Counted(
            _layer(drawings, viewer, "streets"), Source(data={"counts": counts("street")})
        ),
        "zone": Counted(
            _layer(drawings, viewer, "zones", "inspection"),
            Source(data={"counts": counts("zone")}),
        ),
    }
