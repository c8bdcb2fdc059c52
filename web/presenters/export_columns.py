"""Which columns has a table of cases for people, under which headings, with which values?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from flask_babel import get_timezone, gettext

from wanmi.web.maps.words import N_
from wanmi.web.presenters.cases import named
from wanmi.web.presenters.choices import sources, state_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, tzinfo

    from wanmi.platform.casework.office import Office
    from wanmi.platform.organisation.permits import Viewer

Kind = Literal["text", "number", "integer", "flag"]
Value = str | float | int | bool | None


class Reader:
    """What turns codes and moments into the words of one reader, each looked up once."""

    def __init__(self, office: Office, now: datetime) -> None:
        """Take the names in the language of this request."""
        self.now = now
        self._zone: tzinfo = get_timezone()
        self._units = {code: named(unit) for code, unit in office.register.by_code.items()}
        self._classes = {code: named(one) for code, one in office.catalogue.matters.items()}
        self._majors = {one.code: named(one) for one in office.catalogue.majors()}
        self._states = {name: state_name(one) for name, one in office.workflow.states.items()}
        self._sources = sources(office)

    def unit(self, code: str | None) -> str | None:
        """Return a unit's name; a code that is no longer known stays a code."""
        return None if code is None else self._units.get(code, code)

    def class_name(self, code: str) -> str:
        """Return what a class is called."""
        return self._classes.get(code, code)

    def major(self, code: str) -> str:
        """Return what the major of a class is called."""
        return self._majors.get(code[:2], code[:2])

    def state(self, name: str) -> str:
        """Return what a state is called."""
        return self._states.get(name, name)

    def source(self, code: str) -> str:
        """Return what a source is called."""
        return self._sources.get(code, code)

    def moment(self, value: datetime | None) -> str | None:
        """Write a moment in the city's zone, with its offset (ISO 8601)."""
        return value.astimezone(self._zone).isoformat(timespec="seconds") if value else None


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `name` is the field in files for programs, `heading` an English message."""

    name: str
    heading: str
    value: Callable[[Reader, Mapping[str, Any]], Value]
    kind: Kind = "text"


def _is_late(reader: Reader, case: Mapping[str, Any]) -> bool:
    due = case["stage_due_at"]
    return case["state_type"] == "open" and due is not None and due < reader.now


def _zones(_: Reader, case: Mapping[str, Any]) -> str:
    return "; ".join(zone.get("name") or zone["code"] for zone in case["zones"])


def _plain(name: str) -> Callable[[Reader, Mapping[str, Any]], Value]:
    def value(_: Reader, case: Mapping[str, Any]) -> Value:
        found: Value = case[name]
        return found

    return value


def _unit(name: str) -> Callable[[Reader, Mapping[str, Any]], Value]:
    return lambda reader, case: reader.unit(case[name])


def _moment(name: str) -> Callable[[Reader, Mapping[str, Any]], Value]:
    return lambda reader, case: reader.moment(case[name])


COLUMNS: tuple[Column, ...] = (
    Column("number", N_("Report number"), _plain("number")),
    Column("case_number", N_("Case number"), _plain("case_number")),
    Column("major", N_("Major"), lambda r, case: r.major(case["class_code"])),
    Column("class_code", N_("Class code"), _plain("class_code")),
    Column("class_name", N_("Class"), lambda r, case: r.class_name(case["class_code"])),
    Column("component_id", N_("Component"), _plain("component_id")),
    Column("condition", N_("Filing condition"), _plain("condition_code")),
    Column("description", N_("Description"), _plain("description")),
    Column("source", N_("Source"), lambda r, case: r.source(case["source"])),
    Column("status", N_("State"), lambda r, case: r.state(case["state"])),
    Column("overdue", N_("Overdue"), _is_late, "flag"),
    Column("priority", N_("Priority"), _plain("priority"), "integer"),
    Column("cell", N_("Cell"), _plain("cell_code")),
    Column("street", N_("Street"), _plain("street_name")),
    Column("zones", N_("Zones"), _zones),
    Column("territorial_unit", N_("Territorial unit"), _unit("territorial_unit")),
    Column("suggested_unit", N_("Suggested unit"), _unit("suggested_unit")),
    Column("unit", N_("Dispatched to"), _unit("unit_code")),
    Column("lon", N_("Longitude (CGCS2000)"), _plain("lon"), "number"),
    Column("lat", N_("Latitude (CGCS2000)"), _plain("lat"), "number"),
    Column("observed_at", N_("Observed"), _moment("observed_at")),
    Column("received_at", N_("Received"), _moment("received_at")),
    Column("stage_due_at", N_("Stage due"), _moment("stage_due_at")),
    Column("due_at", N_("Due"), _moment("due_at")),
    Column("ended_at", N_("Ended at"), _moment("ended_at")),
)

REPORTER = Column("reporter_id", N_("Reporter's account"), _plain("account_id"), "integer")
"""Only for those who may know who reported."""

DEMONSTRATION = Column("demonstration", N_("Demonstration data"), lambda *_: True, "flag")
"""Marks every row, and by its heading an empty table too."""


def columns_for(viewer: Viewer, *, demonstration: bool) -> tuple[Column, ...]:
    """Return the columns that `viewer` may read."""
    reporter = (REPORTER,) if viewer.may("case.see_reporter") else ()
    return (*COLUMNS, *reporter, *((DEMONSTRATION,) if demonstration else ()))


def heading(column: Column) -> str:
    """Return the heading in the reader's language."""
    words: str = gettext(column.heading)
    return words
