"""Which rows may a viewer see, as the condition of a query?

Every list, tile, density, export and event stream puts this condition into its statement; it says
the same as `Viewer.sees`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, or_, true

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from wanmi.platform.organisation.permits import Viewer


def in_jurisdiction(viewer: Viewer, jurisdiction: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition for rows that belong to ground and to nobody: layers, counters."""
    if viewer.whole_city:
        return true()
    return jurisdiction.in_(sorted(viewer.jurisdictions))


def visible(
    viewer: Viewer,
    *,
    jurisdiction: ColumnElement[Any],
    unit: ColumnElement[Any],
    reporter: ColumnElement[Any],
) -> ColumnElement[bool]:
    """Return the condition for rows with a unit and a reporter: cases and what hangs on them.

    Args:
        viewer: who asks.
        jurisdiction: column with the row's jurisdiction code.
        unit: column with the code of the unit that has the row now.
        reporter: column with the id of the account that reported it.
    """
    ground = in_jurisdiction(viewer, jurisdiction)
    if viewer.scope == "jurisdiction":
        return ground
    own = reporter == viewer.account_id
    theirs = unit.in_(sorted(viewer.units)) if viewer.scope == "unit" else false()
    return and_(ground, or_(own, theirs))
