"""Where do the demonstration's issues lie: on model streets, at components, over the grid?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from sqlalchemy import func, select

from wanmi.gis.points import LonLat
from wanmi.gis.tables import Cell, Component, Street

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from wanmi.gis.frames import Plane

MODEL_WEIGHT = 6.0
"""How much more happens on a metre of a model street than on another one."""

HOT_SPOTS_PER_STREET = 3
HOT_SHARE = 0.55
HOT_SPREAD_M = 60.0
ROADSIDE_M = 9.0
PHONE_ERROR_M = 5.0
OUTSIDE_SHARE = 0.004
OUTSIDE_M = 900.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of an issue, and the component it is about, if any."""

    place: LonLat
    component: str | None


class Scatter:
    """Draws places on the layers of one city."""

    def __init__(self, connection: Connection, plane: Plane, rng: Generator) -> None:
        """Read streets, cells and components once."""
        self._plane = plane
        self._rng = rng
        self._read_streets(connection)
        self._read_cells(connection)
        self._components: dict[str, list[tuple[str, float, float]]] = {}
        for code, lon, lat in connection.execute(
            select(Component.code, func.ST_X(Component.shape), func.ST_Y(Component.shape)).order_by(
                Component.code
            ),
        ):
            self._components.setdefault(code[6:11], []).append((code, lon, lat))

    def _read_streets(self, connection: Connection) -> None:
        rows = connection.execute(
            select(Street.programme, func.ST_AsBinary(Street.shape)).order_by(Street.code),
        ).all()
        lines = self._plane.shape(shapely.from_wkb([bytes(row[1]) for row in rows]))
        weights = shapely.length(lines) * [MODEL_WEIGHT if row[0] else 1.0 for row in rows]
        self._lines: NDArray[np.object_] = lines
        self._shares = weights / weights.sum()
        self._hot = [
            np.sort(self._rng.uniform(0, line.length, HOT_SPOTS_PER_STREET)) for line in lines
        ]

    def _read_cells(self, connection: Connection) -> None:
        rows = connection.execute(
            select(func.ST_AsBinary(Cell.shape)).where(Cell.valid_to.is_(None)).order_by(Cell.code),
        ).all()
        self._cells = self._plane.shape(shapely.from_wkb([bytes(row[0]) for row in rows]))
        some = self._cells[:: max(1, len(self._cells) // 400)]
        self._edge = shapely.union_all(some).envelope.boundary

    def draw(self, spread: str, class_code: str) -> Spot:
        """Draw one place. `spread` is `street`, `component` or `area`."""
        rng = self._rng
        if rng.random() < OUTSIDE_SHARE:
            return Spot(self._outside(), None)
        if spread == "component" and class_code in self._components:
            known = self._components[class_code]
            code, lon, lat = known[int(rng.integers(len(known)))]
            x_m, y_m = self._plane.to_plane(np.array([lon]), np.array([lat]))
            return Spot(self._near(float(x_m[0]), float(y_m[0]), PHONE_ERROR_M), code)
        if spread == "area":
            cell = self._cells[int(rng.integers(len(self._cells)))]
            inside = cell.representative_point()
            return Spot(self._near(inside.x, inside.y, 25.0), None)
        return Spot(self._roadside(), None)

    def _roadside(self) -> LonLat:
        rng = self._rng
        number = int(rng.choice(len(self._lines), p=self._shares))
        line = self._lines[number]
        along = rng.uniform(0, line.length)
        if rng.random() < HOT_SHARE:
            spot = self._hot[number][int(rng.integers(HOT_SPOTS_PER_STREET))]
            along = float(np.clip(rng.normal(spot, HOT_SPREAD_M), 0, line.length))
        point = line.interpolate(along)
        return self._near(point.x, point.y, ROADSIDE_M)

    def _outside(self) -> LonLat:
        point = self._edge.interpolate(self._rng.uniform(0, self._edge.length))
        return self._near(point.x, point.y, OUTSIDE_M)

    def _near(self, x_m: float, y_m: float, spread_m: float) -> LonLat:
        x_m += self._rng.normal(0, spread_m)
        y_m += self._rng.normal(0, spread_m)
        lon, lat = self._plane.to_lonlat(np.array([x_m]), np.array([y_m]))
        # Seven digits of a degree are a centimetre; no phone says more.
        return LonLat(round(float(lon[0]), 7), round(float(lat[0]), 7))
