"""What does this process know of the city's ground: grid index and layers, of one edition?

The index is built once for an edition, saved in the state folder and memory-mapped by every
process; the layers are a snapshot in memory. Both are values: a report is located by the pair that
was current when it came. Every few seconds the holder asks whether a layer was loaded.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from sqlalchemy import select, text

from wanmi.gis.errors import IndexStale
from wanmi.gis.index import CellIndex
from wanmi.gis.layer_reading import LayersStamp, layers_stamp
from wanmi.gis.snapshot import CitySnapshot
from wanmi.gis.tables import Cell, GridEdition
from wanmi.platform.kernel.errors import Unavailable
from wanmi.platform.kernel.freshness import Fresh

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from wanmi.gis.frames import Plane

log = logging.getLogger(__name__)

_FINGERPRINT = text("""
    SELECT coalesce(md5(string_agg(
        md5(convert_to(code, 'UTF8') || ST_AsBinary(shape)), '' ORDER BY code
    )), '')
    FROM cells WHERE valid_to IS NULL
""")


@dataclass(frozen=True, slots=True)
class Ground:
    """Grid and layers of one stamp. `index` is None while no cells are loaded."""

    stamp: LayersStamp
    edition: int
    index: CellIndex | None
    snapshot: CitySnapshot


class GroundReader:
    """Reads the ground of one database; `fresh_ground` keeps it current."""

    def __init__(self, engine: Engine, plane: Plane, folder: Path) -> None:
        """Take the database, the city's plane and the folder of saved indexes."""
        self._reader = engine.execution_options(isolation_level="REPEATABLE READ")
        self._plane = plane
        self._folder = folder

    def read(self, known: Ground | None) -> Ground:
        """Return the ground as it is now; `known` again when no layer was loaded since."""
        with self._reader.connect() as connection:
            stamp = layers_stamp(connection)
            if known is not None and known.stamp == stamp:
                return known
            edition = _edition(connection)
            if known is not None and known.edition == edition:
                index = known.index
            else:
                index = self._index(connection, edition)
            return Ground(stamp, edition, index, CitySnapshot.load(connection, self._plane))

    def _index(self, connection: Connection, edition: int) -> CellIndex | None:
        if edition == 0:
            return None
        # Not by number alone: the state folder may have served another database before.
        name = f"edition-{edition} {_fingerprint(connection)}"
        folder = self._folder / f"edition-{edition}"
        try:
            with _alone(self._folder / "index.lock"):
                try:
                    return CellIndex.open(folder, plane=self._plane, edition=name)
                except IndexStale:
                    codes, shapes = _cells(connection)
                    if not codes:
                        return None
                    CellIndex.build(shapes, codes, edition=name, plane=self._plane).save(folder)
                    _clear_before(self._folder, edition)
                    return CellIndex.open(folder, plane=self._plane, edition=name)
        except (OSError, IndexStale) as error:
            # Whoever asks for a cell is not told where this machine keeps its files.
            log.exception("the grid index cannot be kept in %s", self._folder)
            raise Unavailable(
                "The grid index cannot be kept in the state folder; its reason is in the server's "
                "log. That folder must have room and belong to the user that Wanmi runs as.",
            ) from error


def fresh_ground(engine: Engine, plane: Plane, folder: Path) -> Fresh[Ground]:
    """Return the ground of this process, asked for anew every few seconds."""
    return Fresh(GroundReader(engine, plane, folder).read)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _clear_before(folder: Path, edition: int) -> None:
    """Remove indexes that no process opens any more; who has one mapped goes on reading it."""
    for old in folder.glob("edition-*"):
        number = old.name.removeprefix("edition-")
        if number.isdecimal() and int(number) < edition - 1:
            shutil.rmtree(old, ignore_errors=True)


def _edition(connection: Connection) -> int:
    newest = select(GridEdition.edition).order_by(GridEdition.edition.desc()).limit(1)
    return connection.execute(newest).scalar() or 0


def _fingerprint(connection: Connection) -> str:
    """Return a digest of the current cells: equal for equal codes and outlines."""
    found: str = connection.execute(_FINGERPRINT).scalar_one()
    return found


def _cells(connection: Connection) -> tuple[list[str], Any]:
    cells = Cell.__table__.c
    rows = connection.execute(
        select(cells.code, cells.shape.ST_AsBinary()).where(cells.valid_to.is_(None)),
    ).all()
    return [row[0] for row in rows], shapely.from_wkb([bytes(row[1]) for row in rows])
