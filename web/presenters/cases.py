"""How is a case said in JSON: the receipt, the case, the feature?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flask_babel import get_locale, get_timezone, get_translations, gettext

from wanmi.platform.casework import moving
from wanmi.platform.kernel.limits import limit_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from wanmi.platform.casework.conditions import Condition
    from wanmi.platform.casework.office import Office
    from wanmi.platform.kernel.limits import Limit
    from wanmi.platform.organisation.permits import Viewer

Json = dict[str, Any]
RECEIPT_TIME = "%Y-%m-%d %H:%M:%S"


def in_chinese() -> bool:
    """Say whether this reader reads Chinese."""
    locale = get_locale()
    return locale is None or locale.language == "zh"


def named(item: object) -> str:
    """Return the name of a thing with `name_zh` and `name_en` in the reader's language."""
    name: str = getattr(item, "name_zh" if in_chinese() else "name_en")
    return name


def unit_body(office: Office, code: str | None) -> Json | None:
    """Return `{code, name}` of a unit."""
    if code is None:
        return None
    unit = office.register.by_code.get(code)
    return {"code": code, "name": named(unit) if unit else code}


def moment(value: datetime | None) -> str | None:
    """Write a moment in ISO 8601, in the city's own zone."""
    return value.astimezone(get_timezone()).isoformat() if value else None


def location_body(case: Mapping[str, Any]) -> Json:
    """Return what was said (`original`) and what was made of it (`stored`)."""
    return {
        "original": {
            "lon": case["original_lon"],
            "lat": case["original_lat"],
            "datum": case["original_datum"],
            "accuracy_m": case["accuracy_m"],
        },
        "stored": {"lon": case["lon"], "lat": case["lat"], "datum": "cgcs2000"},
    }


def place_body(office: Office, case: Mapping[str, Any]) -> Json:
    """Return cell, street and zones of a case, with the unit on whose ground it lies (属地)."""
    street = None
    if case["street_code"] is not None:
        street = {
            "code": case["street_code"],
            "name": case["street_name"],
            "distance_m": metres(case["street_distance_m"]),
        }
    return {
        "cell": {
            "code": case["cell_code"],
            "match": case["cell_match"],
            "distance_m": metres(case["cell_distance_m"]),
            "unit": unit_body(office, case["territorial_unit"]),
        },
        "street": street,
        "zones": case["zones"],
    }


def metres(value: float | None) -> float | None:
    """Return a distance to the centimetre; None when there is nothing that far or farther."""
    return None if value is None or math.isinf(value) else round(value, 2)


def expected_limit(office: Office, case: Mapping[str, Any]) -> Json:
    """Return how long handling may take from dispatch: a forecast until a condition is chosen."""
    chosen = case["condition_code"]
    condition = (
        office.catalogue.condition(case["class_code"], chosen)
        if chosen
        else office.catalogue.default_condition(case["class_code"])
    )
    return forecast(condition, open_yet=chosen is None or case["state"] == "reported")


def forecast(condition: Condition, *, open_yet: bool) -> Json:
    """Return the limit of a condition; `open_yet` says that another may still be chosen."""
    return {
        **limit_body(condition.limit),
        "condition": condition.code,
        "forecast": open_yet,
        "source": condition.source,
    }


def limit_body(limit: Limit) -> Json:
    """Return a limit as amount and unit, and as people say it."""
    phrase = limit_words(limit)
    words = get_translations().ugettext(phrase.msgid) % phrase.values
    return {"amount": limit.amount, "unit": limit.unit.value, "words": words}


def flags_body(case: Mapping[str, Any]) -> list[Json]:
    """Return what the rules of place and time said, in the reader's language."""
    text = "text_zh" if in_chinese() else "text_en"
    flags = [
        {"code": flag["code"], "effect": flag["effect"], "text": flag[text]}
        for flag in case["flags"]
    ]
    if case["clock_suspect"]:
        words = gettext(
            "The time of the report lies ahead of our clock: set the phone's clock right. What "
            "counts is when we received it."
        )
        flags.append({"code": "clock_suspect", "effect": "check", "text": words})
    if case["cell_match"] == "none":
        words = gettext("The place lies outside the grid; a person will assign it.")
        flags.append({"code": "outside_grid", "effect": "check", "text": words})
    return flags


