"""How do many rows reach the database at once? By COPY into a temporary table."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Integer, MetaData, Table, text

from wanmi.gis.wkb import ewkb_hex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from wanmi.gis.files import Row

_ROWS_A_COPY = 20_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@contextlib.contextmanager
def staged(connection: Connection, table: Table, rows: Sequence[Row]) -> Iterator[Table]:
    """Give a temporary table with `rows`, for as long as the block runs.

    Its columns are those of `table` that the rows have, `shape`, and `row`: the number in the file.
    """
    # A file of which no row can be taken has all columns of the layer, too.
    known = rows[0].values if rows else table.c.keys()
    names = [name for name in known if name in table.c and name != "shape"]
    columns = [Column(name, table.c[name].type) for name in (*names, "shape")]
    with temporary(connection, f"staged_{table.name}", Column("row", Integer), *columns) as stage:
        for start in range(0, len(rows), _ROWS_A_COPY):
            part = rows[start : start + _ROWS_A_COPY]
            shapes = ewkb_hex(row.shape for row in part)
            lines = (
                (row.number, *(row.values[name] for name in names), shape)
                for row, shape in zip(part, shapes, strict=True)
            )
            copy_rows(connection, stage, lines)
        # Without statistics the planner takes the table for a small one.
        connection.execute(text(f"ANALYZE {stage.name}"))
        yield stage


@contextlib.contextmanager
def temporary(connection: Connection, name: str, *columns: Column[Any]) -> Iterator[Table]:
    """Give an empty temporary table that is gone after the block, or with the transaction."""
    stage = Table(
        name,
        MetaData(),
        *columns,
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    stage.create(connection)
    yield stage
    stage.drop(connection)


def copy_rows(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Copy `rows`, values in the order of the table's columns, into `table`."""
    lines = io.StringIO()
    for row in rows:
        lines.write("\t".join(_field(value) for value in row))
        lines.write("\n")
    lines.seek(0)
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    with contextlib.closing(connection.connection.cursor()) as cursor:
        cursor.copy_expert(f'COPY "{table.name}" ({columns}) FROM STDIN', lines)


def _field(value: Any) -> str:  # noqa: ANN401
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return repr(value) if isinstance(value, float) else str(value)
