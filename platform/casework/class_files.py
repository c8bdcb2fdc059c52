"""Are the tables of classes right: majors, the standard's classes, local extensions, questions?"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from wanmi.platform.casework.classes import (
    KINDS,
    LOCAL,
    MAX_PRIORITY,
    MIRRORED_MAJORS,
    STANDARD,
    ComponentClass,
    Major,
    MatterClass,
    Question,
)
from wanmi.platform.kernel.class_sets import ClassSet, is_class_code
from wanmi.platform.kernel.tables import Faults, Row, read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from importlib.resources.abc import Traversable

CLASS_COUNTS = {"component": 153, "matter": 250}
"""How many classes annexes A and C of GB/T 47678.5-2026 have."""

FIRST_EXTENSION_MINOR = "080"
LOCAL_SUFFIX = "（自定义）"
MIRROR_SUFFIX = "异常"

_MAJOR_COLUMNS = ("kind", "code", "name_zh", "name_en")
_CLASS_COLUMNS = ("edition", "kind", "code", "name_zh", "name_en", "priority")
_QUESTION_COLUMNS = ("key", "classes", "type", "required", "text_zh", "text_en")
_CLASS_FILES = (
    ("classes.csv", STANDARD, _CLASS_COLUMNS),
    ("extensions.csv", LOCAL, (*_CLASS_COLUMNS, "note")),
)


@dataclass(frozen=True, slots=True)
class ClassTables:
    """Majors in the order of the file, classes by code."""

    majors: tuple[Major, ...]
    components: Mapping[str, ComponentClass]
    matters: Mapping[str, MatterClass]


def read_class_tables(folder: Traversable, faults: Faults) -> ClassTables:
    """Read majors, classes, extensions and questions; what is wrong is noted in `faults`."""
    majors = _majors(folder, faults)
    known = {(major.kind, major.code) for major in majors}
    rows: dict[tuple[str, str], Row] = {}
    for file, edition, columns in _CLASS_FILES:
        for row in read_table(folder / file, columns, faults):
            _check_class(row, edition, known)
            key = row["kind"], row["code"]
            if key in rows:
                row.wrong(f"{' '.join(key)} stands in {rows[key].where} already")
            rows.setdefault(key, row)
    _check_counts(rows, faults)
    _check_mirror(rows)
    codes = [code for kind, code in rows if kind == "matter"]
    questions = _questions(folder, codes, faults)
    components = {code: _component(row) for (kind, code), row in rows.items() if kind != "matter"}
    matters = {
        code: _matter(row, (each for each, on in questions if code in on))
        for (kind, code), row in rows.items()
        if kind == "matter"
    }
    return ClassTables(majors, MappingProxyType(components), MappingProxyType(matters))


def class_set(row: Row, matters: Collection[str]) -> ClassSet:
    """Read the cell `classes` of `row`; each of its parts must mean one of the codes `matters`."""
    try:
        classes = ClassSet.from_text(row["classes"])
    except ValueError as error:
        row.wrong(str(error))
        return ClassSet("", ())
    for low, high in classes.ranges:
        if not any(low <= code <= high for code in matters):
            row.wrong(f"{low if low == high else f'{low}-{high}'} means no class of the catalogue")
    return classes


def _majors(folder: Traversable, faults: Faults) -> tuple[Major, ...]:
    return tuple(
        Major(
            row.one_of("kind", KINDS),
            row.required("code"),
            row.required("name_zh"),
            row.required("name_en"),
        )
        for row in read_table(folder / "majors.csv", _MAJOR_COLUMNS, faults)
    )


def _check_class(row: Row, edition: str, majors: set[tuple[str, str]]) -> None:
    code, kind = row["code"], row.one_of("kind", KINDS)
    row.one_of("edition", (edition,))
    row.required("name_zh")
    row.required("name_en")
    row.whole("priority", 0, MAX_PRIORITY)
    if not is_class_code(code):
        row.wrong(f"code is {code!r}, not five digits")
    elif (kind, code[:2]) not in majors:
        row.wrong(f"{code} belongs to no {kind} major")
    elif edition == LOCAL and code[2:] < FIRST_EXTENSION_MINOR:
        row.wrong(f"{code}: extensions take the minors from {FIRST_EXTENSION_MINOR} on")
    if edition == LOCAL and not row["name_zh"].endswith(LOCAL_SUFFIX):
        row.wrong(f"the name of an extension ends in {LOCAL_SUFFIX}")


def _check_counts(rows: Mapping[tuple[str, str], Row], faults: Faults) -> None:
    for kind, expected in CLASS_COUNTS.items():
        count = sum(key[0] == kind and row["edition"] == STANDARD for key, row in rows.items())
        if count != expected:
            faults.add("classes.csv", f"has {count} classes of {kind}, the standard {expected}")


def _check_mirror(rows: Mapping[tuple[str, str], Row]) -> None:
    """In majors 01 to 05 each component has its matter, named after it, and each matter its own."""
    for (kind, code), row in rows.items():
        if code[:2] not in MIRRORED_MAJORS:
            continue
        twin = rows.get(("component" if kind == "matter" else "matter", code))
        if twin is None:
            row.wrong(f"{kind} {code} has no counterpart among the other kind")
        elif kind == "matter":
            base = twin["name_zh"].removesuffix(LOCAL_SUFFIX)
            suffix = twin["name_zh"][len(base) :]
            if row["name_zh"] != f"{base}{MIRROR_SUFFIX}{suffix}":
                row.wrong(f"{code} must be named {base}{MIRROR_SUFFIX}{suffix}")


def _questions(
    folder: Traversable, matters: Collection[str], faults: Faults
) -> list[tuple[Question, ClassSet]]:
    questions = []
    for row in read_table(folder / "questions.csv", _QUESTION_COLUMNS, faults):
        row.one_of("type", ("yes_no",))
        key = row.required("key")
        if not key.isidentifier():
            row.wrong(f"key is {key!r}, not a word of letters, digits and _")
        question = Question(
            key, row.required("text_zh"), row.required("text_en"), row.flag("required")
        )
        questions.append((question, class_set(row, matters)))
    return questions


def _component(row: Row) -> ComponentClass:
    return ComponentClass(
        row["code"],
        row["edition"],
        row["name_zh"],
        row["name_en"],
    )


def _matter(row: Row, questions: Iterable[Question]) -> MatterClass:
    return MatterClass(
        row["code"],
        row["edition"],
        row["name_zh"],
        row["name_en"],
        int(row["priority"]) if row["priority"].isdecimal() else 0,
        tuple(questions),
    )
