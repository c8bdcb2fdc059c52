"""Which layers are there, and what is each field called in a file and in the database?

One table of data for the builder of the demonstration city, `gis.files`, `gis.loading` and the
exports. File names of fields have at most ten bytes (DBF) and are the standard's where it has one
(standards.md 1.5, 2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shape = Literal["polygon", "line", "point"]
FieldType = Literal["text", "number", "integer", "date", "flag"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in files, its column, its type, its length in characters."""

    name: str
    column: str
    type: FieldType = "text"
    required: bool = False
    length: int = 80


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its shape, its fields, and the field by which a row is known for ever.

    `shapeless` layers may have rows without a shape (a county whose outline nobody drew).
    """

    name: str
    shape: Shape
    key: str
    fields: tuple[Field, ...]
    shapeless: bool = False

    def field(self, name: str) -> Field:
        """Return the field called `name` in files. Raises KeyError when there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


_CODE = Field("CODE", "code", required=True, length=30)
_NAME = Field("NAME", "name", required=True, length=60)
_UNIT = Field("UNIT", "unit_code", length=18)
_JURIS = Field("JURIS", "jurisdiction_code", length=12)
_BASIS = Field("BASIS", "basis", length=20)
_NOTE = Field("NOTE", "note", length=200)


def _kind(length: int = 24) -> Field:
    return Field("KIND", "kind", required=True, length=length)


