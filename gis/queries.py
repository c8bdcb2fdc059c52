"""Which rows of a layer are at, in or near a place? SQL expressions that execute nothing.

Everything narrows with the index on the stored degrees and then decides exactly: what covers a
place on the degrees, what is how far on the few candidates moved into the city's plane. The same
questions are answered from memory by `wanmi.gis.snapshot`; a test holds both equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Float, cast, func, select

from wanmi.gis import tables
from wanmi.gis.points import LAT_LIMIT, LON_LIMIT, Bounds
from wanmi.gis.schema import SRID

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

    from wanmi.gis.frames import Plane
    from wanmi.gis.points import LonLat
    from wanmi.gis.schema import Base

# A box in the plane is not quite one in degrees, and an edge of a layer that is straight in the
# plane may leave its own box in degrees: by less than a metre for edges up to 5 km.
_WIDER, _WIDER_M = 1.01, 1.0
_SIDE = np.linspace(-1.0, 1.0, 5)


def box_around(place: LonLat, within_m: float, plane: Plane) -> Bounds:
    """Return a box in degrees that holds all within `within_m` metres of `place` in `plane`.

    Raises:
        PlaceInvalid: the plane does not reach that far.
    """
    middle = plane.point(place)
    half_m = within_m * _WIDER + _WIDER_M
    across, along = np.meshgrid(_SIDE * half_m, _SIDE * half_m)
    lon, lat = plane.to_lonlat(middle.x_m + across, middle.y_m + along)
    return Bounds(
        max(float(lon.min()), -LON_LIMIT),
        max(float(lat.min()), -LAT_LIMIT),
        min(float(lon.max()), LON_LIMIT),
        min(float(lat.max()), LAT_LIMIT),
    )


def envelope(bounds: Bounds) -> ColumnElement[Any]:
    """Return `bounds` as a shape in the frame of the layers."""
    return func.ST_MakeEnvelope(
        bounds.min_lon,
        bounds.min_lat,
        bounds.max_lon,
        bounds.max_lat,
        SRID,
    )


def within_box(column: ColumnElement[Any], bounds: Bounds) -> ColumnElement[bool]:
    """Say that a shape touches or lies in `bounds`, edges included."""
    # Not `&&` alone: it compares boxes that are rounded to single precision, here about a metre.
    touches: ColumnElement[bool] = func.ST_Intersects(column, envelope(bounds))
    return touches


def covers(column: ColumnElement[Any], place: LonLat) -> ColumnElement[bool]:
    """Say that a shape covers `place`: inside or on its edge, decided on the stored degrees."""
    found: ColumnElement[bool] = func.ST_Covers(column, _point(place.lon, place.lat, SRID))
    return found


def distance_m(column: ColumnElement[Any], place: LonLat, plane: Plane) -> ColumnElement[float]:
    """Return the metres in `plane` from `place` to a shape, 0 inside it. Uses no index."""
    spot = plane.point(place)
    here = _point(spot.x_m, spot.y_m, plane.epsg)
    metres: ColumnElement[float] = func.ST_Distance(func.ST_Transform(column, plane.epsg), here)
    return metres


def cell_at(place: LonLat) -> Select[tuple[str]]:
    """Return the code of the current cell of `place`: of those that cover it the lowest code."""
    cells = tables.Cell.__table__
    # Materialised, or the planner may walk all cells in the order of their codes.
    here = (
        select(cells.c.code)
        .where(cells.c.valid_to.is_(None), covers(cells.c.shape, place))
        .cte("here")
        .prefix_with("MATERIALIZED")
    )
    return select(here.c.code).order_by(here.c.code).limit(1)


def cells_in(bounds: Bounds) -> Select[Any]:
    """Return code, grade, jurisdiction_code and shape of the current cells in `bounds`, by code."""
    cells = tables.Cell.__table__
    return (
        select(cells.c.code, cells.c.grade, cells.c.jurisdiction_code, cells.c.shape)
        .where(cells.c.valid_to.is_(None), within_box(cells.c.shape, bounds))
        .order_by(cells.c.code)
    )


def near(
    model: type[Base],
    names: tuple[str, ...],
    place: LonLat,
    within_m: float,
    plane: Plane,
) -> Select[Any]:
    """Return the rows of a layer within `within_m` metres of `place`, the nearest first.

    Args:
        model: a table of `wanmi.gis.tables` with `code` and `shape`.
        names: the columns wanted.
        place: CGCS2000 degrees.
        within_m: metres in `plane`; the limit itself belongs.
        plane: the city's plane.

    Returns:
        A select of `names` and `distance_m`, of equals the lowest code first.
    """
    table = model.__table__
    box = envelope(box_around(place, within_m, plane))
    # Materialised, so that only candidates are moved into the plane, and each of them once.
    found = (
        select(
            *(table.c[name] for name in dict.fromkeys(("code", *names))),
            distance_m(table.c.shape, place, plane).label("distance_m"),
        )
        .where(table.c.shape.bool_op("&&")(box))
        .cte("found")
        .prefix_with("MATERIALIZED")
    )
    return (
        select(*(found.c[name] for name in names), found.c.distance_m)
        .where(found.c.distance_m <= within_m)
        .order_by(found.c.distance_m, found.c.code)
    )


def nearest_street(place: LonLat, within_m: float, plane: Plane) -> Select[Any]:
    """Return the street of `place`: code, name, programme, unit_code, distance_m; at most one."""
    names = ("code", "name", "programme", "unit_code")
    return near(tables.Street, names, place, within_m, plane).limit(1)


def frontages_near(place: LonLat, within_m: float, plane: Plane) -> Select[Any]:
    """Return frontages: code, name, unit_code, duties, holder, distance_m."""
    names = ("code", "name", "unit_code", "duties", "holder")
    return near(tables.Frontage, names, place, within_m, plane)


def sections_near(place: LonLat, within_m: float, plane: Plane) -> Select[Any]:
    """Return sections: code, kind, name, grade, unit_code, distance_m."""
    names = ("code", "kind", "name", "grade", "unit_code")
    return near(tables.Section, names, place, within_m, plane)


def schools_near(place: LonLat, within_m: float, plane: Plane) -> Select[Any]:
    """Return schools: code, name, distance_m to the outline, 0 inside."""
    return near(tables.School, ("code", "name"), place, within_m, plane)


def nearest_place(place: LonLat, within_m: float, plane: Plane) -> Select[Any]:
    """Return the nearest named place: code, name, kind, distance_m; at most one."""
    return near(tables.Place, ("code", "name", "kind"), place, within_m, plane).limit(1)


def components_near(place: LonLat, within_m: float, plane: Plane) -> Select[Any]:
    """Return components: code, name, state, cell_code, lon, lat in degrees, distance_m."""
    found = near(
        tables.Component,
        ("code", "name", "state", "cell_code", "shape"),
        place,
        within_m,
        plane,
    ).subquery("near")
    return select(
        *(found.c[name] for name in ("code", "name", "state", "cell_code")),
        func.ST_X(found.c.shape).label("lon"),
        func.ST_Y(found.c.shape).label("lat"),
        found.c.distance_m,
    ).order_by(found.c.distance_m, found.c.code)


def areas_at(place: LonLat) -> Select[Any]:
    """Return the areas that cover `place`, by code: code, kind, name, hours, unit_code."""
    return _covering(tables.Area, ("code", "kind", "name", "hours", "unit_code"), place)


def parks_at(place: LonLat) -> Select[Any]:
    """Return the parks that cover `place`, by code: code, name, unit_code."""
    return _covering(tables.Park, ("code", "name", "unit_code"), place)


def jurisdictions_at(place: LonLat) -> Select[Any]:
    """Return the jurisdictions that cover `place`, by code: code, parent_code."""
    return _covering(tables.Jurisdiction, ("code", "parent_code"), place)


def _covering(model: type[Base], names: tuple[str, ...], place: LonLat) -> Select[Any]:
    table = model.__table__
    here = (
        select(*(table.c[name] for name in names))
        .where(covers(table.c.shape, place))
        .cte("here")
        .prefix_with("MATERIALIZED")
    )
    return select(here).order_by(here.c.code)


def _point(first: float, second: float, srid: int) -> ColumnElement[Any]:
    point = func.ST_Point(cast(first, Float(53)), cast(second, Float(53)))
    return func.ST_SetSRID(point, srid)
