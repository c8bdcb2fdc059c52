"""Where does a component of a certain kind stand, on a street, a bank or in a park?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

from wanmi.gis.reckoning import length, sine_cosine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from demo_city.city import City
    from demo_city.streets import Street

    Kind = dict[str, str]
    Places = Iterator[Point]

_LEAST_FROM_CORNER_M = 8.0
_ANCIENT_TREES = 24
_IN_PARK_M = 6.0
_BIG_CROSSING = 3


def places(kind: Kind, city: City, rng: np.random.Generator) -> Places:
    """Yield the places (in the plane) of all components of one kind."""
    yield from _WAYS[kind["place"]](kind, city, rng)


def _along_streets(kind: Kind, city: City, rng: np.random.Generator) -> Places:
    """Yield places at the kind's distance for the street's grade, counted over crossings."""
    for street in city.streets:
        every = float(kind[street.grade] or 0)
        if not every or street.bridge:
            continue
        way = float(rng.uniform(0, every))
        for edge in street.edges:
            while way < edge.length:
                if _LEAST_FROM_CORNER_M < way < edge.length - _LEAST_FROM_CORNER_M:
                    yield _beside(edge, way, _offset(kind["place"], street, rng))
                way += every * float(rng.uniform(0.8, 1.2))
            way -= edge.length


def _offset(place: str, street: Street, rng: np.random.Generator) -> float:
    """Return how far left (or, negative, right) of the middle of the street."""
    half = street.width_m / 2
    side = 1.0 if rng.random() < 0.5 else -1.0
    return {
        "centre": 0.3,
        "carriageway": side * float(rng.uniform(0.15, 0.75)) * half,
        "kerb": side * half,
        "pavement": side * (half + float(rng.uniform(0.8, 3.2))),
        "setback": side * (half + float(rng.uniform(12.0, 25.0))),
    }[place]


def _beside(line: LineString, at: float, left: float) -> Point:
    here, ahead = (np.array(line.interpolate(a).coords[0]) for a in (at, min(at + 1, line.length)))
    step = ahead - here
    if not step.any():
        step = here - np.array(line.interpolate(at - 1).coords[0])
    across = np.array([-step[1], step[0]]) / length(*step)
    return Point(here + across * left)


def _on_crossings(kind: Kind, city: City, rng: np.random.Generator) -> Places:
    """Yield a place on a corner of crossings of streets of the kind's grades."""
    meeting: dict[tuple[float, float], set[str]] = {}
    width: dict[tuple[float, float], float] = {}
    for edge, street in city.edges:
        for end in (edge.coords[0], edge.coords[-1]):
            meeting.setdefault(end, set()).add(street.name)
            width[end] = max(width.get(end, 0.0), street.width_m)
    grade = {street.name: street.grade for street in city.streets}
    every = {g: int(kind[g] or 0) for g in ("main", "secondary", "branch", "lane")}
    count = 0
    for end in sorted(meeting):
        steps = [every[grade[name]] for name in meeting[end] if every[grade[name]]]
        if len(steps) < 2:
            continue
        count += 1
        if count % min(steps) == 0:
            sine, cosine = sine_cosine(float(rng.uniform(0, 2)))
            far = width[end] / 2 + 3.0
            yield Point(end[0] + far * cosine, end[1] + far * sine)


def _on_bridges(_: Kind, city: City, __: np.random.Generator) -> Places:
    for street in city.streets:
        if street.bridge:
            line = shapely.get_parts(street.shape)[0]
            yield line.interpolate(0.5, normalized=True)


def _along(lines: list[LineString], every: float, left: float) -> Places:
    for line in lines:
        for at in np.arange(every / 2, line.length - 1, every):
            yield _beside(line, float(at), left)


def _on_banks(kind: Kind, city: City, _: np.random.Generator) -> Places:
    inside = shapely.buffer(city.terrain.built_up, -20)
    banks = [part for b in city.terrain.banks for part in shapely.get_parts(b.intersection(inside))]
    yield from _along(banks, float(kind["secondary"]), 1.5)


def _on_levees(kind: Kind, city: City, _: np.random.Generator) -> Places:
    yield from _along(city.terrain.levees, float(kind["secondary"]), 2.0)


def _in_parks(kind: Kind, city: City, rng: np.random.Generator) -> Places:
    """Yield one place for so many square metres of park."""
    for park in city.terrain.parks.values():
        count = round(park.area / float(kind["main"]))
        yield from _scattered(park.buffer(-_IN_PARK_M), count, rng)


def _scattered(land: Polygon, count: int, rng: np.random.Generator) -> Places:
    if land.is_empty:
        return
    west, south, east, north = land.bounds
    while count > 0:
        place = Point(rng.uniform(west, east), rng.uniform(south, north))
        if land.contains(place):
            count -= 1
            yield place


def _ancient_trees(_: Kind, city: City, rng: np.random.Generator) -> Places:
    """Yield a few old trees: in parks first, then in courtyards of the old town."""
    parks = list(city.terrain.parks.values())[: _ANCIENT_TREES // 2]
    for park in parks:
        yield from _scattered(park.buffer(-20.0), 1, rng)
    old = [
        i
        for i, c in enumerate(city.grid.community)
        if c.town == "610902001" and not city.grid.wet[i]
    ]
    for i in rng.choice(old, _ANCIENT_TREES - len(parks), replace=False):
        yield city.grid.plane[int(i)].point_on_surface()


_WAYS: dict[str, Callable[[Kind, City, np.random.Generator], Places]] = {
    **dict.fromkeys(("centre", "carriageway", "kerb", "pavement", "setback"), _along_streets),
    "crossing": _on_crossings,
    "bridge": _on_bridges,
    "bank": _on_banks,
    "levee": _on_levees,
    "park": _in_parks,
    "ancient": _ancient_trees,
}
