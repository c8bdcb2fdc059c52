"""How is the clock ledger of a case kept in the database?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from wanmi.platform.casework.ledger import Entry, Kind
from wanmi.platform.casework.tables import ClockEntry
from wanmi.platform.kernel.limits import Limit, Unit

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ENTRIES = ClockEntry.__table__
_OF_CASE = (
    select(
        _ENTRIES.c.clock,
        _ENTRIES.c.kind,
        _ENTRIES.c.at,
        _ENTRIES.c.rule,
        _ENTRIES.c.amount,
        _ENTRIES.c.unit,
    )
    .where(_ENTRIES.c.case_id == bindparam("case_id"))
    .order_by(_ENTRIES.c.id)
)


def entries_of(connection: Connection, case_id: int) -> list[Entry]:
    """Return the ledger of a case in the order in which it was written."""
    return [
        Entry(
            row.clock,
            Kind(row.kind),
            row.at,
            row.rule,
            None if row.amount is None else Limit(row.amount, Unit(row.unit)),
        )
        for row in connection.execute(_OF_CASE, {"case_id": case_id})
    ]
