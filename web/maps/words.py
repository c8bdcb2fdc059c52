"""Which words does the map itself say (legend, buttons, signs)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Mark a text for translation."""
    return message


MAP_WORDS: dict[str, str] = {
    "no_data": N_("No data"),
    "zero": N_("None"),
    "natural_breaks": N_("natural breaks"),
    "quantiles": N_("quantiles"),
    "zoom_in": N_("Closer"),
    "zoom_out": N_("Farther"),
    "full_screen": N_("Full screen"),
    "leave_full_screen": N_("Leave full screen"),
    "not_loaded": N_("A layer of the map could not be loaded. Load the page again."),
    "demonstration": N_("Demonstration data (schematic, not a survey)"),
    "measure": N_("Measure"),
    "no_change": N_("No change"),
    "too_few": N_("Fewer than {n} in both together"),
    "heat_how": N_("smoothed over {n} m around each cell"),
    "none_here": N_("none here"),
    "within": N_("within {n} m"),
    "school_ring": N_("Within the reach of the rules for schools"),
    "state_planned": N_("planned"),
    "state_upgrading": N_("being upgraded"),
    "state_ready": N_("ready"),
    "come_closer": N_("come closer to see them"),
    "not_all": N_("not all: too many in view"),
    "my_position": N_("My position"),
    "position_sought": N_("Looking for your position …"),
    "position_found": N_("You are here, to within {n} m"),
    "no_position": N_("The device gave no position; allow it in the browser and try again."),
    "no_position_here": N_("Browsers give positions on HTTPS only; open this page through HTTPS."),
    "print": N_("Print"),
    "leave_print": N_("Back to the map"),
    "measure_how": N_("Click points on the map; a double click ends the line."),
    "issues_here": N_("{n} cases here"),
    "more_in_list": N_("and {n} more: see the list"),
    "density_cell": N_("By cell"),
    "density_street": N_("By street"),
    "density_zone": N_("By inspection zone"),
    "layers": N_("Layers"),
    "map_keys": N_("Map: arrow keys move it, plus and minus zoom, Enter tells about its middle"),
    "in_view": N_("{n} in view, as a list"),
    "close": N_("Close"),
    "ground": N_("Water and parks"),
    "streets": N_("Streets and names"),
    "issues": N_("Cases"),
    "ok": N_("In time"),
    "soon": N_("Due soon"),
    "late": N_("Overdue"),
    "done": N_("Ended"),
}
"""Key in the scripts → English message."""


def map_words(translate: Callable[[str], str] = str) -> dict[str, str]:
    """Return every word of the map in the reader's language."""
    return {key: translate(message) for key, message in MAP_WORDS.items()}
