"""Which class of 2026 does a code of GB/T 30428.2-2013 mean, and the other way round?"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

OLD_CODE_DIGITS = 4

BASES = ("K2", "rule", "moved", "local", "none")
"""How a crossing is known; the head of crosswalk_2013.csv explains each."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One code of 2013 and what became of it.

    Attributes:
        kind: component, or matter (called event 事件 in 2013).
        code_2013: four digits.
        code: five digits of 2026 or of a local extension, or None when it has no successor.
        name_zh: what 2013 called it, "" when that is not known.
        basis: one of `BASES`.
    """

    kind: str
    code_2013: str
    code: str | None
    name_zh: str
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Both directions of the crosswalk."""

    forward: Mapping[tuple[str, str], Crossing]
    backward: Mapping[tuple[str, str], Crossing]

    @classmethod
    def of(cls, crossings: list[Crossing]) -> Crosswalk:
        """Index crossings by kind and code in both directions."""
        return cls(
            MappingProxyType({(each.kind, each.code_2013): each for each in crossings}),
            MappingProxyType(
                {(each.kind, each.code): each for each in crossings if each.code is not None}
            ),
        )

    def successor(self, kind: str, code_2013: str) -> Crossing | None:
        """Return what became of a code of 2013, or None when the crosswalk does not know it."""
        return self.forward.get((kind, code_2013))

    def predecessor(self, kind: str, code: str) -> Crossing | None:
        """Return the code of 2013 that a class of today had, or None when it is new."""
        return self.backward.get((kind, code))
