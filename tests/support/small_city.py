"""A small made-up city for map tests: a jittered lattice of cells, a river, streets, issues."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from wanmi.gis.points import Bounds
from wanmi.web.maps.edges import encode
from wanmi.web.maps.ground import GroundArea, GroundLine, ground_document
from wanmi.web.maps.layers import (
    CellsLayer,
    Colouring,
    GroundLayer,
    IssueField,
    IssuesLayer,
    ShapesLayer,
    Source,
    StreetsLayer,
    rows_document,
)

WEST, SOUTH, SIZE = 109.0, 32.68, 1e-3
NASTY = "<script>window.hacked=1</script> {{ 7*7 }} {% if %} ${window.hacked=2} `\\"


def lattice(side: int, *, seed: int = 1, bends: int = 4) -> np.ndarray:
    """Return side * side seamless irregular cells, row by row, in degrees."""
    rng = np.random.default_rng(seed)
    column, row = np.meshgrid(np.arange(side + 1), np.arange(side + 1))
    x = WEST + (column + rng.uniform(-0.3, 0.3, column.shape)) * SIZE
    y = SOUTH + (row + rng.uniform(-0.3, 0.3, row.shape)) * SIZE

    def line(j: int, i: int, j2: int, i2: int) -> np.ndarray:
        part = np.linspace(0, 1, bends + 2)[:, None]
        points = np.column_stack([x[j, i], y[j, i]]) * (1 - part)
        points = points + np.column_stack([x[j2, i2], y[j2, i2]]) * part
        points[1:-1] += rng.normal(0, SIZE * 0.03, (bends, 2))
        return points

    across = {(j, i): line(j, i, j, i + 1) for j in range(side + 1) for i in range(side)}
    down = {(j, i): line(j, i, j + 1, i) for j in range(side) for i in range(side + 1)}
    return np.array(
        [
            Polygon(
                np.concatenate(
                    [
                        across[j, i],
                        down[j, i + 1][1:],
                        across[j + 1, i][::-1][1:],
                        down[j, i][::-1][1:],
                    ],
                ),
            )
            for j in range(side)
            for i in range(side)
        ],
        dtype=object,
    )


def codes(count: int) -> list[str]:
    """Return 15-digit cell codes, 250 cells a community."""
    return [f"610902{1 + i // 3000:03}{1 + i // 250 % 12:03}{i % 250 + 1:03}" for i in range(count)]


def bounds(side: int) -> Bounds:
    """Return the box of the lattice."""
    return Bounds(WEST, SOUTH, WEST + side * SIZE, SOUTH + side * SIZE)


def ground(side: int) -> dict:
    """Return a base map: a river across the middle, a park, three streets."""
    middle, far = SOUTH + side * SIZE / 2, side * SIZE
    axis = LineString([(WEST, middle), (WEST + far / 2, middle + SIZE), (WEST + far, middle)])
    return ground_document(
        [
            GroundArea("water", "汉江", axis.buffer(SIZE), along=axis),
            GroundArea(
                "green", "汉江公园", shapely.box(WEST, SOUTH, WEST + 2 * SIZE, SOUTH + SIZE)
            ),
        ],
        [
            GroundLine(
                "main", "巴山路", LineString([(WEST, SOUTH), (WEST + far, SOUTH + far / 3)])
            ),
            GroundLine(
                "secondary",
                "育才路",
                LineString([(WEST, middle + 3 * SIZE), (WEST + far, middle + 3 * SIZE)]),
                model=True,
            ),
            GroundLine("lane", "", LineString([(WEST + SIZE, SOUTH), (WEST + SIZE, middle)])),
        ],
    )


def issues(count: int, side: int, *, seed: int = 2) -> dict:
    """Return open issues; every one carries a text that tries to run."""
    rng = np.random.default_rng(seed)
    lon, lat = WEST + rng.random(count) * side * SIZE, SOUTH + rng.random(count) * side * SIZE
    signs = ("ok", "soon", "late")
    return rows_document(
        ("number", "lon", "lat", "sign", "text"),
        [
            [f"61090220261123{i:07}", round(x, 6), round(y, 6), signs[i % 3], NASTY]
            for i, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
        ],
    )


def layers(side: int, *, address: str | None = None) -> list:
    """Return every kind of layer, with its data inside or loaded from below `address`."""
    polygons = lattice(side)
    names = codes(len(polygons))
    data = {
        "ground.json": ground(side),
        "cells.edges": encode(polygons, names, edition="示意-1"),
        "density.json": {"counts": {name: i % 17 for i, name in enumerate(names) if i % 3}},
        "zones.geojson": {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"code": f"Z{i}", "name": f"责任网格 {i}"},
                    "geometry": shapely.geometry.mapping(polygons[i]),
                }
                for i in range(6)
            ],
        },
        "zone_counts.json": {"counts": {"Z0": 4, "Z1": 1, "Z2": 0, "Z3": None}},
        "issues.json": issues(60, side),
    }

    def source(name: str) -> Source:
        return Source(data=data[name]) if address is None else Source(address=address + name)

    return [
        GroundLayer(source("ground.json"), name="水系"),
        CellsLayer(source("cells.edges"), source("density.json"), Colouring("在办"), name="网格"),
        ShapesLayer(
            source("zones.geojson"),
            source("zone_counts.json"),
            Colouring("在办", "quantiles", "/km²"),
            key="zones",
            name="责任网格",
            complete=False,
        ),
        StreetsLayer(source("ground.json"), name="道路"),
        IssuesLayer(
            source("issues.json"),
            [IssueField("text", "描述")],
            link="/desk/{number}",
            name="案件",
        ),
    ]
