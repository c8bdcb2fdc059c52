"""What has one load of a layer changed, and what could not be taken?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wanmi.gis.errors import RowInvalid
    from wanmi.gis.files import Note


@dataclass(frozen=True, slots=True)
class LoadResult:
    """Counts of rows of one layer.

    Attributes:
        withdrawn: cells that were ended, or rows of other layers that were removed.
        absent: rows of the database that the file does not have and that were left as they are.
        complaints: rows that were not taken, by the file or by the database.
        notes: repairs and doubts.
        edition: the grid edition that the load made, None when the grid stayed as it was.
    """

    layer: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    absent: int = 0
    complaints: tuple[RowInvalid, ...] = ()
    notes: tuple[Note, ...] = ()
    edition: int | None = None

    @property
    def taken(self) -> int:
        """Rows of the file that are now in the database."""
        return self.added + self.changed + self.unchanged

    @property
    def changed_anything(self) -> bool:
        """Say whether the database is another one than before."""
        return bool(self.added or self.changed or self.withdrawn)
