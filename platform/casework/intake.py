"""What happens to a report on arrival: checked, located, given to a unit, written down, once?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from wanmi.gis.cellcode import ComponentCode
from wanmi.gis.components import components
from wanmi.gis.errors import GisError
from wanmi.gis.frames import to_cgcs2000
from wanmi.platform.casework import recording
from wanmi.platform.casework.case_rows import rows_by_report
from wanmi.platform.casework.drafting import draft
from wanmi.platform.casework.evidence import PhotoStage
from wanmi.platform.casework.evidence_attach import attach, attachable
from wanmi.platform.casework.locating import locate
from wanmi.platform.kernel.errors import Conflict, FieldError, Invalid, NotAllowed, WanmiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from wanmi.gis.points import LonLat
    from wanmi.gis.surroundings import ComponentHere
    from wanmi.platform.casework.classes import MatterClass
    from wanmi.platform.casework.office import Office
    from wanmi.platform.casework.reports import Report
    from wanmi.platform.organisation.permits import Viewer

AHEAD_KEPT = timedelta(hours=48)
"""A report's time may lie this far ahead (a phone's clock is wrong); beyond it is refused."""

AHEAD_TRUSTED = timedelta(minutes=1)
"""Two clocks that agree; more than this ahead is marked."""

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""A device without a clock says 1970. Beyond these nothing is meant, and at the ends of the
calendar no other zone can tell the moment."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a report: an account with its rights, or a citizen without one."""

    account_id: int | None
    role: str
    permissions: frozenset[str]


def sender_of(viewer: Viewer) -> Sender:
    """Return an account as the sender of reports."""
    return Sender(viewer.account_id, viewer.role, viewer.permissions)


@dataclass(frozen=True, slots=True)
class Taken:
    """A report that was taken: its case as a row, and whether this call made it."""

    case: dict[str, Any]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report as it arrives: from whom, and at which moment.

    `follow_hash` (SHA-256, hexadecimal) is of the code with which a citizen follows the report.
    """

    report: Report
    sender: Sender
    now: datetime
    follow_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A report whose every value can be taken, with its class and its place in CGCS2000."""

    arrival: Arrival
    matter: MatterClass
    place: LonLat
    clock_suspect: bool


def submit(
    connection: Connection,
    office: Office,
    report: Report,
    sender: Sender,
    now: datetime,
    *,
    follow_hash: str | None = None,
) -> Taken:
    """Take one report in; see `take_in` and `Arrival`.

    Raises:
        Invalid: a value cannot be taken; the fields are named.
        NotAllowed: the sender may not report, or not name this source.
        Conflict: the id belongs to a different report, or to somebody else's.
    """
    (answer,) = take_in(connection, office, [Arrival(report, sender, now, follow_hash)])
    if isinstance(answer, Exception):
        raise answer
    return answer


def take_in(
    connection: Connection,
    office: Office,
    arrivals: Sequence[Arrival],
) -> list[Taken | WanmiError | GisError]:
    """Take reports in; a few statements, however many they are. Answers in order.

    A bad report costs only itself: its answer is the error. The same report again gives its case.
    """
    answers: list[Taken | WanmiError | GisError | None] = [None] * len(arrivals)
    checked: dict[int, Checked] = {}
    first: dict[UUID, int] = {}
    for place, arrival in enumerate(arrivals):
        try:
            checked[place] = check(office, arrival)
        except (WanmiError, GisError) as error:
            answers[place] = error
        else:
            first.setdefault(arrival.report.id, place)
    fresh = {place: checked[place] for place in first.values()}
    named = _named_components(connection, fresh.values())
    refused = _refused(connection, fresh, named)
    # What stands against a repeat (its photos are on a case) may be that it is one.
    repeats = rows_by_report(connection, [fresh[place].arrival.report.id for place in refused])
    for place, against in list(refused.items()):
        if fresh.pop(place).arrival.report.id in repeats:
            del refused[place]
        else:
            answers[place] = against
    made = _write(connection, office, fresh, named)
    missing = [found.arrival.report.id for place, found in fresh.items() if place not in made]
    known = rows_by_report(connection, missing)
    by_report = {
        **repeats,
        **known,
        **{fresh[place].arrival.report.id: draft for place, draft in made.items()},
    }
    for place, found in checked.items():
        if answers[place] is None:
            case = by_report.get(found.arrival.report.id)
            twin = refused.get(first[found.arrival.report.id])
            answers[place] = twin if case is None else _answer(case, found, is_new=place in made)
    return [answer for answer in answers if answer is not None]


