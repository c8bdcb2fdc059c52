"""How do cases stand on a map and in the list beside it: one short row each?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanmi.platform.casework.lights import warn_at
from wanmi.web.presenters.cases import in_chinese, named, unit_body

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from wanmi.platform.casework.evidence import Photo
    from wanmi.platform.casework.office import Office

Json = dict[str, Any]

COLUMNS = (
    "number",
    "lon",
    "lat",
    "sign",
    "state",
    "status",
    "class",
    "place",
    "unit",
    "cell",
    "priority",
    "received",
    "warn",
    "due",
)
"""`sign`: ok, soon, late or done. `received`, `warn`, `due`: seconds since 1970, the last two empty
for cases that no clock runs for."""

PLACES = 6
"""Decimal places of a degree: about a tenth of a metre."""


def points_body(
    office: Office,
    cases: Sequence[Mapping[str, Any]],
    now: datetime,
) -> Json:
    """Return `{columns, rows}` in the reader's language."""
    return {"columns": COLUMNS, "rows": [_row(office, case, now) for case in cases]}


def _row(office: Office, case: Mapping[str, Any], now: datetime) -> list[Any]:
    matter = office.catalogue.matters.get(case["class_code"])
    state = office.workflow.states[case["state"]]
    unit = unit_body(office, case["unit_code"] or case["suggested_unit"]) or {}
    warn, due = warn_at(office, case), case["stage_due_at"]
    return [
        case["number"],
        round(case["lon"], PLACES),
        round(case["lat"], PLACES),
        sign_of(case, warn, now),
        case["state_type"],
        state.label_zh if in_chinese() else state.label_en,
        named(matter) if matter else case["class_code"],
        case["street_name"] or "",
        unit.get("name", ""),
        case["cell_code"] or "",
        case["priority"],
        _seconds(case["received_at"]),
        _seconds(warn),
        _seconds(due),
    ]


def sign_of(case: Mapping[str, Any], warn: datetime | None, now: datetime) -> str:
    """Say how a case stands against the time of its stage; `done` when it has ended."""
    if case["state_type"] != "open":
        return "done"
    due = case["stage_due_at"]
    if due is not None and due < now:
        return "late"
    return "soon" if warn is not None and warn <= now else "ok"


def _seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def photos_body(photos: Sequence[Photo]) -> list[Json]:
    """Return the photos of a case without anything private."""
    return [
        {
            "id": str(photo.id),
            "stage": photo.stage.value if photo.stage else None,
            "width": photo.width,
            "height": photo.height,
            "received_at": photo.received_at.isoformat(),
        }
        for photo in photos
    ]
