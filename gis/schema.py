"""What do all tables have in common: the base class, the names of constraints, the frame of shapes?

The one declarative `Base` of Wanmi. Every room's tables hang on it, so that Alembic sees them all.
Hot paths use the classes' `__table__` with Core; desks may use the classes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, DateTime, Identity, Index, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

SRID = 4490
"""The frame of every stored shape: CGCS2000 degrees, longitude first."""

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

Code = Text(collation="C")
"""The type of codes: sorted byte by byte in every database, as Python sorts them.

The tie rule "lowest code wins" would otherwise depend on the language of the server.
"""


class Base(DeclarativeBase):
    """The base of every table of Wanmi."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True)}  # noqa: RUF012


def table_of(model: type[Base]) -> Table:
    """Return the Core table of `model`, for statements that need no objects."""
    return cast("Table", model.__table__)


def id_column() -> Mapped[int]:
    """Return a bigint key that the database counts up."""
    return mapped_column(BigInteger, Identity(always=True), primary_key=True, sort_order=-10)


def key_column() -> Mapped[str]:
    """Return the code by which a row is known for ever: the primary key."""
    return mapped_column(Code, primary_key=True, sort_order=-10)


def code_column(*, index: bool = False, nullable: bool = True) -> Mapped[Any]:
    """Return a column for a code of something else (a unit, a jurisdiction, a cell)."""
    return mapped_column(Code, index=index, nullable=nullable)


def shape_column(kind: str, *, nullable: bool = False) -> Mapped[WKBElement]:
    """Return a column for shapes of `kind` (a PostGIS type name) in EPSG:4490 degrees."""
    # The index is declared by `shape_index`: one made by the type itself escapes the
    # naming convention and confuses `alembic check`.
    shape = Geometry(kind, srid=SRID, spatial_index=False)
    return mapped_column(shape, nullable=nullable, sort_order=90)


def point_column(*, nullable: bool = False) -> Mapped[WKBElement]:
    """Return a column for points in EPSG:4490 degrees."""
    return shape_column("POINT", nullable=nullable)


def line_column(*, nullable: bool = False) -> Mapped[WKBElement]:
    """Return a column for lines of one or more parts in EPSG:4490 degrees."""
    return shape_column("MULTILINESTRING", nullable=nullable)


def polygon_column(*, nullable: bool = False) -> Mapped[WKBElement]:
    """Return a column for polygons of one or more parts in EPSG:4490 degrees."""
    return shape_column("MULTIPOLYGON", nullable=nullable)


def shape_index(column: str = "shape") -> Index:
    """Return the GiST index of a shape column, named by the convention."""
    return Index(None, column, postgresql_using="gist")


class KnownRow:
    """A row known by its code, with a name and a note."""

    code: Mapped[str] = key_column()
    name: Mapped[str] = mapped_column(sort_order=-9)
    note: Mapped[str | None] = mapped_column(sort_order=80)


class OwnedRow:
    """A row with a unit that answers for it, in a jurisdiction (管理辖区)."""

    unit_code: Mapped[str | None] = mapped_column(Code, sort_order=70)
    jurisdiction_code: Mapped[str | None] = mapped_column(Code, index=True, sort_order=71)


class ShapedRow:
    """A row with an indexed shape."""

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> Any:  # noqa: ANN401, D105 - SQLAlchemy's, a property
        return (shape_index(),)


class PolygonRow(ShapedRow):
    """A row with a polygon."""

    shape: Mapped[WKBElement] = polygon_column()


class LineRow(ShapedRow):
    """A row with a line."""

    shape: Mapped[WKBElement] = line_column()


class PointRow(ShapedRow):
    """A row with a point."""

    shape: Mapped[WKBElement] = point_column()
