"""Which points does the forest-city inspection look at, and on which routes?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import Point

from demo_city.city import City, greening_unit
from demo_city.frame import to_degrees, to_plane
from demo_city.parks import park_codes
from demo_city.sources import of_kind
from demo_city.writing import SHAPE, Row

if TYPE_CHECKING:
    from shapely import LineString, Polygon

PROGRAMME = "创森"
_SHOWS = {
    "park": "公园绿量、林木覆盖与服务半径",
    "street_greening": "行道树成活与树池覆盖",
    "river_bank": "堤岸边坡生态绿化",
    "nursery": "保障性苗圃与乡土树种",
    "old_tree": "古树名木挂牌与复壮",
    "square": "广场绿化与林荫率",
    "compound": "庭院绿化",
}
_TASKS = ("补植", "修剪", "树干涂白", "补树池盖", "更新树牌", "修复宣传牌", "清理枯死苗")
_STATES = ("planned", "upgrading", "ready")
_PARK_POINTS = {"comprehensive": 4, "special": 3, "linear": 3, "community": 2}
_PARK_PLACES = ("主入口", "东段", "西段", "中段")
_STREET_POINTS = 2
_OUTLINE_STEPS = 36
_VERGE_M = 3.0


def greening_rows(
    city: City,
    components: list[Row],
    compounds: list[Row],
    rng: np.random.Generator,
) -> list[Row]:
    """Return the greening points: parks, model streets, banks, trees, a nursery, compounds.

    Args:
        city: the city so far.
        components: rows of the components, for the old trees.
        compounds: rows of old compounds, in degrees.
        rng: draws tasks and states.
    """
    codes = park_codes(city)
    park_kinds = {f.name: f.text("park_kind") for f in of_kind(city.features, "park")}
    found: list[tuple[str, str, Point, str]] = []
    for name, park in city.terrain.parks.items():
        for n, place in enumerate(_entrances(city, park, _PARK_POINTS[park_kinds[name]])):
            kind = "square" if name.endswith("广场") else "park"
            found.append((f"{name}{_PARK_PLACES[n]}", kind, place, codes[name]))
    for street in city.streets:
        if street.programme:
            for n in range(1, _STREET_POINTS + 1):
                place = _verge(street.shape, n / (_STREET_POINTS + 1), street.width_m)
                found.append((f"{street.name}绿化带{n}段", "street_greening", place, ""))
    for name, share in (
        ("南岸城堤", 0.3),
        ("南岸城堤", 0.8),
        ("北岸江堤", 0.3),
        ("北岸江堤", 0.75),
    ):
        levee = next(f.shape for f in city.features if f.name == name)
        place = levee.interpolate(share, normalized=True)
        found.append((f"{name}{'上' if share < 0.5 else '下'}段边坡", "river_bank", place, ""))
    trees = [row for row in components if row["GLBJMC"] == "古树名木"][::4]
    found += [(f"古树{t['GLBJBSM'][-3:]}号", "old_tree", _plane(t), "") for t in trees]
    nursery = city.street["北环路"].shape.interpolate(0.35, normalized=True)
    found.append(("北环苗圃", "nursery", Point(nursery.x, nursery.y + 60.0), ""))
    found += [(f"{c['NAME']}庭院", "compound", _plane(c), "") for c in compounds[::16]]
    return [_row(city, n, point, rng) for n, point in enumerate(found, start=1)]


def _row(
    city: City,
    number: int,
    point: tuple[str, str, Point, str],
    rng: np.random.Generator,
) -> Row:
    name, kind, place, park = point
    cell = city.nearest_cell(place)
    own = city.grid.community[cell]
    units = {
        "river_bank": "AK-SLJ",
        "old_tree": "AK-LYJ",
        "nursery": "AK-LYJ",
        "compound": f"C{own.code}",
    }
    state = _STATES[int(rng.choice(3, p=(0.2, 0.35, 0.45)))]
    tasks = rng.choice(len(_TASKS), size=0 if state == "ready" else 2, replace=False)
    return {
        "CODE": f"GP{number:03d}",
        "NAME": name,
        "KIND": kind,
        "PROGRAMME": PROGRAMME,
        "UNIT": units.get(kind, greening_unit(own.jurisdiction, own.bank)),
        "SHOWS": _SHOWS[kind],
        "TASKS": ";".join(_TASKS[i] for i in sorted(tasks)),
        "STATE": state,
        "PARK": park,
        "JURIS": own.jurisdiction,
        "BASIS": "schematic",
        "NOTE": "示意",
        SHAPE: to_degrees(place),
    }


def _plane(row: Row) -> Point:
    return to_plane(row[SHAPE]).point_on_surface()


def _entrances(city: City, park: Polygon, count: int) -> list[Point]:
    """Return places on a park's outline, near to streets and apart from each other."""
    outline = park.exterior
    places = [
        outline.interpolate(s, normalized=True)
        for s in np.linspace(0, 1, _OUTLINE_STEPS, endpoint=False)
    ]
    gap = [edge_gap(city, place) for place in places]
    chosen: list[Point] = []
    for i in np.argsort(np.round(gap, 1), kind="stable"):
        apart = outline.length / (2.6 * count)
        if all(places[i].distance(other) > apart for other in chosen):
            chosen.append(places[i])
    return chosen[:count]


def edge_gap(city: City, place: Point) -> float:
    """Return how far the nearest street is, in metres."""
    return float(city.nearest_street(place)[0].distance(place))


def _verge(line: LineString, share: float, width_m: float) -> Point:
    side = shapely.offset_curve(line, width_m / 2 + _VERGE_M)
    return shapely.get_parts(side)[0].interpolate(share, normalized=True)
