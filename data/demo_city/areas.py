"""Which areas are narrower than a cell and change what is lawful or who answers?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely import Polygon
from shapely.ops import substring

from demo_city.frame import to_degrees, to_plane
from demo_city.quarters import Block, Quarters, is_old_town
from demo_city.sources import of_kind
from demo_city.territory import HIGH_TECH
from demo_city.writing import SHAPE, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from demo_city.city import City

OLD_COMPOUNDS = 65
STALL_AREAS = 16
_INSET_M = 7.0
_LEAST_M2 = 2_000.0
_HOURS = (
    "06:00-08:30",
    "06:00-08:30;18:30-22:00",
    "18:30-22:00",
    "05:30-08:00;17:30-21:30",
)
_STALL_M = 70.0
_WATER_SOURCES = (("一级", 0.0, 1200.0), ("二级", 1200.0, 2600.0))


def area_rows(
    city: City,
    quarters: Quarters,
    names: Iterator[str],
    components: list[Row],
    rng: np.random.Generator,
) -> list[Row]:
    """Return all areas: housing, old compounds, villages, stalls, old trees, water."""
    homes = [(block, next(names)) for block in quarters.lived_in]
    rows = [_home(city, block, f"{name}小区") for block, name in homes]
    rows += list(_old_compounds(city, homes))
    rows += [_village(city, block) for block in quarters.villages]
    rows += list(_stall_areas(city, rng))
    rows += list(_water_sources(city))
    rows += [_tree_circle(row, rng) for row in components if row["GLBJMC"] == "古树名木"]
    rows += list(_waters(city))
    rows = [row for row in rows if row[SHAPE].geom_type == "Polygon" and not row[SHAPE].is_empty]
    for number, row in enumerate(rows, start=1):
        row["CODE"] = f"AR{number:04d}"
    return rows


def _row(name: str, kind: str, unit: str, jurisdiction: str, shape: Polygon, **more: str) -> Row:
    return {
        "NAME": name,
        "KIND": kind,
        "UNIT": unit,
        "JURIS": jurisdiction,
        "BASIS": "schematic",
        "NOTE": "示意",
        SHAPE: to_degrees(shape),
        **more,
    }


def _home(city: City, block: Block, name: str) -> Row:
    own = block.community
    shape = city.inset(block.shape, _INSET_M)
    return _row(name, "residential", f"C{own.code}", own.jurisdiction, shape)


def _old_compounds(city: City, homes: list[tuple[Block, str]]) -> Iterator[Row]:
    """Yield compounds without property management, one cell each, in the old subdistricts."""
    made = 0
    for block, name in homes:
        if made == OLD_COMPOUNDS or not is_old_town(block):
            continue
        cell = min(block.cells, key=lambda i: city.grid.plane[i].area)
        shape = city.inset(city.grid.plane[cell], _INSET_M)
        if shape.area > _LEAST_M2:
            made += 1
            own = block.community
            yield _row(f"{name}家属院", "old_compound", f"C{own.code}", own.jurisdiction, shape)


def _village(city: City, block: Block) -> Row:
    own = block.community
    name = f"{own.name.removesuffix('村委会').removesuffix('社区居委会')}城中村"
    shape = city.inset(block.shape, _INSET_M)
    return _row(name, "urban_village", f"C{own.code}", own.jurisdiction, shape)


def _stall_areas(city: City, rng: np.random.Generator) -> Iterator[Row]:
    """Yield strips beside secondary and branch streets where stalls may stand at their hours."""
    fit = [
        (edge, street)
        for edge, street in city.edges
        if street.grade in ("secondary", "branch")
        and edge.length > 2 * _STALL_M
        and not street.bridge
    ]
    taken: list[shapely.Point] = []
    for i in rng.permutation(len(fit)):
        edge, street = fit[i]
        middle = edge.interpolate(0.5, normalized=True)
        if len(taken) == STALL_AREAS or any(middle.distance(other) < 900 for other in taken):
            continue
        own = city.grid.community[city.nearest_cell(middle)]
        if own.code[9] == "2":
            continue
        taken.append(middle)
        inner = street.width_m / 2 + 1.0
        at = edge.length / 2
        line = substring(edge, at - _STALL_M / 2, at + _STALL_M / 2)
        near, far = (shapely.offset_curve(line, d) for d in (inner, inner + 7.0))
        shape = Polygon([*near.coords, *reversed(far.coords)])
        unit = "GX-GWH" if own.jurisdiction == HIGH_TECH else f"T{own.town}"
        hours = _HOURS[len(taken) % len(_HOURS)]
        yield _row(f"{street.name}疏导点", "stall_area", unit, own.jurisdiction, shape, HOURS=hours)


def _water_sources(city: City) -> Iterator[Row]:
    """Yield the protected stretches at the upstream end of the city."""
    inside = shapely.intersection(city.terrain.axis, city.terrain.built_up)
    for grade, start, end in _WATER_SOURCES:
        reach = substring(inside, start, end).buffer(260.0, cap_style="flat")
        shape = max(
            shapely.get_parts(shapely.intersection(reach, city.terrain.water)),
            key=lambda part: part.area,
        )
        jurisdiction = city.jurisdiction_of(shape)
        yield _row(f"汉江{grade}水源保护区", "water_source", "AK-HBJ", jurisdiction, shape)


def _waters(city: City) -> Iterator[Row]:
    """Yield the water surface of each river between its banks."""
    basis = {river.name: river.text("basis") for river in of_kind(city.features, "river")}
    for name, shape in city.terrain.rivers.items():
        jurisdiction = city.jurisdiction_of(shape)
        yield _row(name, "water", "AK-SLJ", jurisdiction, shape, BASIS=basis[name])


def _tree_circle(tree: Row, rng: np.random.Generator) -> Row:
    radius_m = round(float(rng.uniform(8.0, 14.0)))
    circle = to_plane(tree[SHAPE]).buffer(radius_m, quad_segs=8)
    name = f"古树保护圈{tree['GLBJBSM'][-3:]}"
    note = f"示意；古树{tree['GLBJBSM']}，半径{radius_m}米"
    return _row(name, "ancient_tree_circle", "AK-LYJ", tree["JURIS"], circle, NOTE=note)
