"""What lies around a place, answered from memory?

The layers are small and rarely change, and a report should not pay for a round trip to the
database. A `CitySnapshot` holds them as they were at one moment, frozen, for all threads of a
process. Whoever holds one compares `layers_stamp(connection)` with its `edition` every few
seconds and loads a new one when they differ; the old one stays right for whom it was handed to.
`wanmi.gis.queries` is the same in SQL, and a test holds the two equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from wanmi.gis.errors import PlaceInvalid, Sentence
from wanmi.gis.innermost import Innermost
from wanmi.gis.layer_reading import CellFacts, Layers, LayersStamp, layers_stamp, read_layers
from wanmi.gis.squares import Near, Squares, Trees
from wanmi.gis.surroundings import (
    DEFAULT_REACH,
    FrontageNear,
    PlaceNear,
    Reach,
    SchoolNear,
    SectionNear,
    StreetNear,
    Surroundings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from sqlalchemy import Connection

    from wanmi.gis.frames import Plane
    from wanmi.gis.points import LonLat

__all__ = ["CitySnapshot", "LayersStamp", "layers_stamp"]

_NO_CELL = CellFacts(None, None, ())
_FULL_TURN = 360.0

_BY_KIND = attrgetter("kind", "code")

_Measured = tuple[tuple[tuple[Any, ...], ...], list[float]]
"""Rows of a layer, by code, and their distances in metres."""


@dataclass(frozen=True, slots=True)
class CitySnapshot:
    """The layers of a city at one moment. `edition` says which one; see `layers_stamp`."""

    edition: LayersStamp
    plane: Plane
    _cells: Mapping[str, CellFacts] = field(repr=False)
    _trees: Trees = field(repr=False)
    _jurisdictions: Innermost = field(repr=False)
    _squares: dict[Reach, Squares] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, connection: Connection, plane: Plane) -> CitySnapshot:
        """Read the layers; distances will be those of `plane`."""
        return cls.of(read_layers(connection), plane)

    @classmethod
    def of(cls, layers: Layers, plane: Plane) -> CitySnapshot:
        """Make a snapshot of layers that are at hand."""
        return cls(
            layers.stamp,
            plane,
            layers.cells,
            Trees.grow(layers, plane),
            Innermost.of(layers.rows["jurisdictions"], layers.jurisdiction_parents),
        )

    def around(
        self,
        place: LonLat,
        cell_code: str | None,
        *,
        reach: Reach = DEFAULT_REACH,
    ) -> Surroundings:
        """Return what lies around `place`, whose cell is known already (None: in no cell).

        Raises:
            PlaceInvalid: the plane does not reach that far.
        """
        spot = self.plane.point(place)
        near = self._squares_for(reach).at(place.lon, place.lat)
        return self._answer(
            (place.lon, place.lat, spot.x_m, spot.y_m),
            shapely.Point(spot.x_m, spot.y_m),
            near,
            cell_code,
            reach,
        )

    def around_many(
        self,
        lon: npt.ArrayLike,
        lat: npt.ArrayLike,
        cell_codes: Sequence[str | None],
        reach: Reach = DEFAULT_REACH,
    ) -> list[Surroundings]:
        """Return what lies around each place, the same values as `around` gives.

        Args:
            lon: longitudes, CGCS2000 degrees.
            lat: latitudes, as many.
            cell_codes: the cell of each place, None where it has none.
            reach: how far to look.

        Raises:
            PlaceInvalid: a place is not finite, or the plane does not reach that far.
            ValueError: the three are not equally many.
        """
        lons, lats = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if not len(lons) == len(lats) == len(cell_codes):
            raise ValueError(
                f"{len(lons)} longitudes, {len(lats)} latitudes, {len(cell_codes)} cells."
            )
        x_m, y_m = self.plane.to_plane(lons, lats)
        lost = np.flatnonzero(~np.isfinite(x_m + y_m))
        if len(lost):
            raise PlaceInvalid(
                Sentence("Place %(number)s lies beyond the city's metric plane.", number=lost[0])
            )
        points: Any = shapely.points(x_m, y_m)
        nears = self._squares_for(reach).at_many(lons, lats)
        coordinates = zip(lons.tolist(), lats.tolist(), x_m.tolist(), y_m.tolist(), strict=True)
        return [
            self._answer(at, point, near, cell_code, reach)
            for at, point, near, cell_code in zip(
                coordinates,
                points,
                nears,
                cell_codes,
                strict=True,
            )
        ]

    def _squares_for(self, reach: Reach) -> Squares:
        squares = self._squares.get(reach)
        if squares is None:
            squares = self._squares.setdefault(reach, Squares(self._trees, self.plane, reach))
        return squares

    def _answer(
        self,
        at: tuple[float, float, float, float],
        point: shapely.Point,
        near: Near,
        cell_code: str | None,
        reach: Reach,
    ) -> Surroundings:
        lon, lat, x_m, y_m = at
        cell = _NO_CELL if cell_code is None else self._cells.get(cell_code, _NO_CELL)
        areas, parks = _covering(near, lon, lat)
        streets, frontages, sections, schools, places = _measured(near, point)
        street = _nearest(streets, reach.street_m)
        named = _nearest(places, reach.place_m)
        return Surroundings(
            street=None if street is None else StreetNear(*street),
            zones=cell.zones,
            frontages=tuple(FrontageNear(*row) for row in _all(frontages, reach.frontage_m)),
            sections=tuple(SectionNear(*row) for row in _all(sections, reach.section_m)),
            areas=tuple(sorted(areas, key=_BY_KIND)) if areas else (),
            schools=tuple(SchoolNear(*row) for row in _all(schools, reach.school_m)),
            park=parks[0] if parks else None,
            nearest_place=None if named is None else _named(named, x_m, y_m),
            jurisdiction_code=cell.jurisdiction_code or self._jurisdictions.at(lon, lat),
            grade=cell.grade,
        )


def _covering(near: Near, lon: float, lat: float) -> tuple[tuple[Any, ...], ...]:
    """Return the covering rows, by layer."""
    if not len(near.covering):
        return near.covering_rows
    covers = iter(shapely.intersects_xy(near.covering, lon, lat).tolist())
    return tuple(
        tuple(row for row, covered in zip(rows, covers, strict=False) if covered)
        for rows in near.covering_rows
    )


def _measured(near: Near, point: shapely.Point) -> list[_Measured]:
    """Return rows with their distances in metres, by layer."""
    distances = shapely.distance(near.shapes, point).tolist() if len(near.shapes) else []
    measured, start = [], 0
    for rows in near.rows:
        stop = start + len(rows)
        measured.append((rows, distances[start:stop]))
        start = stop
    return measured


def _nearest(measured: _Measured, limit_m: float) -> tuple[Any, ...] | None:
    rows, distances = measured
    least = min(distances, default=math.inf)
    # Rows are in the order of their codes, so the first of equals has the lowest.
    return (*rows[distances.index(least)], least) if least <= limit_m else None


def _all(measured: _Measured, limit_m: float) -> list[tuple[Any, ...]]:
    within = [(*row, d) for row, d in zip(*measured, strict=True) if d <= limit_m]
    if len(within) > 1:
        within.sort(key=itemgetter(-1))  # stable: of equals the lower code stays first
    return within


def _named(row: tuple[Any, ...], x_m: float, y_m: float) -> PlaceNear:
    code, name, kind, from_x_m, from_y_m, distance_m = row
    bearing = math.degrees(math.atan2(x_m - from_x_m, y_m - from_y_m)) % _FULL_TURN
    # A hair west of north: the remainder of a tiny negative angle is rounded to a full turn.
    return PlaceNear(code, name, kind, distance_m, 0.0 if bearing == _FULL_TURN else bearing)
