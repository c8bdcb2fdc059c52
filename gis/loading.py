"""How do the rows of a file become the rows of a layer?

Rows are known by their key, so that the same file loaded twice changes nothing. Whole layers go in
at once (COPY and set-wise statements). Nothing here commits: the caller does, or takes it back.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, func, insert, select, text, tuple_, update

from wanmi.gis.doubts import find_doubts
from wanmi.gis.files import read_layer
from wanmi.gis.gridloading import load_cells
from wanmi.gis.layers import LAYERS
from wanmi.gis.loadresult import LoadResult
from wanmi.gis.schema import Base, table_of
from wanmi.gis.staging import staged
from wanmi.gis.tables import LayerLoad
from wanmi.gis.zoneloading import add_new, compare_members, remove_stale

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Table
    from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

    from wanmi.gis.files import LayerFile

_DERIVED: dict[str, tuple[str, ...]] = defaultdict(tuple, zones=("shape",))
"""Columns that are worked out here and not taken from files."""


def load_layer(
    connection: Connection,
    file: LayerFile,
    *,
    now: datetime,
    complete: bool = False,
) -> LoadResult:
    """Load the rows of `file` into its layer. Fields that the file lacks keep their values.

    Args:
        connection: in a transaction of the caller's.
        file: what `read_layer` found.
        now: the moment of the load; its date, in its own zone, is the day of changes to the grid.
        complete: the file holds the whole layer: cells that it lacks are withdrawn, rows of other
            layers removed. Not done when rows of the file could not be taken.

    Raises:
        GridInvalid: two cells would lie over each other, or a withdrawn code would be used again.
        FileUnreadable: zones without zone_cells.csv.
    """
    complete = complete and not file.complaints
    # A savepoint, so that a load that is refused leaves nothing behind and others can go on.
    with connection.begin_nested():
        # Two loads of one layer go one after the other; readers are not held up.
        connection.execute(text(f"LOCK TABLE {file.layer.name} IN SHARE ROW EXCLUSIVE MODE"))
        if file.layer.name == "cells":
            result = load_cells(connection, file, now=now, complete=complete)
        elif file.layer.name == "zones":
            result = _load_zones(connection, file, complete=complete)
        else:
            result = _load_rows(connection, file, complete=complete).result
        if result.changed_anything:
            # Else the next statements are planned as if the table were empty.
            connection.execute(text(f"ANALYZE {file.layer.name}"))
        result = replace(
            result,
            complaints=(*file.complaints, *result.complaints),
            notes=(*file.notes, *find_doubts(connection, file.layer.name)),
        )
        _remember(connection, file, result, now)
    return result


def load_city(
    connection: Connection,
    folder: Path,
    *,
    now: datetime,
    progress: Callable[[LoadResult], None] | None = None,
) -> dict[str, LoadResult]:
    """Load every layer that has a folder of its name in `folder`, in the order of `LAYERS`.

    `progress` is called with the result of each layer as it is done.

    Raises:
        FileUnreadable, FrameMismatch, GridInvalid: a layer cannot be read or taken.
    """
    results = {}
    for layer in LAYERS.values():
        if (folder / layer.name).is_dir():
            file = read_layer(folder / layer.name, layer)
            results[layer.name] = load_layer(connection, file, now=now, complete=True)
            if progress is not None:
                progress(results[layer.name])
    return results


class _Loaded(NamedTuple):
    """Counts, and the codes of rows that were added or changed."""

    result: LoadResult
    touched: set[str]


def _load_rows(connection: Connection, file: LayerFile, *, complete: bool) -> _Loaded:
    """Load the rows of any layer but the cells, whose history needs more."""
    table = Base.metadata.tables[file.layer.name]
    with staged(connection, table, file.rows) as stage:
        changed = connection.execute(_change(table, stage)).scalars().all()
        added = connection.execute(_add(table, stage)).scalars().all()
        missing = ~select(stage.c.code).where(stage.c.code == table.c.code).exists()
        absent = connection.execute(
            select(func.count()).select_from(table).where(missing),
        ).scalar_one()
        removed = connection.execute(delete(table).where(missing)).rowcount if complete else 0
    result = LoadResult(
        layer=table.name,
        added=len(added),
        changed=len(changed),
        unchanged=len(file.rows) - len(added) - len(changed),
        withdrawn=removed,
        absent=absent - removed,
    )
    return _Loaded(result, {*added, *changed})


def _taken(table: Table, stage: Table) -> list[str]:
    left_out = {"row", *_DERIVED[table.name]}
    return [column.name for column in stage.c if column.name not in left_out]


def _change(table: Table, stage: Table) -> ReturningUpdate[str]:
    values = [name for name in _taken(table, stage) if name != "code"]
    differs = tuple_(*(table.c[name] for name in values)).is_distinct_from(
        tuple_(*(stage.c[name] for name in values)),
    )
    return (
        update(table)
        .where(table.c.code == stage.c.code, differs)
        .values({name: stage.c[name] for name in values})
        .returning(table.c.code)
    )


def _add(table: Table, stage: Table) -> ReturningInsert[str]:
    names = _taken(table, stage)
    there = select(table.c.code).where(table.c.code == stage.c.code).exists()
    rows = select(*(stage.c[name] for name in names)).where(~there)
    return insert(table).from_select(names, rows).returning(table.c.code)


def _load_zones(connection: Connection, file: LayerFile, *, complete: bool) -> LoadResult:
    changes = compare_members(connection, file)
    remove_stale(connection, changes)
    result, touched = _load_rows(connection, file, complete=complete)
    add_new(connection, changes)
    only_members = len(changes.zones - touched)
    return replace(
        result,
        changed=result.changed + only_members,
        unchanged=result.unchanged - only_members,
        complaints=tuple(changes.complaints),
    )


def _remember(connection: Connection, file: LayerFile, result: LoadResult, now: datetime) -> None:
    """Write the load into the history, unless it repeats the last one and changed nothing."""
    loads = table_of(LayerLoad)
    last = connection.execute(
        select(loads.c.sha256)
        .where(loads.c.layer == file.layer.name)
        .order_by(loads.c.id.desc())
        .limit(1),
    ).scalar_one_or_none()
    if last == file.sha256 and not result.changed_anything:
        return
    connection.execute(
        insert(loads).values(
            layer=file.layer.name,
            file_name=file.name,
            sha256=file.sha256,
            frame=file.frame,
            rows=len(file.rows) + len(file.complaints),
            added=result.added,
            changed=result.changed,
            unchanged=result.unchanged,
            withdrawn=result.withdrawn,
            complaints=len(result.complaints),
            loaded_at=now,
            edition=result.edition,
        ),
    )
