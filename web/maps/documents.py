"""How do rows of a layer become what a map reads: a small GeoJSON, the base map, the edge file?

Pure: rows and shapes in (EPSG:4490 degrees, longitude first), values for JSON out. Places are
rounded to about one metre.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from wanmi.gis.points import Bounds
from wanmi.web.maps.ground import PLACES, GroundArea, GroundLine, ground_document

if TYPE_CHECKING:
    from wanmi.gis.drawn import DrawnRows
    from wanmi.web.maps.ground import Grade

WATER = "water"
GRADES: tuple[Grade, ...] = ("main", "secondary", "branch", "lane")
_ROUNDED = 0.1**PLACES


def feature_collection(drawn: DrawnRows) -> dict[str, Any]:
    """Return the rows as GeoJSON (RFC 7946) without what is empty."""
    shapes = shapely.set_precision(drawn.shapes, _ROUNDED, mode="pointwise")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {key: value for key, value in row.items() if value not in (None, "")},
                "geometry": _geometry(shape),
            }
            for row, shape in zip(drawn.rows, shapes, strict=True)
        ],
    }


def _geometry(shape: Any) -> dict[str, Any]:  # noqa: ANN401 - a shapely geometry
    """Return a geometry of GeoJSON; one part alone is no "multi"."""
    parts = shapely.get_parts(shape)
    whole = parts[0] if len(parts) == 1 else shape
    said: dict[str, Any] = shapely.geometry.mapping(whole)
    return {"type": said["type"], "coordinates": _rounded(said["coordinates"])}


def _rounded(value: Any) -> Any:  # noqa: ANN401 - nested tuples of numbers
    if isinstance(value, float):
        return round(value, PLACES)
    return [_rounded(part) for part in value]


def base_map(areas: DrawnRows, parks: DrawnRows, streets: DrawnRows) -> dict[str, Any]:
    """Return the document of the base map: water among the areas, parks, streets by grade."""
    water = [
        GroundArea("water", row["name"], shape)
        for row, shape in zip(areas.rows, areas.shapes, strict=True)
        if row["kind"] == WATER
    ]
    green = [
        GroundArea("green", row["name"], shape)
        for row, shape in zip(parks.rows, parks.shapes, strict=True)
    ]
    lines = [
        GroundLine(
            row["grade"] if row["grade"] in GRADES else "branch",
            row["name"],
            shapely.line_merge(shape),
            model=bool(row["programme"]),
        )
        for row, shape in zip(streets.rows, streets.shapes, strict=True)
    ]
    return ground_document([*green, *water], lines)


def bounds_of(drawn: DrawnRows) -> Bounds | None:
    """Return the box around all shapes, or None when there are none."""
    if not len(drawn):
        return None
    box = shapely.total_bounds(drawn.shapes)
    return Bounds(*np.asarray(box, dtype=float).tolist())
