"""Is the table of place rules right, and what does it say?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanmi.gis.layers import AREA_KINDS
from wanmi.platform.casework.catalogue import Catalogue, packaged_data
from wanmi.platform.casework.class_files import class_set
from wanmi.platform.casework.classes import MAX_PRIORITY
from wanmi.platform.casework.place_rules import (
    AREA_RELATIONS,
    EFFECTS,
    SCHOOL,
    PlaceRule,
    words_for_texts,
)
from wanmi.platform.kernel.errors import SettingsInvalid
from wanmi.platform.kernel.tables import Faults, Row, read_table

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from wanmi.platform.kernel.class_sets import ClassSet

MAX_DISTANCE_M = 5_000

_ANSWERS = {"yes": True, "no": False, "unanswered": None}
_COLUMNS = (
    *("rule", "classes", "answer", "place", "relation", "distance_m"),
    *("effect", "raise", "text_zh", "text_en", "source"),
)


def read_place_rules(
    catalogue: Catalogue, folder: Traversable | None = None
) -> tuple[PlaceRule, ...]:
    """Read and check `place_rules.csv` in `folder`, or the one that comes with Wanmi.

    Raises:
        SettingsInvalid: `errors` names every fault with file and line.
    """
    faults = Faults()
    rules: dict[str, PlaceRule] = {}
    for row in read_table((folder or packaged_data()) / "place_rules.csv", _COLUMNS, faults):
        rule = _rule(row, catalogue)
        if rule.code in rules:
            row.wrong(f"the rule {rule.code} stands in this table already")
        rules[rule.code] = rule
    faults.stop_if_any(SettingsInvalid, "Correct the place rules.")
    return tuple(rules.values())


def _rule(row: Row, catalogue: Catalogue) -> PlaceRule:
    classes = class_set(row, catalogue.matters)
    key, wanted = _answer(row, classes, catalogue)
    place = row.one_of("place", (SCHOOL, *AREA_KINDS))
    row.one_of("relation", ("within",) if place == SCHOOL else AREA_RELATIONS)
    if place == SCHOOL:
        distance_m = row.whole("distance_m", 0, MAX_DISTANCE_M)
    else:
        row.one_of("distance_m", ("",))
        distance_m = 0
    return PlaceRule(
        row.required("rule"),
        classes,
        key,
        wanted,
        place,
        row["relation"],
        distance_m,
        row.one_of("effect", EFFECTS),
        row.whole("raise", 0, MAX_PRIORITY),
        _text(row, "text_zh"),
        _text(row, "text_en"),
        row.required("source"),
    )


def _answer(row: Row, classes: ClassSet, catalogue: Catalogue) -> tuple[str | None, bool | None]:
    if not row["answer"]:
        return None, None
    key, _, word = row["answer"].partition("=")
    if word not in _ANSWERS:
        row.wrong(f"answer is {row['answer']!r}, not KEY={'|'.join(_ANSWERS)}")
    for code, matter in catalogue.matters.items():
        if code in classes and key not in {question.key for question in matter.questions}:
            row.wrong(f"class {code} does not ask {key!r} (questions.csv)")
    return key, _ANSWERS.get(word)


def _text(row: Row, column: str) -> str:
    text = row.required(column)
    known = words_for_texts("", 0, 0, "")
    try:
        text.format_map(known)
    except (KeyError, ValueError, IndexError, AttributeError):
        row.wrong(f"{column} may use {' '.join(f'{{{word}}}' for word in known)} only")
    return text
