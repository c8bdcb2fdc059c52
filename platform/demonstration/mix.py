"""What is a half-year made of: kinds of issue, sources, hours of the day?"""

from __future__ import annotations

from dataclasses import dataclass

from wanmi.platform.kernel.tables import Faults, packaged, read_table

ROOM = "demonstration"

HOURS = {
    "day": (7.0, 19.0),
    "evening": (17.0, 23.0),
    "night": (19.0, 24.0),
    "any": (6.5, 22.5),
}
"""Between which hours of the local day a kind is seen."""


@dataclass(frozen=True, slots=True)
class KindOfIssue:
    """One row of mix.csv."""

    class_code: str
    weight: float
    spread: str
    hours: tuple[float, float]
    late: float
    note: str


@dataclass(frozen=True, slots=True)
class SourceShare:
    """One row of sources.csv."""

    source: str
    weight: float
    role: str


def read_mix() -> tuple[KindOfIssue, ...]:
    """Read the kinds of issue.

    Raises:
        SettingsInvalid: a row is wrong, with file and line.
    """
    faults = Faults()
    columns = ("class_code", "weight", "spread", "hours", "late", "note")
    rows = read_table(packaged(ROOM, "mix.csv"), columns, faults)
    kinds = tuple(
        KindOfIssue(
            row["class_code"],
            float(row["weight"]),
            row["spread"],
            HOURS[row["hours"]],
            float(row["late"]),
            row["note"],
        )
        for row in rows
    )
    faults.stop_if_any()
    return kinds


def read_sources() -> tuple[SourceShare, ...]:
    """Read the sources.

    Raises:
        SettingsInvalid: a row is wrong, with file and line.
    """
    faults = Faults()
    rows = read_table(packaged(ROOM, "sources.csv"), ("source", "weight", "role"), faults)
    shares = tuple(SourceShare(row["source"], float(row["weight"]), row["role"]) for row in rows)
    faults.stop_if_any()
    return shares
