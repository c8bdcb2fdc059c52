"""Moves of cases: by whom, from where, with what, once, and what follows from them."""

from __future__ import annotations

import hashlib
import itertools
import threading
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sqlalchemy import text

from support.small_town import LOCAL, MONDAY, REFUSE, a_report, middle_of
from wanmi.platform.casework import moving
from wanmi.platform.casework.case_queries import history
from wanmi.platform.casework.clock import read
from wanmi.platform.casework.evidence import PhotoStage, keep_photo, photos_of
from wanmi.platform.casework.ledger_rows import entries_of
from wanmi.platform.casework.pictures import PictureFacts
from wanmi.platform.casework.recording import recount
from wanmi.platform.casework.shooting import Shooting
from wanmi.platform.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from support.small_town import Person, SmallTown

CONDITION = "exposed-refuse"  # four working hours


@pytest.fixture
def number(town: SmallTown, work: Connection) -> str:
    """A fresh report of refuse in the cell (1, 2), where the southern cleaners answer."""
    found: str = town.inspector.sends(work, a_report(REFUSE)).case["number"]
    return found


def filed(town: SmallTown, work: Connection, number: str) -> dict[str, Any]:
    return town.shift_leader.does(work, number, "file", condition=CONDITION)


def dispatched(town: SmallTown, work: Connection, number: str) -> dict[str, Any]:
    filed(town, work, number)
    return town.dispatcher.does(work, number, "dispatch", unit="CO-HW1")


def handled(town: SmallTown, work: Connection, number: str) -> dict[str, Any]:
    dispatched(town, work, number)
    return town.south_cleaner.does(work, number, "handle")


def a_photo(work: Connection, person: Person, name: str = "1") -> uuid.UUID:
    content = hashlib.sha256(name.encode()).hexdigest()
    facts = PictureFacts(content, 640, 480, 1000, Shooting(None, None))
    return keep_photo(work, facts, account_id=person.viewer.account_id, now=MONDAY).id


def fields_of(error: Invalid) -> set[str]:
    return {fault.field for fault in error.errors}


def test_a_case_goes_from_report_to_closed(town: SmallTown, work: Connection, number: str) -> None:
    case = filed(town, work, number)
    assert (case["state"], case["condition_code"], case["version"]) == ("filed", CONDITION, 2)
    assert case["case_number"].startswith("61090020261123")
    assert len(case["case_number"]) == 19
    case = town.dispatcher.does(work, number, "dispatch", unit="CO-HW1", reason="请尽快")
    assert (case["state"], case["unit_code"]) == ("dispatched", "CO-HW1")
    case = town.south_cleaner.does(work, number, "handle", reason="已清")
    assert case["state_type"] == "open"
    town.clock.now = MONDAY + timedelta(minutes=20)
    case = town.shift_leader.does(work, number, "close", closing_condition=CONDITION)
    assert (case["state"], case["state_type"]) == ("closed", "closed")
    assert case["ended_at"] == town.clock.now
    assert case["stage_due_at"] is None
    said = [(row["move"], row["from_state"], row["to_state"]) for row in history(work, case["id"])]
    assert said == [
        ("report", None, "reported"),
        ("file", "reported", "filed"),
        ("dispatch", "filed", "dispatched"),
        ("handle", "dispatched", "handled"),
        ("close", "handled", "closed"),
    ]
    assert recount(work) == []


def test_the_stored_case_is_the_answered_one(
    town: SmallTown, work: Connection, number: str
) -> None:
    answered = dispatched(town, work, number)
    stored = (
        work.execute(text("SELECT * FROM cases WHERE number = :n"), {"n": number}).mappings().one()
    )
    skipped = {"content_hash", "follow_hash", "shape"}
    for key in set(stored) - skipped:
        assert stored[key] == answered[key], key


