"""Does one rule give a unit at a place, and if not, why not?

A rule is made ready once for each class (`prepare`), so that trying it costs a few look-ups.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from wanmi.platform.organisation.dimensions import Dimension
    from wanmi.platform.organisation.jurisdictions import Jurisdiction
    from wanmi.platform.organisation.placefacts import PlaceFacts, StreetFacts
    from wanmi.platform.organisation.rules import PlaceSource, Rule
    from wanmi.platform.organisation.units import UnitRegister


class Outcome(StrEnum):
    """What became of a rule that was tried."""

    WON = "won"
    ELSEWHERE = "elsewhere"  # the rule is for other jurisdictions
    NOT_THERE = "not_there"  # no such component, frontage, model street, zone, division here
    NOT_ITS_DUTY = "not_its_duty"  # the frontage answers, but not for this dimension
    NO_UNIT = "no_unit"  # it is there, but names no unit
    UNKNOWN_UNIT = "unknown_unit"  # it names a unit that the register does not have


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was tried; `unit` is the unit that won, or the one that is unknown."""

    rule: str
    outcome: Outcome
    unit: str | None = None

    def compact(self) -> dict[str, str]:
        """Return the step as a small JSON object."""
        told = {"rule": self.rule, "outcome": self.outcome.value}
        return told if self.unit is None else {**told, "unit": self.unit}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A rule made ready for one class."""

    rule: Rule
    find: Callable[[PlaceFacts, Jurisdiction], Any]
    unit_of: Callable[[Any], str | None]
    duty: str | None
    units: Container[str]
    skipped: Mapping[Outcome, Step]

    def try_at(self, place: PlaceFacts, here: Jurisdiction) -> Step:
        """Return what becomes of the rule at `place`, which lies in the jurisdiction `here`."""
        scope = self.rule.jurisdictions
        if scope is not None and here.code not in scope:
            return self.skipped[Outcome.ELSEWHERE]
        thing = self.find(place, here)
        if thing is None:
            return self.skipped[Outcome.NOT_THERE]
        if self.duty is not None and thing.duties and self.duty not in thing.duties:
            return self.skipped[Outcome.NOT_ITS_DUTY]
        unit = self.unit_of(thing)
        if not unit:
            return self.skipped[Outcome.NO_UNIT]
        known = unit in self.units
        return Step(self.rule.code, Outcome.WON if known else Outcome.UNKNOWN_UNIT, unit)


def prepare(rule: Rule, dimension: Dimension | None, register: UnitRegister) -> Attempt:
    """Make `rule` ready for a class of `dimension`; the rule must concern that class."""
    return Attempt(
        rule=rule,
        find=_finder(rule.place, dimension),
        unit_of=_unit_of(rule, register),
        duty=dimension.frontage_duty if dimension and rule.place == "frontage" else None,
        units=register.by_code,
        skipped=MappingProxyType({outcome: Step(rule.code, outcome) for outcome in Outcome}),
    )


def _finder(
    place: PlaceSource,
    dimension: Dimension | None,
) -> Callable[[PlaceFacts, Jurisdiction], Any]:
    kind = dimension.code if dimension else ""
    finders: dict[PlaceSource, Callable[[PlaceFacts, Jurisdiction], Any]] = {
        "component": lambda facts, _: facts.component,
        "frontage": lambda facts, _: facts.frontage,
        "model_street": lambda facts, _: _model_street(facts),
        "zone": lambda facts, _: facts.zones.get(kind),
        "community": lambda facts, _: facts.community_code,
        "subdistrict": lambda facts, _: facts.subdistrict_code,
        "jurisdiction": lambda _, here: here,
    }
    return finders[place]


def _model_street(facts: PlaceFacts) -> StreetFacts | None:
    return facts.street if facts.street is not None and facts.street.programmes else None


def _unit_of(rule: Rule, register: UnitRegister) -> Callable[[Any], str | None]:
    if not rule.own_unit:
        return lambda _: rule.unit
    if rule.place in {"community", "subdistrict"}:
        return register.by_division.get
    attribute = "unit_code" if rule.place == "jurisdiction" else rule.unit.partition(".")[2]
    getter: Callable[[Any], str | None] = attrgetter(attribute)
    return getter
