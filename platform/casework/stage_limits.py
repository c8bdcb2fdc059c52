"""Which clocks are there, and how long may each stage of a case take?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanmi.platform.kernel.errors import Invalid, SettingsInvalid
from wanmi.platform.kernel.limits import Limit
from wanmi.platform.kernel.tables import Faults, packaged, read_rows

if TYPE_CHECKING:
    from wanmi.platform.kernel.tables import Row

FILE = "stage_limits.csv"
COLUMNS = ("clock", "label_en", "label_zh", "amount", "unit", "warn_percent", "source")

_NAME = re.compile(r"[a-z][a-z_]*")
_PERCENT = range(1, 101)


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock: its names, its limit, and the share of it from which on the clock is yellow.

    `limit` is None when each case brings its own, by the filing condition chosen for it.
    """

    name: str
    label_en: str
    label_zh: str
    limit: Limit | None
    warn_percent: int
    source: str


def load_clocks() -> dict[str, ClockRule]:
    """Read the clocks that come with the package, by name.

    Raises:
        SettingsInvalid: with every fault of the file, named by line.
    """
    return parse_clocks(packaged("casework", FILE).read_text("utf-8"), FILE)


def parse_clocks(text: str, file: str = FILE) -> dict[str, ClockRule]:
    """Read clocks from CSV (columns `COLUMNS`); `amount` and `unit` are both empty or both given.

    Raises:
        SettingsInvalid: with every fault, named by line.
    """
    faults = Faults()
    clocks: dict[str, ClockRule] = {}
    for row in read_rows(text, file, COLUMNS, faults):
        if row["clock"] in clocks:
            faults.add(row, f"The clock {row['clock']} is there twice.")
        clocks[row["clock"]] = _clock(row, faults)
    if not clocks and not faults.found:
        faults.add(file, "There are no clocks in it.")
    faults.stop_if_any(SettingsInvalid, "The stage limits cannot be used:")
    return clocks


def _clock(row: Row, faults: Faults) -> ClockRule:
    if not _NAME.fullmatch(row["clock"]):
        faults.add(row, f"{row['clock']!r} is no name; use small letters and underscores.")
    if not (row["label_en"] and row["label_zh"]):
        faults.add(row, "A clock needs a label in both languages.")
    percent = int(row["warn_percent"]) if row["warn_percent"].isdecimal() else 0
    if percent not in _PERCENT:
        faults.add(row, f"warn_percent is {row['warn_percent']!r}; say 1 to 100.")
    return ClockRule(
        row["clock"],
        row["label_en"],
        row["label_zh"],
        _limit(row, faults),
        percent,
        row["source"],
    )


def _limit(row: Row, faults: Faults) -> Limit | None:
    if not (row["amount"] or row["unit"]):
        return None
    try:
        return Limit.from_text(row["amount"], row["unit"])
    except Invalid as error:
        faults.add(row, error.message)
        return None
