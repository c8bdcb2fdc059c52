"""Where is a report, in the words of the city: cell, street, zones, and the facts for the rules?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanmi.gis.index import CellMatch
from wanmi.gis.surroundings import Reach
from wanmi.platform.casework.place_rules import school_reach_m
from wanmi.platform.organisation.placefacts import (
    ComponentFacts,
    FrontageFacts,
    PlaceFacts,
    StreetFacts,
    ZoneFacts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wanmi.gis.points import LonLat
    from wanmi.gis.surroundings import AreaHere, ComponentHere, SchoolNear, Surroundings
    from wanmi.platform.casework.ground import Ground
    from wanmi.platform.casework.intake import Checked
    from wanmi.platform.casework.office import Office

COMMUNITY_DIGITS = 12
NO_CELL = CellMatch(None, "none", math.inf)


@dataclass(frozen=True, slots=True)
class Here:
    """What lies at a place: its cell, what is around it, and the facts for the rules."""

    match: CellMatch
    around: Surroundings
    facts: PlaceFacts
    jurisdiction_code: str
    grid_edition: int

    @property
    def schools(self) -> Sequence[SchoolNear]:
        """Schools near the place, for the rules of place and time."""
        return self.around.schools

    @property
    def areas(self) -> Sequence[AreaHere]:
        """Areas that contain the place, for the rules of place and time."""
        return self.around.areas

    def columns(self) -> dict[str, Any]:
        """Return what a case keeps of its place."""
        street = self.around.street
        return {
            "cell_code": self.match.code,
            "cell_match": self.match.match,
            "cell_distance_m": None if self.match.code is None else self.match.distance_m,
            "grid_edition": self.grid_edition,
            "street_code": street.code if street else None,
            "street_name": street.name if street else None,
            "street_distance_m": street.distance_m if street else None,
            "zones": [
                {"kind": zone.kind, "code": zone.code, "name": zone.name}
                for zone in self.around.zones
            ],
            "division_code": self.match.code[:COMMUNITY_DIGITS] if self.match.code else None,
            "jurisdiction_code": self.jurisdiction_code,
        }


def locate(
    office: Office,
    reports: Sequence[Checked],
    components: Mapping[str, ComponentHere],
) -> list[Here]:
    """Locate checked reports, in order. `components` holds those that the reports name."""
    ground = office.ground.current()
    places = [found.place for found in reports]
    matches = match(ground, places, office.city.cell_tolerance_m)
    arounds = look_around(office, ground, places, matches)
    return [
        here(office, ground, cell, around, components.get(found.arrival.report.component_id or ""))
        for found, cell, around in zip(reports, matches, arounds, strict=True)
    ]


def match(ground: Ground, places: Sequence[LonLat], tolerance_m: float) -> list[CellMatch]:
    """Find the cell of each place, or the nearest one within `tolerance_m`."""
    if ground.index is None:
        return [NO_CELL] * len(places)
    return [ground.index.match(place, tolerance_m) for place in places]


def look_around(
    office: Office,
    ground: Ground,
    places: Sequence[LonLat],
    matches: Sequence[CellMatch],
) -> Sequence[Surroundings]:
    """Find what is around each place."""
    codes = [found.code for found in matches]
    if len(places) == 1:
        return [ground.snapshot.around(places[0], codes[0], reach=reach(office))]
    lon = np.array([place.lon for place in places])
    lat = np.array([place.lat for place in places])
    return ground.snapshot.around_many(lon, lat, codes, reach(office))


def reach(office: Office) -> Reach:
    """Return how far is looked for each kind of thing."""
    return Reach(
        street_m=office.city.street_tolerance_m,
        frontage_m=office.city.frontage_tolerance_m,
        school_m=school_reach_m(office.place_rules),
    )


def here(
    office: Office,
    ground: Ground,
    cell: CellMatch,
    around: Surroundings,
    component: ComponentHere | None,
) -> Here:
    """Put together what the rules need to know of a place."""
    jurisdiction = around.jurisdiction_code or office.register.jurisdictions.root
    street = around.street
    facts = PlaceFacts.gather(
        component=ComponentFacts(
            component.code,
            component.maintainer_code,
            component.owner_code,
            component.competent_code,
        )
        if component
        else None,
        frontages=[
            FrontageFacts(front.code, front.unit_code, front.duties, front.distance_m)
            for front in around.frontages
        ],
        street=StreetFacts(street.code, street.name, street.programmes, street.unit_code)
        if street
        else None,
        zones=[ZoneFacts(zone.code, zone.kind, zone.unit_code) for zone in around.zones],
        cell_code=cell.code,
        jurisdiction_code=jurisdiction,
    )
    return Here(cell, around, facts, jurisdiction, ground.edition)
