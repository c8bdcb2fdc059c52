"""What is a table that is too long to be read at once: columns, and pieces in order?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

BATCH_ROWS = 16_384
"""Rows of one piece; what is made of them has to fit into memory beside them."""

NONE_DOUBTFUL: NDArray[np.intp] = np.empty(0, dtype=np.intp)


class Part(NamedTuple):
    """Some rows.

    Attributes:
        batch: the rows by column.
        weight: how much of the stream's `total` they are.
        doubtful: positions of rows of which nobody can say which column is which.
    """

    batch: pa.RecordBatch
    weight: int
    doubtful: NDArray[np.intp] = NONE_DOUBTFUL


class GeometryColumn(NamedTuple):
    """The column that holds shapes as WKB, and what the file says about their frame, if it does."""

    name: str
    frame: str | None


@dataclass(slots=True)
class TableStream:
    """A table, to be read once from its beginning to its end.

    Attributes:
        schema: names and types of the columns.
        total: all there is to do, in the unit of `Part.weight` (rows or bytes).
        parts: the rows, in the order of the file.
        geometry: where the file has shapes.
        encoding: of its text, for CSV.
        longer: numbers (from 1) of rows with more fields than the header, as far as read.
    """

    schema: pa.Schema
    total: int
    parts: Iterator[Part]
    geometry: GeometryColumn | None = None
    encoding: str = "utf-8"
    longer: list[int] = field(default_factory=list)
