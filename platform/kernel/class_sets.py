"""Does a class code belong to a set of classes that a table names?

A set is written as its parts with blanks between: `06010` one class, `06*` a beginning,
`01001-01023` a range with both ends, `*` every class.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

CODE_DIGITS = 5
"""Length of a class code: major 2 digits + minor 3 digits (GB/T 47678.5; standards.md 2.5)."""

_PART = re.compile(r"(?P<low>[0-9]{5})(?:-(?P<high>[0-9]{5}))?|(?P<start>[0-9]{0,4})\*")


def is_class_code(text: str) -> bool:
    """Say whether `text` has the form of a class code: five ASCII digits."""
    return len(text) == CODE_DIGITS and text.isascii() and text.isdecimal()


@dataclass(frozen=True, slots=True)
class ClassSet:
    """A set of class codes, kept as ranges of codes with both ends in it."""

    text: str
    ranges: tuple[tuple[str, str], ...]

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a set as it is written in a table.

        Raises:
            ValueError: nothing is there, a part is none of the four forms, or a range runs
                backwards.

        >>> "06010" in ClassSet.from_text("03* 06010-06012")
        True
        """
        parts = text.split()
        if not parts:
            raise ValueError("no class is named; write * for all")
        return cls(text, tuple(_range(part) for part in parts))

    def __contains__(self, class_code: str) -> bool:
        """Say whether the five-digit code belongs to the set."""
        return any(low <= class_code <= high for low, high in self.ranges)


def _range(part: str) -> tuple[str, str]:
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError(f"{part!r} is no class: write 06010, 06*, 01001-01023 or *")
    if found["start"] is not None:
        return found["start"].ljust(CODE_DIGITS, "0"), found["start"].ljust(CODE_DIGITS, "9")
    low, high = found["low"], found["high"] or found["low"]
    if low > high:
        raise ValueError(f"range {part} is the wrong way round")
    return low, high
