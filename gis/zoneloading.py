"""Which cells form a zone, as the newest file says, and does any cell belong to two?

Membership is the truth and the outline follows from it: outlines in files are not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Column, delete, select

from wanmi.gis.errors import FileUnreadable, RowInvalid
from wanmi.gis.layers import ZONE_CELLS
from wanmi.gis.outlines import derive_outlines
from wanmi.gis.schema import Code, table_of
from wanmi.gis.staging import copy_rows, temporary
from wanmi.gis.tables import Cell, Zone, ZoneCell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from wanmi.gis.files import LayerFile

_zones, _members, _cells = (table_of(model) for model in (Zone, ZoneCell, Cell))


class Membership(NamedTuple):
    """A whole cell in a zone, with the zone's kind and shift: a row of `zone_cells`."""

    zone: str
    cell: str
    kind: str
    shift: str


class MemberChanges(NamedTuple):
    """What has to happen to memberships, and lines of zone_cells.csv that cannot be taken."""

    stale: set[Membership]
    new: set[Membership]
    complaints: list[RowInvalid]

    @property
    def zones(self) -> set[str]:
        """Zones that get other cells than they had."""
        return {member.zone for member in (*self.stale, *self.new)}


def compare_members(connection: Connection, file: LayerFile) -> MemberChanges:
    """Compare the membership in `file` with the database's.

    A cell that belongs to another zone of the same kind and shift, a cell that is not current and a
    zone that the file does not have are complaints.

    Raises:
        FileUnreadable: the file has no zone_cells.csv, and some of its zones have no cells yet.
    """
    kinds = {
        str(row.values["code"]): (str(row.values["kind"]), str(row.values["shift"]))
        for row in file.rows
    }
    before = _members_now(connection)
    if file.members is None:
        _refuse_without_members(set(kinds) - {member.zone for member in before})
        return MemberChanges(set(), set(), [])
    known = _cells_now(connection)
    kept = {member for member in before if member.zone not in kinds}
    taken = {(member.cell, member.kind, member.shift): member.zone for member in kept}
    wanted, complaints = set[Membership](), list[RowInvalid]()
    for line in file.members:
        if line.zone not in kinds:
            complaints.append(_complaint(line.row, 0, f"there is no zone {line.zone}"))
            continue
        member = Membership(line.zone, line.cell, *kinds[line.zone])
        holder = taken.setdefault((member.cell, member.kind, member.shift), member.zone)
        if line.cell not in known:
            complaints.append(_complaint(line.row, 1, f"{line.cell} is no current cell"))
        elif holder != member.zone:
            sentence = f"{line.cell} is already in zone {holder} of the same kind"
            complaints.append(_complaint(line.row, 1, sentence))
        else:
            wanted.add(member)
    return MemberChanges(before - kept - wanted, wanted - before, complaints)


def remove_stale(connection: Connection, changes: MemberChanges) -> None:
    """Take cells out of zones: before the zones' rows change, so that kinds cannot collide."""
    columns = Column("zone_code", Code), Column("cell_code", Code)
    with temporary(connection, "staged_zone_cells", *columns) as stage:
        copy_rows(connection, stage, ((member.zone, member.cell) for member in changes.stale))
        connection.execute(
            delete(_members).where(
                _members.c.zone_code == stage.c.zone_code,
                _members.c.cell_code == stage.c.cell_code,
            ),
        )


def add_new(connection: Connection, changes: MemberChanges) -> None:
    """Put cells into zones, after the zones' rows are there, and derive the outlines."""
    copy_rows(connection, _members, sorted(changes.new))
    derive_outlines(connection, changes.zones)


def _members_now(connection: Connection) -> set[Membership]:
    names = ("zone_code", "cell_code", "kind", "shift")
    rows = connection.execute(select(*(_members.c[name] for name in names)))
    return {Membership(*row) for row in rows}


def _cells_now(connection: Connection) -> set[str]:
    current = select(_cells.c.code).where(_cells.c.valid_to.is_(None))
    return set(connection.execute(current).scalars())


def _complaint(row: int, field: int, sentence: str) -> RowInvalid:
    return RowInvalid(f"zone_cells.csv: {sentence}.", row=row, field=ZONE_CELLS[field])


def _refuse_without_members(zones: Iterable[str]) -> None:
    names = sorted(zones)
    if names:
        raise FileUnreadable(
            f"The zones lack zone_cells.csv (columns {', '.join(ZONE_CELLS)}); it must lie beside "
            f"them and say which cells form, for instance, {names[0]}.",
        )
