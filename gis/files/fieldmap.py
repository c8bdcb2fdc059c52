"""Which field of a file is which field of a layer?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanmi.gis.errors import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wanmi.gis.layers import Field, Layer

OLD_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "cells": {"BGID": ("BGCODE", "GRIDID"), "Area": ("MJ",)},
    "components": {
        "GLBJBSM": ("ObjID",),
        "GLBJMC": ("ObjName",),
        "ZGBMDM": ("DeptCode1",),
        "ZGBMMC": ("DeptName1",),
        "QSDWDM": ("DeptCode2",),
        "QSDWMC": ("DeptName2",),
        "YHDWDM": ("DeptCode3",),
        "YHDWMC": ("DeptName3",),
        "SZDYWGBSM": ("BGID",),
        "GLBJZT": ("ObjState",),
        "CSRQ": ("ORDate",),
        "BGRQ": ("CHDate",),
        "SJLY": ("DataSource",),
        "BZ": ("Note",),
    },
}
"""What fields were called in GB/T 30428 and CJ/T 214 (standards.md 2.2)."""


def fields_from_text(pairs: Iterable[str]) -> dict[str, str]:
    """Read what the user says with `--field standard=theirs`.

    Raises:
        FileUnreadable: not of this form.

    >>> fields_from_text(["BGID=编号"])
    {'BGID': '编号'}
    """
    said = {}
    for pair in pairs:
        standard, sign, theirs = pair.partition("=")
        if not sign or not standard.strip() or not theirs.strip():
            raise FileUnreadable(f"--field {pair} must be standard=theirs, e.g. BGID=GRID_NO.")
        said[standard.strip()] = theirs.strip()
    return said


def match_fields(
    layer: Layer,
    names: Sequence[str],
    said: Mapping[str, str] | None = None,
) -> dict[Field, int]:
    """Return for each field of `layer` that the file has its position among `names`.

    What the user says goes first, then the standard's name, our column's name, the names of older
    standards; upper and lower case do not matter. A position is used once.

    Raises:
        FileUnreadable: the user names a field that is not there, or a required one is missing.
    """
    positions = {name.lower(): index for index, name in reversed(list(enumerate(names)))}
    found = _said(layer, positions, said or {})
    for field in layer.fields:
        if field in found:
            continue
        for name in (field.name, field.column, *OLD_NAMES.get(layer.name, {}).get(field.name, ())):
            index = positions.get(name.lower())
            if index is not None and index not in found.values():
                found[field] = index
                break
    missing = [field.name for field in layer.fields if field.required and field not in found]
    if missing:
        raise FileUnreadable(
            f"The file has no field {', '.join(missing)} of the layer {layer.name}; its fields are "
            f"{', '.join(names) or 'none'}. Say which one is meant: --field {missing[0]}=…",
        )
    return found


def _said(layer: Layer, positions: dict[str, int], said: Mapping[str, str]) -> dict[Field, int]:
    standard = {field.name.lower(): field for field in layer.fields}
    found = {}
    for name, theirs in said.items():
        if name.lower() not in standard:
            known = ", ".join(field.name for field in layer.fields)
            raise FileUnreadable(f"The layer {layer.name} has no field {name}; it has {known}.")
        if theirs.lower() not in positions:
            there = ", ".join(positions) or "none"
            raise FileUnreadable(f"The file has no field {theirs}; its fields are {there}.")
        found[standard[name.lower()]] = positions[theirs.lower()]
    return found
