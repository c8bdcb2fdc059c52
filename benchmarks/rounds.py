"""How do two ways of doing the same work compare, on a machine that others use too?

Every way does its work once in each round, one after the other, so that a slow minute hits all of
them; a ratio is the median of the rounds' own ratios. CPU seconds (of all threads) stand beside
the clock's, because contention moves them less.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass
class Times:
    """Seconds of one way of doing the work, a round each, and what it answered last."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    answer: Any = None

    def over(self, other: Times) -> tuple[float, float]:
        """Return how many times longer this took than `other`: by the clock, and in CPU seconds."""
        return _ratio(self.wall, other.wall), _ratio(self.cpu, other.cpu)


def _ratio(slow: list[float], fast: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(slow, fast, strict=True))


def in_turn(
    ways: Mapping[str, Callable[[], Any]],
    rounds: int,
    before: Callable[[], None] = lambda: None,
) -> dict[str, Times]:
    """Let every way do its work `rounds` times, in turn, after one unmeasured round.

    `before` is done before each round and not measured.
    """
    times = {name: Times() for name in ways}
    for measured in range(rounds + 1):
        before()
        for name, way in ways.items():
            wall, cpu = time.perf_counter(), time.process_time()
            answer = way()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            if measured:
                times[name].wall.append(wall)
                times[name].cpu.append(cpu)
            times[name].answer = answer
    return times


def verdict(what: str, ratio: float, goal: float) -> str:
    """Return one line that says whether a ratio reaches its goal."""
    return f"{what}: {ratio:.1f} times (goal {goal:g}): {'met' if ratio >= goal else 'NOT MET'}"


def machine() -> str:
    """Return one line about the machine and how busy it is."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1].strip() if lines else model
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{len(os.sched_getaffinity(0))} cores of {model}, {platform.system()}, "
        f"Python {platform.python_version()}, load {load}"
    )
