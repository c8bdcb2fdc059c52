"""In which order is the city made?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from demo_city.areas import area_rows
from demo_city.base_rows import cell_rows, street_rows, zone_cells, zone_rows
from demo_city.cells import grid
from demo_city.city import City
from demo_city.components import component_rows
from demo_city.divisions import division_rows, jurisdiction_rows, town_names
from demo_city.frontages import frontage_rows
from demo_city.greening import greening_rows
from demo_city.naming import HOMES, SCHOOLS, invented_names
from demo_city.network import drawn_ways, local_ways
from demo_city.parks import park_rows
from demo_city.places import place_rows
from demo_city.quarters import quarters
from demo_city.readmes import write_readmes
from demo_city.routes import route_rows
from demo_city.schools import school_rows
from demo_city.sections import section_rows
from demo_city.sources import schematic
from demo_city.streets import street_network
from demo_city.terrain import terrain
from demo_city.territory import communities
from demo_city.writing import write_layer, write_zone_cells
from demo_city.zones import zones

if TYPE_CHECKING:
    from pathlib import Path

    from demo_city.writing import Row

SEED = 610902


class Steps:
    """Prints each step with the seconds it took."""

    def __init__(self) -> None:
        """Start the clock."""
        self._start = time.monotonic()

    def done(self, what: str) -> None:
        """Say that a step is done."""
        print(f"{time.monotonic() - self._start:6.1f} s  {what}", flush=True)


def build(folder: Path) -> None:
    """Write every layer of the demonstration city below `folder`."""
    steps = Steps()
    city = _city(steps)
    areas = zones(city.grid, town_names())
    rows = {
        "divisions": division_rows(city.grid),
        "jurisdictions": jurisdiction_rows(city.grid),
        "cells": cell_rows(city.grid),
        "zones": zone_rows(areas, city.grid),
        "streets": street_rows(city.streets, city.grid),
        "parks": park_rows(city),
        "sections": section_rows(city),
        "frontages": frontage_rows(city, _seeded(3)),
    }
    steps.done(f"{len(areas)} zones, {len(rows['frontages'])} frontages")
    rows |= _details(city, rows, steps)
    for name, made in rows.items():
        write_layer(folder, name, made)
    write_zone_cells(folder, zone_cells(areas, city.grid))
    write_readmes(folder, {name: len(made) for name, made in rows.items()})
    steps.done(f"{len(rows)} layers written")


def _seeded(number: int) -> np.random.Generator:
    """Return a generator of its own for each part, so that parts do not disturb each other."""
    return np.random.default_rng([SEED, number])


def _city(steps: Steps) -> City:
    """Make streets, communities and cells."""
    features = schematic()
    land = terrain(features)
    drawn = drawn_ways(features)
    local, noded = local_ways(drawn, land, features, _seeded(1))
    streets = street_network(drawn, local, noded, _seeded(2))
    steps.done(f"{len(streets)} streets")
    own = communities(land, [edge for street in streets for edge in street.edges])
    cells = grid(own, land, streets, SEED)
    steps.done(f"{len(own)} communities, {len(cells)} cells")
    return City(features, land, streets, cells)


def _details(city: City, rows: dict[str, list[Row]], steps: Steps) -> dict[str, list[Row]]:
    """Make what stands on streets and in blocks."""
    components = component_rows(city, _seeded(4))
    steps.done(f"{len(components)} components")
    use = quarters(city, _seeded(5))
    homes = invented_names(set(), _seeded(6), HOMES)
    areas = area_rows(city, use, homes, components, _seeded(7))
    schools = school_rows(city, use, invented_names({"培新"}, _seeded(9), SCHOOLS))
    compounds = [row for row in areas if row["KIND"] == "old_compound"]
    points = greening_rows(city, components, compounds, _seeded(8))
    made = {
        "areas": areas,
        "components": components,
        "schools": schools,
        "greening_points": points,
        "inspection_routes": route_rows(city, points),
    }
    made["places"] = place_rows(city, {**rows, **made})
    steps.done(f"{len(areas)} areas, {len(points)} greening points, {len(made['places'])} places")
    return made
