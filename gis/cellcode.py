"""What does the code of a cell or of a component say?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wanmi.gis.errors import CodeInvalid

_CELL = re.compile(r"([1-9][0-9]{11})([0-9]{3})")
_COMPONENT = re.compile(r"([1-9][0-9]{5})([0-9]{5})([0-9]{6})")
_COMMUNITY = re.compile(r"[1-9][0-9]{11}")
_DIVISION = re.compile(r"[1-9][0-9]{5}")
_CLASS = re.compile(r"[0-9]{5}")
_LAST_CELL, _LAST_COMPONENT = 999, 999_999

# Lengths of the codes before 2013 and 2026 (standards.md 1.4, 2.1), to say what is the matter.
_OLD_CELL, _OLD_COMPONENT = 14, 16


def _parts(pattern: re.Pattern[str], text: str, complaint: str) -> tuple[str, ...]:
    match = pattern.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise CodeInvalid(f"{text!r} is no {complaint}")
    return match.groups()


def _check(pattern: re.Pattern[str], part: str, name: str) -> None:
    if not isinstance(part, str) or pattern.fullmatch(part) is None:
        raise CodeInvalid(f"{part!r} is no {name}.")


def _check_sequence(sequence: int, last: int, where: str) -> None:
    if type(sequence) is not int or not 0 <= sequence <= last:
        raise CodeInvalid(f"Sequence {sequence!r} is not within 0 and {last} of its {where}.")


def _old(text: object, length: int, edition: str) -> str:
    return f" ({length} digits are the {edition})" if len(str(text)) == length else ""


@dataclass(frozen=True, slots=True, order=True)
class CellCode:
    """A unit grid cell's 15 digits: 6 division + 3 subdistrict + 3 community + 3 sequence.

    Source: GB/T 30428.1 and GB/T 47678.3 (standards.md 1.4). Codes sort as their texts do.

    Attributes:
        community: the community's 12 digits, its subdistrict and division included.
        sequence: the cell's number within the community, 0 to 999.

    Raises:
        CodeInvalid: a part of the wrong form.

    >>> code = CellCode.from_text("610902001003007")
    >>> code.division, code.subdistrict, code.community, code.sequence
    ('610902', '610902001', '610902001003', 7)
    """

    community: str
    sequence: int

    def __post_init__(self) -> None:
        """Refuse parts of the wrong form."""
        _check(_COMMUNITY, self.community, "community code of 12 digits")
        _check_sequence(self.sequence, _LAST_CELL, "community")

    @classmethod
    def from_text(cls, text: str) -> CellCode:
        """Read 15 digits.

        Raises:
            CodeInvalid: anything else, blanks and full-width digits included.
        """
        complaint = f"cell code of 15 digits{_old(text, _OLD_CELL, 'edition of 2005')}."
        community, sequence = _parts(_CELL, text, complaint)
        return cls(community, int(sequence))

    @property
    def division(self) -> str:
        """The county or district, 6 digits (GB/T 2260)."""
        return self.community[:6]

    @property
    def subdistrict(self) -> str:
        """The subdistrict or town, 9 digits with its division (GB/T 10114)."""
        return self.community[:9]

    def __str__(self) -> str:
        """Return the 15 digits."""
        return f"{self.community}{self.sequence:03d}"


@dataclass(frozen=True, slots=True, order=True)
class ComponentCode:
    """A component's 17 digits: 6 division + 2 major + 3 minor + 6 sequence.

    Source: GB/T 47678.5-2026 (standards.md 2.1). Codes sort as their texts do.

    Attributes:
        division: the county or district, 6 digits.
        class_code: major and minor, 5 digits.
        sequence: the component's number within division and class, 0 to 999999.

    Raises:
        CodeInvalid: a part of the wrong form.

    >>> str(ComponentCode("610902", "01037", 42))
    '61090201037000042'
    """

    division: str
    class_code: str
    sequence: int

    def __post_init__(self) -> None:
        """Refuse parts of the wrong form."""
        _check(_DIVISION, self.division, "division code of 6 digits")
        _check(_CLASS, self.class_code, "class code of 5 digits")
        _check_sequence(self.sequence, _LAST_COMPONENT, "class")

    @classmethod
    def from_text(cls, text: str) -> ComponentCode:
        """Read 17 digits.

        Raises:
            CodeInvalid: anything else, blanks and full-width digits included.
        """
        complaint = f"component code of 17 digits{_old(text, _OLD_COMPONENT, 'edition of 2013')}."
        division, class_code, sequence = _parts(_COMPONENT, text, complaint)
        return cls(division, class_code, int(sequence))

    @property
    def major(self) -> str:
        """The class's major, 2 digits."""
        return self.class_code[:2]

    def __str__(self) -> str:
        """Return the 17 digits."""
        return f"{self.division}{self.class_code}{self.sequence:06d}"
