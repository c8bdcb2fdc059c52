"""How many cases of each duty dimension are there on these streets?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from wanmi.platform.casework.case_filters import C, CaseFilter, conditions

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

    from wanmi.platform.organisation.dimensions import DimensionTable
    from wanmi.platform.organisation.permits import Viewer


def dimension_counts(
    connection: Connection,
    streets: Collection[str],
    dimensions: DimensionTable,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
) -> dict[str, list[int]]:
    """Return the cases that the filter means by street, then in the order of `dimensions`.

    Streets without any are left out, and so are cases of classes that belong to no dimension.
    """
    rows = connection.execute(
        select(C.street_code, C.class_code, func.count())
        .where(C.street_code.in_(sorted(streets)), *conditions(asked, viewer, now))
        .group_by(C.street_code, C.class_code)
    )
    order = {code: at for at, code in enumerate(dimensions.by_code)}
    found: dict[str, list[int]] = {}
    for street, class_code, cases in rows:
        dimension = dimensions.of_class(class_code)
        if dimension is not None:
            found.setdefault(street, [0] * len(order))[order[dimension.code]] += cases
    return found
