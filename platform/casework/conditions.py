"""When is a matter filed, by when is it handled, and what closes it (立案条件, 时限, 结案条件)?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanmi.platform.kernel.limits import Limit, Unit

if TYPE_CHECKING:
    from wanmi.platform.kernel.class_sets import ClassSet

GRADES = ("1", "2", "3")
"""Management area classes 一类 二类 三类, as in the field GRADE of the cells."""


# Natural hours that pass with one unit, at eight working hours a day: good enough to put limits
# in order; only the clock, which knows the plan and the holidays, computes a due time.
_NATURAL_HOURS = {
    Unit.URGENT_HOUR: 1,
    Unit.WORKING_HOUR: 3,
    Unit.WORKING_DAY: 24,
    Unit.URGENT_DAY: 24,
}


def length_order(limit: Limit) -> tuple[float, bool]:
    """Return a key that sorts limits from the shortest; of equals the urgent one comes first."""
    return limit.amount * _NATURAL_HOURS[limit.unit], not limit.unit.is_urgent


@dataclass(frozen=True, slots=True)
class Condition:
    """One filing condition with its limit and its closing condition.

    Attributes:
        code: stable name; rows of one condition for several area grades share it.
        classes: the matters it applies to.
        grade: the area grade it holds in, or None for every grade without a row of its own.
        source: where the row comes from; 示意 marks this project's own.
        is_default: the row of a major, for classes that have none of their own.
    """

    code: str
    classes: ClassSet
    grade: str | None
    text_zh: str
    text_en: str
    limit: Limit
    closing_zh: str
    closing_en: str
    source: str
    is_default: bool
    note: str


def in_grade(conditions: tuple[Condition, ...], grade: str | None) -> tuple[Condition, ...]:
    """Return each condition once: its row for `grade` where it has one, else its general row."""
    own = {each.code for each in conditions if grade is not None and each.grade == grade}
    return tuple(
        each
        for each in conditions
        if (each.grade == grade if each.code in own else each.grade is None)
    )
