"""Equal questions at the same moment are asked once, and no answer is older than its question."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from wanmi.web.wiring.together import KEPT_S, MOST_KEPT, Together


def test_all_who_wait_share_the_next_answer() -> None:
    together, begun, go = Together(), threading.Event(), threading.Event()
    made: list[float] = []

    def slow() -> int:
        made.append(time.monotonic())
        begun.set()
        go.wait(10)
        return len(made)

    def ask(_: int) -> tuple[float, int]:
        return time.monotonic(), together.answer("figures", slow)

    with ThreadPoolExecutor(21) as pool:
        first = pool.submit(ask, 0)
        assert begun.wait(10)
        others = [pool.submit(ask, number) for number in range(20)]
        time.sleep(0.2)
        go.set()
        assert first.result(10)[1] == 1
        answers = [each.result(10) for each in others]
    assert {answer for _, answer in answers} == {2}
    assert len(made) == 2
    assert all(made[1] >= asked for asked, _ in answers)


def test_different_questions_do_not_wait_for_each_other() -> None:
    together, inside = Together(), threading.Event()

    def outer() -> str:
        inside.set()
        return str(together.answer("other", lambda: "other"))

    assert together.answer("one", outer) == "other"
    assert inside.is_set()


def test_a_fault_reaches_the_asker_and_is_forgotten() -> None:
    together = Together()

    def fail() -> None:
        raise ValueError("away")

    for _ in range(2):
        with pytest.raises(ValueError, match="away"):
            together.answer("figures", fail)
    assert together.answer("figures", lambda: 1) == 1


def test_all_who_know_of_an_event_share_one_answer_for_a_while() -> None:
    time_s = [0.0]
    together = Together(lambda: time_s[0])
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [together.answer("figures", make, "7-1") for _ in range(50)] == [1] * 50
    assert together.answer("figures", make, "8-1") == 2, "another event"
    assert together.answer("cells", make, "8-1") == 3, "another question"
    assert together.answer("figures", make) == 4, "who knows of none gets the newest"
    time_s[0] = KEPT_S
    assert together.answer("figures", make, "7-1") == 5, "late by now is what was in time"


def test_of_a_shared_question_only_one_is_asked_at_a_time() -> None:
    together, begun, go = Together(), threading.Event(), threading.Event()
    made: list[int] = []

    def slow() -> int:
        made.append(1)
        begun.set()
        go.wait(10)
        return len(made)

    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(together.answer, "figures", slow, "7-1") for _ in range(20)]
        assert begun.wait(10)
        go.set()
        assert {each.result(10) for each in asked} == {1}


def test_a_fault_is_not_shared_with_those_who_ask_later() -> None:
    together = Together()

    def fail() -> None:
        raise ValueError("away")

    with pytest.raises(ValueError, match="away"):
        together.answer("figures", fail, "7-1")
    assert together.answer("figures", lambda: 1, "7-1") == 1


def test_what_is_kept_has_a_bound() -> None:
    together = Together()
    made: list[int] = []
    for event in range(MOST_KEPT + 1):
        together.answer("figures", lambda: made.append(1), str(event))
    together.answer("figures", lambda: made.append(1), str(MOST_KEPT))
    assert len(made) == MOST_KEPT + 1
    together.answer("figures", lambda: made.append(1), "0")
    assert len(made) == MOST_KEPT + 2
