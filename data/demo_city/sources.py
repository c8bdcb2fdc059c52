"""What was drawn by hand and what was taken from code lists? Reads `data/sources/`."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry import shape

from demo_city.frame import to_plane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

SOURCES = Path(__file__).resolve().parents[1] / "sources"


@dataclass(frozen=True, slots=True)
class Feature:
    """One hand-drawn thing, its shape in the plane."""

    kind: str
    name: str
    shape: Any
    properties: dict[str, Any]

    def text(self, key: str) -> str:
        """Return a property as text, empty when it is missing."""
        return str(self.properties.get(key, ""))


def schematic() -> list[Feature]:
    """Return everything of centre.geojson, in the plane."""
    return [
        Feature(
            row["properties"]["kind"], row["properties"]["name"], to_plane(drawn), row["properties"]
        )
        for row, drawn in _features("centre.geojson")
    ]


def of_kind(features: list[Feature], kind: str) -> list[Feature]:
    """Return the features of one kind, in the order drawn."""
    return [feature for feature in features if feature.kind == kind]


def counties() -> dict[str, MultiPolygon | Polygon]:
    """Return the outline of each county by code, in degrees (CGCS2000)."""
    return {row["properties"]["code"]: drawn for row, drawn in _features("counties.geojson")}


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the CSV files."""
    with (SOURCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines_of(features: list[Feature]) -> list[LineString]:
    """Return the features' lines."""
    return [feature.shape for feature in features]


def place(row: dict[str, str], lon: str, lat: str) -> Point:
    """Return a row's place in the plane."""
    return to_plane(Point(float(row[lon]), float(row[lat])))


def points_of(features: list[Feature]) -> np.ndarray:
    """Return the (n, 2) coordinates of point features."""
    return np.array([[feature.shape.x, feature.shape.y] for feature in features])


def _features(name: str) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    with (SOURCES / name).open(encoding="utf-8") as file:
        for row in json.load(file)["features"]:
            yield row, shape(row["geometry"])
