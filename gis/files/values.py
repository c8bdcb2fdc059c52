"""What value does a field of a row mean: text, number, integer, date or flag?

Each reader takes what any of the file kinds may deliver and returns a plain Python value, or None
for nothing. A ValueError's sentence says what the value should have been.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wanmi.gis.cellcode import CellCode, ComponentCode
from wanmi.gis.errors import CodeInvalid
from wanmi.gis.layers import AREA_KINDS, ZONE_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wanmi.gis.layers import Field, FieldType

Value = str | float | int | date | bool | None

MAX_TEXT = 4000
"""Characters of one text at most; a longer one is a fault of the file."""

CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("zones", "kind"): ZONE_KINDS,
    ("areas", "kind"): AREA_KINDS,
    ("streets", "grade"): ("main", "secondary", "branch", "lane"),
    ("streets", "axis"): ("EW", "NS"),
    ("components", "accuracy"): ("A", "B", "C"),
}
"""Fields (layer, column) that take one of a few words."""

_DATE = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?:[ T].*)?")
_NO_DATE = {"", "0", "00000000"}
_FLAGS = {
    "1": True, "y": True, "yes": True, "t": True, "true": True, "是": True,
    "0": False, "n": False, "no": False, "f": False, "false": False, "否": False,
}  # fmt: skip
_EXACT = 2**53
_PLAIN = (str, float, int, date)  # what can be looked up; JSON brings lists too
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d|24:00"
_HOURS = re.compile(rf"(?:{_CLOCK})-(?:{_CLOCK})(?:;(?:{_CLOCK})-(?:{_CLOCK}))*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _hours(text: str) -> None:
    if not _HOURS.fullmatch(text):
        raise ValueError(f"{text!r} are no hours; write them as 06:00-08:30;18:30-22:00.")


FORMS: dict[tuple[str, str], Callable[[str], object]] = {
    ("cells", "code"): CellCode.from_text,
    ("components", "code"): ComponentCode.from_text,
    ("components", "cell_code"): CellCode.from_text,
    ("areas", "hours"): _hours,
}
"""Fields (layer, column) whose text has a form of its own."""


def read_value(layer: str, field: Field, raw: object) -> Value:
    """Return the value of `field` of the layer called `layer`.

    Raises:
        ValueError: it is not one; the sentence says what it should be.
        CodeInvalid: a code of the wrong form.
    """
    value = None if _is_missing(raw) else _READERS[field.type](raw)
    if value is None:
        if field.required:
            raise ValueError(f"{field.name} is empty, but every row must have it.")
        return None
    allowed = CHOICES.get((layer, field.column))
    if allowed and value not in allowed:
        raise ValueError(f"{field.name} is {value!r}; it must be one of {', '.join(allowed)}.")
    check = FORMS.get((layer, field.column))
    if check is not None:
        check(str(value))
    return value


def read_column(layer: str, field: Field, column: Iterable[Any]) -> list[Value | Exception]:
    """Return the values of `field` of the layer called `layer`, or the error that `read_value` has.

    Equal values, of which most columns have many, are read once.
    """
    known: dict[Any, Value | Exception] = {}
    values = []
    for raw in column:
        key = raw if raw is None or isinstance(raw, _PLAIN) else repr(raw)
        if key not in known:
            try:
                known[key] = read_value(layer, field, raw)
            except (ValueError, CodeInvalid) as error:
                known[key] = error
        values.append(known[key])
    return values


def _is_missing(raw: object) -> bool:
    return raw is None or (isinstance(raw, float) and math.isnan(raw))


def _text(raw: Any) -> str | None:  # noqa: ANN401
    if isinstance(raw, float):
        if abs(raw) >= _EXACT:
            raise ValueError(
                f"{raw:.0f} was kept as a number and has lost digits; keep it as text."
            )
        raw = int(raw) if raw.is_integer() else raw
    text = str(raw).strip()
    if _CONTROL.search(text):
        raise ValueError("The text holds control characters; take them out.")
    if len(text) > MAX_TEXT:
        raise ValueError(f"The text is longer than {MAX_TEXT} characters.")
    return text or None


def _number(raw: Any) -> float | None:  # noqa: ANN401
    text = str(raw).strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number.") from None
    if not math.isfinite(number):
        raise ValueError(f"{text!r} is not a finite number.")
    return number


def _integer(raw: Any) -> int | None:  # noqa: ANN401
    number = _number(raw)
    if number is None:
        return None
    if not number.is_integer():
        raise ValueError(f"{raw!r} is not a whole number.")
    return int(number)


def _date(raw: Any) -> date | None:  # noqa: ANN401
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = str(int(raw) if isinstance(raw, float) else raw).strip()
    if text in _NO_DATE:
        return None
    match = _DATE.fullmatch(text)
    try:
        if match:
            return date(*(int(part) for part in match.groups()))
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not a date; write it as 20260131 or 2026-01-31.")


def _flag(raw: Any) -> bool | None:  # noqa: ANN401
    text = str(int(raw) if isinstance(raw, bool | float) else raw).strip().lower()
    if not text:
        return None
    if text not in _FLAGS:
        raise ValueError(f"{text!r} is neither yes nor no; write 1 or 0.")
    return _FLAGS[text]


_READERS: dict[FieldType, Callable[[Any], Value]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "date": _date,
    "flag": _flag,
}
