"""Which cells do streets, river banks and community outlines cut an area into?

The principles of division of GB/T 30428.1 (standards.md 1.2) in the order in which they are kept:

* seamless (无缝拼接): all lines are noded on one precision grid and every face becomes a cell or
  part of one, so there is no gap and no overlap, and neighbours share their vertices exactly;
* territorial (属地管理): faces never cross a division, and slivers are merged inside it only;
* geographic layout (地理布局): faces follow the lines given; only what is still too big is cut;
* balance (相对均衡): pieces have about the area wanted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from wanmi.gis.cutting import CutStyle, cuts
from wanmi.gis.errors import GridInvalid
from wanmi.gis.slivers import NOBODY, merge_slivers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray
    from shapely import LineString, MultiLineString, MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    Line = LineString | MultiLineString
    Area = Polygon | MultiPolygon

DEGREE_DECIMALS = 8
"""Decimals of a degree kept in files: about a millimetre, finer than the plane's grid."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How large cells are. The standard knows no hard limit, so all of it is a setting.

    Attributes:
        target_m2: area wanted; a face under one and a half times that is not cut.
        open_target_m2: area wanted on open land (water, woods).
        smallest_m2: smaller faces are merged into a neighbour of the same division.
        narrowest_m: so are faces of a smaller mean width (2 area / perimeter).
        grid_m: precision grid of the plane; every vertex lies on it.
        style: how irregular the cuts are.
    """

    target_m2: float = 10_000.0
    open_target_m2: float = 30_000.0
    smallest_m2: float = 3_500.0
    narrowest_m: float = 12.0
    grid_m: float = 0.01
    style: CutStyle = field(default_factory=CutStyle)


@dataclass(frozen=True, slots=True)
class Cells:
    """A seamless cover.

    Attributes:
        shapes: outlines in the plane of the input, north-west first.
        division: (n,) position of each cell's division in the list that was given.
    """

    shapes: list[Polygon]
    division: NDArray[np.int64]


def partition(
    divisions: Sequence[Area],
    lines: Iterable[Line],
    *,
    open_land: Sequence[Area] = (),
    rules: Rules | None = None,
    seed: int = 0,
) -> Cells:
    """Divide the area covered by `divisions` into cells.

    Args:
        divisions: outlines of communities (or one outline of the whole area), in a metric plane.
            Cracks and overlaps below `rules.smallest_m2` between them are healed.
        lines: streets, banks, levees, park outlines in the same plane; what reaches out of the
            divisions is left away. Dead ends cut nothing.
        open_land: where cells may be as large as `rules.open_target_m2`.
        rules: sizes.
        seed: of the generator that makes cuts irregular; the same input and seed give the same
            cells.

    Raises:
        GridInvalid: no area, or divisions that overlap by more than a sliver.
    """
    rules = rules or Rules()
    whole = shapely.union_all(list(divisions)) if divisions else shapely.Polygon()
    if whole.area <= 0:
        raise GridInvalid("There is no area to divide; give at least one outline.")
    kept = shapely.intersection(list(lines), shapely.buffer(whole, 1.0))
    network = noded([*shapely.boundary(list(divisions)), *kept], rules.grid_m)
    blocks = faces(network)
    _refuse_overlaps(blocks, divisions, rules.smallest_m2)
    rng = np.random.default_rng(seed)
    targets = np.where(_inside(blocks, open_land), rules.open_target_m2, rules.target_m2)
    targets[~_inside(blocks, divisions)] = np.inf
    more: list[LineString] = []
    for block, target in zip(blocks, targets.tolist(), strict=True):
        if block.area > target:
            more.extend(cuts(block, target, rng, rules.style))
    # The cuts end on the noded network, not on the lines as they were given.
    pieces = faces(noded([*network, *more], rules.grid_m))
    pieces, division = _placed(pieces, divisions, whole, rules)
    shapes, division = merge_slivers(
        pieces,
        division,
        smallest_m2=rules.smallest_m2,
        narrowest_m=rules.narrowest_m,
        largest_m2=2 * rules.target_m2,
    )
    return _checked(shapes, division)


def noded(lines: Sequence[Line], grid_m: float) -> list[LineString]:
    """Cut lines at every crossing; all crossings and vertices come to lie on a grid.

    Noding with a grid is snap rounding: lines bend by less than a grid step, and what they
    enclose fits together exactly. Noding the answer again changes nothing.
    """
    # GEOS may set float flags on lines that collapse on the grid; what it returns is right.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = shapely.union_all(np.asarray(lines, dtype=object), grid_size=grid_m)
    return list(shapely.get_parts(found))


def faces(network: Sequence[LineString]) -> list[Polygon]:
    """Return every face that noded lines enclose, north-west first. Dead ends are ignored."""
    found = shapely.get_parts(shapely.polygonize(np.asarray(network, dtype=object)))
    return [found[i] for i in _from_north_west(found)]


def to_degrees(
    shapes: Sequence[Polygon],
    project: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    decimals: int = DEGREE_DECIMALS,
) -> list[Polygon]:
    """Return a cover in degrees that is still seamless.

    Equal vertices stay equal, because each is projected and rounded by itself.

    Args:
        shapes: a seamless cover in a plane.
        project: turns (n, 2) plane coordinates into (n, 2) longitudes and latitudes.
        decimals: of a degree.

    Raises:
        GridInvalid: rounding has folded an outline (the plane's grid is too fine for `decimals`).
    """
    cover = np.asarray(shapes, dtype=object)
    turned = shapely.transform(cover, lambda points: np.round(project(points), decimals))
    _checked(list(turned), np.empty(0, dtype=np.int64))
    return list(turned)


def _divisions_of(
    middles: NDArray[np.object_],
    divisions: Sequence[Area],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs (point, division) for every division a point lies in."""
    pairs = shapely.STRtree(list(divisions)).query(middles, predicate="intersects")
    return pairs[0], pairs[1]


def _refuse_overlaps(blocks: list[Polygon], divisions: Sequence[Area], smallest_m2: float) -> None:
    """Refuse divisions that overlap by more than a sliver."""
    shapes = np.asarray(blocks, dtype=object)
    block, _ = _divisions_of(shapely.point_on_surface(shapes), divisions)
    doubled = shapely.area(shapes[np.bincount(block, minlength=len(blocks)) > 1])
    if doubled.size and doubled.max() > smallest_m2:
        raise GridInvalid(f"Two divisions overlap by {doubled.max():.0f} m2; draw them apart.")


def _placed(
    pieces: list[Polygon],
    divisions: Sequence[Area],
    whole: BaseGeometry,
    rules: Rules,
) -> tuple[list[Polygon], NDArray[np.int64]]:
    """Keep the pieces of the area and say in which division each lies."""
    middles = shapely.point_on_surface(np.asarray(pieces, dtype=object))
    piece, found = _divisions_of(middles, divisions)
    division = np.full(len(pieces), NOBODY, dtype=np.int64)
    # The first division wins an overlap; writing backwards leaves the first on top.
    order = np.lexsort((-found, piece))
    division[piece[order]] = found[order]
    crack = (division == NOBODY) & (shapely.area(pieces) < rules.smallest_m2)
    crack &= shapely.intersects(_filled(whole), middles)
    keep = np.flatnonzero((division != NOBODY) | crack)
    return [pieces[i] for i in keep], division[keep]


def _filled(whole: BaseGeometry) -> BaseGeometry:
    """Return the area without its holes."""
    parts = shapely.get_parts(whole)
    return shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))


def _inside(blocks: list[Polygon], areas: Sequence[Area]) -> NDArray[np.bool_]:
    if not len(areas):
        return np.zeros(len(blocks), dtype=bool)
    land = shapely.union_all(list(areas))
    shapely.prepare(land)
    return np.asarray(shapely.intersects(land, shapely.point_on_surface(blocks)), dtype=bool)


def _from_north_west(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    west, _, _, north = shapely.bounds(shapes).T if len(shapes) else np.empty((4, 0))
    points = shapely.get_coordinates(shapely.point_on_surface(shapes)).T
    return np.lexsort((*points, west, -north))


def _checked(shapes: list[Polygon], division: NDArray[np.int64]) -> Cells:
    """Return the cells, or say what keeps them from being a grid."""
    if not shapes:
        raise GridInvalid("No line encloses a face; there is nothing to make cells of.")
    if not bool(np.all(shapely.is_valid(shapes))) or not shapely.coverage_is_valid(shapes):
        raise GridInvalid("The cells overlap or leave gaps; a coarser precision grid may help.")
    return Cells(shapes, division)
