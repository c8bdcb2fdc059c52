"""Which cases does a filter mean, as the condition of a query?

One filter serves list, map, figures and exports. Every condition keeps an index usable; the
viewer's rights are always part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from wanmi.gis.queries import envelope
from wanmi.gis.tables import ZoneCell
from wanmi.platform.casework.tables import Case
from wanmi.platform.organisation.visibility import visible

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from wanmi.gis.points import Bounds
    from wanmi.platform.organisation.permits import Viewer

C = Case.__table__.c
STATE_TYPES = ("open", "closed", "void")
MAJOR_DIGITS = 2


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What is asked for; None leaves a question out.

    Attributes:
        status: a type of state (open, closed, void) or a state's name.
        class_code: two digits (a major) or five.
        unit: the unit it was dispatched to, or is suggested for while nobody has it.
        since, until: by receipt, `since` included, `until` not.
        box: places in it or on its edge (CGCS2000 degrees).
        mine: only what the viewer has reported.
        text: part of the description, or the beginning of a number.
        numbers: report numbers; only these cases.
    """

    status: str | None = None
    class_code: str | None = None
    cell: str | None = None
    street: str | None = None
    zone: str | None = None
    unit: str | None = None
    source: str | None = None
    overdue: bool | None = None
    mine: bool = False
    since: datetime | None = None
    until: datetime | None = None
    box: Bounds | None = None
    text: str | None = None
    numbers: tuple[str, ...] | None = None


def conditions(
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
) -> list[ColumnElement[bool]]:
    """Return the conditions of `asked` for the eyes of `viewer`."""
    made = stated(asked, now)
    if asked.mine:
        made.append(C.account_id == viewer.account_id)
    return [seen_by(viewer), *made]


def stated(asked: CaseFilter, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of `asked` alone, for use beside those of a viewer."""
    return [
        make(value, now)
        for name, make in _CONDITIONS.items()
        if (value := getattr(asked, name)) is not None
    ]


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition for the cases that `viewer` may see."""
    return visible(
        viewer,
        jurisdiction=C.jurisdiction_code,
        unit=C.unit_code,
        reporter=C.account_id,
    )


def _status(value: str, _: datetime) -> ColumnElement[bool]:
    return (C.state_type if value in STATE_TYPES else C.state) == value


def _class(value: str, _: datetime) -> ColumnElement[bool]:
    if len(value) == MAJOR_DIGITS:
        return and_(C.class_code >= value, C.class_code < f"{value}:")
    return C.class_code == value


def _zone(value: str, _: datetime) -> ColumnElement[bool]:
    members = select(ZoneCell.cell_code).where(ZoneCell.zone_code == value)
    return C.cell_code.in_(members)


def _unit(value: str, _: datetime) -> ColumnElement[bool]:
    return or_(C.unit_code == value, and_(C.unit_code.is_(None), C.suggested_unit == value))


def _overdue(value: bool, now: datetime) -> ColumnElement[bool]:  # noqa: FBT001 - a filter's value
    late = and_(C.state_type == "open", C.stage_due_at < now)
    return late if value else ~func.coalesce(late, False)


def _box(value: Bounds, _: datetime) -> ColumnElement[bool]:
    # Coordinates decide: `&&` compares boxes of single precision, and a box may be one point.
    return and_(
        C.shape.bool_op("&&")(envelope(value)),
        func.ST_X(C.shape).between(value.min_lon, value.max_lon),
        func.ST_Y(C.shape).between(value.min_lat, value.max_lat),
    )


def _text(value: str, _: datetime) -> ColumnElement[bool]:
    return or_(
        C.description.contains(value, autoescape=True),
        C.number.startswith(value, autoescape=True),
        C.case_number.startswith(value, autoescape=True),
    )


_CONDITIONS: dict[str, Callable[[Any, datetime], ColumnElement[bool]]] = {
    "status": _status,
    "class_code": _class,
    "cell": lambda value, _: C.cell_code == value,
    "street": lambda value, _: C.street_code == value,
    "zone": _zone,
    "unit": _unit,
    "source": lambda value, _: C.source == value,
    "overdue": _overdue,
    "since": lambda value, _: C.received_at >= value,
    "until": lambda value, _: C.received_at < value,
    "box": _box,
    "text": _text,
    "numbers": lambda value, _: C.number.in_(value),
}