def receipt_body(office: Office, case: Mapping[str, Any]) -> Json:
    """Return the answer to a report."""
    unit = unit_body(office, case["suggested_unit"])
    return {
        "number": case["number"],
        "id": str(case["report_id"]),
        "status": case["state"],
        "location": location_body(case),
        **place_body(office, case),
        "suggested_unit": unit,
        "trace": case["trace"],
        "flags": flags_body(case),
        "stage_due_at": moment(case["stage_due_at"]),
        "expected_limit": expected_limit(office, case),
        "receipt": gettext(
            "Received at %(time)s. Number %(number)s; suggested unit: %(unit)s.",
            time=case["received_at"].astimezone(office.city.time_zone).strftime(RECEIPT_TIME),
            number=case["number"],
            unit=unit["name"] if unit else "",
        ),
    }


def case_body(office: Office, case: Mapping[str, Any], viewer: Viewer, now: datetime) -> Json:
    """Return a case for a list or a card."""
    matter = office.catalogue.matters.get(case["class_code"])
    state = office.workflow.states[case["state"]]
    body = {
        "number": case["number"],
        "case_number": case["case_number"],
        "id": str(case["report_id"]),
        "version": case["version"],
        "class": {
            "code": case["class_code"],
            "name": named(matter) if matter else case["class_code"],
            "edition": case["edition"],
        },
        "component_id": case["component_id"],
        "condition": case["condition_code"],
        "description": case["description"],
        "source": case["source"],
        "status": case["state"],
        "status_type": case["state_type"],
        "status_label": state.label_zh if in_chinese() else state.label_en,
        "location": location_body(case),
        **place_body(office, case),
        "suggested_unit": unit_body(office, case["suggested_unit"]),
        "unit": unit_body(office, case["unit_code"]),
        "flags": flags_body(case),
        "priority": case["priority"],
        "observed_at": moment(case["observed_at"]),
        "received_at": moment(case["received_at"]),
        "stage_due_at": moment(case["stage_due_at"]),
        "due_at": moment(case["due_at"]),
        "due_provisional": case["due_provisional"],
        "ended_at": moment(case["ended_at"]),
        "overdue": _is_overdue(case, now),
        "expected_limit": expected_limit(office, case),
    }
    if viewer.may("case.see_reporter"):
        body["reporter_id"] = case["account_id"]
    return body


def _is_overdue(case: Mapping[str, Any], now: datetime) -> bool:
    due = case["stage_due_at"]
    return case["state_type"] == "open" and due is not None and due < now


def moves_body(office: Office, case: Mapping[str, Any], viewer: Viewer, choices: Any) -> list[Json]:  # noqa: ANN401
    """Return the moves that `viewer` may make with this case now, with what each requires."""
    return [
        {
            "move": move.name,
            "label": move.label_zh if in_chinese() else move.label_en,
            "requires": [
                {"field": needed.field, **_options(needed.options or choices.get(needed.field))}
                for needed in move.requires
            ],
            "takes": list(move.takes),
        }
        for move in moving.moves(office, case, viewer)
    ]


def _options(options: Iterable[str] | None) -> Json:
    return {} if options is None else {"options": list(options)}


def features(bodies: Iterable[Json]) -> Json:
    """Return cases as a GeoJSON FeatureCollection (RFC 7946: longitude first)."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": body["number"],
                "geometry": {
                    "type": "Point",
                    "coordinates": [
                        body["location"]["stored"]["lon"],
                        body["location"]["stored"]["lat"],
                    ],
                },
                "properties": {key: value for key, value in body.items() if key != "location"},
            }
            for body in bodies
        ],
    }
