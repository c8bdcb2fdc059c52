"""How is a JSON body read: strictly, once, with a clear sentence for all that is wrong?"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

from flask import request
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticSerializationError

from wanmi.platform.kernel.errors import FieldError, Invalid, TooLarge, WanmiError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)


class Unreadable(WanmiError):
    """The body is not what its Content-Type says: no JSON at all, or nested without end."""


class WrongType(WanmiError):
    """The body is of a kind that is not taken here."""


def _in_utc(moment: datetime) -> datetime:
    """PostgreSQL knows no zones beyond 16 hours, and a zone may lead out of the calendar."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("This time cannot be meant; set the clock right.") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment as it comes in: with its zone, and then in UTC."""


class Strict(BaseModel):
    """The base of everything that comes in: no unknown keys, no conversions, no NaN or infinity."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)

    @classmethod
    def model_validate(cls, obj: Any, **_: Any) -> Self:  # noqa: ANN401, ARG003 - pydantic's signature
        """Read the request's own bytes: flask-openapi3 would hand over what another parser made."""
        return read_json(cls)


class Lenient(BaseModel):
    """The base of what comes in as text (paths, queries): converted, but no unknown keys."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)

    @classmethod
    def model_json_schema(cls, *how: Any, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - pydantic's signature
        """Return the schema; flask-openapi3 wants it with each request, and it takes a while."""
        return super().model_json_schema(*how, **options) if how or options else _schema_of(cls)

    @model_validator(mode="after")
    def _storable(self) -> Self:
        faults = unstorable(self)
        if faults:
            raise ValueError(faults[0].message)
        return self


@cache
def _schema_of(model: type[Lenient]) -> dict[str, Any]:
    return BaseModel.model_json_schema.__func__(model)  # type: ignore[attr-defined,no-any-return]


def read_json(model: type[M]) -> M:
    """Read the request's body as `model`.

    Raises:
        WrongType: the request does not say that it is JSON.
        Unreadable: not JSON, or nested too deeply.
        Invalid: an unknown key, a value of the wrong kind; each fault is named by its field.
    """
    return parse_json(model, json_bytes())


def json_bytes() -> bytes:
    """Return the request's body, which must be JSON by its own word.

    Raises:
        WrongType: it is not.
        TooLarge: it has more bytes than are taken.
    """
    if not request.is_json:
        raise WrongType("Send JSON, with Content-Type: application/json.")
    data = request.get_data(cache=False)
    # Of a body without a length said before, Werkzeug gives the beginning up to the limit.
    if request.content_length is None and len(data) >= (request.max_content_length or sys.maxsize):
        raise TooLarge("This is more than is taken at once; send it in parts.")
    return data


def parse_json(model: type[M], data: bytes) -> M:
    """Read `data` as `model`; see `read_json`."""
    try:
        found = model.model_validate_json(data)
    except ValidationError as error:
        if error.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid":
            raise unreadable() from None
        raise invalid(error) from None
    refuse_unstorable(found)
    return found


def unreadable() -> Unreadable:
    """Return the error for a body that no reader of JSON can make sense of."""
    sentence = "This is not valid JSON, or it is nested too deeply."
    return Unreadable(sentence, errors=(FieldError("body", sentence),))


def invalid(error: ValidationError) -> Invalid:
    """Return our own error for pydantic's, field by field."""
    faults = tuple(fault(row) for row in error.errors(include_url=False, include_input=False))
    return Invalid("Some of what was sent cannot be taken; see each field.", errors=faults)


NUL_IN_JSON = "\\u0000"
OUT_OF_RANGE = {"less_than_equal", "greater_than_equal"}

SENTENCES = {
    "missing": "This is needed.",
    "extra_forbidden": "This key is not known; leave it out.",
    "string_too_long": "This text is too long.",
    "string_too_short": "This text is too short.",
    "string_pattern_mismatch": "This text does not have the right form.",
    "finite_number": "This must be a finite number.",
    "timezone_aware": "Give the time with its zone, such as 2026-11-23T09:30:00+08:00.",
    "uuid_parsing": "This must be a UUID.",
    "uuid_type": "This must be a UUID.",
    "datetime_type": "Give the time with its zone, such as 2026-11-23T09:30:00+08:00.",
    "datetime_parsing": "Give the time with its zone, such as 2026-11-23T09:30:00+08:00.",
    "datetime_from_date_parsing": "Give the time with its zone, such as 2026-11-23T09:30:00+08:00.",
    "float_type": "This must be a number.",
    "float_parsing": "This must be a number.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "bool_type": "This must be true or false.",
    "bool_parsing": "This must be true or false.",
    "string_type": "This must be a text.",
    "list_type": "This must be a list.",
    "model_type": "This must be an object.",
    "too_long": "These are too many.",
    "too_short": "These are too few.",
    "less_than_equal": "This number is too large.",
    "greater_than_equal": "This number is too small.",
}
"""Our sentence for each kind of fault that pydantic reports; other kinds keep its own."""


def fault(row: ErrorDetails) -> FieldError:
    """Return one of pydantic's faults as a field and a sentence."""
    field = ""
    for part in row["loc"]:
        field += f"[{part}]" if isinstance(part, int) else f".{part}" if field else str(part)
    if row["loc"][-1:] in (("lon",), ("lat",)) and row["type"] in OUT_OF_RANGE:
        return FieldError(field, "Degrees are out of range; are longitude and latitude swapped?")
    # A check of our own raises its sentence; pydantic would put "Value error" in front of it.
    own = str(row.get("ctx", {}).get("error", row["msg"]))
    return FieldError(field or "body", SENTENCES.get(row["type"], own))


def refuse_unstorable(found: BaseModel) -> None:
    """Refuse texts that PostgreSQL cannot hold: NUL characters and lone surrogates.

    Raises:
        Invalid: naming each field.
    """
    faults = unstorable(found)
    if faults:
        raise Invalid("Some of what was sent cannot be taken; see each field.", errors=faults)


def unstorable(found: BaseModel) -> tuple[FieldError, ...]:
    """Return a fault for each text that PostgreSQL cannot hold."""
    try:
        if NUL_IN_JSON not in found.model_dump_json():
            return ()
    except PydanticSerializationError:
        """A lone surrogate somewhere: found below."""
    return tuple(
        FieldError(field, "This text has a character that cannot be stored; remove it.")
        for field, value in _texts("", found.model_dump())
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
    )


def _texts(field: str, value: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return [(field, value)]
    if isinstance(value, dict):
        parts = [(f"{field}.{key}" if field else str(key), part) for key, part in value.items()]
        parts += [(field, str(key)) for key in value]
    elif isinstance(value, list | tuple):
        parts = [(f"{field}[{place}]", part) for place, part in enumerate(value)]
    else:
        return []
    return [found for name, part in parts for found in _texts(name, part)]
