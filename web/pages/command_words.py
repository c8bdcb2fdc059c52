"""Which words do the scripts of the command centre say?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanmi.web.maps.words import N_
from wanmi.web.pages.charts_words import CHARTS_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS: dict[str, str] = {
    **CHARTS_WORDS,
    # time
    "left_days": N_("%(days)d d %(hours)d h left"),
    "left_hours": N_("%(hours)d h %(minutes)d min left"),
    "left_minutes": N_("%(minutes)d min left"),
    "left_moment": N_("less than a minute left"),
    "over_days": N_("overdue by %(days)d d"),
    "over_hours": N_("overdue by %(hours)d h %(minutes)d min"),
    "over_minutes": N_("overdue by %(minutes)d min"),
    "over_moment": N_("overdue by less than a minute"),
    "due_at": N_("Due at %(time)s"),
    # states
    "done": N_("Ended"),
    "late": N_("Overdue"),
    "urgent": N_("Urgent"),
    "density": N_("Cases: %(status)s"),
    # list
    "arrived": N_("↑ %(n)s new"),
    # filter
    "remove": N_("Remove the filter: %(what)s"),
    "in_cell": N_("Cell %(code)s"),
    # waiting and failing
    "loading": N_("Loading …"),
    "no_network": N_("The server cannot be reached; what you see may be old."),
    "no_answer": N_("The server could not answer; please try again."),
    # case card
    "street": N_("Street"),
    "cell": N_("Cell"),
    "territorial": N_("Territorial unit"),
    "suggested": N_("Suggested unit"),
    "dispatched_to": N_("Dispatched to"),
    "source": N_("Source"),
    "received": N_("Received"),
    "number": N_("Report number"),
    "case_number": N_("Case number"),
    "coordinates": N_("Coordinates (CGCS2000)"),
    "so_far": N_("So far"),
    "from_axis": N_("%(metres)s m from its axis"),
    "outside_grid": N_("Outside the grid"),
    "nearest_cell": N_("nearest cell, %(metres)s m away"),
    "photo_of": N_("Photo %(n)s, %(stage)s"),
    "stage_report": N_("from the report"),
    "stage_before": N_("before handling"),
    "stage_after": N_("after handling"),
    "copy": N_("Copy"),
    "copied": N_("✓ Copied"),
    "copy_what": N_("Copy: %(what)s"),
    # place card
    "this_place": N_("This place"),
    "degrees": N_("Longitude, latitude"),
    "degrees_frame": N_("CGCS2000, degrees"),
    "plane": N_("East, north"),
    "plane_frame": N_("Gauss-Krueger, metres (EPSG:%(epsg)s)"),
    "around": N_("Zones and surroundings"),
    "areas": N_("Areas"),
    "schools": N_("Schools near"),
    "school_near": N_("%(name)s, %(metres)s m"),
    "why_community": N_("why: the cell lies in the community %(code)s"),
    "why_jurisdiction": N_("why: in no cell, so the jurisdiction's own unit"),
    "cell_counts": N_("In this cell: %(open)s open, %(overdue)s overdue"),
    "play": N_("Play"),
    "pause": N_("Pause"),
    "only_on_map": N_("on the map only; list and figures keep the filter"),
    "difference": N_("More or fewer cases"),
    "difference_told": N_("%(now)s against %(then)s, %(status)s"),
    "only_cell": N_("Only this cell"),
    "no_zone": N_("no zone here"),
    "no_unit": N_("no unit named"),
    "cell_ended": N_("The cell %(code)s was in force from %(since)s and ended on %(day)s."),
    "ended_now": N_("Here lies now the cell %(code)s."),
    "ended_nothing_now": N_("No cell lies here now."),
    "in_ended_cell": N_("Cell %(code)s (ended %(day)s)"),
    "last_months": N_("Reported in this cell, last 12 months"),
    "months_told": N_(
        "%(total)s reports in twelve months, at most %(most)s in one, %(last)s in the present one"
    ),
    "owner": N_("Who answers here"),
    "who_answers": N_("For a matter of the class"),
    "choose_class": N_("Choose a class …"),
    "because": N_("Why: %(reason)s"),
    "rules_tried": N_("Rules tried, in order"),
    "outcome_won": N_("applies"),
    "outcome_elsewhere": N_("for other jurisdictions"),
    "outcome_not_there": N_("nothing of the kind here"),
    "outcome_not_its_duty": N_("not its duty"),
    "outcome_no_unit": N_("names no unit"),
    "outcome_unknown_unit": N_("names a unit that is not registered"),
}
"""Key in the scripts → English message with %(name)s for each value."""


def command_words(translate: Callable[[str], str]) -> dict[str, str]:
    """Return every word in the reader's language."""
    return {key: translate(message) for key, message in WORDS.items()}
