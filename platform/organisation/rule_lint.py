"""Which responsibility rules can never win, and which earlier rules take everything from them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wanmi.platform.organisation.responsibility import RuleBook
    from wanmi.platform.organisation.rules import PlaceSource, Rule

_NEEDS: dict[PlaceSource, frozenset[str]] = {
    "component": frozenset({"component"}),
    "frontage": frozenset({"frontage"}),
    "model_street": frozenset({"model_street"}),
    "zone": frozenset({"zone"}),
    "community": frozenset({"community"}),
    "subdistrict": frozenset({"subdistrict"}),
    "jurisdiction": frozenset(),
}
"""What must be there for a rule with a fixed unit; an own unit must be there besides."""


@dataclass(frozen=True, slots=True)
class DeadRule:
    """A rule that never wins. `by`: the earlier rules that do; empty: no class is left for it."""

    rule: Rule
    by: tuple[str, ...]


def rules_that_never_win(book: RuleBook, class_codes: Iterable[str]) -> tuple[DeadRule, ...]:
    """Return the rules that win for none of `class_codes` at any place whatever.

    Places are taken to have any mixture of component, frontage, street, zones and divisions, in
    any jurisdiction; units are taken to be in the register.

    Raises:
        Invalid: a code is not five digits.
    """
    places = book.register.jurisdictions.by_code
    winners: set[str] = set()
    shadows: dict[str, dict[str, None]] = {rule.code: {} for rule in book.rules}
    # Most classes are concerned by the same rules: each such list is looked at once.
    for rules in dict.fromkeys(book.rules_for(code) for code in class_codes):
        for here in places:
            open_rules: list[Rule] = []
            for rule in rules:
                if rule.jurisdictions is not None and here not in rule.jurisdictions:
                    continue
                shadow = next((one for one in open_rules if needs(one) <= needs(rule)), None)
                if shadow is None:
                    winners.add(rule.code)
                    open_rules.append(rule)
                else:
                    shadows[rule.code][shadow.code] = None
    return tuple(
        DeadRule(rule, tuple(shadows[rule.code])) for rule in book.rules if rule.code not in winners
    )


def needs(rule: Rule) -> frozenset[str]:
    """Return the facts about a place without which the rule gives no unit."""
    there = _NEEDS[rule.place]
    if rule.own_unit and rule.place != "jurisdiction":
        return there | {rule.unit}
    return there
