"""How does a file of cells become the next edition of the grid, without losing the one before?

A changed outline, grade or jurisdiction ends the row that was current and begins another; a cell
that is gone keeps its row with an end. Codes of withdrawn cells are not given to other outlines
(standards.md 1.3). No edition is made when nothing of this happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Date,
    Integer,
    and_,
    case,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from wanmi.gis.errors import GridInvalid
from wanmi.gis.loadresult import LoadResult
from wanmi.gis.outlines import derive_outlines
from wanmi.gis.overlaps import worst_overlap
from wanmi.gis.schema import table_of
from wanmi.gis.staging import staged
from wanmi.gis.tables import Cell, GridEdition
from wanmi.gis.wkb import shapes_of, wkb

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Select, Table, Update

    from wanmi.gis.files import LayerFile

VERSIONED = ("shape", "grade", "jurisdiction_code")
"""A change of one of these makes a new row of the cell."""

CORRECTED = ("area_m2", "note")
"""A change of these is written over the old value."""

_NAMED_AT_MOST = 5

_cells = table_of(Cell)
_editions = table_of(GridEdition)
_current = _cells.c.valid_to.is_(None)


def current_edition(connection: Connection) -> int:
    """Return the number of the newest grid edition; 0 before the first cells."""
    newest = select(func.coalesce(func.max(_editions.c.edition), 0))
    return int(connection.execute(newest).scalar_one())


def load_cells(
    connection: Connection,
    file: LayerFile,
    *,
    now: datetime,
    complete: bool,
) -> LoadResult:
    """Load cells and their history; the date of `now`, in its own zone, is the day of changes.

    A row with an end (CHDate) withdraws its cell on that day, or tells of earlier times. With
    `complete`, current cells that the file lacks are withdrawn on the day of the load.

    Raises:
        GridInvalid: two current cells would lie over each other by more than a sliver, or a
            withdrawn code would come back with another outline.
    """
    edition = current_edition(connection) + 1
    with staged(connection, _cells, file.rows) as stage:
        work = _Work(stage, edition, now.date())
        _refuse(connection.execute(work.codes_used_again()).scalars().all())
        replaced = connection.execute(work.end_changed()).rowcount
        corrected = connection.execute(work.correct()).rowcount
        ended = connection.execute(work.end_withdrawn()).rowcount
        absent = connection.execute(work.count_absent()).scalar_one()
        gone = connection.execute(work.end_absent()).rowcount if complete else 0
        begun = work.add_current(connection)
        past = work.add_past(connection)
    is_new_edition = bool(begun or ended or gone)
    if is_new_edition:
        _check_overlaps(connection, edition)
        _make_edition(connection, edition, now)
        derive_outlines(connection)
    return LoadResult(
        layer="cells",
        added=begun - replaced + past,
        changed=replaced + corrected,
        unchanged=len(file.rows) - begun - corrected - ended - past,
        withdrawn=ended + gone,
        absent=absent - gone,
        edition=edition if is_new_edition else None,
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """The statements that turn the grid as it is into the grid of the staged file."""

    stage: Table
    edition: int
    today: date

    @property
    def _same_code(self) -> ColumnElement[bool]:
        return _cells.c.code == self.stage.c.code

    @property
    def _still_valid(self) -> ColumnElement[bool]:
        return self.stage.c.valid_to.is_(None)

    def _differ(self, names: Iterable[str]) -> ColumnElement[bool]:
        there = [name for name in names if name in self.stage.c]
        return or_(
            false(),
            *(_cells.c[name].is_distinct_from(self.stage.c[name]) for name in there),
        )

    def codes_used_again(self) -> Select[str]:
        """Codes of withdrawn cells that come back with an outline that they never had."""
        of_this = select(_cells.c.id).where(self._same_code)
        return (
            select(self.stage.c.code)
            .where(
                self._still_valid,
                of_this.exists(),
                ~of_this.where(_current).exists(),
                ~of_this.where(_cells.c.shape == self.stage.c.shape).exists(),
            )
            .order_by(self.stage.c.code)
        )

    def end_changed(self) -> Update:
        """End current cells whose successor is in the file: on its ORDate, else today."""
        said = case(
            (self.stage.c.valid_from > _cells.c.valid_from, self.stage.c.valid_from),
            else_=func.greatest(literal(self.today, Date), _cells.c.valid_from),
        )
        return (
            update(_cells)
            .where(self._same_code, _current, self._still_valid, self._differ(VERSIONED))
            .values(valid_to=said, ended_edition=self.edition)
        )

    def correct(self) -> Update:
        """Write what has no history over the old values."""
        return (
            update(_cells)
            .where(self._same_code, _current, self._still_valid, self._differ(CORRECTED))
            .values({name: self.value(name) for name in CORRECTED})
        )

    def end_withdrawn(self) -> Update:
        """End current cells of which the file has nothing but rows with an end."""
        last = (
            select(self.stage.c.code, func.max(self.stage.c.valid_to).label("valid_to"))
            .group_by(self.stage.c.code)
            .having(func.bool_and(self.stage.c.valid_to.is_not(None)))
            .subquery()
        )
        return (
            update(_cells)
            .where(
                _cells.c.code == last.c.code,
                _current,
                _cells.c.valid_from <= last.c.valid_to,
            )
            .values(valid_to=last.c.valid_to, ended_edition=self.edition)
        )

    def _absent(self) -> ColumnElement[bool]:
        return and_(_current, ~select(self.stage.c.code).where(self._same_code).exists())

    def count_absent(self) -> Select[int]:
        """Count current cells of which the file has no row at all."""
        return select(func.count()).select_from(_cells).where(self._absent())

    def end_absent(self) -> Update:
        """End them today."""
        today = func.greatest(literal(self.today, Date), _cells.c.valid_from)
        return (
            update(_cells).where(self._absent()).values(valid_to=today, ended_edition=self.edition)
        )

    def add_current(self, connection: Connection) -> int:
        """Begin new rows; one that replaces another begins when that ended. Counts them."""
        others = _cells.alias()
        ended = select(func.max(others.c.valid_to)).where(others.c.code == self.stage.c.code)
        there = select(_cells.c.id).where(self._same_code, _current)
        return self._add(
            connection,
            select(*self._taken())
            .add_columns(
                func.greatest(self.stage.c.valid_from, ended.scalar_subquery()),
                self.stage.c.valid_to,
                literal(self.edition, Integer),
                literal(None, Integer),
            )
            .where(self._still_valid, ~there.exists()),
        )

    def add_past(self, connection: Connection) -> int:
        """Add rows of earlier times (edition 0: never part of a grid of ours). Counts them."""
        same_time = (_cells.c.valid_to == self.stage.c.valid_to) | (
            (_cells.c.valid_from == self.stage.c.valid_from) & (_cells.c.edition == 0)
        )
        there = select(_cells.c.id).where(self._same_code, same_time)
        return self._add(
            connection,
            select(*self._taken())
            .add_columns(
                self.stage.c.valid_from,
                self.stage.c.valid_to,
                literal(0, Integer),
                literal(0, Integer),
            )
            .where(~self._still_valid, ~there.exists()),
        )

    def _taken(self) -> list[ColumnElement[Any]]:
        return [self.value(name) for name in ("code", *VERSIONED, *CORRECTED)]

    def value(self, name: str) -> ColumnElement[Any]:
        """The file's value; for a field that it does not have, the one that the cell had last."""
        if name in self.stage.c:
            return self.stage.c[name]
        before = _cells.alias()
        last = select(before.c[name]).where(before.c.code == self.stage.c.code)
        return last.order_by(before.c.id.desc()).limit(1).scalar_subquery()

    def _add(self, connection: Connection, rows: Select[*tuple[object, ...]]) -> int:
        dates = ("valid_from", "valid_to", "edition", "ended_edition")
        names = ["code", *VERSIONED, *CORRECTED, *dates]
        return connection.execute(insert(_cells).from_select(names, rows)).rowcount


