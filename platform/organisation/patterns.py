"""Does a class code belong to a set of classes that a table names?

A set is written as its parts with blanks between: `06010` one class, `06*` a beginning,
`01001-01023` a range with both ends, `*` every class.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

CLASS_CODE = re.compile(r"[0-9]{5}")
"""Form of a class code: major 2 digits + minor 3 digits (GB/T 47678.5; standards.md 2.5)."""

_PART = re.compile(
    r"(?P<code>[0-9]{5})|(?P<start>[0-9]{0,4})\*|(?P<low>[0-9]{5})-(?P<high>[0-9]{5})"
)
_LAST = "99999"


def is_class_code(text: str) -> bool:
    """Say whether `text` has the form of a class code (five ASCII digits)."""
    return CLASS_CODE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class ClassSet:
    """A set of class codes, kept as ranges of text with both ends."""

    text: str
    ranges: tuple[tuple[str, str], ...]

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a set as it is written in a table.

        Raises:
            ValueError: a part is neither a code, nor a beginning, nor a range; or nothing is there.

        >>> "06010" in ClassSet.from_text("03* 06010-06012")
        True
        """
        parts = text.split()
        if not parts:
            raise ValueError("no class is named; write * for all")
        return cls(text, tuple(_range(part) for part in parts))

    def __contains__(self, class_code: str) -> bool:
        """Say whether the class belongs to the set."""
        return any(low <= class_code <= high for low, high in self.ranges)


def _range(part: str) -> tuple[str, str]:
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError(f"{part!r} is no class: write 06010, 06*, 01001-01023 or *")
    if found["code"]:
        return part, part
    if found["low"]:
        if found["low"] > found["high"]:
            raise ValueError(f"range {part} is the wrong way round")
        return found["low"], found["high"]
    start = found["start"]
    return start.ljust(len(_LAST), "0"), start.ljust(len(_LAST), "9")
