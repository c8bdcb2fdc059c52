"""GET /command: the command centre, where is it bad now, and who is late?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, request
from flask_babel import get_translations, gettext
from markupsafe import Markup

from wanmi.gis.points import Bounds
from wanmi.platform.casework import outbox
from wanmi.platform.casework.case_points import MOST_POINTS
from wanmi.platform.casework.exporting import MOST_CASES
from wanmi.platform.demonstration.setting_up import shows_demonstration
from wanmi.platform.kernel.moments import local_day
from wanmi.web.maps.city_map import CityMap, Counted
from wanmi.web.maps.escape import script_json
from wanmi.web.maps.layers import Source
from wanmi.web.maps.words import map_words
from wanmi.web.pages.command_address import DEFAULTS, KEPT, Known, read_address
from wanmi.web.pages.command_layers import overlaid
from wanmi.web.pages.command_words import command_words
from wanmi.web.pages.preloads import modules
from wanmi.web.presenters import choices
from wanmi.web.presenters.places import ended_cells
from wanmi.web.wiring.frame import nonce, page
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask import Response

    from wanmi.platform.organisation.permits import Viewer
    from wanmi.web.maps.city_map import By
    from wanmi.web.presenters.choices import Group

blueprint = Blueprint("command", __name__)

API = "/api/v1"
CELL_CODE = re.compile(r"[0-9]{15}")
ROWS_AT_ONCE = 300
"""Cases that list and map begin with; of more the map shows heaps, and the list the next ones."""

HALF_VIEW_DEGREES = 0.05
"""Half of what is in view while no cells are loaded: about five kilometres."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What the filter offers this viewer, and which layers there are to show."""

    statuses: choices.Pairs
    majors: choices.Pairs
    classes: list[Group]
    units: list[Group]
    streets: list[Group]
    zones: list[Group]
    zone_kinds: dict[str, str]
    cells: tuple[str, ...]
    outlines: dict[str, dict[str, str]]
    by: tuple[By, ...]

    def known(self) -> Known:
        """Return the codes that an address may name."""
        states = services().office.workflow.states
        return Known(
            statuses={code for code, _ in self.statuses} | states.keys(),
            classes={code for code, _ in self.majors} | _codes(self.classes),
            streets=_codes(self.streets),
            zones=_codes(self.zones),
            cells=frozenset(self.cells),
            units=_codes(self.units),
            by=self.by or ("cell",),
        )


def _codes(groups: Iterable[Group]) -> set[str]:
    return {code for group in groups for code, _ in group.choices}


@blueprint.get("/command")
def command() -> Response:
    """Show the city's cases on map and list, as the address asks."""
    viewer = need_viewer("case.see")
    at_hand = services()
    now, zone = at_hand.clock(), at_hand.office.city.time_zone
    offered = offered_to(viewer)
    over = overlaid(viewer, offered.outlines, density=bool(offered.by))
    with reading() as connection:
        ended = ended_cells(connection, _named_cells(request.args), viewer)
        asked = read_address(
            request.args, replace(offered.known(), layers=over.keys, ended=ended.keys())
        )
        demonstration = shows_demonstration(connection)
        last_event = outbox.latest(connection)
    state_names = dict(offered.statuses) | _state_names()
    query = asked.query(local_day(now, zone), zone)
    words = map_words(_translated)
    title = _translated("Cases: %(status)s") % {"status": state_names[asked.state["status"]]}
    city = CityMap(
        bounds=at_hand.drawings.grid(viewer).bounds or _around_centre(),
        words=words,
        ground=_address("ground", viewer),
        counted={by: _counted(by, viewer, query) for by in offered.by},
        by=_by(asked.state["by"], offered),
        density_title=title,
        issues=_rows(query, asked.state["order"]),
        gathered=True,
        fields=choices.issue_fields(),
        outlines=over.outlines,
        overlays=over.overlays,
        tree=over.tree,
        demonstration=demonstration,
        tiles=at_hand.tiles,
    )
    parts = city.build().parts(nonce())
    # The chain is shown whole, whatever part of it the list shows.
    chain = {name: value for name, value in query.items() if name not in {"status", "overdue"}}
    figures = f"{API}/figures?{urlencode(chain)}"
    said = {
        "figures": figures,
        "words": command_words(_translated),
        "state": asked.state,
        "defaults": DEFAULTS,
        "keep": {key: request.args[key] for key in KEPT if request.args.get(key)},
        "rows_at_once": ROWS_AT_ONCE,
        "most_rows": MOST_POINTS,
        "as_of": now.isoformat(),
        "last_event": str(last_event),
        "zone": str(zone),
        "ended": {code: day.isoformat() for code, day in ended.items()},
        "statuses": state_names,
        "zone_kinds": offered.zone_kinds,
        "sources": choices.sources(at_hand.office),
        "rules": choices.rules(at_hand.office),
        "classes": [{"label": g.label, "classes": g.choices} for g in offered.classes],
    }
    return page(
        "command.html",
        map=parts,
        offered=offered,
        chain=_chain(),
        left_out=asked.left_out,
        by_words=[(by, words[f"density_{by}"]) for by in offered.by],
        demonstration=demonstration,
        preload={"modules": modules("js/command/main.js"), "data": [figures, *_soon(city)]},
        export_most=MOST_CASES if viewer.may("case.export") else None,
        wall=request.args.get("screen") == "wall",
        data=Markup(script_json(said)),  # noqa: S704 - escaped for a script
    )


