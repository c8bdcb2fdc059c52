"""Are the catalogue's tables right, and what do they say?

Reads `data/*.csv` (the head of each file explains its columns). Every row is looked at before
anything is refused, so that one run names all that is wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanmi.platform.casework.class_files import (
    ClassTables,
    class_set,
    read_class_tables,
)
from wanmi.platform.casework.classes import KINDS, Favourite, Kind
from wanmi.platform.casework.conditions import GRADES, Condition
from wanmi.platform.casework.crosswalk import BASES, OLD_CODE_DIGITS, Crossing, Crosswalk
from wanmi.platform.kernel.errors import Invalid, SettingsInvalid
from wanmi.platform.kernel.limits import Limit, Unit
from wanmi.platform.kernel.tables import Faults, Row, read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from importlib.resources.abc import Traversable

_CONDITION_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CONDITION_COLUMNS = (
    *("code", "classes", "grade", "text_zh", "text_en", "limit", "unit"),
    *("closing_zh", "closing_en", "source", "default", "note"),
)
_CROSSING_COLUMNS = ("kind", "code_2013", "code_2026", "name_2013", "basis", "note")


@dataclass(frozen=True, slots=True)
class CatalogueTables:
    """What the files say, checked; in the order of the files."""

    classes: ClassTables
    crosswalk: Crosswalk
    conditions: tuple[Condition, ...]
    kinds: tuple[Kind, ...]
    favourites: tuple[Favourite, ...]


def read_catalogue_tables(folder: Traversable) -> CatalogueTables:
    """Read and check every table of the catalogue in `folder`.

    Raises:
        SettingsInvalid: `errors` names every fault with file and line.
    """
    faults = Faults()
    classes = read_class_tables(folder, faults)
    tables = CatalogueTables(
        classes,
        _crosswalk(folder, classes, faults),
        _conditions(folder, classes.matters.keys(), faults),
        _kinds(folder, classes.matters.keys(), faults),
        _favourites(folder, classes.matters.keys(), faults),
    )
    faults.stop_if_any(SettingsInvalid, "Correct the catalogue's tables.")
    return tables


def _crosswalk(folder: Traversable, classes: ClassTables, faults: Faults) -> Crosswalk:
    known: Mapping[str, Collection[str]] = {
        "component": classes.components.keys(),
        "matter": classes.matters.keys(),
    }
    crossings: list[Crossing] = []
    taken: Counter[tuple[str, str]] = Counter()
    for row in read_table(folder / "crosswalk_2013.csv", _CROSSING_COLUMNS, faults):
        kind, old, new = row.one_of("kind", KINDS), row["code_2013"], row["code_2026"]
        basis = row.one_of("basis", BASES)
        if not (len(old) == OLD_CODE_DIGITS and old.isascii() and old.isdecimal()):
            row.wrong(f"code_2013 is {old!r}, not four digits")
        if new and new not in known.get(kind, ()):
            row.wrong(f"{new} is no class of {kind}")
        if (basis == "none") == bool(new):
            row.wrong("a code without successor has the basis none, and only such a one")
        for code in filter(None, (old, new)):
            taken[kind, code] += 1
            if taken[kind, code] > 1:
                row.wrong(f"{kind} {code} stands in this table already")
        crossings.append(Crossing(kind, old, new or None, row["name_2013"], basis, row["note"]))
    return Crosswalk.of(crossings)


def _conditions(
    folder: Traversable, matters: Collection[str], faults: Faults
) -> tuple[Condition, ...]:
    rows = read_table(folder / "conditions.csv", _CONDITION_COLUMNS, faults)
    conditions = tuple(_condition(row, matters) for row in rows)
    _check_grades(rows, faults)
    _check_defaults(conditions, matters, faults)
    return conditions


def _condition(row: Row, matters: Collection[str]) -> Condition:
    code = row.required("code")
    if code and not _CONDITION_CODE.fullmatch(code):
        row.wrong(f"code is {code!r}; use small letters, digits and single hyphens")
    return Condition(
        code,
        class_set(row, matters),
        row.one_of("grade", (*GRADES, "")) or None,
        row.required("text_zh"),
        row.required("text_en"),
        _limit(row),
        row.required("closing_zh"),
        row.required("closing_en"),
        row.required("source"),
        is_default=row.flag("default"),
        note=row["note"],
    )


def _limit(row: Row) -> Limit:
    try:
        return Limit.from_text(row["limit"], row["unit"])
    except Invalid as error:
        row.wrong(f"limit: {error.message}")
        return Limit(1, Unit.WORKING_DAY)


def _check_grades(rows: Sequence[Row], faults: Faults) -> None:
    """Rows of one condition differ in grade only, and one of them holds in every other grade."""
    first: dict[str, Row] = {}
    grades: Counter[tuple[str, str]] = Counter()
    for row in rows:
        code = row["code"]
        head = first.setdefault(code, row)
        grades[code, row["grade"]] += 1
        if grades[code, row["grade"]] > 1:
            row.wrong(f"the condition {code} stands in {head.where} already")
        for column in ("classes", "default"):
            if row[column] != head[column]:
                row.wrong(f"{column} of {code} differs from {head.where}")
    for code, head in first.items():
        if not grades[code, ""]:
            faults.add(head.where, f"the condition {code} needs a row without grade")


def _check_defaults(
    conditions: tuple[Condition, ...], matters: Collection[str], faults: Faults
) -> None:
    """Each class has exactly one default row; a major that breaks this is named once."""
    defaults = [each for each in conditions if each.is_default and each.grade is None]
    blamed: set[str] = set()
    for code in sorted(matters):
        found = sum(code in each.classes for each in defaults)
        if found != 1 and code[:2] not in blamed:
            blamed.add(code[:2])
            faults.add("conditions.csv", f"has {found} default rows for class {code}, not one")


def _kinds(folder: Traversable, matters: Collection[str], faults: Faults) -> tuple[Kind, ...]:
    columns = ("kind_zh", "kind_en", "code", "note")
    return tuple(
        Kind(
            row.required("kind_zh"),
            row.required("kind_en"),
            _matter_code(row, matters),
            row["note"],
        )
        for row in read_table(folder / "kinds.csv", columns, faults)
    )


def _favourites(
    folder: Traversable, matters: Collection[str], faults: Faults
) -> tuple[Favourite, ...]:
    columns = ("code", "label_zh", "label_en")
    return tuple(
        Favourite(_matter_code(row, matters), row.required("label_zh"), row.required("label_en"))
        for row in read_table(folder / "favourites.csv", columns, faults)
    )


def _matter_code(row: Row, matters: Collection[str]) -> str:
    code = row.required("code")
    if code and code not in matters:
        row.wrong(f"{code} is no class of matters")
    return code