def _refused(
    connection: Connection,
    fresh: Mapping[int, Checked],
    components: Mapping[str, ComponentHere],
) -> dict[int, WanmiError]:
    """Return what the database has against reports: photos and components that are not there."""
    refused: dict[int, WanmiError] = {}
    for place, found in fresh.items():
        report = found.arrival.report
        if report.component_id is not None and report.component_id not in components:
            refused[place] = _fault("component_id", "There is no such component.")
        elif report.photos:
            try:
                attachable(connection, report.photos, found.arrival.sender.account_id)
            except Invalid as error:
                refused[place] = error
    return refused


def _write(
    connection: Connection,
    office: Office,
    fresh: Mapping[int, Checked],
    components: Mapping[str, ComponentHere],
) -> dict[int, dict[str, Any]]:
    """Write the cases of `fresh`; return those that were new, by place."""
    if not fresh:
        return {}
    here = locate(office, list(fresh.values()), components)
    numbers = office.report_numbers.each(found.arrival.now for found in fresh.values())
    drafts = {
        place: draft(office, found, at, number)
        for (place, found), at, number in zip(fresh.items(), here, numbers, strict=True)
    }
    ids = recording.record(connection, list(drafts.values()))
    made = {}
    for place, case in drafts.items():
        if case["report_id"] in ids:
            made[place] = {**case, "id": ids[case["report_id"]], **UNTOUCHED}
            photos = fresh[place].arrival.report.photos
            if photos:
                sender = fresh[place].arrival.sender.account_id
                attach(connection, made[place]["id"], photos, PhotoStage.REPORT, account_id=sender)
    return made


UNTOUCHED: Mapping[str, Any] = {
    "version": 1,
    "case_number": None,
    "unit_code": None,
    "due_at": None,
    "due_provisional": False,
    "ended_at": None,
}
"""What a case has beside its draft before anybody has moved it."""


def _named_components(
    connection: Connection, found: Iterable[Checked]
) -> Mapping[str, ComponentHere]:
    reports = [one.arrival.report for one in found]
    named = {report.component_id for report in reports if report.component_id}
    return components(connection, named)


def check(office: Office, arrival: Arrival) -> Checked:
    """Return the report with its class and place, if every value can be taken.

    Raises:
        Invalid: class, component, condition, answers, time or place cannot be taken.
        NotAllowed: the sender may not report, or not name this source.
    """
    report, now, rights = arrival.report, arrival.now, arrival.sender.permissions
    if "report.create" not in rights:
        raise NotAllowed("Your role does not report issues; ask a colleague whose role does.")
    if report.source not in office.roles.sources:
        raise _fault("source", "This source is not known.")
    if f"report.source.{report.source}" not in rights:
        raise NotAllowed("Your role may not report from this source; choose your own.")
    matter = _matter(office, report)
    if report.condition is not None:
        office.catalogue.condition(matter.code, report.condition)
    office.catalogue.check_answers(matter.code, report.answers)
    _check_times(report)
    if report.observed_at > now + AHEAD_KEPT:
        raise _fault("observed_at", "This time is more than 48 hours ahead; set the clock right.")
    place = to_cgcs2000(report.location)
    if not office.city.believed_box.contains(place):
        raise _fault(
            "location",
            "This place is far outside the country; are longitude and latitude swapped?",
        )
    return Checked(arrival, matter, place, report.observed_at > now + AHEAD_TRUSTED)


def _check_times(report: Report) -> None:
    for field in ("observed_at", "sent_at"):
        moment = getattr(report, field)
        if moment is not None and not EARLIEST <= moment < LATEST:
            raise _fault(field, "This time cannot be meant; set the clock right.")


def _matter(office: Office, report: Report) -> MatterClass:
    if report.component_id is None:
        return office.catalogue.matter(report.class_code, report.edition)
    # A defect of a component is filed under its own class; a code of 2013 names the component's.
    component = office.catalogue.component(report.class_code, report.edition)
    if ComponentCode.from_text(report.component_id).class_code != component.code:
        raise _fault("component_id", "The component is of another class than the report.")
    return office.catalogue.matter(component.code)


def _fault(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, errors=(FieldError(field, sentence),))


def _answer(case: dict[str, Any], found: Checked, *, is_new: bool) -> Taken | Conflict:
    arrival = found.arrival
    same = is_new or (
        case["account_id"] == arrival.sender.account_id
        and case["content_hash"] == arrival.report.content_hash()
    )
    if not same:
        return Conflict("This id belongs to a different report; give each report an id of its own.")
    return Taken(case, is_new)
