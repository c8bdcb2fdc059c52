"""What does a new case look like, given a checked report and what lies around its place? Pure."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from wanmi.platform.casework.ledger import Kind
from wanmi.platform.casework.place_rules import Flag, flags_for, raised_priority
from wanmi.platform.organisation.responsibility import decide, territorial

if TYPE_CHECKING:
    from wanmi.platform.casework.intake import Checked
    from wanmi.platform.casework.locating import Here
    from wanmi.platform.casework.office import Office

REPORT = "report"
"""The move that makes a case."""


def draft(
    office: Office,
    checked: Checked,
    here: Here,
    number: str,
) -> dict[str, Any]:
    """Return the case as `recording.record` takes it."""
    report, sender, now = checked.arrival.report, checked.arrival.sender, checked.arrival.now
    matter = checked.matter
    decision = decide(office.rules, matter.code, here.facts)
    flags = flags_for(
        office.place_rules,
        matter.code,
        report.answers,
        here,
        report.observed_at.astimezone(office.city.time_zone),
    )
    step = office.workflow.apply(None, REPORT, {}, {f"move.{REPORT}"})
    state = office.workflow.states[step.next_state]
    clocks = [_started(office, effect.clock, effect.kind) for effect in step.effects]
    limits = [office.clocks[effect.clock].limit for effect in step.effects]
    due = [office.calendar.add(now, limit).moment for limit in limits if limit is not None]
    return {
        "number": number,
        "report_id": report.id,
        "content_hash": report.content_hash(),
        "account_id": sender.account_id,
        "follow_hash": checked.arrival.follow_hash,
        "class_code": matter.code,
        "edition": matter.edition,
        "component_id": report.component_id,
        "condition_code": report.condition,
        "source": report.source,
        "description": report.description,
        "answers": dict(report.answers),
        "original_lon": report.location.lon,
        "original_lat": report.location.lat,
        "original_datum": report.location.datum.value,
        "accuracy_m": report.accuracy_m,
        "lon": checked.place.lon,
        "lat": checked.place.lat,
        **here.columns(),
        "territorial_unit": territorial(office.register, here.facts),
        "suggested_unit": decision.unit_code,
        "trace": decision.compact(),
        "flags": [_flag(flag) for flag in flags],
        "priority": raised_priority(matter.priority, flags),
        "observed_at": report.observed_at.astimezone(UTC),
        "sent_at": report.sent_at and report.sent_at.astimezone(UTC),
        "received_at": now,
        "clock_suspect": checked.clock_suspect,
        "state": state.name,
        "state_type": state.type.value,
        "stage_due_at": min(due, default=None),
        "role": sender.role,
        "move": REPORT,
        "given": {},
        "clocks": clocks,
    }


def _started(office: Office, clock: str, kind: Kind) -> dict[str, Any]:
    limit = office.clocks[clock].limit if kind is Kind.START else None
    return {
        "clock": clock,
        "kind": kind.value,
        "rule": f"move.{REPORT}",
        "amount": limit.amount if limit else None,
        "unit": limit.unit.value if limit else None,
    }


def _flag(flag: Flag) -> dict[str, str]:
    return {
        "code": flag.code,
        "effect": flag.effect,
        "text_zh": flag.text_zh,
        "text_en": flag.text_en,
        "place_code": flag.place_code,
    }
