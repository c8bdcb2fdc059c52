"""How many cases, and how many of them overdue, does a map show at which place while it is far off?

One heap a cell, as many as there are cells however many cases; and beside them what no cell of the
drawn grid counts: cases outside every cell, and in cells that are not drawn (ended, or another's).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import case as either
from sqlalchemy import func, select

from wanmi.gis.tables import Cell
from wanmi.platform.casework.case_filters import C, CaseFilter, conditions
from wanmi.platform.casework.density import density

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from wanmi.platform.casework.tally import Tally
    from wanmi.platform.organisation.permits import Viewer

GATHERED = 100
"""Parts of a degree over which cases without a cell are gathered: about a kilometre."""


@dataclass(frozen=True, slots=True)
class Heap:
    """Cases that stand near each other, at their middle (CGCS2000 degrees)."""

    lon: float
    lat: float
    cases: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Heaps:
    """Cases and overdue cases by cell, zero left out; and the heaps that no drawn cell counts."""

    cases: Mapping[str, int]
    overdue: Mapping[str, int]
    others: list[Heap]


def heaps(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    drawn: Collection[str],
    tally: Tally | None = None,
) -> Heaps:
    """Return the heaps of the cases that the filter means.

    Args:
        connection: to read with; outside transactions when `tally` is given.
        asked: the filter.
        viewer: whose eyes.
        now: what overdue is measured at.
        drawn: the codes of the cells that the map draws.
        tally: answers simple questions from memory.
    """
    cases = density(connection, "cell", asked, viewer, now, tally)
    overdue: dict[str, int] = {}
    if asked.overdue is not False:
        late = replace(asked, overdue=True)
        overdue = cases if asked.overdue else density(connection, "cell", late, viewer, now)
    missing = cases.keys() - set(drawn)
    others = [
        Heap(*middle, cases[code], overdue.get(code, 0))
        for code, middle in _middles(connection, missing).items()
    ]
    return Heaps(cases, overdue, [*others, *_without_cell(connection, asked, viewer, now)])


def _middles(connection: Connection, codes: Collection[str]) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of a point inside each cell, as the cell was last."""
    if not codes:
        return {}
    cells = Cell.__table__.c
    inside = func.ST_PointOnSurface(cells.shape)
    rows = connection.execute(
        select(cells.code, func.ST_X(inside), func.ST_Y(inside))
        .where(cells.code.in_(sorted(codes)))
        .order_by(cells.valid_from)
    )
    return {code: (lon, lat) for code, lon, lat in rows}


def _without_cell(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
) -> list[Heap]:
    lon, lat = func.ST_X(C.shape), func.ST_Y(C.shape)
    late: Any = either((C.state_type == "open", C.stage_due_at < now))
    columns = (func.avg(lon), func.avg(lat), func.count(), func.count().filter(late))
    rows = connection.execute(
        select(*columns)
        .where(*conditions(asked, viewer, now), C.cell_code.is_(None))
        .group_by(func.floor(lon * GATHERED), func.floor(lat * GATHERED))
    )
    return [Heap(*row) for row in rows]
