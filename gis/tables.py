"""Which tables hold the layers of the city?

Columns are those of `wanmi.gis.layers`. Units, jurisdictions and cells of other rows appear as
plain codes: a layer may be loaded before the one it speaks of, and units live in a room above.
Shapes are EPSG:4490; areas are square metres, widths metres.
"""

from __future__ import annotations

from datetime import date, datetime

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from wanmi.gis.schema import (
    Base,
    KnownRow,
    LineRow,
    OwnedRow,
    PointRow,
    PolygonRow,
    code_column,
    id_column,
    key_column,
    polygon_column,
    shape_index,
)


class Division(KnownRow, Base):
    """An administrative division: city, county, town (with subdistricts) or community."""

    __tablename__ = "divisions"
    __table_args__ = (shape_index(),)

    level: Mapped[str]
    parent_code: Mapped[str | None] = code_column(index=True)
    basis: Mapped[str | None]
    shape: Mapped[WKBElement | None] = polygon_column(nullable=True)


class Jurisdiction(KnownRow, Base):
    """A jurisdiction (管理辖区): who manages the land, a tree beside the divisions."""

    __tablename__ = "jurisdictions"
    __table_args__ = (shape_index(),)

    kind: Mapped[str]
    parent_code: Mapped[str | None] = code_column(index=True)
    unit_code: Mapped[str | None] = code_column()
    basis: Mapped[str | None]
    shape: Mapped[WKBElement | None] = polygon_column(nullable=True)


class GridEdition(Base):
    """One edition of the grid: raised whenever a load changes cells, never lowered."""

    __tablename__ = "grid_editions"

    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    cells: Mapped[int]


