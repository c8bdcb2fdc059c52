"""What do the place and the hour change about a matter of this class?

Rules are data (`data/place_rules.csv`; its head explains the columns). A rule speaks when class,
answer and place all hold; it yields a flag and may raise the priority.

A report answers the questions of its class (`MatterClass.questions`) in its optional key
`answers`: `{"food": true}`. What it does not answer is unanswered, which a rule may also ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from wanmi.platform.casework.classes import MAX_PRIORITY
from wanmi.platform.casework.hours import OpeningHours
from wanmi.platform.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from wanmi.platform.kernel.class_sets import ClassSet

SCHOOL = "school"
AREA_RELATIONS = ("inside", "open", "closed", "hours_unreadable")
EFFECTS = ("unlawful", "lawful", "check")


class NearSchool(Protocol):
    """A school near the place, with the distance in metres to its outline (0 inside it)."""

    @property
    def code(self) -> str:
        """The school's code."""

    @property
    def name(self) -> str:
        """The school's name."""

    @property
    def distance_m(self) -> float:
        """Metres from the place to the outline, in the city's plane."""


class AreaHere(Protocol):
    """An area (`gis.layers.AREA_KINDS`) in which the place lies."""

    @property
    def code(self) -> str:
        """The area's code."""

    @property
    def kind(self) -> str:
        """One of `AREA_KINDS`."""

    @property
    def name(self) -> str:
        """The area's name."""

    @property
    def hours(self) -> str | None:
        """Its hours (`hours.OpeningHours`), or None or "" when it has none."""


class PlaceFacts(Protocol):
    """What stands around a place: what `gis` finds out, as far as the rules need it."""

    @property
    def schools(self) -> Sequence[NearSchool]:
        """Schools at least as far as the farthest rule asks for (`PlaceRules.school_reach_m`)."""

    @property
    def areas(self) -> Sequence[AreaHere]:
        """Areas that contain the place."""


@dataclass(frozen=True, slots=True)
class Flag:
    """What a rule found: `effect` is unlawful, lawful or check; `raises` are steps of priority."""

    code: str
    effect: str
    text_zh: str
    text_en: str
    raises: int
    place_code: str


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """One row of the table. `answer` is a question's key and what must have been answered.

    `wanted_answer` is True, False, or None for unanswered; it means nothing without a key.
    """

    code: str
    classes: ClassSet
    answer_key: str | None
    wanted_answer: bool | None
    place: str
    relation: str
    distance_m: float
    effect: str
    raises: int
    text_zh: str
    text_en: str
    source: str

    def asks_for(self, class_code: str, answers: Mapping[str, bool]) -> bool:
        """Say whether class and answer are those of the rule."""
        return class_code in self.classes and (
            self.answer_key is None or answers.get(self.answer_key) is self.wanted_answer
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """The place that makes a rule speak, with what its text may say."""

    code: str
    name: str
    distance_m: float = 0.0
    hours: str = ""


def flags_for(
    rules: Iterable[PlaceRule],
    class_code: str,
    answers: Mapping[str, bool],
    surroundings: PlaceFacts,
    observed_at_local: datetime,
) -> tuple[Flag, ...]:
    """Return what the rules say, in their order, at most one flag each.

    Args:
        rules: from `place_rule_files.read_place_rules`.
        class_code: five digits of a matter.
        answers: what the report answered, by question.
        surroundings: what stands around the place.
        observed_at_local: when it was seen, in the city's own zone.

    Raises:
        ValueError: hours are to be looked at and the moment has no zone.
    """
    return tuple(
        _flag(rule, found)
        for rule in rules
        if rule.asks_for(class_code, answers)
        and (found := _find(rule, surroundings, observed_at_local)) is not None
    )


def raised_priority(priority: int, flags: Iterable[Flag]) -> int:
    """Return the priority after the strongest flag; flags do not add up. At most `MAX_PRIORITY`."""
    return min(MAX_PRIORITY, priority + max((flag.raises for flag in flags), default=0))


def school_reach_m(rules: Iterable[PlaceRule]) -> float:
    """Return how far schools have to be looked for, in metres; 0 when no rule asks for them."""
    return max((rule.distance_m for rule in rules if rule.place == SCHOOL), default=0.0)


def _find(rule: PlaceRule, surroundings: PlaceFacts, at: datetime) -> _Found | None:
    if rule.place == SCHOOL:
        return _nearest_school(rule, surroundings.schools)
    states = [(area, _state(area, at)) for area in surroundings.areas if area.kind == rule.place]
    # One area that is open makes a stall lawful, whatever others around it say.
    is_open = any(state == "open" for _, state in states)
    fitting = [
        area
        for area, state in states
        if rule.relation == "inside"
        or (rule.relation == state and (state == "open" or not is_open))
    ]
    first = min(fitting, key=lambda area: area.code, default=None)
    return _Found(first.code, first.name, hours=first.hours or "") if first else None


def _nearest_school(rule: PlaceRule, schools: Sequence[NearSchool]) -> _Found | None:
    near = [school for school in schools if school.distance_m <= rule.distance_m]
    first = min(near, key=lambda school: (school.distance_m, school.code), default=None)
    return _Found(first.code, first.name, first.distance_m) if first else None


def _state(area: AreaHere, at: datetime) -> str:
    if not (area.hours and area.hours.strip()):
        return "open"
    try:
        hours = OpeningHours.parse(area.hours)
    except Invalid:
        return "hours_unreadable"
    return "open" if hours.contains(at) else "closed"


def _flag(rule: PlaceRule, found: _Found) -> Flag:
    words = words_for_texts(found.name, found.distance_m, rule.distance_m, found.hours)
    return Flag(
        rule.code,
        rule.effect,
        rule.text_zh.format_map(words),
        rule.text_en.format_map(words),
        rule.raises,
        found.code,
    )


def words_for_texts(name: str, distance_m: float, limit_m: float, hours: str) -> dict[str, str]:
    """Return what a rule's texts may say between braces."""
    return {
        "name": name,
        "distance_m": f"{distance_m:.0f}",
        "limit_m": f"{limit_m:g}",
        "hours": hours,
    }
