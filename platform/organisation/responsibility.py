"""Who answers for a matter of this class at this place, and why?

Two answers that are never mixed: `decide` proposes the unit (建议) by the city's table of rules,
with the trace of what was tried; `territorial` says whose ground it is (属地). Both are pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from wanmi.platform.kernel.class_sets import is_class_code
from wanmi.platform.kernel.errors import Invalid
from wanmi.platform.kernel.tables import Faults, Source
from wanmi.platform.organisation.attempts import Attempt, Outcome, Step, prepare
from wanmi.platform.organisation.dimensions import Dimension, DimensionTable, read_dimensions
from wanmi.platform.organisation.rules import Rule, read_rules

if TYPE_CHECKING:
    from wanmi.platform.organisation.placefacts import PlaceFacts
    from wanmi.platform.organisation.units import UnitRegister


@dataclass(frozen=True, slots=True)
class Decision:
    """The proposed unit, the rule that won, and every rule tried, in order; the last one won."""

    unit_code: str
    rule: Rule
    trace: tuple[Step, ...]

    def compact(self) -> list[dict[str, str]]:
        """Return the trace as JSON: `{rule, outcome, unit?}` a step."""
        return [step.compact() for step in self.trace]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules of a city with the register and the dimensions they speak of; a frozen value."""

    register: UnitRegister = field(repr=False)
    dimensions: DimensionTable = field(repr=False)
    rules: tuple[Rule, ...]
    _prepared: dict[str, tuple[Attempt, ...]] = field(
        default_factory=dict,
        init=False,
        repr=False,
        compare=False,
    )

    @classmethod
    def load(
        cls,
        register: UnitRegister,
        rules: Source | None = None,
        class_dimensions: Source | None = None,
    ) -> Self:
        """Read and check the tables (the packaged ones, or files of the same columns).

        Raises:
            SettingsInvalid: rows are wrong; `errors` names every one with file and line.
        """
        faults = Faults()
        dimensions = read_dimensions(faults, class_dimensions=class_dimensions)
        found = read_rules(faults, register, dimensions, rules)
        faults.stop_if_any()
        return cls(register, dimensions, found)

    def attempts(self, class_code: str) -> tuple[Attempt, ...]:
        """Return the rules that concern the class, in order, ready to be tried.

        Raises:
            Invalid: `class_code` is not five digits.
        """
        # Kept for each class once asked for; there are at most 100,000 codes of five digits.
        known = self._prepared.get(class_code)
        if known is None:
            known = self._prepared[class_code] = self._prepare(class_code)
        return known

    def rules_for(self, class_code: str) -> tuple[Rule, ...]:
        """Return the rules that concern the class, in order.

        Raises:
            Invalid: `class_code` is not five digits.
        """
        dimension = self._dimension(class_code)
        return tuple(rule for rule in self.rules if rule.concerns(class_code, dimension))

    def _prepare(self, class_code: str) -> tuple[Attempt, ...]:
        dimension = self._dimension(class_code)
        return tuple(prepare(rule, dimension, self.register) for rule in self.rules_for(class_code))

    def _dimension(self, class_code: str) -> Dimension | None:
        if not is_class_code(class_code):
            raise Invalid(f"{class_code!r} is no class code; it has five digits.")
        return self.dimensions.of_class(class_code)


def decide(book: RuleBook, class_code: str, place: PlaceFacts) -> Decision:
    """Return the unit that the rules propose for the class at the place; there is always one.

    A jurisdiction that is missing or unknown counts as the whole city.

    Raises:
        Invalid: `class_code` is not five digits.
    """
    here = book.register.jurisdictions.or_root(place.jurisdiction_code)
    trace: list[Step] = []
    for attempt in book.attempts(class_code):
        step = attempt.try_at(place, here)
        trace.append(step)
        if step.outcome is Outcome.WON and step.unit is not None:
            return Decision(step.unit, attempt.rule, tuple(trace))
    raise AssertionError("the last rule of a checked table gives a unit everywhere")


def territorial(register: UnitRegister, place: PlaceFacts) -> str:
    """Return the unit on whose ground the place lies (属地); there is always one.

    The jurisdiction says at which level it is found (`territorial_level`); where that level has no
    unit, the next wider one answers: community, subdistrict, jurisdiction.
    """
    here = register.jurisdictions.or_root(place.jurisdiction_code)
    narrower = {
        "community": (place.community_code, place.subdistrict_code),
        "subdistrict": (place.subdistrict_code,),
        "jurisdiction": (),
    }[here.territorial_level]
    for division in narrower:
        unit = register.by_division.get(division or "")
        if unit is not None:
            return unit
    return here.unit_code
