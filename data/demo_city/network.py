"""Where do the local streets run between the streets that were drawn by hand?

Blocks are halved again and again until they are small enough for their quarter; every cut is a
street that begins or ends on an existing one, so the network stays in one piece.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, Polygon

from demo_city.sources import Feature, of_kind
from wanmi.gis.cutting import CutStyle, halves
from wanmi.gis.partition import faces, noded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demo_city.terrain import Terrain

GRID_M = 0.1
JOIN_M = 100.0
DEFAULT_BLOCK_HA = 11.0
HECTARE_M2 = 10_000.0
_STYLE = CutStyle(turn_deg=2.5, kink=0.012, snap_m=26.0)
_ROUNDS = 8
_TRIES = 8
FORESHORE_M = 20.0
_TOUCH_M = 0.1
_GRADES = ((48.0, "secondary", 18.0), (13.0, "branch", 12.0), (0.0, "lane", 6.0))


@dataclass(frozen=True, slots=True)
class Way:
    """One drawn or generated line of the network, not yet noded."""

    line: LineString
    grade: str
    width_m: float
    feature: Feature | None = None


def drawn_ways(features: list[Feature]) -> list[Way]:
    """Return the streets drawn by hand, loose ends led onto the street they nearly reach."""
    streets = of_kind(features, "street")
    lines = [street.shape for street in streets]
    ways = []
    for i, street in enumerate(streets):
        others = shapely.union_all(lines[:i] + lines[i + 1 :])
        joined = _joined(street.shape, others)
        ways.append(Way(joined, street.text("grade"), float(street.properties["width_m"]), street))
    return ways


def local_ways(
    ways: list[Way],
    terrain: Terrain,
    features: list[Feature],
    rng: np.random.Generator,
) -> tuple[list[Way], list[LineString]]:
    """Return generated streets for the land between `ways`, and all streets noded."""
    land = _street_land(terrain)
    shapely.prepare(land)
    quarters = [(q.shape, float(q.properties["block_ha"])) for q in of_kind(features, "density")]
    edges = noded([terrain.built_up.exterior, *terrain.lines], GRID_M)
    streets = noded([way.line for way in ways], GRID_M)
    new: list[Way] = []
    done: set[tuple[float, float]] = set()
    for _ in range(_ROUNDS):
        network = shapely.union_all(streets)
        tips = np.array([way.line.coords[end] for way in (*ways, *new) for end in (0, -1)])
        found: list[Way] = []
        for block in faces(noded([*streets, *edges], GRID_M)):
            middle = block.point_on_surface()
            if land.contains(middle) and middle.coords[0] not in done:
                done.add(middle.coords[0])
                found.extend(_new_ways(block, network, tips, quarters, rng))
        new.extend(found)
        streets = noded([*streets, *(way.line for way in found)], GRID_M)
    return new, streets


def _street_land(terrain: Terrain) -> Polygon:
    """Land where streets may be laid: no water, no park, no foreshore outside a levee."""
    shore = [levee.buffer(FORESHORE_M) for levee in terrain.levees]
    closed = shapely.union_all([terrain.water.buffer(45.0), *terrain.parks.values()])
    foreshore = shapely.intersection(shapely.union_all(shore), terrain.water.buffer(150.0))
    return shapely.difference(terrain.built_up, shapely.union(closed, foreshore))


def _new_ways(
    block: Polygon,
    network: LineString,
    tips: NDArray[np.float64],
    quarters: list[tuple[Polygon, float]],
    rng: np.random.Generator,
) -> list[Way]:
    """Return a street (or two) that halves `block`; none when it is small enough or out of reach.

    Of several cuts the one is taken that continues streets which end at the block.
    """
    middle = block.point_on_surface()
    wanted = next((ha for quarter, ha in quarters if quarter.contains(middle)), DEFAULT_BLOCK_HA)
    size = block.area / HECTARE_M2
    if size < 1.7 * wanted:
        return []
    best: list[LineString] = []
    most = -1
    for attempt in range(_TRIES):
        if best and attempt > _TRIES // 2:
            break
        lines, parts = halves(
            block,
            rng.uniform(0.36, 0.64),
            rng,
            _STYLE,
            lengthwise=attempt > _TRIES // 2,
        )
        ends = np.array([line.coords[end] for line in lines for end in (0, -1)]).reshape(-1, 2)
        on_street = shapely.distance(shapely.points(ends), network) < _TOUCH_M
        if not lines or min(part.area for part in parts) < 0.2 * block.area:
            continue
        if on_street.reshape(-1, 2).any(axis=1).all():
            gaps = np.linalg.norm(ends[:, None] - tips[None], axis=2)
            continued = int((gaps.min(axis=1) < _TOUCH_M).sum())
            if continued > most:
                best, most = lines, continued
    grade, width = next((g, w) for limit, g, w in _GRADES if size > limit)
    return [Way(line, grade, width) for line in best]


def _joined(line: LineString, others: LineString) -> LineString:
    """Lead each end that is near another street onto it."""
    points = [np.array(p) for p in line.coords]
    for end in (0, -1):
        here = shapely.Point(points[end])
        if _TOUCH_M < here.distance(others) < JOIN_M:
            there = np.array(shapely.shortest_line(here, others).coords[-1])
            points.insert(0 if end == 0 else len(points), there)
    return LineString(points)
