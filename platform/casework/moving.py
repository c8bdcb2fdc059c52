"""What happens when a person moves a case: state, clocks, journal and counters, or a clear no?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from wanmi.platform.casework.case_rows import FirstAnswer, case_for_update, first_answer
from wanmi.platform.casework.clock import due_of
from wanmi.platform.casework.evidence import PhotoStage
from wanmi.platform.casework.evidence_attach import attach
from wanmi.platform.casework.ledger import Phase, counts, enter
from wanmi.platform.casework.ledger_rows import entries_of
from wanmi.platform.casework.move_rows import write_moves
from wanmi.platform.kernel.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from wanmi.platform.casework.ledger import Entry
    from wanmi.platform.casework.office import Office
    from wanmi.platform.casework.workflow import Move, Step
    from wanmi.platform.kernel.limits import Limit
    from wanmi.platform.organisation.permits import Viewer

HANDLING = "handling"
"""The clock whose limit is the chosen condition's."""

ID_USED = "This move id belongs to a different move; give each move an id of its own."
ONE_ID_ONE_MOVE = "uq_journal_move_id"


@dataclass(frozen=True, slots=True)
class Asked:
    """A move as somebody asks for it: on which version they looked, and what they give."""

    move: str
    version: int
    given: Mapping[str, object]
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A move thought through: what it changes (`after`), and its lines for journal and ledger."""

    case: Mapping[str, Any]
    step: Step
    after: dict[str, Any]
    entries: tuple[Entry, ...]
    asked: Asked
    viewer: Viewer
    now: datetime


def moves(office: Office, case: Mapping[str, Any], viewer: Viewer) -> tuple[Move, ...]:
    """Return the moves that `viewer` may make with this case now."""
    if not _acts_for(viewer, case):
        return ()
    return office.workflow.moves_from(case["state"], viewer.permissions)


def options(office: Office, case: Mapping[str, Any]) -> dict[str, Collection[str]]:
    """Return what this case allows in the choices of a move, by field."""
    conditions = tuple(row.code for row in office.catalogue.conditions(case["class_code"]))
    return {
        "condition": conditions,
        "closing_condition": conditions,
        "unit": office.register.by_code,
    }


def move(
    connection: Connection,
    office: Office,
    number: str,
    asked: Asked,
    viewer: Viewer,
    now: datetime,
) -> dict[str, Any]:
    """Move the case called `number` and return it as it is afterwards.

    The same move id again changes nothing and returns the case as it was after the first time.

    Raises:
        NotFound: there is no such case for this person.
        Conflict: somebody has moved it meanwhile, or the move does not start from its state.
        Invalid: something required is missing or wrong; the fields are named.
        NotAllowed: this person may not make this move.
    """
    case = case_for_update(connection, number)
    if case is None or not _sees(viewer, case):
        raise NotFound("There is no such case.")
    if asked.id is not None:
        first = first_answer(connection, asked.id)
        if first is not None:
            return _repeated(case, asked, viewer, first)
    if case["version"] != asked.version:
        raise Conflict(
            "The case has changed meanwhile; load it again before you move it.",
            errors=(FieldError("version", "The case has another version now."),),
        )
    if not _acts_for(viewer, case):
        raise NotAllowed("This case is with another unit; its people make this move.")
    # A machine's clock may be set back; the ledger of a case does not run backwards.
    now = max(now, case["moved_at"])
    moved = plan(office, case, entries_of(connection, case["id"]), asked, viewer, now)
    if "photos" in moved.step.given:
        photos = _photo_ids(moved.step.given["photos"])
        attach(connection, case["id"], photos, PhotoStage.AFTER, account_id=viewer.account_id)
    _write(connection, moved)
    return {**case, **moved.after}


def plan(
    office: Office,
    case: Mapping[str, Any],
    ledger: Sequence[Entry],
    asked: Asked,
    viewer: Viewer,
    now: datetime,
) -> Moved:
    """Think a move through without writing anything. `ledger` is the case's, in order.

    Raises:
        Invalid, NotAllowed, Conflict: see `move`.
    """
    step = office.workflow.apply(
        case["state"],
        asked.move,
        asked.given,
        viewer.permissions,
        options(office, case),
    )
    condition = step.given.get("condition", case["condition_code"])
    entries = enter(
        step.effects,
        at=now,
        rule=f"move.{step.move}",
        limits=_limits(office, case["class_code"], condition),
    )
    state = office.workflow.states[step.next_state]
    after = {
        "state": state.name,
        "state_type": state.type.value,
        "version": case["version"] + 1,
        "moved_at": now,
        "condition_code": condition,
        "unit_code": step.given.get("unit", case["unit_code"]),
        "case_number": case["case_number"] or _case_number(office, step, now),
        "ended_at": None if state.type.value == "open" else now,
        **_due(office, [*ledger, *entries], case, now),
    }
    return Moved(case, step, after, entries, asked, viewer, now)


def _sees(viewer: Viewer, case: Mapping[str, Any]) -> bool:
    return viewer.sees(
        jurisdiction_code=case["jurisdiction_code"],
        unit_code=case["unit_code"],
        reporter_id=case["account_id"],
    )


def _acts_for(viewer: Viewer, case: Mapping[str, Any]) -> bool:
    """Say whether the case is theirs to move: what people of a unit reported they only see."""
    return viewer.scope != "unit" or case["unit_code"] in viewer.units


def _photo_ids(said: object) -> list[UUID]:
    try:
        return [UUID(photo) for photo in said]  # type: ignore[attr-defined]  # checked by workflow
    except ValueError:
        sentence = "There is no such photo of yours; send the photo again."
        raise Invalid(sentence, errors=(FieldError("photos", sentence),)) from None


def _write(connection: Connection, moved: Moved) -> None:
    try:
        write_moves(connection, [moved])
    except IntegrityError as error:
        # The same id came for another case at the same moment.
        told: Any = getattr(error.orig, "diag", None)
        if told is not None and told.constraint_name == ONE_ID_ONE_MOVE:
            raise Conflict(ID_USED) from None
        raise


def _repeated(
    case: dict[str, Any],
    asked: Asked,
    viewer: Viewer,
    first: FirstAnswer,
) -> dict[str, Any]:
    same = (
        first.case_id == case["id"]
        and first.account_id == viewer.account_id
        and first.move == asked.move
    )
    if not same:
        raise Conflict(ID_USED)
    return {**case, **first.after}


def _limits(office: Office, class_code: str, condition: object) -> dict[str, Limit | None]:
    """Return the allowance of each clock: the stage's own, and the condition's for handling."""
    limits = {name: rule.limit for name, rule in office.clocks.items()}
    if isinstance(condition, str):
        limits[HANDLING] = office.catalogue.condition(class_code, condition).limit
    return limits


def _case_number(office: Office, step: Step, now: datetime) -> str | None:
    """Give a number at filing: the move with which the filing condition is chosen."""
    return office.case_numbers.next(now) if "condition" in step.given else None


def _due(
    office: Office,
    ledger: Sequence[Entry],
    case: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """Return when the running stage is due, and when handling is, from the whole ledger."""
    found = counts(ledger, now)
    running = {name for name, clock in found.items() if clock.phase is Phase.RUNNING}
    dues = {
        name: due_of(clock, office.calendar)
        for name, clock in found.items()
        if name in running or name == HANDLING
    }
    stages = [due for name, due in dues.items() if name in running]
    handling = dues.get(HANDLING)
    return {
        "stage_due_at": min((due.moment for due in stages if due), default=None),
        "due_at": handling.moment if handling else case["due_at"],
        "due_provisional": handling.provisional if handling else False,
    }
