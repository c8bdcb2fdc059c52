"""The layers of the city: divisions, the grid with its history, zones, streets, components."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
POLYGON, LINE, POINT = "MULTIPOLYGON", "MULTILINESTRING", "POINT"
TABLES = (
    "divisions",
    "jurisdictions",
    "grid_editions",
    "cells",
    "zones",
    "zone_cells",
    "streets",
    "frontages",
    "sections",
    "areas",
    "parks",
    "components",
    "places",
    "schools",
    "greening_points",
    "inspection_routes",
    "layer_loads",
)


def upgrade() -> None:
    _land()
    _cells()
    _zones()
    _streets_and_areas()
    _points()
    _loads()


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)


def _land() -> None:
    _layer(
        "divisions",
        _shape(POLYGON, nullable=True),
        _text("name", nullable=False),
        _text("level", nullable=False),
        _code("parent_code"),
        _text("basis"),
        _text("note"),
    )
    _layer(
        "jurisdictions",
        _shape(POLYGON, nullable=True),
        _text("name", nullable=False),
        _text("kind", nullable=False),
        _code("parent_code"),
        _code("unit_code"),
        _text("basis"),
        _text("note"),
    )
    for name in ("divisions", "jurisdictions"):
        op.create_index(f"ix_{name}_parent_code", name, ["parent_code"])


def _cells() -> None:
    op.create_table(
        "grid_editions",
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("edition", name="pk_grid_editions"),
    )
    op.create_table(
        "cells",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _code("code", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("ended_edition", sa.Integer()),
        sa.Column("area_m2", sa.Double()),
        _text("grade"),
        _code("jurisdiction_code"),
        _text("note"),
        _shape(POLYGON),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_cells_validity"),
        sa.CheckConstraint(
            "(valid_to IS NULL) = (ended_edition IS NULL)",
            name="ck_cells_ended",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cells"),
        sa.UniqueConstraint(
            "code",
            "edition",
            "valid_from",
            name="uq_cells_code_edition_valid_from",
        ),
    )
    current = sa.text("valid_to IS NULL")
    op.create_index("ix_cells_jurisdiction_code", "cells", ["jurisdiction_code"])
    op.create_index(
        "uq_cells_code_current",
        "cells",
        ["code"],
        unique=True,
        postgresql_where=current,
    )
    op.create_index(
        "ix_cells_shape_current",
        "cells",
        ["shape"],
        postgresql_using="gist",
        postgresql_where=current,
    )


def _zones() -> None:
    _layer(
        "zones",
        _shape(POLYGON, nullable=True),
        _text("name", nullable=False),
        _text("kind", nullable=False),
        sa.Column("shift", sa.Text(), server_default="", nullable=False),
        *_owned(),
        sa.CheckConstraint("kind = 'inspection' OR shift = ''", name="ck_zones_shift"),
        sa.UniqueConstraint("code", "kind", "shift", name="uq_zones_code_kind_shift"),
    )
    op.create_table(
        "zone_cells",
        _code("zone_code", nullable=False),
        _code("cell_code", nullable=False),
        _text("kind", nullable=False),
        sa.Column("shift", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_code", "kind", "shift"],
            ["zones.code", "zones.kind", "zones.shift"],
            name="fk_zone_cells_zone",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("zone_code", "cell_code", name="pk_zone_cells"),
        sa.UniqueConstraint(
            "cell_code",
            "kind",
            "shift",
            name="uq_zone_cells_cell_code_kind_shift",
        ),
    )


def _streets_and_areas() -> None:
    _layer(
        "streets",
        _shape(LINE),
        _text("name", nullable=False),
        _text("grade", nullable=False),
        _text("programme"),
        _text("axis"),
        sa.Column("width_m", sa.Double()),
        sa.Column("one_way", sa.Boolean()),
        sa.Column("bridge", sa.Boolean()),
        _text("basis"),
        *_owned(),
    )
    _layer(
        "frontages",
        _shape(LINE),
        _text("name", nullable=False),
        _text("duties"),
        _text("holder"),
        _code("street_code"),
        *_owned(),
    )
    _layer(
        "sections",
        _shape(LINE),
        _text("name", nullable=False),
        _text("kind", nullable=False),
        _text("grade"),
        sa.Column("width_m", sa.Double()),
        _code("street_code"),
        *_owned(),
    )
    _layer(
        "areas",
        _shape(POLYGON),
        _text("name", nullable=False),
        _text("kind", nullable=False),
        _text("hours"),
        _text("basis"),
        *_owned(),
    )
    _layer(
        "parks",
        _shape(POLYGON),
        _text("name", nullable=False),
        _text("kind", nullable=False),
        sa.Column("area_m2", sa.Double()),
        _text("programme"),
        _text("basis"),
        *_owned(),
    )
    _layer(
        "schools",
        _shape(POLYGON),
        _text("name", nullable=False),
        _text("kind", nullable=False),
        _text("basis"),
        *_owned(),
    )
    _layer(
        "inspection_routes",
        _shape(LINE),
        _text("name", nullable=False),
        _text("programme"),
        _text("stops"),
        *_owned(),
    )


def _points() -> None:
    _layer(
        "components",
        _shape(POINT),
        _text("name", nullable=False),
        _code("competent_code", nullable=False),
        _text("competent_name"),
        _code("owner_code"),
        _text("owner_name"),
        _code("maintainer_code"),
        _text("maintainer_name"),
        _code("cell_code", nullable=False),
        _text("state", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("changed_on", sa.Date()),
        _text("source"),
        _text("note"),
        _code("subdistrict_code"),
        _code("community_code"),
        _text("accuracy"),
        _code("jurisdiction_code"),
    )
    op.create_index("ix_components_cell_code", "components", ["cell_code"])
    _layer(
        "places",
        _shape(POINT),
        _text("name", nullable=False),
        _text("kind", nullable=False),
        _text("alias"),
        _text("address"),
        _code("jurisdiction_code"),
        _text("basis"),
        _text("note"),
    )
    _layer(
        "greening_points",
        _shape(POINT),
        _text("name", nullable=False),
        _text("kind", nullable=False),
        _text("programme"),
        _text("shows"),
        _text("tasks"),
        _text("state"),
        _code("park_code"),
        _text("basis"),
        *_owned(),
    )


def _loads() -> None:
    op.create_table(
        "layer_loads",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _text("layer", nullable=False),
        _text("file_name", nullable=False),
        _text("sha256", nullable=False),
        _text("frame", nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("rows", "added", "changed", "unchanged", "withdrawn", "complaints")
        ),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edition", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_layer_loads"),
    )
    op.create_index("ix_layer_loads_layer_id", "layer_loads", ["layer", "id"])


def _text(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _code(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, CODE, nullable=nullable)


def _shape(kind: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column("shape", Geometry(kind, srid=4490, spatial_index=False), nullable=nullable)


def _owned() -> tuple[sa.Column[str], ...]:
    return _code("unit_code"), _code("jurisdiction_code"), _text("note")


def _layer(name: str, shape: sa.Column[object], *items: sa.schema.SchemaItem) -> None:
    """Make the table of one layer: key, columns, shape, and the indexes that all layers have."""
    key = sa.PrimaryKeyConstraint("code", name=f"pk_{name}")
    table = op.create_table(name, _code("code", nullable=False), *items, shape, key)
    if "jurisdiction_code" in table.columns:
        op.create_index(f"ix_{name}_jurisdiction_code", name, ["jurisdiction_code"])
    op.create_index(f"ix_{name}_shape", name, ["shape"], postgresql_using="gist")
