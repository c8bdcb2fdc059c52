"""The workflow: a table of states and moves, interpreted, checked, drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanmi.platform.casework.ledger import Effect, Kind
from wanmi.platform.casework.stage_limits import load_clocks
from wanmi.platform.casework.workflow import MoveImpossible, StateType, Workflow
from wanmi.platform.casework.workflow_page import mermaid, page
from wanmi.platform.casework.workflow_tables import load_workflow, parse_workflow
from wanmi.platform.kernel.errors import Conflict, Invalid, NotAllowed, SettingsInvalid

WORKFLOW = load_workflow()
ALL = {move.permission for move in WORKFLOW.moves}
GIVEN = {
    "report": {},
    "file": {"condition": "06010-1"},
    "dispatch": {"unit": "AK-CGJ"},
    "handle": {},
    "close": {"closing_condition": "restored"},
    "void": {"reason": "nothing there"},
}
DOCS = Path(__file__).parents[2] / "docs"


def walk(*moves: str) -> str | None:
    """The state after these moves from the report on."""
    state = None
    for move in moves:
        state = WORKFLOW.apply(state, move, GIVEN[move], ALL).next_state
    return state


def test_a_case_goes_from_its_report_to_its_close() -> None:
    assert walk("report") == "reported"
    assert walk("report", "file") == "filed"
    assert walk("report", "file", "dispatch") == "dispatched"
    assert walk("report", "file", "dispatch", "handle") == "handled"
    assert walk("report", "file", "dispatch", "handle", "close") == "closed"
    assert walk("report", "void") == "voided"
    assert walk("report", "file", "dispatch", "void") == "voided"


def test_every_state_has_its_type_and_names() -> None:
    types = {name: state.type for name, state in WORKFLOW.states.items()}
    assert types == {
        "reported": StateType.OPEN,
        "filed": StateType.OPEN,
        "dispatched": StateType.OPEN,
        "handled": StateType.OPEN,
        "closed": StateType.CLOSED,
        "voided": StateType.VOID,
    }
    assert WORKFLOW.states["filed"].label_zh == "已立案"


def test_dispatching_starts_the_handling_clock_and_tells_the_unit() -> None:
    step = WORKFLOW.apply("filed", "dispatch", {"unit": " AK-CGJ "}, ALL)
    assert step.effects == (Effect("dispatch", Kind.STOP), Effect("handling", Kind.START))
    assert step.told == ("unit",)
    assert step.given == {"unit": "AK-CGJ"}


def test_a_person_sees_the_moves_that_are_possible_and_theirs() -> None:
    theirs = {"move.dispatch", "move.void", "case.see"}
    assert [move.name for move in WORKFLOW.moves_from("filed", theirs)] == ["dispatch", "void"]
    assert [move.name for move in WORKFLOW.moves_from("reported", theirs)] == ["void"]
    assert WORKFLOW.moves_from("closed", ALL) == ()
    assert [move.name for move in WORKFLOW.moves_from(None, ALL)] == ["report"]
    (dispatch,) = WORKFLOW.moves_from("filed", {"move.dispatch"})
    assert [needed.field for needed in dispatch.requires] == ["unit"]


def test_a_move_from_another_state_is_a_conflict_that_names_the_moves_there_are() -> None:
    with pytest.raises(Conflict) as caught:
        WORKFLOW.apply("filed", "close", GIVEN["close"], ALL)
    assert isinstance(caught.value, MoveImpossible)
    assert caught.value.possible == ("dispatch", "void")
    with pytest.raises(MoveImpossible) as again:
        WORKFLOW.apply("filed", "close", GIVEN["close"], {"move.close", "move.void"})
    assert again.value.possible == ("void",)


def test_a_move_for_others_is_not_allowed_whatever_the_state() -> None:
    for state in WORKFLOW.states:
        with pytest.raises(NotAllowed):
            WORKFLOW.apply(state, "dispatch", GIVEN["dispatch"], ALL - {"move.dispatch"})


def test_there_is_no_such_move() -> None:
    with pytest.raises(Invalid) as caught:
        WORKFLOW.apply("filed", "teleport", {}, ALL)
    assert [error.field for error in caught.value.errors] == ["move"]


@pytest.mark.parametrize(
    ("move", "given", "wrong"),
    [
        ("void", {}, ["reason"]),
        ("void", {"reason": None}, ["reason"]),
        ("void", {"reason": " \n"}, ["reason"]),
        ("void", {"reason": "x" * 2001}, ["reason"]),
        ("void", {"reason": 7}, ["reason"]),
        ("void", {"reason": "gone", "unit": "AK-CGJ"}, ["unit"]),
        ("file", {"reason": "clear"}, ["condition"]),
        ("file", {"condition": "another"}, ["condition"]),
        ("file", {"condition": ["06010-1"]}, ["condition"]),
        ("file", {"colour": "red"}, ["colour", "condition"]),
    ],
)
def test_what_a_move_requires_is_named_when_it_is_missing_or_wrong(
    move: str,
    given: dict[str, object],
    wrong: list[str],
) -> None:
    with pytest.raises(Invalid) as caught:
        WORKFLOW.apply("reported", move, given, ALL, options={"condition": ("06010-1",)})
    assert [error.field for error in caught.value.errors] == wrong


@pytest.mark.parametrize("photos", [[], "p1", [1], {"p1": 1}])
def test_photos_are_a_list_of_identifiers(photos: object) -> None:
    with pytest.raises(Invalid) as caught:
        WORKFLOW.apply("dispatched", "handle", {"photos": photos}, ALL)
    assert [error.field for error in caught.value.errors] == ["photos"]
    step = WORKFLOW.apply("dispatched", "handle", {"photos": ["p1"]}, ALL)
    assert step.given == {"photos": ["p1"]}


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(GIVEN)), max_size=12))
def test_after_any_moves_the_clocks_are_those_of_the_state(moves: list[str]) -> None:
    state, runs = None, set()
    for move in moves:
        if move not in {possible.name for possible in WORKFLOW.moves_from(state, ALL)}:
            with pytest.raises(MoveImpossible):
                WORKFLOW.apply(state, move, GIVEN[move], ALL)
            continue
        step = WORKFLOW.apply(state, move, GIVEN[move], ALL)
        for effect in step.effects:
            (runs.add if effect.kind is Kind.START else runs.remove)(effect.clock)
        state = step.next_state
        assert runs == WORKFLOW.states[state].clocks


# The tables are checked before they are used

STATES = """\
state,type,label_en,label_zh,clocks,paused
reported,open,Reported,已上报,accept,
dispatched,open,Dispatched,已派遣,handling,
closed,closed,Closed,已结案,,
"""
MOVES = """\
move,state,next_state,requires,takes,clocks,told,label_en,label_zh
report,,reported,,,start:accept,operator,Report,上报
dispatch,reported,dispatched,unit,reason,stop:accept;start:handling,unit,Dispatch,派遣
close,dispatched,closed,reason,,stop:handling,reporter,Close,结案
"""
ROLES = ("operator", "dispatcher")


def parsed(
    states: str = STATES,
    moves: str = MOVES,
    granted: set[str] | None = None,
) -> Workflow:
    return parse_workflow(states, moves, clocks=load_clocks(), granted=granted, roles=ROLES)


def test_a_city_may_bring_its_own_table() -> None:
    # 挂账: the handling clock pauses while a case is suspended, and resumes after it.
    states = STATES + "suspended,open,Suspended,挂账,,handling\n"
    moves = MOVES + (
        "suspend,dispatched,suspended,reason=season|works,,pause:handling,unit,Suspend,挂账\n"
        "resume,suspended,dispatched,,,resume:handling,unit,Resume,恢复\n"
        "give_up,suspended,closed,reason,,stop:handling,unit,Give up,强制结案\n"
    )
    workflow = parsed(states, moves)
    assert workflow.states["suspended"].paused == {"handling"}
    step = workflow.apply("dispatched", "suspend", {"reason": "works"}, {"move.suspend"})
    assert step.effects == (Effect("handling", Kind.PAUSE),)
    (suspend,) = workflow.moves_from("dispatched", {"move.suspend"})
    assert suspend.requires[0].options == ("season", "works")


def test_a_choice_with_options_in_the_table_takes_only_those() -> None:
    moves = MOVES.replace("dispatched,unit,", "dispatched,unit=AK-CGJ|AK-ZJJ,")
    workflow = parsed(moves=moves)
    assert workflow.apply("reported", "dispatch", {"unit": "AK-ZJJ"}, {"move.dispatch"})
    with pytest.raises(Invalid):
        workflow.apply("reported", "dispatch", {"unit": "AK-LYJ"}, {"move.dispatch"})


STATE_FAULTS = [
    ("filed,open,Filed,已立案,dispatch,\n", 5, "No case can come to the state filed"),
    ("filed,open,Filed,已立案,dispatch,\n", 5, "No move leads out of the open state filed"),
    ("Filed,void,Filed,已立案,,\n", 5, "no name of a state"),
    ("closed,closed,Closed,已结案,,\n", 5, "there twice"),
    ("gone,lost,Gone,丢失,,\n", 5, "The type is 'lost'"),
    ("gone,void,,丢失,,\n", 5, "label in both languages"),
    ("gone,void,Gone,丢失,sundial,\n", 5, "no clock sundial"),
    ("gone,void,Gone,丢失,accept,accept\n", 5, "cannot run and pause"),
    ("gone,void\n", 5, "2 cells"),
]
MOVE_FAULTS = [
    ("void,reported,voided,reason,,stop:accept,unit,Void,作废\n", 5, "'voided', which is no state"),
    ("void,lost,closed,reason,,stop:accept,unit,Void,作废\n", 5, "'lost', which is no state"),
    ("Void,reported,closed,reason,,stop:accept,unit,Void,作废\n", 5, "no name of a move"),
    ("close,dispatched,closed,,,stop:handling,unit,Close,结案\n", 5, "there twice"),
    ("close,reported,closed,,,stop:accept,unit,Shut,结案\n", 5, "other labels"),
    ("void,reported,closed,mood,,stop:accept,unit,Void,作废\n", 5, "no field mood"),
    ("void,reported,closed,reason,reason,stop:accept,unit,Void,作废\n", 5, "named twice"),
    ("void,reported,closed,,,stop:sundial,unit,Void,作废\n", 5, "no effect"),
    ("void,reported,closed,,,halt:accept,unit,Void,作废\n", 5, "no effect"),
    ("void,reported,closed,,,,unit,Void,作废\n", 5, "the clock accept is not as closed wants"),
    ("void,reported,closed,,,stop:check,unit,Void,作废\n", 5, "cannot stop the clock check"),
    ("void,reported,closed,,,stop:accept,mayor,Void,作废\n", 5, "'mayor', which is no role"),
    ("void,reported,closed,,,stop:accept,unit,,作废\n", 5, "label in both languages"),
]


@pytest.mark.parametrize(
    ("states", "moves", "file", "line", "said"),
    [(row, "", "states.csv", line, said) for row, line, said in STATE_FAULTS]
    + [("", row, "moves.csv", line, said) for row, line, said in MOVE_FAULTS],
)
def test_a_wrong_row_is_named_with_file_and_line(
    states: str,
    moves: str,
    file: str,
    line: int,
    said: str,
) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        parsed(STATES + states, MOVES + moves)
    messages = [e.message for e in caught.value.errors if e.field == f"{file}:{line}"]
    assert any(said in message for message in messages), caught.value.message


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        parsed(STATES + "gone,lost,Gone,丢失,,\n", MOVES + "void,lost,closed,,,,mayor,Void,作废\n")
    fields = [error.field for error in caught.value.errors]
    assert fields == ["moves.csv:5", "moves.csv:5", "states.csv:5"]
    assert all(field in caught.value.message for field in fields)


def test_a_table_without_a_first_move_or_without_rows_is_refused() -> None:
    header, first = MOVES.split("\n", 2)[:2]
    for moves in (MOVES.replace(first + "\n", ""), header, ""):
        with pytest.raises(SettingsInvalid):
            parsed(moves=moves)


def test_a_move_that_nobody_may_make_is_named() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        parsed(granted={"move.report", "move.close"})
    assert [(e.field, e.message) for e in caught.value.errors] == [
        ("moves.csv:3", "Nobody has the permission move.dispatch."),
    ]
    assert parsed(granted={"move.report", "move.close", "move.dispatch"})


# What is made from the tables


def test_the_diagram_has_every_move() -> None:
    lines = mermaid(WORKFLOW).splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert '    state "已立案 Filed" as filed' in lines
    assert "    [*] --> reported: 上报 Report" in lines
    assert "    filed --> dispatched: 派遣 Dispatch" in lines
    assert "    closed --> [*]" in lines
    assert "    filed --> [*]" not in lines
    arrows = [line for line in lines if "-->" in line]
    assert len(arrows) == len(WORKFLOW.moves) + 2


def test_the_page_in_docs_is_made_from_the_tables() -> None:
    written = (DOCS / "workflow.md").read_text(encoding="utf-8")
    again = "make it anew: python -m wanmi.platform.casework.workflow_page > docs/workflow.md"
    assert written == page(WORKFLOW, load_clocks()), again