def test_the_handling_clock_runs_from_dispatch_by_the_working_calendar(
    town: SmallTown, work: Connection, number: str
) -> None:
    filed(town, work, number)
    town.clock.now = datetime(2026, 11, 27, 17, 0, tzinfo=LOCAL)  # Friday, an hour before the end
    case = town.dispatcher.does(work, number, "dispatch", unit="CO-HW1")
    # One hour on Friday, three on Monday from eight o'clock.
    assert case["due_at"] == datetime(2026, 11, 30, 11, 0, tzinfo=LOCAL)
    assert case["stage_due_at"] == case["due_at"]
    assert not case["due_provisional"]
    ledger = entries_of(work, case["id"])
    assert [(entry.clock, entry.kind) for entry in ledger] == [
        ("accept", "start"),
        ("accept", "stop"),
        ("dispatch", "start"),
        ("dispatch", "stop"),
        ("handling", "start"),
    ]
    reading = read(
        ledger, "handling", datetime(2026, 11, 30, 10, 0, tzinfo=LOCAL), town.office.calendar
    )
    assert reading.spent == pytest.approx(3)
    assert not reading.overdue


def test_a_year_that_the_calendar_does_not_know_is_said_to_be_provisional(
    town: SmallTown, work: Connection, number: str
) -> None:
    filed(town, work, number)
    town.clock.now = datetime(2026, 12, 31, 17, 0, tzinfo=LOCAL)
    case = town.dispatcher.does(work, number, "dispatch", unit="CO-HW1")
    assert case["due_at"].year == 2027
    assert case["due_provisional"]


def test_handling_is_due_when_it_was_due_after_it_is_done(
    town: SmallTown, work: Connection, number: str
) -> None:
    due = dispatched(town, work, number)["due_at"]
    town.clock.now = MONDAY + timedelta(hours=1)
    case = town.south_cleaner.does(work, number, "handle")
    assert case["due_at"] == due
    assert case["stage_due_at"] == town.clock.now + timedelta(minutes=30)


@pytest.mark.parametrize("after", [[], [filed], [dispatched]])
def test_a_case_can_be_voided_until_it_is_handled(
    town: SmallTown, work: Connection, number: str, after: list[Any]
) -> None:
    for way in after:
        way(town, work, number)
    case = town.shift_leader.does(work, number, "void", reason="重复上报")
    assert (case["state_type"], case["stage_due_at"]) == ("void", None)
    assert case["ended_at"] == MONDAY
    assert recount(work) == []
    kinds = work.execute(
        text("SELECT state_type, sum(cases) FROM case_counts GROUP BY 1 ORDER BY 1")
    ).all()
    assert [tuple(row) for row in kinds] == [("open", 0), ("void", 1)]


def test_either_number_names_the_case(town: SmallTown, work: Connection, number: str) -> None:
    case_number = filed(town, work, number)["case_number"]
    case = town.dispatcher.does(work, case_number, "dispatch", unit="CO-HW1")
    assert case["number"] == number


# By whom


def test_each_move_is_for_its_role(town: SmallTown, work: Connection, number: str) -> None:
    moves = {
        "file": {"condition": CONDITION},
        "dispatch": {"unit": "CO-HW1"},
        "handle": {},
        "close": {"closing_condition": CONDITION},
        "void": {"reason": "?"},
    }
    for (name, given), person in itertools.product(moves.items(), town.people.values()):
        if person.viewer.may(f"move.{name}"):
            continue
        with pytest.raises((NotAllowed, NotFound)):
            person.does(work, number, name, **given)
    assert len(history(work, _id(work, number))) == 1


def _id(work: Connection, number: str) -> int:
    found: int = work.execute(
        text("SELECT id FROM cases WHERE number = :n"), {"n": number}
    ).scalar_one()
    return found


def test_a_unit_handles_its_own_cases_only(town: SmallTown, work: Connection, number: str) -> None:
    dispatched(town, work, number)
    with pytest.raises(NotFound):
        town.north_cleaner.does(work, number, "handle")
    # The companies' superior sees what is below it, and may act for it.
    assert town.handler.does(work, number, "handle")["state"] == "handled"


