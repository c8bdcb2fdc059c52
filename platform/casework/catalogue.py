"""Which classes of components and matters are there, under which conditions is each filed?

The catalogue is a value: somebody loads it once and hands it on. Its tables are package data
(`data/*.csv`) or a folder of the same files that the city keeps; `catalogue_files` checks them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from wanmi.gis.errors import Sentence
from wanmi.platform.casework.catalogue_files import CatalogueTables, read_catalogue_tables
from wanmi.platform.casework.classes import (
    LOCAL,
    STANDARD,
    STANDARD_2013,
    ComponentClass,
    Favourite,
    Kind,
    Major,
    MatterClass,
)
from wanmi.platform.casework.conditions import Condition, in_grade, length_order
from wanmi.platform.kernel.class_sets import is_class_code
from wanmi.platform.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable

    from wanmi.platform.casework.crosswalk import Crosswalk

SEARCH_LIMIT = 20


def packaged_data() -> Traversable:
    """Return the folder of the tables that come with Wanmi."""
    return files("wanmi.platform.casework") / "data"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every class, condition and crossing, checked."""

    tables: CatalogueTables
    conditions_of: Mapping[str, tuple[Condition, ...]]

    @classmethod
    def load(cls, folder: Traversable | None = None) -> Catalogue:
        """Read and check the tables in `folder`, or those that come with Wanmi.

        Raises:
            SettingsInvalid: a table is wrong; `errors` names every fault with file and line.
        """
        tables = read_catalogue_tables(folder or packaged_data())
        offered = {code: _conditions_of(code, tables.conditions) for code in tables.classes.matters}
        return cls(tables, MappingProxyType(offered))

    @property
    def matters(self) -> Mapping[str, MatterClass]:
        """Every class of matters by its code, in the order of the files."""
        return self.tables.classes.matters

    @property
    def components(self) -> Mapping[str, ComponentClass]:
        """Every class of components by its code."""
        return self.tables.classes.components

    @property
    def crosswalk(self) -> Crosswalk:
        """The codes of 2013 in both directions."""
        return self.tables.crosswalk

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The city's own words for issues, each with its class."""
        return self.tables.kinds

    @property
    def favourites(self) -> tuple[Favourite, ...]:
        """The classes to offer first, most frequent first."""
        return self.tables.favourites

    def majors(self, kind: str = "matter") -> tuple[Major, ...]:
        """Return the majors of matters, or of components."""
        return tuple(major for major in self.tables.classes.majors if major.kind == kind)

    def matter(self, code: str, edition: str | None = None) -> MatterClass:
        """Return the class of matters that `code` means.

        Args:
            code: five digits of the standard or of a local extension; with the edition of 2013,
                four digits of an event.
            edition: None (the one in force, or local), `STANDARD`, `LOCAL` or `STANDARD_2013`.

        Raises:
            Invalid: no such class, a class of components only, or of another edition; field
                `class_code` or `edition`.
        """
        code = self._current("matter", code, edition)
        found = self.matters.get(code)
        if found is None:
            raise _unknown(
                Sentence(
                    "%(code)s is no class of matters in %(standard)s or the local extensions.",
                    code=code,
                    standard=STANDARD,
                )
            )
        if edition in (STANDARD, LOCAL) and found.edition != edition:
            raise _unknown(
                Sentence(
                    "%(code)s is a class of the edition %(edition)s.",
                    code=code,
                    edition=found.edition,
                )
            )
        return found

    def component(self, code: str, edition: str | None = None) -> ComponentClass:
        """Return the class of components that `code` means; as `matter` in all else.

        Raises:
            Invalid: no such class, a class of matters only, or of another edition.
        """
        code = self._current("component", code, edition)
        found = self.components.get(code)
        if found is not None and edition in (None, STANDARD_2013, found.edition):
            return found
        if code in self.matters:
            raise _unknown(
                Sentence(
                    "%(code)s %(name)s is a class of matters, not of components.",
                    code=code,
                    name=self.matters[code].name_zh,
                )
            )
        raise _unknown(
            Sentence(
                "%(code)s is no class of components in %(standard)s.", code=code, standard=STANDARD
            )
        )

    def conditions(self, code: str, grade: str | None = None) -> tuple[Condition, ...]:
        """Return the filing conditions of a class: its own, or else its major's default.

        Args:
            code: five digits of a matter.
            grade: area grade of the cell, "1" to "3"; None when it has none.

        Raises:
            Invalid: no such class of matters.
        """
        return in_grade(self.conditions_of[self.matter(code).code], grade)

    def condition(self, code: str, condition: str, grade: str | None = None) -> Condition:
        """Return the condition called `condition`, which must be one of the class `code`.

        Raises:
            Invalid: no such class, or the condition is not one of its own; field `condition`.
        """
        offered = self.conditions(code, grade)
        for each in offered:
            if each.code == condition:
                return each
        known = ", ".join(each.code for each in offered)
        message = Sentence(
            "%(condition)s is no filing condition of class %(code)s; choose one of %(known)s.",
            condition=condition,
            code=code,
            known=known,
        )
        raise Invalid(message, errors=(FieldError("condition", message),))

    def default_condition(self, code: str, grade: str | None = None) -> Condition:
        """Return the condition that a forecast goes by until a person has chosen one.

        It is the one with the shortest limit: a case must never look less urgent than it may be.
        At equal limits the first in the file.

        Raises:
            Invalid: no such class of matters.
        """
        return min(self.conditions(code, grade), key=lambda each: length_order(each.limit))

    def check_answers(self, code: str, answers: Mapping[str, bool]) -> None:
        """Refuse answers to questions that the class `code` does not ask.

        Raises:
            Invalid: no such class, or one error for each foreign key; field `answers.KEY`.
        """
        asked = {question.key for question in self.matter(code).questions}
        foreign = sorted(answers.keys() - asked)
        if foreign:
            errors = tuple(
                FieldError(f"answers.{key}", "This class does not ask this; leave it out.")
                for key in foreign
            )
            raise Invalid("This class does not ask all that was answered.", errors=errors)

    def search(self, text: str, limit: int = SEARCH_LIMIT) -> tuple[MatterClass, ...]:
        """Return the classes of matters that `text` may mean, best first.

        Looks at the beginning of codes, at Chinese and English names and at the city's own words
        for issues (`kinds`); width and case do not matter. Nothing is found for empty text.
        """
        wanted = _folded(text)
        if not wanted:
            return ()
        words: dict[str, list[str]] = {}
        for kind in self.kinds:
            words.setdefault(kind.code, []).append(_folded(f"{kind.name_zh}\n{kind.name_en}"))
        ranked = [
            (rank, code)
            for code, matter in self.matters.items()
            if (rank := _rank(wanted, matter, words.get(code, ()))) is not None
        ]
        return tuple(self.matters[code] for _, code in sorted(ranked)[:limit])

    def _current(self, kind: str, code: str, edition: str | None) -> str:
        """Return the five digits meant, or refuse what has not the form its edition demands."""
        if edition == STANDARD_2013:
            return self._successor(kind, code)
        if edition not in (None, STANDARD, LOCAL):
            message = Sentence(
                "The edition %(edition)s is not known; say one of %(known)s.",
                edition=edition,
                known=f"{STANDARD}, {LOCAL}, {STANDARD_2013}",
            )
            raise Invalid(message, errors=(FieldError("edition", message),))
        if is_class_code(code):
            return code
        if self.crosswalk.successor(kind, code) is not None:
            raise _unknown(
                Sentence(
                    "%(code)s has four digits as in %(standard)s; say that edition with it.",
                    code=code,
                    standard=STANDARD_2013,
                )
            )
        raise _unknown(
            Sentence("%(code)s is no class code; it has five digits, such as 06010.", code=code)
        )

    def _successor(self, kind: str, code: str) -> str:
        crossing = self.crosswalk.successor(kind, code)
        if crossing is None:
            other = "component" if kind == "matter" else "matter"
            if self.crosswalk.successor(other, code) is not None:
                raise _unknown(_of_other_kind(kind, code))
            raise _unknown(
                Sentence(
                    "%(code)s is no code that is known of %(standard)s.",
                    code=code,
                    standard=STANDARD_2013,
                )
            )
        if crossing.code is None:
            raise _unknown(
                Sentence(
                    "%(code)s of %(old)s has no successor; choose a class of %(new)s.",
                    code=code,
                    old=STANDARD_2013,
                    new=STANDARD,
                )
            )
        return crossing.code


def _conditions_of(code: str, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    matching = tuple(each for each in conditions if code in each.classes)
    own = tuple(each for each in matching if not each.is_default)
    return own or matching


def _unknown(message: str) -> Invalid:
    return Invalid(message, errors=(FieldError("class_code", message),))


def _of_other_kind(kind: str, code: str) -> Sentence:
    if kind == "matter":
        return Sentence(
            "%(code)s is a component in %(standard)s; here a matter is needed.",
            code=code,
            standard=STANDARD_2013,
        )
    return Sentence(
        "%(code)s is a matter in %(standard)s; here a component is needed.",
        code=code,
        standard=STANDARD_2013,
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _rank(wanted: str, matter: MatterClass, words: Iterable[str]) -> int | None:
    """Say how well `wanted` fits: 0 best; None when it does not."""
    name = _folded(matter.name_zh)
    fits = (
        matter.code.startswith(wanted),
        name.startswith(wanted),
        wanted in name,
        any(wanted in word for word in words),
        wanted in _folded(matter.name_en),
    )
    return fits.index(True) if True in fits else None
