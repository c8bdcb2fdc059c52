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
    "measure_how": N_("Click points on the map; a double click ends the line."),
    "issues_here": N_("{n} cases here"),
    "density_cell": N_("By cell"),
    "density_street": N_("By street"),
    "density_zone": N_("By inspection zone"),
    "layers": N_("Layers"),
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
