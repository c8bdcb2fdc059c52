"""What in a layer does not fit the other layers, though its rows can be taken?

Layers come one after the other and from different hands, so these are notes and no refusals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from wanmi.gis.files import Note
from wanmi.gis.layers import LAYERS

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Doubt(NamedTuple):
    """A sentence, and the condition under which a row `t` of the layer is in doubt."""

    sentence: str
    condition: str


_UNKNOWN_JURISDICTION = Doubt(
    "name a jurisdiction that is not loaded",
    "t.jurisdiction_code NOT IN (SELECT code FROM jurisdictions)"
    " AND EXISTS (SELECT FROM jurisdictions)",
)
_UNKNOWN_STREET = Doubt(
    "name a street that is not loaded",
    "t.street_code NOT IN (SELECT code FROM streets) AND EXISTS (SELECT FROM streets)",
)
_UNKNOWN_COMMUNITY = Doubt(
    "begin with a community that is not loaded",
    "t.valid_to IS NULL AND left(t.code, 12) NOT IN (SELECT code FROM divisions)"
    " AND EXISTS (SELECT FROM divisions WHERE length(code) = 12)",
)
_NO_INSPECTION_ZONE = Doubt(
    "have no inspection zone",
    "t.valid_to IS NULL AND EXISTS (SELECT FROM zone_cells) AND NOT EXISTS"
    " (SELECT FROM zone_cells AS m WHERE m.cell_code = t.code AND m.kind = 'inspection')",
)
_OTHER_CELL = Doubt(
    "do not lie in the cell that they name",
    "EXISTS (SELECT FROM cells) AND NOT EXISTS (SELECT FROM cells AS c WHERE c.valid_to IS NULL"
    " AND c.code = t.cell_code AND ST_Covers(c.shape, t.shape))",
)

DOUBTS: dict[str, tuple[Doubt, ...]] = {
    "cells": (_UNKNOWN_COMMUNITY,),
    "frontages": (_UNKNOWN_STREET,),
    "sections": (_UNKNOWN_STREET,),
    "components": (_OTHER_CELL,),
}
"""Doubts of some layers; the one about jurisdictions is for every layer that names them."""


def find_doubts(connection: Connection, layer: str) -> list[Note]:
    """Return a note for each doubt about rows of `layer`, with their number and the first code.

    Loading zones asks about the cells too: some may be left without an inspection zone.
    """
    asked = [(layer, doubt) for doubt in DOUBTS.get(layer, ())]
    if any(field.column == "jurisdiction_code" for field in LAYERS[layer].fields):
        asked.append((layer, _UNKNOWN_JURISDICTION))
    if layer in {"cells", "zones"}:
        asked.append(("cells", _NO_INSPECTION_ZONE))
    notes = []
    for table, doubt in asked:
        query = f"SELECT count(*), min(t.code) FROM {table} AS t WHERE {doubt.condition}"
        count, first = connection.execute(text(query)).one()
        if count:
            notes.append(Note(f"{count} {table} {doubt.sentence}, the first is {first}."))
    return notes
