"""How long may something take, in which of the four units, and when is it due?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import FieldError, Invalid
from wanmi.platform.kernel.moments import Phrase

if TYPE_CHECKING:
    from datetime import datetime

LONGEST = 10_000
"""The largest amount of a limit, in its unit: more is a slip of the pen."""


class Unit(StrEnum):
    """The four units of a limit (GB/T 30428.8).

    `working_…` counts only the city's working time; `urgent_…` is natural time, nights and holidays
    included. A working day is the working hours of a day, a working hour is 60 minutes of them.
    """

    URGENT_HOUR = "urgent_hour"  # 紧急工作时
    WORKING_HOUR = "working_hour"  # 工作时
    WORKING_DAY = "working_day"  # 工作日
    URGENT_DAY = "urgent_day"  # 紧急工作日

    @property
    def is_urgent(self) -> bool:
        """Say whether nights and holidays count."""
        return self in (Unit.URGENT_HOUR, Unit.URGENT_DAY)


@dataclass(frozen=True, slots=True)
class Limit:
    """An allowance of time: `amount` of `unit`; a quarter of an hour is 0.25 urgent hours.

    Raises:
        Invalid: the amount is not above 0 and at most `LONGEST`.
    """

    amount: float
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse amounts that no limit can have."""
        if not (math.isfinite(self.amount) and 0 < self.amount <= LONGEST):
            message = f"The amount of a limit is above 0 and at most {LONGEST}."
            raise Invalid(message, errors=(FieldError("amount", message),))

    @classmethod
    def from_text(cls, amount: str, unit: str) -> Limit:
        """Read the two cells of a table, such as `0.25` and `urgent_hour`.

        Raises:
            Invalid: the amount is no number or out of range, or the unit is not one of the four.
        """
        try:
            known = Unit(unit)
        except ValueError:
            message = f"{unit!r} is no unit; say one of {', '.join(Unit)}."
            raise Invalid(message, errors=(FieldError("unit", message),)) from None
        try:
            number = float(amount)
        except ValueError:
            message = f"{amount!r} is no number."
            raise Invalid(message, errors=(FieldError("amount", message),)) from None
        return cls(int(number) if number.is_integer() else number, known)


@dataclass(frozen=True, slots=True)
class Due:
    """The moment when an allowance has run out.

    `provisional` says that the way there crosses days of a year whose holidays are not known yet.
    """

    moment: datetime
    provisional: bool


def limit_words(limit: Limit) -> Phrase:
    """Say how long a limit is.

    >>> str(limit_words(Limit(4, Unit.WORKING_HOUR)))
    '4 working h'
    >>> str(limit_words(Limit(0.25, Unit.URGENT_HOUR)))
    '15 min'
    """
    values = {"amount": limit.amount, "minutes": limit.amount * 60}
    if limit.unit is Unit.URGENT_HOUR and limit.amount < 1:
        return Phrase("%(minutes)g min", values)
    if limit.unit is Unit.URGENT_HOUR:
        return Phrase("%(amount)g h, day and night", values)
    if limit.unit is Unit.URGENT_DAY:
        return Phrase("%(amount)g d, holidays included", values)
    if limit.unit is Unit.WORKING_HOUR:
        return Phrase("%(amount)g working h", values)
    return Phrase("%(amount)g working d", values)
