"""What does a map show under and over the density so that one finds one's way without tiles?

Our own river, parks and streets as one small document, in flat lists of degrees (EPSG:4490,
longitude first) of about one metre. It is drawn by `web/static/js/map/ground.js`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon

PLACES = 5
"""Decimal places of a degree that are kept: about one metre."""

MIN_POINTS = 2

Role = Literal["water", "green"]
Grade = Literal["main", "secondary", "branch", "lane"]


@dataclass(frozen=True, slots=True)
class GroundArea:
    """Water or green. `along` is a line on which the name is written, such as a river's axis."""

    role: Role
    name: str
    shape: Polygon | MultiPolygon
    along: LineString | None = None


@dataclass(frozen=True, slots=True)
class GroundLine:
    """A street. `model` marks a model street (示范街), which gets a casing of its own."""

    grade: Grade
    name: str
    shape: LineString | MultiLineString
    model: bool = False


def ground_document(areas: Iterable[GroundArea], lines: Iterable[GroundLine]) -> dict[str, Any]:
    """Return the document that the base map is drawn from, ready for JSON."""
    return {
        "areas": [_area(area) for area in areas if not area.shape.is_empty],
        "lines": [
            {"grade": line.grade, "name": line.name, "model": line.model, "line": flat}
            for line in lines
            for part in shapely.get_parts(line.shape)
            if len(flat := _flat(part)) >= 2 * MIN_POINTS
        ],
    }


def _area(area: GroundArea) -> dict[str, Any]:
    rings = shapely.get_rings(shapely.get_parts(area.shape))
    label = area.along if area.along is not None else area.shape.representative_point()
    return {
        "role": area.role,
        "name": area.name,
        "rings": [_flat(ring) for ring in rings],
        "at": _flat(label),
    }


def _flat(shape: shapely.Geometry) -> list[float]:
    """Return lon, lat, lon, lat, … without places that follow themselves."""
    places = np.round(shapely.get_coordinates(shape), PLACES)
    differs = np.ones(len(places), dtype=bool)
    differs[1:] = (places[1:] != places[:-1]).any(axis=1)
    flat: list[float] = places[differs].ravel().tolist()
    return flat
