"""A small made-up town in the city's frame: cells with crooked borders, and rows for any layer."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from wanmi.gis.files import LayerFile, Member, Row
from wanmi.gis.files.rowshapes import fit_shapes
from wanmi.gis.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

WEST, SOUTH = 109.02, 32.68
STEP = 0.001
"""About 94 m east and 111 m north."""

COMMUNITY = "610902001003"
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def cell_code(number: int, community: str = COMMUNITY) -> str:
    """Return the code of the cell `number` of the town, from 1."""
    return f"{community}{number:03d}"


def cell_shapes(columns: int, rows: int, *, seed: int = 1) -> list[shapely.Polygon]:
    """Return columns x rows seamless cells from the south-west, row by row, borders crooked."""
    dice = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0)), axis=-1)
    corners += dice.uniform(-0.25, 0.25, corners.shape)
    corners = corners * STEP + (WEST, SOUTH)
    across = _bent(corners[:, :-1], corners[:, 1:], dice)
    upward = _bent(corners[:-1], corners[1:], dice)
    shapes = []
    for y in range(rows):
        for x in range(columns):
            ring = [
                corners[y, x], across[y, x], corners[y, x + 1], upward[y, x + 1],
                corners[y + 1, x + 1], across[y + 1, x], corners[y + 1, x], upward[y, x],
            ]  # fmt: skip
            shapes.append(shapely.Polygon(ring))
    return shapes


def _bent(
    start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], dice: np.random.Generator
) -> npt.NDArray[np.float64]:
    middle = (start + end) / 2
    return middle + dice.uniform(-0.1, 0.1, middle.shape) * STEP


def layer_file(
    layer: str,
    rows: Iterable[tuple[dict[str, Any], Any]],
    *,
    members: Sequence[tuple[str, str]] | None = None,
    lacks: Iterable[str] = (),
) -> LayerFile:
    """Return what a file with `rows` (values by column, shape) would bring to `layer`.

    It has all columns of the layer, empty where a row says nothing, but not those that it `lacks`.
    """
    made = list(rows)
    fitted = fit_shapes(LAYERS[layer], np.array([shape for _, shape in made], dtype=object))
    assert not fitted.faults, fitted.faults
    columns = [field.column for field in LAYERS[layer].fields if field.column not in set(lacks)]
    blank = dict.fromkeys(columns, None)
    return LayerFile(
        layer=LAYERS[layer],
        name=layer,
        sha256=hashlib.sha256(repr((made, members)).encode()).hexdigest(),
        frame="EPSG:4490",
        encoding="utf-8",
        rows=tuple(
            Row(number, blank | values, shape)
            for number, ((values, _), shape) in enumerate(zip(made, fitted.shapes, strict=True), 1)
        ),
        members=None
        if members is None
        else tuple(Member(zone, cell, row) for row, (zone, cell) in enumerate(members, 1)),
    )


def cells_file(
    shapes: Sequence[Any], *, first: int = 1, since: date = date(2024, 1, 1), **more: object
) -> LayerFile:
    """Return a file of current cells with these shapes, codes counted up from `first`."""
    return layer_file(
        "cells",
        [
            ({"code": cell_code(number), "valid_from": since} | more, shape)
            for number, shape in enumerate(shapes, first)
        ],
    )