def _refuse(codes: Sequence[str]) -> None:
    if codes:
        more = len(codes) - _NAMED_AT_MOST
        listed = ", ".join(codes[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
        raise GridInvalid(
            f"{listed}: withdrawn before, and now with another outline. Codes of withdrawn cells "
            "are not used again; give the new cells new codes.",
        )


def _check_overlaps(connection: Connection, edition: int) -> None:
    rows = connection.execute(
        select(_cells.c.code, wkb(_cells.c.shape), _cells.c.edition).where(_current),
    ).all()
    shapes = shapes_of(shape for _, shape, _ in rows)
    new = [index for index, row in enumerate(rows) if row.edition == edition]
    overlap = worst_overlap(shapes, None if len(new) == len(rows) else new)
    if overlap is not None:
        first, second = sorted((rows[overlap.first].code, rows[overlap.second].code))
        raise GridInvalid(
            f"Cells {first} and {second} lie over each other by {overlap.area_m2:.1f} m² near "
            f"{overlap.lon:.6f} {overlap.lat:.6f}. Correct their outlines; if one of them is gone, "
            "give its row a CHDate.",
        )


def _make_edition(connection: Connection, edition: int, now: datetime) -> None:
    count = select(func.count()).select_from(_cells).where(_current).scalar_subquery()
    connection.execute(insert(_editions).values(edition=edition, made_at=now, cells=count))
