"""What does the address of the command centre ask for, and what of it makes no sense?

Addresses are sent around and typed by hand. What is understood is kept, what is not is left out
and named, so that a wrong address still opens a page. Only the server reads addresses; the page's
scripts write them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from wanmi.gis.errors import PlaceInvalid
from wanmi.gis.points import LonLat
from wanmi.platform.kernel.moments import local_day
from wanmi.web.pages.command_layers import SHOWN_FIRST

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from zoneinfo import ZoneInfo

ANY = "any"
NO_LAYER = "none"
DEFAULTS: Mapping[str, str] = {
    "status": "open",
    "by": "cell",
    "order": "new",
    "layers": ",".join(SHOWN_FIRST),
    "worst": "overdue",
    "trend": "day",
}
"""What holds when the address does not say, and is then left out of it."""

PERIOD_DAYS = {"today": 0, "7d": 6, "30d": 29}
"""Periods that go with the day, and how many days before today they begin."""

WORST = ("overdue", "open", "density", "rising")
"""By what a place is worse than another; density is cases per km², of streets per km."""

FILTERS = ("status", "class_code", "street", "zone", "cell", "unit", "overdue")
KEPT = ("lang", "screen", "rotate")
"""Not ours to repair: handed on as they are."""

STEPS = {"day": 10, "hour": 13}
"""Steps of the time bar, and how long a moment is written: 2026-11-20, 2026-11-20T09."""

COMPARED = ("before", "year")
"""With what a period is compared: as long a one before it, or the same days a year before."""

COMPARED_PERIOD = "30d"
LONGEST = 60
MOST_LAYERS = 600
"""Characters that names of layers may take: all there are, and some more."""

ZOOMS = (3, 20)
FIRST_YEAR, LAST_YEAR = 2000, 2199
_NUMBER = re.compile(r"[0-9]{19}|[0-9]{21}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T([01][0-9]|2[0-3]))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_OR_HOUR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to choose from; codes the viewer may know of.

    `ended` are cells that are no more: they may still be asked for.
    """

    statuses: Collection[str]
    classes: Collection[str]
    streets: Collection[str]
    zones: Collection[str]
    cells: Collection[str]
    units: Collection[str]
    by: Collection[str]
    layers: Collection[str] = SHOWN_FIRST
    ended: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of the address that was not understood, cut to a readable length."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The state that the page opens with, by the names of the address, and what was left out."""

    state: Mapping[str, str]
    left_out: tuple[LeftOut, ...]

    def query(self, today: date, zone: ZoneInfo) -> dict[str, str]:
        """Return the filter as the API takes it; days become moments of the city's zone."""
        state = self.state
        query = {name: state[name] for name in FILTERS if state.get(name, ANY) != ANY}
        start, end = state.get("from"), state.get("to")
        if state.get("period"):
            start = (today - timedelta(days=PERIOD_DAYS[state["period"]])).isoformat()
        if start:
            query["from"] = _begins(datetime.fromisoformat(start), zone)
        if end:
            # The day, or the hour, belongs to the period.
            length = timedelta(hours=1) if "T" in end else timedelta(days=1)
            query["to"] = _begins(datetime.fromisoformat(end) + length, zone)
        return query


def _begins(local: datetime, zone: ZoneInfo) -> str:
    return local.replace(tzinfo=zone).isoformat()


def read_address(args: Mapping[str, str], known: Known) -> Asked:
    """Return what is understood of `args`, with the defaults, and what is not."""
    state = dict(DEFAULTS)
    left_out = []
    for name, value in args.items():
        if name in KEPT or not value:
            continue
        if name == "layers":
            state[name], strange = _layers(value, known)
            left_out += [LeftOut(name, one[:LONGEST]) for one in strange]
            continue
        found = _READERS[name](value.strip(), known) if name in _READERS else None
        if found is None:
            left_out.append(LeftOut(name[:LONGEST], value[:LONGEST]))
        else:
            state[name] = found
    if state.get("period"):
        state.pop("from", None)
        state.pop("to", None)
    if "from" in state and "to" in state and state["from"] > _last_hour(state["to"]):
        state["from"], state["to"] = state["to"], state["from"]
    _settle_time(state)
    if "case" in state:
        state.pop("at", None)
    if state.get("overdue") == "true" and state["status"] != "open":
        # Only open cases can be overdue; a contradiction would show nothing.
        state["status"] = "open"
    return Asked(state, tuple(left_out))