_LAYERS = (
    Layer(
        "divisions",
        "polygon",
        "CODE",
        (
            Field("CODE", "code", required=True, length=12),
            _NAME,
            Field("LEVEL", "level", required=True, length=12),  # city county town community
            Field("PARENT", "parent_code", length=12),
            _BASIS,
            _NOTE,
        ),
        shapeless=True,
    ),
    Layer(
        "jurisdictions",
        "polygon",
        "CODE",
        (
            Field("CODE", "code", required=True, length=12),
            _NAME,
            _kind(),  # city district county functional_zone
            Field("PARENT", "parent_code", length=12),
            _UNIT,
            _BASIS,
            _NOTE,
        ),
        shapeless=True,
    ),
    Layer(
        "cells",
        "polygon",
        "BGID",
        (
            Field("BGID", "code", required=True, length=15),
            Field("Area", "area_m2", "number"),
            Field("ORDate", "valid_from", "date", required=True),
            Field("CHDate", "valid_to", "date"),
            Field("GRADE", "grade", length=4),  # management area class 一类/二类/三类: 1 2 3
            _JURIS,
            Field("Note", "note", length=200),
        ),
    ),
    Layer(
        "zones",
        "polygon",
        "CODE",
        (
            _CODE,
            _kind(),  # inspection, or a duty dimension (see DIMENSIONS)
            _NAME,
            _UNIT,
            Field("SHIFT", "shift", length=12),
            _JURIS,
            _NOTE,
        ),
        shapeless=True,
    ),
    Layer(
        "streets",
        "line",
        "CODE",
        (
            _CODE,
            _NAME,
            Field("GRADE", "grade", required=True, length=12),  # main secondary branch lane
            Field("PROGRAMME", "programme", length=60),  # one or two, separated by ;
            Field("AXIS", "axis", length=2),  # EW or NS
            Field("WIDTH_M", "width_m", "number"),
            Field("ONEWAY", "one_way", "flag"),
            Field("BRIDGE", "bridge", "flag"),
            _UNIT,
            _JURIS,
            _BASIS,
            _NOTE,
        ),
    ),
    Layer(
        "frontages",
        "line",
        "CODE",
        (
            _CODE,
            _NAME,
            Field("DUTIES", "duties", length=60),  # hygiene;order;facilities;greening
            Field("HOLDER", "holder", length=40),
            _UNIT,
            Field("STREET", "street_code", length=30),
            _JURIS,
            _NOTE,
        ),
    ),
    Layer(
        "sections",
        "line",
        "CODE",
        (
            _CODE,
            _NAME,
            _kind(),  # cleaning, back_street
            Field("GRADE", "grade", length=4),
            Field("WIDTH_M", "width_m", "number"),
            _UNIT,
            Field("STREET", "street_code", length=30),
            _JURIS,
            _NOTE,
        ),
    ),
    Layer(
        "areas",
        "polygon",
        "CODE",
        (
            _CODE,
            _NAME,
            _kind(),  # see AREA_KINDS
            Field("HOURS", "hours", length=60),  # 06:00-08:30;18:30-22:00
            _UNIT,
            _JURIS,
            _BASIS,
            _NOTE,
        ),
    ),
    Layer(
        "parks",
        "polygon",
        "CODE",
        (
            _CODE,
            _NAME,
            _kind(),  # comprehensive community special linear
            Field("AREA_M2", "area_m2", "number"),
            Field("PROGRAMME", "programme", length=60),
            _UNIT,
            _JURIS,
            _BASIS,
            _NOTE,
        ),
    ),
    Layer(
        "components",
        "point",
        "GLBJBSM",
        (
            Field("GLBJBSM", "code", required=True, length=17),
            Field("GLBJMC", "name", required=True, length=30),
            Field("ZGBMDM", "competent_code", required=True, length=18),
            Field("ZGBMMC", "competent_name", length=60),
            Field("QSDWDM", "owner_code", length=18),
            Field("QSDWMC", "owner_name", length=60),
            Field("YHDWDM", "maintainer_code", length=18),
            Field("YHDWMC", "maintainer_name", length=60),
            Field("SZDYWGBSM", "cell_code", required=True, length=15),
            Field("GLBJZT", "state", required=True, length=10),
            Field("CSRQ", "valid_from", "date", required=True),
            Field("BGRQ", "changed_on", "date"),
            Field("SJLY", "source", length=30),
            Field("BZ", "note", length=200),
            Field("SZJDDM", "subdistrict_code", length=9),
            Field("SZSQDM", "community_code", length=12),
            Field("ACCURACY", "accuracy", length=1),  # A B C
            _JURIS,
        ),
    ),
    Layer(
        "places",
        "point",
        "CODE",
        (
            _CODE,
            _NAME,
            _kind(),  # tract street doorplate poi
            Field("ALIAS", "alias", length=60),
            Field("ADDRESS", "address", length=80),
            _JURIS,
            _BASIS,
            _NOTE,
        ),
    ),
    Layer(
        "schools",
        "polygon",
        "CODE",
        (_CODE, _NAME, _kind(), _UNIT, _JURIS, _BASIS, _NOTE),
    ),
    Layer(
        "greening_points",
        "point",
        "CODE",
        (
            _CODE,
            _NAME,
            _kind(),  # park street_greening river_bank nursery old_tree square compound
            Field("PROGRAMME", "programme", length=40),
            _UNIT,
            Field("SHOWS", "shows", length=80),
            Field("TASKS", "tasks", length=80),
            Field("STATE", "state", length=20),  # planned upgrading ready
            Field("PARK", "park_code", length=30),
            _JURIS,
            _BASIS,
            _NOTE,
        ),
    ),
    Layer(
        "inspection_routes",
        "line",
        "CODE",
        (
            _CODE,
            _NAME,
            Field("PROGRAMME", "programme", length=40),
            _UNIT,
            Field(
                "STOPS", "stops", length=250
            ),  # codes of greening points in order, separated by ;
            _JURIS,
            _NOTE,
        ),
    ),
)

LAYERS: dict[str, Layer] = {layer.name: layer for layer in _LAYERS}
"""Every layer by name, in the order in which they are loaded."""

DIMENSIONS = (
    "sanitation",
    "street_order",
    "municipal_facilities",
    "greening",
    "shop_signs",
    "traffic",
)
"""The six duty dimensions (环境卫生 市容秩序 市政配套 城市绿化 门头牌匾 交通管控)."""

ZONE_KINDS = ("inspection", *DIMENSIONS)
"""Every kind of zone: inspection zones 责任网格, and a 责任区 per dimension."""

AREA_KINDS = (
    "old_compound",
    "urban_village",
    "residential",
    "stall_area",
    "water_source",
    "ancient_tree_circle",
    "water",
)
"""Areas narrower than a cell that change what is lawful or who answers there."""

ZONE_CELLS = ("ZONE", "BGID")
"""Columns of zone_cells.csv beside the zones: which whole cells form a zone (the truth)."""
