"""Which components (部件) do reports name?

Read by code, in SQL: the register is too large to be kept in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from wanmi.gis.queries import within_box
from wanmi.gis.surroundings import ComponentHere
from wanmi.gis.tables import Component

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Select

    from wanmi.gis.points import Bounds

_COMPONENTS = Component.__table__
_COLUMNS = (
    _COMPONENTS.c.code,
    _COMPONENTS.c.name,
    _COMPONENTS.c.competent_code,
    _COMPONENTS.c.owner_code,
    _COMPONENTS.c.maintainer_code,
    _COMPONENTS.c.cell_code,
    func.ST_X(_COMPONENTS.c.shape).label("lon"),
    func.ST_Y(_COMPONENTS.c.shape).label("lat"),
    _COMPONENTS.c.state,
)


_MAJOR_AT, _MAJOR_DIGITS = 7, 2
"""Where the major class stands in a component's code (GB/T 47678.5-2026, 5.3): after the county."""


def components_in(bounds: Bounds, major: str | None = None) -> Select[Any]:
    """Return code, name, major, state, lon and lat of the components in `bounds`, by code.

    Args:
        bounds: CGCS2000 degrees; the edge belongs.
        major: two digits, or None for all.
    """
    table = _COMPONENTS.c
    its_major = func.substr(table.code, _MAJOR_AT, _MAJOR_DIGITS)
    rows = select(
        table.code,
        table.name,
        its_major.label("major"),
        table.state,
        func.ST_X(table.shape).label("lon"),
        func.ST_Y(table.shape).label("lat"),
    ).where(within_box(table.shape, bounds))
    if major is not None:
        rows = rows.where(its_major == major)
    return rows.order_by(table.code)


def component(connection: Connection, code: str) -> ComponentHere | None:
    """Return the component with this code (17 digits), or None."""
    return components(connection, [code]).get(code)


def components(connection: Connection, codes: Iterable[str]) -> dict[str, ComponentHere]:
    """Return the components with these codes, by code; what is not known is left out."""
    wanted = set(codes)
    if not wanted:
        return {}
    rows = connection.execute(select(*_COLUMNS).where(_COMPONENTS.c.code.in_(wanted)))
    return {row.code: ComponentHere(*row) for row in rows}
