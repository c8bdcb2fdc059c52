"""Is the shape of a row one that its layer can store, and if not, can it be mended?

Polygons are stored in one canonical form (direction and start of rings, order of parts), so that
the same outline written by two programs is the same outline. Lines keep their direction: it says
which way a one-way street goes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from wanmi.gis.points import LAT_LIMIT, LON_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from wanmi.gis.layers import Layer, Shape

    Shapes = npt.NDArray[np.object_]

_POINT, _LINE, _POLYGON, _MULTI = 0, 1, 3, 4
_TYPES: dict[Shape, tuple[int, ...]] = {
    "point": (_POINT, _MULTI + _POINT),
    "line": (_LINE, _MULTI + _LINE),
    "polygon": (_POLYGON, _MULTI + 2),
}


@dataclass(slots=True)
class StoredShapes:
    """Shapes fit for the layer (None where there is none), with what was wrong, by index from 0."""

    shapes: Shapes
    faults: dict[int, str] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)


def fit_shapes(layer: Layer, shapes: Shapes) -> StoredShapes:
    """Make `shapes` (CGCS2000 degrees) fit for `layer`.

    Polygons that cross themselves are repaired with a note. Faults: no shape where the layer needs
    one, a shape of another kind, a place that is not on the earth, a polygon without an area.
    """
    fitted = StoredShapes(shapes.copy())
    _refuse(fitted, shapely.is_missing(shapes) | shapely.is_empty(shapes), _absent(layer))
    _refuse(
        fitted,
        ~np.isin(shapely.get_type_id(fitted.shapes), (*_TYPES[layer.shape], -1)),
        f"The shape is not a {layer.shape}.",
    )
    _refuse(
        fitted,
        _off_the_earth(fitted.shapes),
        "The shape is not on the earth; check its coordinates and the frame.",
    )
    _STORE[layer.shape](fitted)
    return fitted


def _absent(layer: Layer) -> str | None:
    return None if layer.shapeless else "The row has no shape."


def _refuse(fitted: StoredShapes, wrong: npt.NDArray[np.bool_], sentence: str | None) -> None:
    for index in np.flatnonzero(wrong):
        fitted.shapes[index] = None
        if sentence:
            fitted.faults.setdefault(int(index), sentence)


def _off_the_earth(shapes: Shapes) -> npt.NDArray[np.bool_]:
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    # Written so that NaN is wrong too.
    wrong = ~((np.abs(coordinates) <= (LON_LIMIT, LAT_LIMIT)).all(axis=1))
    off = np.zeros(len(shapes), dtype=bool)
    off[owner[wrong]] = True
    return off


def _store_polygons(fitted: StoredShapes) -> None:
    shapes = fitted.shapes
    for index in np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)):
        reason = shapely.is_valid_reason(shapes[index]).split("[")[0].lower()
        shapes[index] = shapely.make_valid(shapes[index], method="structure", keep_collapsed=False)
        fitted.notes[int(index)] = f"The outline was repaired ({reason})."
    parts, owner = shapely.get_parts(shapes, return_index=True)
    keep = (shapely.get_type_id(parts) == _POLYGON) & (shapely.area(parts) > 0)
    out = np.full(len(shapes), None, dtype=object)
    shapely.multipolygons(parts[keep], indices=owner[keep], out=out)
    had = ~shapely.is_missing(shapes)
    fitted.shapes = np.asarray(shapely.normalize(out), dtype=object)
    _refuse(fitted, had & shapely.is_missing(out), "The outline encloses no area.")


def _store_lines(fitted: StoredShapes) -> None:
    shapes = fitted.shapes
    parts, owner = shapely.get_parts(shapes, return_index=True)
    keep = shapely.length(parts) > 0
    out = np.full(len(shapes), None, dtype=object)
    shapely.multilinestrings(parts[keep], indices=owner[keep], out=out)
    had = ~shapely.is_missing(shapes)
    fitted.shapes = out
    _refuse(fitted, had & shapely.is_missing(out), "The line has no length.")


def _store_points(fitted: StoredShapes) -> None:
    many = shapely.get_num_geometries(fitted.shapes) > 1
    _refuse(fitted, many, "The row has several points; give each its own row.")
    parts, owner = shapely.get_parts(fitted.shapes, return_index=True)
    fitted.shapes[owner] = parts


_STORE: dict[Shape, Callable[[StoredShapes], None]] = {
    "polygon": _store_polygons,
    "line": _store_lines,
    "point": _store_points,
}