class Cell(Base):
    """One cell (单元网格) as it was from `valid_from` to `valid_to`; current when that is null.

    A changed outline makes a new row and ends the old one, so a code may have several rows, but
    only one current row. `edition` and `ended_edition` say in which editions of the grid it is:
    edition <= e < ended_edition.
    """

    __tablename__ = "cells"
    __table_args__ = (
        Index(
            "uq_cells_code_current", "code", unique=True, postgresql_where=text("valid_to IS NULL")
        ),
        UniqueConstraint("code", "edition", "valid_from"),
        CheckConstraint("valid_to >= valid_from", name="validity"),
        CheckConstraint("(valid_to IS NULL) = (ended_edition IS NULL)", name="ended"),
        Index(
            "ix_cells_shape_current",
            "shape",
            postgresql_using="gist",
            postgresql_where=text("valid_to IS NULL"),
        ),
    )

    id: Mapped[int] = id_column()
    code: Mapped[str] = code_column(nullable=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    edition: Mapped[int]
    ended_edition: Mapped[int | None]
    area_m2: Mapped[float | None]
    grade: Mapped[str | None]
    jurisdiction_code: Mapped[str | None] = code_column(index=True)
    note: Mapped[str | None]
    shape: Mapped[WKBElement] = polygon_column()


class Zone(KnownRow, OwnedRow, Base):
    """A set of whole cells: an inspection zone (责任网格) or a duty zone (责任区).

    Membership (`zone_cells`) is the truth; the outline is derived from it.
    """

    __tablename__ = "zones"
    __table_args__ = (
        UniqueConstraint("code", "kind", "shift"),
        CheckConstraint("kind = 'inspection' OR shift = ''", name="shift"),
        shape_index(),
    )

    kind: Mapped[str]
    shift: Mapped[str] = mapped_column(server_default="")
    shape: Mapped[WKBElement | None] = polygon_column(nullable=True)


class ZoneCell(Base):
    """A whole cell in a zone: at most one zone per cell, kind and shift."""

    __tablename__ = "zone_cells"
    __table_args__ = (
        UniqueConstraint("cell_code", "kind", "shift"),
        # Kind and shift repeat the zone's, so that the line above can be a constraint.
        ForeignKeyConstraint(
            ["zone_code", "kind", "shift"],
            ["zones.code", "zones.kind", "zones.shift"],
            ondelete="CASCADE",
            onupdate="CASCADE",
            name="fk_zone_cells_zone",
        ),
    )

    zone_code: Mapped[str] = key_column()
    cell_code: Mapped[str] = key_column()
    kind: Mapped[str]
    shift: Mapped[str] = mapped_column(server_default="")


class Street(KnownRow, OwnedRow, LineRow, Base):
    """A street (道路): its axis line, grade and creation programmes."""

    __tablename__ = "streets"

    grade: Mapped[str]
    programme: Mapped[str | None]
    axis: Mapped[str | None]
    width_m: Mapped[float | None]
    one_way: Mapped[bool | None]
    bridge: Mapped[bool | None]
    basis: Mapped[str | None]


class Frontage(KnownRow, OwnedRow, LineRow, Base):
    """The strip before a door (门前四包) and who holds the duty for it."""

    __tablename__ = "frontages"

    duties: Mapped[str | None]
    holder: Mapped[str | None]
    street_code: Mapped[str | None] = code_column()


class Section(KnownRow, OwnedRow, LineRow, Base):
    """A stretch narrower than a cell: a cleaning section (保洁路段) or back street (背街小巷)."""

    __tablename__ = "sections"

    kind: Mapped[str]
    grade: Mapped[str | None]
    width_m: Mapped[float | None]
    street_code: Mapped[str | None] = code_column()


class Area(KnownRow, OwnedRow, PolygonRow, Base):
    """An area that changes what is lawful or who answers there, with its hours."""

    __tablename__ = "areas"

    kind: Mapped[str]
    hours: Mapped[str | None]
    basis: Mapped[str | None]


class Park(KnownRow, OwnedRow, PolygonRow, Base):
    """A park or green space."""

    __tablename__ = "parks"

    kind: Mapped[str]
    area_m2: Mapped[float | None]
    programme: Mapped[str | None]
    basis: Mapped[str | None]


class Component(PointRow, Base):
    """A component (部件): GB/T 47678.5-2026 table 2, with the accuracy class of its position."""

    __tablename__ = "components"

    code: Mapped[str] = key_column()
    name: Mapped[str]
    competent_code: Mapped[str] = code_column(nullable=False)
    competent_name: Mapped[str | None]
    owner_code: Mapped[str | None] = code_column()
    owner_name: Mapped[str | None]
    maintainer_code: Mapped[str | None] = code_column()
    maintainer_name: Mapped[str | None]
    cell_code: Mapped[str] = code_column(nullable=False, index=True)
    state: Mapped[str]
    valid_from: Mapped[date]
    changed_on: Mapped[date | None]
    source: Mapped[str | None]
    note: Mapped[str | None]
    subdistrict_code: Mapped[str | None] = code_column()
    community_code: Mapped[str | None] = code_column()
    accuracy: Mapped[str | None]
    jurisdiction_code: Mapped[str | None] = code_column(index=True)


class Place(KnownRow, PointRow, Base):
    """A named place: tract, street, doorplate or point of interest."""

    __tablename__ = "places"

    kind: Mapped[str]
    alias: Mapped[str | None]
    address: Mapped[str | None]
    jurisdiction_code: Mapped[str | None] = code_column(index=True)
    basis: Mapped[str | None]


class School(KnownRow, OwnedRow, PolygonRow, Base):
    """A school's outline; rules count metres from it."""

    __tablename__ = "schools"

    kind: Mapped[str]
    basis: Mapped[str | None]


class GreeningPoint(KnownRow, OwnedRow, PointRow, Base):
    """A greening inspection point (迎验点位)."""

    __tablename__ = "greening_points"

    kind: Mapped[str]
    programme: Mapped[str | None]
    shows: Mapped[str | None]
    tasks: Mapped[str | None]
    state: Mapped[str | None]
    park_code: Mapped[str | None] = code_column()
    basis: Mapped[str | None]


class InspectionRoute(KnownRow, OwnedRow, LineRow, Base):
    """A greening inspection route (迎验线路): stops are codes in order, with ; between."""

    __tablename__ = "inspection_routes"

    programme: Mapped[str | None]
    stops: Mapped[str | None]


class LayerLoad(Base):
    """One load of a layer that was accepted: what came, from which file, and what it changed."""

    __tablename__ = "layer_loads"
    __table_args__ = (Index(None, "layer", "id"),)

    id: Mapped[int] = id_column()
    layer: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    frame: Mapped[str]
    rows: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    withdrawn: Mapped[int]
    complaints: Mapped[int]
    loaded_at: Mapped[datetime]
    edition: Mapped[int | None]
