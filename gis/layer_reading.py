"""What do the layers of the city hold right now? All rows that the surroundings of a place need.

Read together: when a load is committed in the middle, everything is read again, so that a street
of one edition never stands beside a zone of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import LargeBinary, func, select, type_coerce

from wanmi.gis import tables
from wanmi.gis.surroundings import ZoneHere

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from wanmi.gis.schema import Base

_COLUMNS: dict[str, tuple[type[Base], tuple[str, ...]]] = {
    "streets": (tables.Street, ("code", "name", "programme", "unit_code")),
    "frontages": (tables.Frontage, ("code", "name", "unit_code", "duties", "holder")),
    "sections": (tables.Section, ("code", "kind", "name", "grade", "unit_code")),
    "schools": (tables.School, ("code", "name")),
    "places": (tables.Place, ("code", "name", "kind")),
    "areas": (tables.Area, ("code", "kind", "name", "hours", "unit_code")),
    "parks": (tables.Park, ("code", "name", "unit_code")),
    "jurisdictions": (tables.Jurisdiction, ("code",)),
}
_LISTS = {"programme", "duties"}  # texts with ; between
_TRIES = 5


@dataclass(frozen=True, slots=True)
class LayersStamp:
    """Which state of the layers: equal stamps, equal layers.

    `last_load` alone would not do: of two loads at once the later number may be committed first,
    and a load may be undone.
    """

    last_load: int
    loads: int
    grid_edition: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a layer that have a shape, by code: values in the order of the columns above.

    `shapes` are in EPSG:4490 degrees, none empty.
    """

    values: tuple[tuple[Any, ...], ...]
    shapes: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class CellFacts:
    """What belongs to a current cell."""

    jurisdiction_code: str | None
    grade: str | None
    zones: tuple[ZoneHere, ...]


@dataclass(frozen=True, slots=True)
class Layers:
    """All layers at one moment; `rows` by the layer's name, the other two by code."""

    stamp: LayersStamp
    cells: Mapping[str, CellFacts]
    rows: Mapping[str, Rows]
    jurisdiction_parents: Mapping[str, str | None]


def layers_stamp(connection: Connection) -> LayersStamp:
    """Return the stamp of the layers as committed now: one short statement.

    Whoever holds a snapshot asks every few seconds, and loads a new one when the stamp differs.
    """
    loads, editions = tables.LayerLoad.__table__, tables.GridEdition.__table__
    edition = select(func.coalesce(func.max(editions.c.edition), 0)).scalar_subquery()
    row = connection.execute(
        select(func.coalesce(func.max(loads.c.id), 0), func.count(), edition).select_from(loads),
    ).one()
    return LayersStamp(*row)


def read_layers(connection: Connection) -> Layers:
    """Read every layer, all of one moment.

    Raises:
        TimeoutError: layers were loaded again and again while they were read.
    """
    stamp = layers_stamp(connection)
    for _ in range(_TRIES):
        cells = _read_cells(connection)
        rows = {name: _read_rows(connection, *spec) for name, spec in _COLUMNS.items()}
        parents = _read_parents(connection)
        before, stamp = stamp, layers_stamp(connection)
        if before == stamp:
            return Layers(stamp, cells, rows, parents)
    raise TimeoutError("Layers are being loaded all the time; try again in a minute.")


def _read_rows(connection: Connection, model: type[Base], names: tuple[str, ...]) -> Rows:
    table = model.__table__
    binary = type_coerce(func.ST_AsBinary(table.c.shape), LargeBinary)
    statement = select(binary, *(table.c[name] for name in names)).where(
        table.c.shape.is_not(None),
        func.ST_IsEmpty(table.c.shape).is_(False),
    )
    found = connection.execute(statement.order_by(table.c.code)).all()
    shapes = np.array(shapely.from_wkb([bytes(row[0]) for row in found]), dtype=object)
    lists = [name in _LISTS for name in names]
    values = tuple(
        tuple(
            _listed(value) if is_list else value
            for value, is_list in zip(row[1:], lists, strict=True)
        )
        for row in found
    )
    return Rows(values, shapes)


def _read_parents(connection: Connection) -> dict[str, str | None]:
    jurisdictions = tables.Jurisdiction.__table__
    rows = connection.execute(select(jurisdictions.c.code, jurisdictions.c.parent_code))
    return {row.code: row.parent_code for row in rows}


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (part.strip() for part in (text or "").split(";")) if part)


def _read_cells(connection: Connection) -> dict[str, CellFacts]:
    cells, zones, members = (
        model.__table__ for model in (tables.Cell, tables.Zone, tables.ZoneCell)
    )
    known = {
        row.code: ZoneHere(*row)
        for row in connection.execute(
            select(zones.c.code, zones.c.kind, zones.c.name, zones.c.unit_code),
        )
    }
    of_cell: dict[str, list[ZoneHere]] = {}
    for zone_code, codes in connection.execute(
        select(members.c.zone_code, func.array_agg(members.c.cell_code)).group_by(
            members.c.zone_code,
        ),
    ):
        # A zone made between the two statements: the stamp sees it, and all is read again.
        for code in codes if zone_code in known else ():
            of_cell.setdefault(code, []).append(known[zone_code])
    ordered = {
        code: tuple(sorted(here, key=lambda zone: (zone.kind, zone.code)))
        for code, here in of_cell.items()
    }
    current = select(cells.c.code, cells.c.jurisdiction_code, cells.c.grade).where(
        cells.c.valid_to.is_(None),
    )
    return {
        row.code: CellFacts(row.jurisdiction_code, row.grade, ordered.get(row.code, ()))
        for row in connection.execute(current)
    }
