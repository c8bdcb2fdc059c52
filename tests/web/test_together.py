"""Equal questions at the same moment are asked once, and no answer is older than its question."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from wanmi.web.wiring.together import Together


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
