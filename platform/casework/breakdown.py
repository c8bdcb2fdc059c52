"""Whose are the cases of a filter, of which class, where, and where is it worst?

Counted from the case table under the one filter. Only the rows that are asked for get a place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, false, func, literal, null, or_, select, true

from wanmi.gis.tables import Cell, Street, Zone, ZoneCell
from wanmi.platform.casework.case_filters import C, CaseFilter, conditions, stated
from wanmi.platform.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select, Subquery

    from wanmi.platform.casework.periods import Period
    from wanmi.platform.organisation.permits import Viewer

_KEYS: dict[str, ColumnElement[Any]] = {
    "unit": func.coalesce(C.unit_code, C.suggested_unit),
    "major": func.left(C.class_code, 2),
    "class": C.class_code,
    "street": C.street_code,
    "model_street": C.street_code,
    "cell": C.cell_code,
    "zone": C.cell_code,
}
BY = tuple(_KEYS)
SIZES = {"cell": "km2", "zone": "km2", "street": "km", "model_street": "km"}
"""What has a size, and in which unit."""

CRITERIA = ("all", "open", "overdue", "per_km2", "per_km", "rising")
COUNTS = ("all", "open", "overdue")
COMPARED = ("recent", "before")
INSPECTION = "inspection"
M2_IN_KM2, M_IN_KM = 1e6, 1e3


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What is measured by: the period that `rising` looks at, the one before it, the plane."""

    period: Period
    before: Period
    plane_epsg: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """By what cases are counted, what makes a row worse than another, and how many are wanted."""

    by: str
    criterion: str = "all"
    limit: int = 10

    def __post_init__(self) -> None:
        """Refuse a rate of what has no such size.

        Raises:
            Invalid: naming the field `criterion`.
        """
        rate = self.criterion.partition("per_")[2]
        if rate and SIZES.get(self.by) != rate:
            sentence = (
                "Cases per km² are counted for cells and zones, cases per km for streets only."
            )
            raise Invalid(sentence, errors=(FieldError("criterion", sentence),))


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Rows, worst first, and whether there are more."""

    rows: list[dict[str, Any]]
    more: bool


def breakdown(
    connection: Connection,
    ranking: Ranking,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    yardstick: Yardstick,
) -> Breakdown:
    """Return the codes with a value above zero by the criterion, greatest first, in one statement.

    Each row: `code`; `all` (what the filter means), of these `open` and `overdue`; by the criterion
    `rising` also `recent` and `before` (received in the period compared and in the one before it,
    whatever their state), else null, since two periods of cases are many more than open ones;
    `size` (km² or km, null where there is none), `name`, `unit_code` and `jurisdiction_code` of
    ground, `lon` and `lat` of a place on it in CGCS2000 degrees.
    """
    found = connection.execute(statement(ranking, asked, viewer, now, yardstick))
    rows = [dict(row) for row in found.mappings()]
    return Breakdown(rows[: ranking.limit], len(rows) > ranking.limit)


def statement(
    ranking: Ranking,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    yardstick: Yardstick,
) -> Select[Any]:
    """Return the statement of `breakdown`; it finds one row more than the limit."""
    counted = _counted(ranking, asked, viewer, now, yardstick).cte("counted")
    ground = _GROUND.get(ranking.by, _no_ground)(counted, yardstick.plane_epsg).subquery("ground")
    value = _value(ranking.criterion, ground)
    worst = (
        select(ground)
        .where(value > 0)
        .order_by(value.desc(), ground.c["all"].desc(), ground.c.code)
        .limit(ranking.limit + 1)
        .subquery("worst")
    )
    told = [column for column in worst.c if column.name != "shape"]
    if ranking.by not in SIZES:
        return select(*told)
    # On a line the place nearest to its middle, in a polygon one inside.
    spot = func.ST_ClosestPoint(worst.c.shape, func.ST_PointOnSurface(worst.c.shape))
    ordered = _value(ranking.criterion, worst)
    return select(*told, func.ST_X(spot).label("lon"), func.ST_Y(spot).label("lat")).order_by(
        ordered.desc(), worst.c["all"].desc(), worst.c.code
    )


def _counted(
    ranking: Ranking,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    yardstick: Yardstick,
) -> Select[Any]:
    """Count by the key; the filter's state and time say what is meant, not what is compared."""
    rising = ranking.criterion == "rising"
    whole = replace(asked, status=None, overdue=None, since=None, until=None)
    part = CaseFilter(
        status=asked.status, overdue=asked.overdue, since=asked.since, until=asked.until
    )
    meant = and_(true(), *stated(part, now))
    recent, before = _received(yardstick.period), _received(yardstick.before)
    is_open = C.state_type == "open"
    counts: dict[str, ColumnElement[bool]] = {
        "all": meant,
        "open": and_(meant, is_open),
        "overdue": and_(meant, is_open, C.stage_due_at < now),
        **({"recent": recent, "before": before} if rising else {}),
    }
    key = _KEYS[ranking.by].label("code")
    return (
        select(
            key,
            *(func.count().filter(what).label(name) for name, what in counts.items()),
            *(null().cast(BigInteger).label(name) for name in COMPARED if not rising),
        )
        .where(
            *conditions(whole, viewer, now),
            key.is_not(None),
            or_(meant, recent, before) if rising else meant,
        )
        .group_by(key)
    )


