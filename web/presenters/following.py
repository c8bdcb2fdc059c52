"""What does a citizen read about a report of theirs?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from wanmi.web.maps.words import N_
from wanmi.web.presenters.cases import moment, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanmi.platform.casework.office import Office

WORDS: Mapping[str, str] = {
    "reported": N_("Received. A person looks at it."),
    "filed": N_("Accepted. It is being given to those who answer for it."),
    "dispatched": N_("Under way. Those who answer for it are at work."),
    "handled": N_("Done, as they say. It is being checked on the spot."),
    "closed": N_("Settled and closed."),
    "voided": N_("Not followed up: it was there already, or is no matter of the city."),
}
"""State of the workflow → sentence; a state that is not here is told by its kind."""

KINDS: Mapping[str, str] = {
    "open": N_("Under way."),
    "closed": N_("Settled and closed."),
    "void": N_("Not followed up: it was there already, or is no matter of the city."),
}


def followed_body(office: Office, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return status in words and times; nothing of place, people or units."""
    words = WORDS.get(case["state"]) or KINDS[case["state_type"]]
    matter = office.catalogue.matters.get(case["class_code"])
    return {
        "number": case["number"],
        "class": {
            "code": case["class_code"],
            "name": named(matter) if matter else case["class_code"],
        },
        "status": case["state_type"],
        "words": gettext(words),
        "received_at": moment(case["received_at"]),
        "moved_at": moment(case["moved_at"]),
        "ended_at": moment(case["ended_at"]),
    }
