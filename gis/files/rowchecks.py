"""Do the values of a row go together, and does no key come twice?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanmi.gis.errors import RowInvalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from wanmi.gis.files.reading import Row
    from wanmi.gis.layers import Layer

Values = dict[str, Any]


def check_row(layer: str, values: Values, row: int) -> Values:
    """Return `values` made ready for the table of `layer`.

    Raises:
        RowInvalid: two values contradict each other.
    """
    check = _CHECKS.get(layer)
    return check(values, row) if check else values


def check_keys(layer: Layer, rows: list[Row], complaints: list[RowInvalid]) -> list[Row]:
    """Return `rows` without those whose key an earlier row has; these become complaints.

    A cell may come once as current and any number of times as history, each with its own dates.
    """
    first: dict[tuple[object, ...], int] = {}
    kept = []
    for row in rows:
        key = _key(layer, row.values)
        if key in first:
            sentence = f"{row.values['code']} is already in row {first[key]}."
            complaints.append(RowInvalid(sentence, row=row.number, field=layer.key))
        else:
            first[key] = row.number
            kept.append(row)
    return kept


def _key(layer: Layer, values: Values) -> tuple[object, ...]:
    if layer.name == "cells" and values["valid_to"]:
        return values["code"], values["valid_from"], values["valid_to"]
    return (values["code"],)


def _cell(values: Values, row: int) -> Values:
    valid_to = values.get("valid_to")
    if valid_to and valid_to < values["valid_from"]:
        raise RowInvalid("CHDate is before ORDate.", row=row, field="CHDate")
    return values | {"valid_to": valid_to}


def _zone(values: Values, row: int) -> Values:
    shift = values.get("shift") or ""
    if shift and values["kind"] != "inspection":
        raise RowInvalid("Only inspection zones have shifts.", row=row, field="SHIFT")
    return values | {"shift": shift}


_CHECKS: dict[str, Callable[[Values, int], Values]] = {"cells": _cell, "zones": _zone}