def _received(period: Period) -> ColumnElement[bool]:
    if period.since >= period.until:
        return false()
    return and_(C.received_at >= period.since, C.received_at < period.until)


def _value(criterion: str, rows: Subquery) -> ColumnElement[Any]:
    if criterion == "rising":
        return rows.c.recent - rows.c.before
    if criterion.startswith("per_"):
        return rows.c["all"] / func.nullif(rows.c.size, 0)
    column: ColumnElement[Any] = rows.c[criterion]
    return column


def _no_ground(counted: Any, _: int) -> Select[Any]:  # noqa: ANN401 - a CTE
    return select(counted)


def _cells(counted: Any, epsg: int) -> Select[Any]:  # noqa: ANN401 - a CTE
    t = Cell.__table__.c
    return select(
        counted,
        (_area_m2(epsg) / M2_IN_KM2).label("size"),
        literal("").label("name"),
        null().label("unit_code"),
        t.jurisdiction_code,
        t.shape,
    ).join_from(
        counted, Cell.__table__, and_(t.code == counted.c.code, t.valid_to.is_(None)), isouter=True
    )


def _streets(counted: Any, epsg: int) -> Select[Any]:  # noqa: ANN401 - a CTE
    t = Street.__table__.c
    length_m = func.ST_Length(func.ST_Transform(t.shape, epsg))
    return select(
        counted,
        (length_m / M_IN_KM).label("size"),
        t.name,
        t.unit_code,
        t.jurisdiction_code,
        t.shape,
    ).join_from(counted, Street.__table__, t.code == counted.c.code)


def _model_streets(counted: Any, epsg: int) -> Select[Any]:  # noqa: ANN401 - a CTE
    return _streets(counted, epsg).where(Street.__table__.c.programme.is_not(None))


def _zones(counted: Any, epsg: int) -> Select[Any]:  # noqa: ANN401 - a CTE
    """Sum the cells of each inspection zone; its size is that of all its cells."""
    member, cell, zone = ZoneCell.__table__, Cell.__table__.c, Zone.__table__.c
    now = and_(cell.code == member.c.cell_code, cell.valid_to.is_(None))
    summed = (
        select(
            member.c.zone_code.label("code"),
            *(
                func.sum(counted.c[name]).cast(BigInteger).label(name)
                for name in (*COUNTS, *COMPARED)
            ),
            (func.sum(_area_m2(epsg)) / M2_IN_KM2).label("size"),
        )
        .select_from(
            member.outerjoin(Cell.__table__, now).outerjoin(
                counted, counted.c.code == member.c.cell_code
            )
        )
        .where(member.c.kind == INSPECTION)
        .group_by(member.c.zone_code)
        .subquery("summed")
    )
    return select(summed, zone.name, zone.unit_code, zone.jurisdiction_code, zone.shape).join_from(
        summed, Zone.__table__, zone.code == summed.c.code
    )


def _area_m2(epsg: int) -> ColumnElement[float]:
    """Return a cell's area: as delivered, else measured in the city's plane."""
    t = Cell.__table__.c
    measured = func.ST_Area(func.ST_Transform(t.shape, epsg))
    area: ColumnElement[float] = func.coalesce(t.area_m2, measured)
    return area


_GROUND: dict[str, Callable[[Any, int], Select[Any]]] = {
    "cell": _cells,
    "zone": _zones,
    "street": _streets,
    "model_street": _model_streets,
}
