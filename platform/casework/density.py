"""How many cases are there in each cell, on each street, in each zone?

From the counters when the question is one that they answer (all classes, or one major); else from
the index on open cases.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, DateTime, cast, func, literal, select

from wanmi.gis.tables import ZoneCell
from wanmi.platform.casework.case_filters import MAJOR_DIGITS, C, CaseFilter, conditions
from wanmi.platform.casework.tables import CaseCount
from wanmi.platform.organisation.visibility import in_jurisdiction

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Select, Subquery

    from wanmi.platform.casework.tally import Tally
    from wanmi.platform.organisation.permits import Viewer

BY = ("cell", "street", "zone")
N = CaseCount.__table__.c


def density(
    connection: Connection,
    by: str,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    tally: Tally | None = None,
) -> dict[str, int]:
    """Return the number of cases by code; what has none is left out.

    `by` is one of `BY`. A viewer whose scope is narrower than the jurisdiction sees its own cases
    counted, and nobody else's. With a `tally` (and then outside transactions) counters of cells
    and streets are answered from memory.
    """
    counted = _counted(asked, viewer)
    if counted is not None and tally is not None and by in _KEPT:
        return tally.by(connection, f"{by}_code", counters_of(asked, viewer))
    inner = (_queried(asked, viewer, now) if counted is None else counted).subquery()
    query = _by_zone(inner) if by == "zone" else _by_column(inner, f"{by}_code")
    return {code: int(cases) for code, cases in connection.execute(query) if cases}


def counts_tell(asked: CaseFilter, viewer: Viewer, more: Collection[str] = ()) -> bool:
    """Say whether the counters answer this question; `more` are parts of a filter beside ours."""
    given = {one.name for one in fields(asked) if getattr(asked, one.name) != one.default}
    major = asked.class_code
    return (
        viewer.scope == "jurisdiction"
        and given <= {*_SIMPLE, *more}
        and asked.status in {None, "open", "closed", "void"}
        and (major is None or len(major) == MAJOR_DIGITS)
    )


def density_in_steps(
    connection: Connection,
    by: str,
    asked: CaseFilter,
    starts: Sequence[datetime],
    viewer: Viewer,
    now: datetime,
) -> dict[str, list[tuple[int, int]]]:
    """Return for each code the steps in which cases were received, and how many.

    Args:
        connection: to read with.
        by: one of `BY`.
        asked: the filter; its own times hold too.
        starts: the moments at which the steps begin, rising; each lasts until the next one, the
            last one until `asked.until`, or for ever.
        viewer: whose eyes.
        now: what overdue is measured at.
    """
    edges = cast(list(starts), ARRAY(DateTime(timezone=True)))
    step = (func.width_bucket(C.received_at, edges) - 1).label("step")
    inner = (
        select(C.cell_code, C.street_code, step)
        .where(*conditions(asked, viewer, now), C.received_at >= starts[0])
        .subquery()
    )
    code = inner.c.street_code if by == "street" else inner.c.cell_code
    query = select(code, inner.c.step, func.count()).where(code.is_not(None))
    query = query.group_by(code, inner.c.step)
    if by == "zone":
        cells = query.subquery()
        cell, step_of, cases = list(cells.c)
        query = (
            select(ZoneCell.zone_code, step_of, func.sum(cases))
            .join_from(cells, ZoneCell, ZoneCell.cell_code == cell)
            .group_by(ZoneCell.zone_code, step_of)
        )
    found: dict[str, list[tuple[int, int]]] = {}
    for name, at, cases in connection.execute(query.order_by(None)):
        found.setdefault(name, []).append((int(at), int(cases)))
    return {name: sorted(steps) for name, steps in found.items()}


_SIMPLE = {"status", "class_code"}
_KEPT = {"cell", "street"}


def _counted(asked: CaseFilter, viewer: Viewer) -> Select[*tuple[Any, ...]] | None:
    """Return the counters' answer, or None when the question is not theirs."""
    if not counts_tell(asked, viewer):
        return None
    query = select(N.cell_code, N.street_code, N.cases).where(
        in_jurisdiction(viewer, N.jurisdiction_code)
    )
    if asked.status is not None:
        query = query.where(N.state_type == asked.status)
    if asked.class_code is not None:
        query = query.where(N.major == asked.class_code)
    return query


def counters_of(asked: CaseFilter, viewer: Viewer) -> dict[str, Collection[str]]:
    """Return which counters a tally adds up for this filter, cell and street included."""
    only: dict[str, Collection[str]] = {}
    if not viewer.whole_city:
        only["jurisdiction_code"] = viewer.jurisdictions
    if asked.status is not None:
        only["state_type"] = (asked.status,)
    if asked.class_code is not None:
        only["major"] = (asked.class_code,)
    if asked.cell is not None:
        only["cell_code"] = (asked.cell,)
    if asked.street is not None:
        only["street_code"] = (asked.street,)
    return only


def _queried(
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
) -> Select[*tuple[Any, ...]]:
    return select(
        func.coalesce(C.cell_code, "").label("cell_code"),
        func.coalesce(C.street_code, "").label("street_code"),
        literal(1).label("cases"),
    ).where(*conditions(asked, viewer, now))


def _by_column(inner: Subquery, column: str) -> Select[*tuple[Any, ...]]:
    code = inner.c[column]
    return select(code, func.sum(inner.c.cases)).where(code != "").group_by(code)


def _by_zone(inner: Subquery) -> Select[*tuple[Any, ...]]:
    # By cell first: far fewer rows meet the membership.
    cells = _by_column(inner, "cell_code").subquery()
    code, cases = list(cells.c)
    return (
        select(ZoneCell.zone_code, func.sum(cases))
        .join_from(cells, ZoneCell, ZoneCell.cell_code == code)
        .group_by(ZoneCell.zone_code)
    )
