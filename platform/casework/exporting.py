"""Which cases does an export hold, all of one moment, read without holding them all?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from wanmi.gis.errors import Sentence
from wanmi.platform.casework.case_filters import C, CaseFilter, conditions
from wanmi.platform.casework.case_queries import newest
from wanmi.platform.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from wanmi.platform.organisation.permits import Viewer

MOST_CASES = 100_000
"""The most cases that one file takes; a spreadsheet still opens it."""

ROWS_AT_ONCE = 1000


def refuse_too_many(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
    most: int = MOST_CASES,
) -> None:
    """Return when the filter means no more cases than one file takes.

    Raises:
        Invalid: it means more.
    """
    some = select(C.id).where(*conditions(asked, viewer, now)).limit(most + 1).subquery()
    if connection.execute(select(func.count()).select_from(some)).scalar_one() > most:
        raise Invalid(
            Sentence(
                "These are more than %(most)s cases; narrow the filter and export them in parts.",
                most=f"{most:,}",
            ),
        )


def exported_cases(
    connection: Connection,
    asked: CaseFilter,
    viewer: Viewer,
    now: datetime,
) -> Iterator[dict[str, Any]]:
    """Yield the cases as `case_rows.COLUMNS`, newest receipt first, a thousand in memory at a time.

    `connection` is in a transaction, which a cursor of the server needs.
    """
    query = newest(asked, viewer, now).execution_options(yield_per=ROWS_AT_ONCE)
    for row in connection.execute(query).mappings():
        yield dict(row)
