"""Which classes have nobody's filing condition but the default of their major?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wanmi.platform.casework.catalogue import Catalogue
    from wanmi.platform.casework.conditions import Condition


@dataclass(frozen=True, slots=True)
class LintRow:
    """One class that a city still has to give conditions, and the default it has meanwhile."""

    code: str
    name_zh: str
    name_en: str
    condition: Condition


def only_default(catalogue: Catalogue) -> tuple[LintRow, ...]:
    """Return the classes of matters that have only a default condition, in order of code."""
    return tuple(
        LintRow(code, matter.name_zh, matter.name_en, conditions[0])
        for code, matter in sorted(catalogue.matters.items())
        if (conditions := catalogue.conditions(code)) and conditions[0].is_default
    )