def _settle_time(state: dict[str, str]) -> None:
    """Repair what only makes sense together: a moment and its step, a comparison and a period."""
    if len(state.get("moment", "")) != STEPS.get(state.get("step", ""), 0):
        state.pop("moment", None)
    if "step" in state:
        state.pop("compare", None)
    if "compare" in state and "from" not in state:
        state.setdefault("period", COMPARED_PERIOD)
        state.pop("to", None)


def _last_hour(text: str) -> str:
    return text if "T" in text else f"{text}T23"


def today_in(zone: ZoneInfo, now: datetime) -> date:
    """Return the city's day."""
    return local_day(now, zone)


def _layers(value: str, known: Known) -> tuple[str, list[str]]:
    """Return the layers that there are, in the order of the tree, and the names that mean none."""
    names = [name.strip() for name in value[:MOST_LAYERS].split(",")]
    shown = [name for name in known.layers if name in names]
    if NO_LAYER in names:
        return NO_LAYER, []
    strange = [name for name in dict.fromkeys(names) if name and name not in known.layers]
    return ",".join(shown) or DEFAULTS["layers"], strange


def _cell(value: str, known: Known) -> str | None:
    return value if value in known.cells or value in known.ended else None


def _one_of(names: str) -> Callable[[str, Known], str | None]:
    def read(value: str, known: Known) -> str | None:
        return value if value in getattr(known, names) else None

    return read


def _overdue(value: str, _: Known) -> str | None:
    return {"true": "true", "1": "true", "yes": "true", "false": "false", "0": "false"}.get(
        value.lower()
    )


def _day(value: str, _: Known) -> str | None:
    try:
        day = datetime.fromisoformat(value) if _DAY_OR_HOUR.fullmatch(value) else None
    except ValueError:
        return None
    return value if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _place(value: str, known: Known) -> str | None:
    if _cell(value, known):
        return value
    parts = value.split(",")
    try:
        lon, lat = (float(part) for part in parts)
        place = LonLat(lon, lat)
    except (ValueError, PlaceInvalid):
        return None
    return f"{place.lon:.6f},{place.lat:.6f}"


def _view(value: str, known: Known) -> str | None:
    zoom, _, place = value.partition("/")
    found = _place(",".join(reversed(place.split("/"))), known) if "/" in place else None
    try:
        level = float(zoom)
    except ValueError:
        return None
    if found is None or not ZOOMS[0] <= level <= ZOOMS[1]:
        return None
    lon, lat = found.split(",")
    return f"{level:g}/{float(lat):.5f}/{float(lon):.5f}"


_READERS: dict[str, Callable[[str, Known], str | None]] = {
    "status": _one_of("statuses"),
    "class_code": _one_of("classes"),
    "street": _one_of("streets"),
    "zone": _one_of("zones"),
    "cell": _cell,
    "unit": _one_of("units"),
    "overdue": _overdue,
    "period": lambda value, _: value if value in PERIOD_DAYS else None,
    "from": _day,
    "to": _day,
    "by": _one_of("by"),
    "step": lambda value, _: value if value in STEPS else None,
    "moment": lambda value, _: value if _MOMENT.fullmatch(value) and _day(value[:10], _) else None,
    "compare": lambda value, _: value if value in COMPARED else None,
    "per": lambda value, _: value if value == "size" else None,
    "order": lambda value, _: value if value in {"new", "due"} else None,
    "worst": lambda value, _: value if value in WORST else None,
    "trend": lambda value, _: value if value in {"hour", "day"} else None,
    "case": lambda value, _: value if _NUMBER.fullmatch(value) else None,
    "at": _place,
    "view": _view,
}