def _named_cells(args: Mapping[str, str]) -> set[str]:
    """Return what looks like a cell's code; other values are not asked for at all."""
    return {args[name] for name in ("cell", "at") if CELL_CODE.fullmatch(args.get(name, ""))}


def _soon(city: CityMap) -> list[str]:
    """Return the addresses that the map asks as soon as its scripts run."""
    shown = city.counted.get(city.by)
    sources = [city.ground, city.issues, *((shown.shapes, shown.counts) if shown else ())]
    return [source.address for source in sources if source and source.address]


def offered_to(viewer: Viewer) -> Offered:
    """Return what there is to choose from on this viewer's ground."""
    at_hand = services()
    office, drawings = at_hand.office, at_hand.drawings
    streets, zones, areas, schools = (
        drawings.names(viewer, name) for name in ("streets", "zones", "areas", "schools")
    )
    cells = drawings.grid(viewer).codes
    kinds = choices.zone_kinds(office)
    by: list[By] = []
    if viewer.may("density.see"):
        by += ["cell"] if cells else []
        by += ["street"] if streets else []
        by += ["zone"] if any(row["kind"] == "inspection" for row in zones) else []
    return Offered(
        statuses=choices.statuses(office),
        majors=choices.majors(office),
        classes=choices.classes(office),
        units=choices.units(office, viewer),
        streets=choices.streets(streets),
        zones=choices.zones(zones, kinds),
        zone_kinds=kinds,
        cells=cells,
        outlines={
            "zones": _there(choices.zone_layers(kinds), zones),
            "areas": _there(choices.area_kinds(), areas),
            "schools": {"": gettext("Schools")} if schools else {},
        },
        by=tuple(by),
    )


def _there(names: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the kinds of which there is at least one row."""
    there = {row["kind"] for row in rows}
    return {kind: name for kind, name in names.items() if kind in there}


def _by(asked: str, offered: Offered) -> By:
    return next((by for by in offered.by if by == asked), "cell")


def _counted(by: By, viewer: Viewer, query: Mapping[str, str]) -> Counted:
    if by == "cell":
        drawings = services().drawings
        version = f"v={drawings.grid(viewer).edition}"
        return Counted(
            Source(address=f"{API}/grid?{version}"),
            Source(address=f"{API}/grid/counts?{urlencode(query)}"),
            Source(address=f"{API}/grid/areas?{version}"),
        )
    shapes = {"street": ("layers/streets", ""), "zone": ("layers/zones", "inspection")}[by]
    counts = urlencode({**query, "by": by})
    return Counted(_address(*shapes[:1], viewer, kind=shapes[1]), Source(f"{API}/density?{counts}"))


def _rows(query: Mapping[str, str], order: str) -> Source:
    """Return the cases that the list begins with; the scripts ask for them in the same words."""
    asked = urlencode({**query, "limit": ROWS_AT_ONCE, "order": order})
    return Source(address=f"{API}/cases/points?{asked}")


def _address(path: str, viewer: Viewer, kind: str = "") -> Source:
    """Return a source whose address names the version, so that the browser keeps the answer."""
    named = {"kind": kind} if kind else {}
    query = urlencode({**named, "v": services().drawings.version(viewer)})
    return Source(address=f"{API}/{path}?{query}")


def _chain() -> choices.Pairs:
    """Return the open states in the order of the chain, for the key figures."""
    return [
        (state.name, choices.state_name(state))
        for state in services().office.workflow.states.values()
        if state.type == "open"
    ]


def _state_names() -> dict[str, str]:
    states = services().office.workflow.states
    return {state.name: choices.state_name(state) for state in states.values()}


def _translated(message: str) -> str:
    """Return a message in the reader's language, place-holders left as they are."""
    return str(get_translations().ugettext(message))


def _around_centre() -> Bounds:
    centre = services().office.city.centre
    return Bounds(
        centre.lon - HALF_VIEW_DEGREES,
        centre.lat - HALF_VIEW_DEGREES,
        centre.lon + HALF_VIEW_DEGREES,
        centre.lat + HALF_VIEW_DEGREES,
    )
