"""How is what happened to a case said: its journal and its clocks?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanmi.platform.casework import clock
from wanmi.web.presenters.cases import in_chinese, moment, unit_body

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from wanmi.platform.casework.ledger import Entry
    from wanmi.platform.casework.office import Office
    from wanmi.platform.organisation.permits import Viewer


def history_body(
    office: Office,
    journal: Sequence[Mapping[str, Any]],
    ledger: Sequence[Entry],
    viewer: Viewer,
    now: datetime,
) -> dict[str, Any]:
    """Return `{journal: […], clocks: […], ledger: […]}`; who acted only to those who may know."""
    return {
        "journal": [_entry(office, row, viewer) for row in journal],
        "clocks": [
            _clock(office, name, ledger, now) for name in dict.fromkeys(e.clock for e in ledger)
        ],
        "ledger": [
            {
                "clock": entry.clock,
                "kind": entry.kind.value,
                "at": moment(entry.at),
                "rule": entry.rule,
                "limit": {"amount": entry.limit.amount, "unit": entry.limit.unit.value}
                if entry.limit
                else None,
            }
            for entry in ledger
        ],
    }


def _entry(office: Office, row: Mapping[str, Any], viewer: Viewer) -> dict[str, Any]:
    state = office.workflow.states[row["to_state"]]
    role = office.roles.by_code.get(row["role"])
    said = {
        "version": row["version"],
        "at": moment(row["at"]),
        "move": row["move"],
        "from_state": row["from_state"],
        "to_state": row["to_state"],
        "to_label": state.label_zh if in_chinese() else state.label_en,
        "role": (role.name_zh if in_chinese() else role.name_en) if role else row["role"],
        "given": {key: value for key, value in row["given"].items() if key != "unit"},
        "unit": unit_body(office, row["given"].get("unit")),
    }
    if viewer.may("case.see_reporter"):
        said["account_id"] = row["account_id"]
    return said


def _clock(office: Office, name: str, ledger: Sequence[Entry], now: datetime) -> dict[str, Any]:
    rule = office.clocks.get(name)
    found = clock.read(ledger, name, now, office.calendar)
    return {
        "clock": name,
        "label": (rule.label_zh if in_chinese() else rule.label_en) if rule else name,
        "phase": found.phase.value,
        "light": found.light.value,
        "overdue": found.overdue,
        "due_at": moment(found.due.moment) if found.due else None,
        "provisional": bool(found.due and found.due.provisional),
        "spent": found.spent,
        "limit": {"amount": found.limit.amount, "unit": found.limit.unit.value}
        if found.limit
        else None,
    }