def test_who_reported_a_case_does_not_handle_it_for_another_unit(
    town: SmallTown, work: Connection
) -> None:
    report = a_report(REFUSE, middle_of(1, 2), source="self_check")
    number = town.north_cleaner.sends(work, report).case["number"]
    case = dispatched(town, work, number)
    assert town.north_cleaner.viewer.sees(
        jurisdiction_code=case["jurisdiction_code"],
        unit_code=case["unit_code"],
        reporter_id=case["account_id"],
    )
    assert moving.moves(town.office, case, town.north_cleaner.viewer) == ()
    with pytest.raises(NotAllowed):
        town.north_cleaner.does(work, number, "handle")
    assert [m.name for m in moving.moves(town.office, case, town.south_cleaner.viewer)] == [
        "handle"
    ]


def test_another_jurisdiction_s_case_is_not_found(
    town: SmallTown, work: Connection, number: str
) -> None:
    with pytest.raises(NotFound):
        town.county_leader.does(work, number, "file", condition=CONDITION)
    with pytest.raises(NotFound):
        town.shift_leader.does(work, "610900202611239999999", "file", version=1, condition="x")


# With what


@pytest.mark.parametrize(
    ("name", "given", "field"),
    [
        ("file", {}, "condition"),
        ("file", {"condition": "lamp-out"}, "condition"),
        ("file", {"condition": CONDITION, "unit": "CO-HW1"}, "unit"),
        ("void", {}, "reason"),
        ("void", {"reason": "   "}, "reason"),
        ("fly", {}, "move"),
    ],
)
def test_what_a_move_needs_is_named(
    town: SmallTown, work: Connection, number: str, name: str, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        town.shift_leader.does(work, number, name, **given)
    assert fields_of(caught.value) == {field}


def test_a_unit_that_is_not_there_gets_no_case(
    town: SmallTown, work: Connection, number: str
) -> None:
    filed(town, work, number)
    with pytest.raises(Invalid) as caught:
        town.dispatcher.does(work, number, "dispatch", unit="NOBODY")
    assert fields_of(caught.value) == {"unit"}


def test_a_move_brings_photos(town: SmallTown, work: Connection, number: str) -> None:
    case = dispatched(town, work, number)
    mine = [a_photo(work, town.south_cleaner, name) for name in "ab"]
    town.south_cleaner.does(work, number, "handle", photos=[str(one) for one in mine])
    shown = [(photo.id, photo.stage) for photo in photos_of(work, [case["id"]])[case["id"]]]
    assert shown == [(mine[0], PhotoStage.AFTER), (mine[1], PhotoStage.AFTER)]
    given = history(work, case["id"])[-1]["given"]
    assert given["photos"] == [str(one) for one in mine]


@pytest.mark.parametrize("photos", [["nonsense"], [str(uuid.UUID(int=7))], [], "x"])
def test_photos_that_are_not_theirs_are_refused(
    town: SmallTown, work: Connection, number: str, photos: object
) -> None:
    dispatched(town, work, number)
    with pytest.raises(Invalid) as caught:
        town.south_cleaner.does(work, number, "handle", photos=photos)
    assert {field.split("[")[0] for field in fields_of(caught.value)} == {"photos"}


# Once, and in order


def test_an_old_version_is_a_conflict(town: SmallTown, work: Connection, number: str) -> None:
    filed(town, work, number)
    with pytest.raises(Conflict) as caught:
        town.dispatcher.does(work, number, "dispatch", version=1, unit="CO-HW1")
    assert fields_of(caught.value) == {"version"}


def test_a_move_from_the_wrong_state_says_what_is_possible(
    town: SmallTown, work: Connection, number: str
) -> None:
    with pytest.raises(Conflict):
        town.dispatcher.does(work, number, "dispatch", unit="CO-HW1")


def test_the_same_move_again_is_answered_as_the_first_time(
    town: SmallTown, work: Connection, number: str
) -> None:
    filed(town, work, number)
    key = uuid.uuid4()
    first = town.dispatcher.does(work, number, "dispatch", id=key, unit="CO-HW1")
    town.clock.now = MONDAY + timedelta(hours=2)
    town.south_cleaner.does(work, number, "handle")
    again = town.dispatcher.does(
        work, number, "dispatch", id=key, version=first["version"] - 1, unit="CO-HW1"
    )
    assert again == first
    assert len(history(work, first["id"])) == 4


def test_a_move_id_is_for_one_move_of_one_person(
    town: SmallTown, work: Connection, number: str
) -> None:
    key = uuid.uuid4()
    town.shift_leader.does(work, number, "file", id=key, condition=CONDITION)
    with pytest.raises(Conflict):
        town.shift_leader.does(work, number, "void", id=key, reason="?")
    with pytest.raises(Conflict):
        town.dispatcher.does(work, number, "dispatch", id=key, unit="CO-HW1")
    other = town.inspector.sends(work).case["number"]
    with pytest.raises(Conflict):
        town.shift_leader.does(work, other, "file", id=key, condition=CONDITION)


def test_one_move_id_for_two_cases_at_the_same_moment_is_a_conflict(town: SmallTown) -> None:
    key = uuid.uuid4()
    with town.engine.begin() as connection:
        numbers = [town.inspector.sends(connection).case["number"] for _ in range(2)]
    with town.engine.connect() as first, town.engine.connect() as second:
        town.shift_leader.does(first, numbers[0], "file", version=1, id=key, condition=CONDITION)
        second.execute(text("SET LOCAL lock_timeout = '5s'"))
        # The second has looked before the first commits: only the table can tell.
        second.execute(text("SET LOCAL statement_timeout = '5s'"))
        later = threading.Timer(0.2, first.commit)
        later.start()
        with pytest.raises(Conflict):
            town.shift_leader.does(
                second, numbers[1], "file", version=1, id=key, condition=CONDITION
            )
        later.join()


def test_of_two_who_move_at_once_one_is_first(town: SmallTown) -> None:
    with town.engine.begin() as connection:
        number = town.inspector.sends(connection).case["number"]
    with town.engine.connect() as first, town.engine.connect() as second:
        town.shift_leader.does(first, number, "file", version=1, condition=CONDITION)
        later = threading.Timer(0.2, first.commit)
        later.start()
        with pytest.raises(Conflict):
            town.shift_leader.does(second, number, "void", version=1, reason="?")
        later.join()
    assert town.count("journal") == 2


def test_a_clock_that_was_set_back_moves_no_case_back_in_time(
    town: SmallTown, work: Connection, number: str
) -> None:
    case = filed(town, work, number)
    town.clock.now = MONDAY - timedelta(minutes=10)
    later = town.dispatcher.does(work, number, "dispatch", unit="CO-HW1")
    assert later["moved_at"] == case["moved_at"]


# Counters


def test_counters_equal_a_recount_whatever_happens(town: SmallTown, work: Connection) -> None:
    dice = np.random.default_rng(20261123)
    ways = {
        "file": (town.shift_leader, {"condition": "exposed-refuse"}),
        "dispatch": (town.dispatcher, {"unit": "CO-HW1"}),
        "handle": (town.handler, {}),
        "close": (town.shift_leader, {"closing_condition": "exposed-refuse"}),
        "void": (town.shift_leader, {"reason": "?"}),
    }
    wishes = ["report"] * 3 + ["file", "dispatch", "handle", "close"] * 4 + ["void"]
    numbers: list[str] = []
    done = dict.fromkeys((*ways, "no"), 0)
    for step in range(250):
        name = str(dice.choice(wishes))
        if name == "report" or not numbers:
            place = middle_of(*dice.integers(0, 6, 2).tolist())
            numbers.append(town.inspector.sends(work, a_report(REFUSE, place)).case["number"])
            continue
        person, given = ways[name]
        try:
            person.does(work, str(dice.choice(numbers[-4:])), name, **given)
            done[name] += 1
        except (Conflict, NotFound):
            done["no"] += 1
        if step % 10 == 0:
            assert recount(work) == []
    assert recount(work) == []
    assert all(done.values()), done
    assert work.execute(text("SELECT min(cases) FROM case_counts")).scalar_one() >= 0
