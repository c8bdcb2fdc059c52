"""Which parks are there?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo_city.city import City, greening_unit
from demo_city.frame import to_degrees
from demo_city.sources import of_kind
from demo_city.writing import SHAPE, Row

if TYPE_CHECKING:
    from shapely import Polygon


def park_codes(city: City) -> dict[str, str]:
    """Return the code of each park by name, in the order drawn."""
    return {name: f"PK{n:03d}" for n, name in enumerate(city.terrain.parks, start=1)}


def park_rows(city: City) -> list[Row]:
    """Return one row a park."""
    drawn = {feature.name: feature for feature in of_kind(city.features, "park")}
    codes = park_codes(city)
    rows = []
    for name, shape in city.terrain.parks.items():
        jurisdiction = city.jurisdiction_of(shape)
        rows.append(
            {
                "CODE": codes[name],
                "NAME": name,
                "KIND": drawn[name].text("park_kind"),
                "AREA_M2": shape.area,
                "PROGRAMME": drawn[name].text("programme"),
                "UNIT": greening_unit(jurisdiction, city.bank_of(shape)),
                "JURIS": jurisdiction,
                "BASIS": drawn[name].text("basis"),
                "NOTE": "示意；轮廓手绘",
                SHAPE: to_degrees(shape),
            },
        )
    return rows


def park_at(city: City, shape: Polygon) -> str | None:
    """Return the name of the park that covers the middle of a shape."""
    middle = shape.point_on_surface()
    return next((n for n, park in city.terrain.parks.items() if park.contains(middle)), None)
