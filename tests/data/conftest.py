"""The committed layers of the demonstration city, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).resolve().parents[2] / "data" / "shapefiles"
PLANE = "EPSG:4545"


@cache
def _read(name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(FOLDER / name / f"{name}.shp")


@pytest.fixture(scope="session")
def layer() -> Callable[[str], gpd.GeoDataFrame]:
    """Read a committed layer, in degrees."""
    return _read


@pytest.fixture(scope="session")
def in_metres() -> Callable[[str], gpd.GeoDataFrame]:
    """Read a committed layer, in the city's plane."""

    @cache
    def read(name: str) -> gpd.GeoDataFrame:
        return _read(name).to_crs(PLANE)

    return read
