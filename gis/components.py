"""Which components (部件) do reports name?

Read by code, in SQL: the register is too large to be kept in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from wanmi.gis.surroundings import ComponentHere
from wanmi.gis.tables import Component

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

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
