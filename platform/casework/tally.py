"""How many cases are where, in this process's memory, and still never stale?

Every question fetches the counters that may have changed since the last one, and no others: those
whose last transaction is not older than every transaction that was still running then. A row that
was changed by a transaction which commits late is fetched at the first question after its commit.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from numpy.typing import NDArray
    from sqlalchemy import Connection

KEYS = ("cell_code", "street_code", "major", "state_type", "jurisdiction_code")
"""What a counter is of: the columns of its key."""

_CHANGED = text(f"""
    SELECT s.filenode, s.oldest, {", ".join(f"n.{key}" for key in KEYS)}, n.cases
    FROM (
        SELECT pg_relation_filenode('case_counts') AS filenode,
            pg_snapshot_xmin(pg_current_snapshot())::text AS oldest
    ) AS s LEFT JOIN case_counts n ON n.xact >= CAST(:since AS xid8)
""")
_FROM_THE_BEGINNING = "0"


@dataclass(slots=True)
class Names:
    """The codes of one column, each with its number in the order of its first coming."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """Return the number of a code, a new one if it is new."""
        return self.numbers.setdefault(name, len(self.numbers))

    def those(self, names: Iterable[str]) -> list[int]:
        """Return the numbers of those codes that are known."""
        return [self.numbers[name] for name in names if name in self.numbers]


class Counters:
    """Counters as columns of numbers. Not to be shared between threads while it learns."""

    def __init__(self) -> None:
        """Begin with no counter."""
        self.names = {key: Names() for key in KEYS}
        self._places: dict[tuple[int, ...], int] = {}
        self._columns: NDArray[np.int32] = np.zeros((len(KEYS), 0), np.int32)
        self._cases: NDArray[np.int64] = np.zeros(0, np.int64)

    def learn(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take rows of `KEYS` and the number of cases; what was known of a key is forgotten."""
        for *key, cases in rows:
            numbers = tuple(
                names.number(code) for names, code in zip(self.names.values(), key, strict=True)
            )
            place = self._places.setdefault(numbers, len(self._places))
            if place >= len(self._cases):
                self._grow()
            self._columns[:, place] = numbers
            self._cases[place] = cases

    def _grow(self) -> None:
        more = max(1024, len(self._cases))
        self._columns = np.pad(self._columns, ((0, 0), (0, more)))
        self._cases = np.pad(self._cases, (0, more))

    def by(self, column: str, only: dict[str, Collection[str]]) -> dict[str, int]:
        """Add the cases up by the codes of `column`; '' and what has no case are left out.

        Args:
            column: one of `KEYS`.
            only: codes to which other columns are restricted.
        """
        count = len(self._places)
        columns = dict(zip(KEYS, self._columns[:, :count], strict=True))
        meant = np.ones(count, bool)
        for key, codes in only.items():
            meant &= np.isin(columns[key], self.names[key].those(codes))
        names = self.names[column]
        added = np.bincount(columns[column][meant], self._cases[:count][meant], len(names.numbers))
        added[names.those([""])] = 0
        found = np.flatnonzero(added)
        codes = list(names.numbers)
        return dict(
            zip(
                [codes[at] for at in found.tolist()],
                added[found].astype(np.int64).tolist(),
                strict=True,
            )
        )


class Tally:
    """The counters of one process. Threads may share it."""

    def __init__(self) -> None:
        """Begin with nothing known; the first question reads all counters."""
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Read all counters anew at the next question."""
        self._counters = Counters()
        self._filenode: int | None = None
        self._since = _FROM_THE_BEGINNING

    def by(
        self,
        connection: Connection,
        column: str,
        only: dict[str, Collection[str]],
    ) -> dict[str, int]:
        """Add up what is committed now; see `Counters.by`.

        `connection` makes each statement its own transaction: what another transaction has not
        committed must not become known to all.
        """
        raw: Any = connection.connection.dbapi_connection
        if not raw.autocommit:
            raise AssertionError("a tally is read outside transactions")
        with self._lock:
            self._catch_up(connection)
            return self._counters.by(column, only)

    def _catch_up(self, connection: Connection) -> None:
        # The driver's own rows: at the first question there are many.
        answer: Any = connection.execute(_CHANGED, {"since": self._since}).cursor
        rows = answer.fetchall()
        filenode, oldest = rows[0][:2]
        if self._filenode not in {None, filenode}:
            # Emptied or restored: counters may have gone, which no row tells.
            self.forget()
            self._filenode = filenode
            self._catch_up(connection)
            return
        self._filenode, self._since = filenode, oldest
        self._counters.learn(row[2:] for row in rows if row[2] is not None)
