"""How is an event said to a screen: enough for the map, no text that somebody wrote?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wanmi.platform.casework.outbox import Event

SAID = (
    "number",
    "case_number",
    "class_code",
    "source",
    "cell_code",
    "street_code",
    "street_name",
    "unit_code",
    "suggested_unit",
    "priority",
    "lon",
    "lat",
)


def event_body(event: Event) -> dict[str, Any]:
    """Return what happened and how the case stands now."""
    case = event.case
    due = case["due_at"]
    return {
        "at": event.at.isoformat(),
        "move": event.move,
        "to_state": event.to_state,
        "version": event.version,
        "status": case["state"],
        "status_type": case["state_type"],
        "received_at": case["received_at"].isoformat(),
        "due_at": due.isoformat() if due else None,
        **{key: case[key] for key in SAID},
    }
