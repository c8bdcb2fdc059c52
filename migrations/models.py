"""Which tables should there be? Every room's, gathered in one place for Alembic."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import MetaData

TABLE_MODULES: tuple[str, ...] = (
    "wanmi.gis.tables",
    "wanmi.platform.organisation.tables",
    "wanmi.platform.casework.tables",
    "wanmi.platform.casework.number_tables",
    "wanmi.platform.casework.evidence_tables",
)
"""Modules that declare tables, in the order of the rooms."""


def metadata() -> MetaData:
    """Return the one metadata with every table of every room."""
    for module in TABLE_MODULES:
        import_module(module)
    schema: MetaData = import_module("wanmi.gis.schema").Base.metadata
    return schema
