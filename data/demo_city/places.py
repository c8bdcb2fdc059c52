"""Which named places can a caller say: tracts, streets, door plates, points of interest?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from demo_city.divisions import town_names
from demo_city.frame import to_degrees, to_plane
from demo_city.sources import of_kind, place, table
from demo_city.writing import SHAPE, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely import Point
    from shapely.geometry.base import BaseGeometry

    from demo_city.city import City

_TRACTS = {
    "老城": "610902001",
    "新城": "610902002",
    "江北": "610902003",
    "建民": "610902004",
    "关庙": "610902100",
    "张滩": "610902101",
}
_ALIASES = {
    "巴山路": "巴山西路/巴山中路/巴山东路",
    "南环路": "南环干道",
    "金州路": "金州北路/金州南路",
    "兴安路": "兴安西路/兴安中路/兴安东路",
    "文昌路": "文昌北路/文昌南路",
    "汉江大桥": "汉江一桥",
    "东坝汉江大桥": "汉江四桥",
    "汉江五桥": "人行景观桥",
}


def place_rows(city: City, rows: dict[str, list[Row]]) -> list[Row]:
    """Return the gazetteer.

    Args:
        city: the city so far.
        rows: rows of parks, schools, areas and frontages, in degrees.
    """
    found = [
        *_tracts(city, rows["areas"]),
        *_streets(city),
        *_interest(city, rows),
        *_door_plates(rows["frontages"]),
    ]
    for row, cell in zip(found, city.cells_of(row[SHAPE] for row in found), strict=True):
        row["JURIS"] = city.grid.community[cell].jurisdiction
    for number, row in enumerate(found, start=1):
        row["CODE"] = f"PL{number:05d}"
    return found


def _row(name: str, kind: str, shape: Point, address: str = "", **more: str) -> Row:
    row = {"NAME": name, "KIND": kind, "ADDRESS": address, "BASIS": "schematic", "NOTE": "示意"}
    return {**row, **more, SHAPE: to_degrees(shape)}


def _tracts(city: City, areas: list[Row]) -> Iterator[Row]:
    for name, town in _TRACTS.items():
        cells = [
            c
            for c, own in zip(city.grid.plane, city.grid.community, strict=True)
            if own.town == town
        ]
        yield _row(name, "tract", _middle(shapely.union_all(cells)))
    east_dam = city.street["东坝路"].shape.interpolate(0.5, normalized=True)
    yield _row("东坝", "tract", east_dam, city_address(city, east_dam))
    for area in areas:
        if area["KIND"] in ("residential", "urban_village"):
            middle = _middle(to_plane(area[SHAPE]))
            yield _row(area["NAME"], "tract", middle, city_address(city, middle))


def _streets(city: City) -> Iterator[Row]:
    for street in city.streets:
        line = shapely.get_parts(street.shape)[0]
        middle = line.interpolate(0.5, normalized=True)
        alias = _ALIASES.get(street.name, "")
        yield _row(street.name, "street", middle, ALIAS=alias, BASIS=street.basis)


def _interest(city: City, rows: dict[str, list[Row]]) -> Iterator[Row]:
    for anchor in table("anchors.csv"):
        middle = place(anchor, "lon", "lat")
        address = city_address(city, middle)
        note = "位置取自公开资料，误差数十米"
        yield _row(anchor["name"], "poi", middle, address, BASIS="constrained", NOTE=note)
    station = of_kind(city.features, "station")[0]
    yield _row("安康站", "poi", station.shape, city_address(city, station.shape), ALIAS="火车站")
    for layer in ("parks", "schools"):
        for row in rows[layer]:
            middle = _middle(to_plane(row[SHAPE]))
            if row["NAME"] not in {anchor["name"] for anchor in table("anchors.csv")}:
                yield _row(row["NAME"], "poi", middle, city_address(city, middle))
    for area in rows["areas"]:
        if area["KIND"] in ("stall_area", "old_compound"):
            middle = _middle(to_plane(area[SHAPE]))
            yield _row(area["NAME"], "poi", middle, city_address(city, middle))
    seen: set[str] = set()
    for own in city.grid.community:
        if own.code not in seen:
            seen.add(own.code)
            office = _middle(own.shape)
            yield _row(own.name, "poi", office, city_address(city, office))


def _door_plates(frontages: list[Row]) -> Iterator[Row]:
    for row in frontages:
        name = row["NAME"].split("号")[0] + "号"
        middle = to_plane(row[SHAPE]).interpolate(0.5, normalized=True)
        yield _row(name, "doorplate", middle, row["NAME"], ALIAS=row["NAME"].removeprefix(name))


def city_address(city: City, middle: Point) -> str:
    """Return the address of a place: town and nearest named street."""
    own = city.grid.community[city.nearest_cell(middle)]
    _, street = city.nearest_street(middle)
    return f"汉滨区{town_names()[own.town]}{street.name}"


def _middle(shape: BaseGeometry) -> Point:
    middle: Point = shape.point_on_surface()
    return middle
