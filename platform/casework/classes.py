"""What is a class of the catalogue: a component 部件, a matter 事项, its major, its questions?"""

from __future__ import annotations

from dataclasses import dataclass

STANDARD = "GB/T 47678.5-2026"
"""The edition of the class list in force; its codes have 2 + 3 digits."""

LOCAL = "local"
"""The edition of the city's own extension classes (自定义)."""

STANDARD_2013 = "GB/T 30428.2-2013"
"""The edition before it, 2 + 2 digits; its codes are understood through the crosswalk."""

KINDS = ("component", "matter")
MIRRORED_MAJORS = ("01", "02", "03", "04", "05")
"""Majors in which each matter is the defect of the component with the same code."""

MAX_PRIORITY = 2
"""Priorities are 0 ordinary 一般, 1 urgent 紧急, 2 most urgent 特急 (hotline usage)."""


@dataclass(frozen=True, slots=True)
class Major:
    """A major 大类; `kind` is component or matter."""

    kind: str
    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked beside the class; a report answers it yes or no under `key`."""

    key: str
    text_zh: str
    text_en: str
    required: bool


@dataclass(frozen=True, slots=True)
class ComponentClass:
    """A class of components, annex A."""

    code: str
    edition: str
    name_zh: str
    name_en: str

    @property
    def major(self) -> str:
        """The two digits of its major."""
        return self.code[:2]


@dataclass(frozen=True, slots=True)
class MatterClass:
    """A class of matters, annex C, or a local extension: what a report is filed under.

    Attributes:
        edition: `STANDARD` or `LOCAL`.
        priority: 0 to `MAX_PRIORITY`; places may raise it (`place_rules`).
        questions: what has to be asked beside it.
    """

    code: str
    edition: str
    name_zh: str
    name_en: str
    priority: int
    questions: tuple[Question, ...]

    @property
    def major(self) -> str:
        """The two digits of its major."""
        return self.code[:2]

    @property
    def is_local(self) -> bool:
        """Whether the class is the city's own and not the standard's."""
        return self.edition == LOCAL

    @property
    def component_code(self) -> str | None:
        """The class of components whose defect this is, or None for behaviour and environment."""
        return self.code if self.major in MIRRORED_MAJORS else None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of issue in the city's own words, and the class under which it is filed."""

    name_zh: str
    name_en: str
    code: str
    note: str


@dataclass(frozen=True, slots=True)
class Favourite:
    """One of the classes offered first on the phone, with its short label."""

    code: str
    label_zh: str
    label_en: str
