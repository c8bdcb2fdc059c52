"""Many places at once, and one by one: the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from support.city import PLANE, RandomCity, add, add_load, line, spot, square
from wanmi.gis import tables
from wanmi.gis.columnwise import NOWHERE, Columnwise
from wanmi.gis.snapshot import CitySnapshot
from wanmi.gis.surroundings import Reach

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from wanmi.gis.points import LonLat


def code_at(columns: Columnwise, layer: str, places: list[LonLat], limit_m: float) -> list[object]:
    lon = np.array([place.lon for place in places])
    lat = np.array([place.lat for place in places])
    found = columns.nearest(layer, columns.points(lon, lat), limit_m)
    rows = columns.values(layer)
    return [None if at == NOWHERE else rows[at][0] for at in found.tolist()]


@pytest.mark.parametrize("reach", [Reach(), Reach(street_m=5.0, frontage_m=60.0)])
def test_columns_say_what_the_snapshot_says(connection: Connection, reach: Reach) -> None:
    RandomCity().add_to(connection)
    for code, outline in (
        ("610902", square(-400, -400, 800)),
        ("610902-GX", square(0, 0, 800)),
        ("610902-HK", square(0, -100, 300)),
    ):
        above = None if code == "610902" else "610902"
        add(connection, tables.Jurisdiction, code, outline, parent_code=above)
    snapshot = CitySnapshot.load(connection, PLANE)
    columns = Columnwise.of(snapshot)
    dice = np.random.default_rng(3)
    places = [spot(*where) for where in dice.uniform(-800, 800, (3000, 2)).tolist()]
    around = [snapshot.around(place, None, reach=reach) for place in places]

    streets = code_at(columns, "streets", places, reach.street_m)
    assert streets == [one.street and one.street.code for one in around]
    fronts = code_at(columns, "frontages", places, reach.frontage_m)
    assert fronts == [one.frontages[0].code if one.frontages else None for one in around]
    lon, lat = np.array([place.lonlat for place in places]).T
    assert columns.jurisdictions(lon, lat) == [one.jurisdiction_code for one in around]
    assert 0 < streets.count(None) < len(streets)
    assert 0 < fronts.count(None) < len(fronts)


def test_of_equally_near_streets_the_lowest_code_is_taken(connection: Connection) -> None:
    for code in ("B", "A", "C"):
        add(connection, tables.Street, code, line((0, 0), (100, 0)))
    add_load(connection, "streets")
    columns = Columnwise.of(CitySnapshot.load(connection, PLANE))
    assert code_at(columns, "streets", [spot(50, 10), spot(50, 31)], 30.0) == ["A", None]


def test_a_city_without_layers_has_nothing_near(connection: Connection) -> None:
    columns = Columnwise.of(CitySnapshot.load(connection, PLANE))
    assert code_at(columns, "streets", [spot(0, 0)], 30.0) == [None]
    assert columns.jurisdictions(np.array([109.0]), np.array([32.0])) == [None]
    assert code_at(columns, "frontages", [], 8.0) == []
