"""What does this installation remember of itself?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from wanmi.platform.casework.tables import InstallationNote

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_NOTES = InstallationNote.__table__


def note(connection: Connection, key: str, value: dict[str, Any], now: datetime) -> None:
    """Remember `value` under `key`, in place of what was there."""
    row = insert(InstallationNote).values(key=key, value=value, noted_at=now)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[_NOTES.c.key],
            set_={"value": row.excluded.value, "noted_at": row.excluded.noted_at},
        ),
    )


def noted(connection: Connection, key: str) -> dict[str, Any] | None:
    """Return what is remembered under `key`, or None."""
    found: dict[str, Any] | None = connection.execute(
        select(_NOTES.c.value).where(_NOTES.c.key == key),
    ).scalar_one_or_none()
    return found
