"""Which whole cells form which zone, as zone_cells.csv beside the zones says?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wanmi.gis.cellcode import CellCode
from wanmi.gis.errors import CodeInvalid, FileUnreadable, RowInvalid
from wanmi.gis.files.archives import COMPANIONS
from wanmi.gis.files.csvtables import read_csv_columns
from wanmi.gis.layers import ZONE_CELLS

if TYPE_CHECKING:
    from pathlib import Path


class Member(NamedTuple):
    """One whole cell in a zone; `row` is the line in zone_cells.csv, the header not counted."""

    zone: str
    cell: str
    row: int


def read_members(folder: Path, complaints: list[RowInvalid]) -> tuple[Member, ...] | None:
    """Read zone_cells.csv in `folder`; None when there is none.

    Raises:
        FileUnreadable: it does not have the columns ZONE and BGID.
    """
    path = folder / COMPANIONS[0]
    if not path.is_file():
        return None
    table = read_csv_columns(path)
    names = [name.upper() for name in table.names]
    if not set(ZONE_CELLS) <= set(names):
        raise FileUnreadable(f"{path.name} must have the columns {', '.join(ZONE_CELLS)}.")
    zones, cells = (table.columns[names.index(name)] for name in ZONE_CELLS)
    members: dict[tuple[str, str], Member] = {}
    for row, (zone, cell) in enumerate(zip(zones, cells, strict=True), 1):
        try:
            code = str(CellCode.from_text(cell or ""))
        except CodeInvalid as error:
            complaints.append(RowInvalid(f"{path.name}: {error}", row=row, field="BGID"))
            continue
        if zone is None:
            complaints.append(RowInvalid(f"{path.name}: no zone.", row=row, field="ZONE"))
            continue
        members.setdefault((zone, code), Member(zone, code, row))
    return tuple(members.values())
