"""How many, and where: the counters, the index behind them, and the eyes of who asks."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import text

from support.small_town import REFUSE, VENDING, a_report, cell_of, middle_of, spot
from wanmi.gis.points import LonLat
from wanmi.platform.casework.case_filters import CaseFilter
from wanmi.platform.casework.case_queries import list_cases
from wanmi.platform.casework.density import BY, density
from wanmi.platform.casework.recording import recount
from wanmi.platform.kernel.errors import WanmiError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from support.small_town import Person, SmallTown


def by_hand(work: Connection, by: str, asked: CaseFilter, person: Person) -> dict[str, int]:
    """Count the listed cases one by one."""
    now = person.town.clock.now
    cases = list_cases(work, asked, person.viewer, now, limit=1000).cases
    if by == "zone":
        codes = [zone["code"] for case in cases for zone in case["zones"]]
    else:
        codes = [case[f"{by}_code"] for case in cases if case[f"{by}_code"]]
    return dict(Counter(codes))


def random_work(town: SmallTown, work: Connection, seed: int, steps: int) -> None:
    """Let people report and move cases at random."""
    dice = np.random.default_rng(seed)
    spots = [*(middle_of(c, r) for c in range(10) for r in (0, 3)), spot(3.5, 0.5), spot(0.5, 2.2)]
    spots.append(LonLat(109.2, 32.9))
    numbers: list[str] = []
    ways = {
        "file": (town.shift_leader, {"condition": "exposed-refuse"}),
        "dispatch": (town.dispatcher, {"unit": "CO-HW1"}),
        "handle": (town.handler, {}),
        "close": (town.shift_leader, {"closing_condition": "exposed-refuse"}),
        "void": (town.shift_leader, {"reason": "?"}),
    }
    for _ in range(steps):
        town.clock.now += timedelta(seconds=int(dice.integers(0, 90)))
        if len(numbers) < 3 or dice.random() < 0.3:
            code = str(dice.choice([REFUSE, VENDING, "08001"]))
            report = a_report(code, spots[dice.integers(len(spots))])
            numbers.append(town.inspector.sends(work, report).case["number"])
            continue
        name = str(dice.choice(list(ways)))
        person, given = ways[name]
        try:
            person.does(work, str(dice.choice(numbers[-5:])), name, **given)
        except WanmiError:
            continue


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counters_index_and_list_agree_after_random_work(
    town: SmallTown, work: Connection, seed: int
) -> None:
    random_work(town, work, seed, 120)
    assert recount(work) == []
    filters = [
        CaseFilter(),
        CaseFilter(status="open"),
        CaseFilter(status="closed"),
        CaseFilter(status="void"),
        CaseFilter(class_code="06"),
        CaseFilter(class_code="09", status="open"),
        CaseFilter(class_code=REFUSE),
        CaseFilter(status="reported"),
        CaseFilter(overdue=True),
        CaseFilter(street="S-YC"),
        CaseFilter(zone="I1", status="open"),
    ]
    people = (town.commander, town.county_leader, town.zone_operator, town.south_cleaner)
    some = 0
    for asked in filters:
        for person in people:
            for by in BY:
                found = density(work, by, asked, person.viewer, town.clock.now)
                assert found == by_hand(work, by, asked, person), (by, asked, person.viewer.login)
                some += bool(found)
    assert some > 60


def test_the_counters_are_what_is_read(town: SmallTown, work: Connection) -> None:
    """The whole city by major comes from the counters: the cases are not looked at."""
    town.inspector.sends(work, a_report(at=middle_of(1, 2)))
    work.execute(text("UPDATE case_counts SET cases = 7"))
    viewer, now = town.commander.viewer, town.clock.now
    assert density(work, "cell", CaseFilter(status="open"), viewer, now) == {cell_of(1, 2): 7}
    assert density(work, "cell", CaseFilter(class_code="06"), viewer, now) == {cell_of(1, 2): 7}
    assert density(work, "cell", CaseFilter(class_code=REFUSE), viewer, now) == {cell_of(1, 2): 1}


def test_a_case_that_is_in_no_cell_counts_in_none(town: SmallTown, work: Connection) -> None:
    town.inspector.sends(work, a_report(at=LonLat(109.2, 32.9)))
    for by in BY:
        for asked in (CaseFilter(), CaseFilter(class_code=REFUSE)):
            assert density(work, by, asked, town.commander.viewer, town.clock.now) == {}


def test_who_sees_only_their_own_is_counted_only_their_own(
    town: SmallTown, work: Connection
) -> None:
    for person, source in ((town.south_cleaner, "self_check"), (town.inspector, "inspector")):
        for _ in range(2):
            person.sends(work, a_report(at=middle_of(1, 2), source=source))
    viewer, now = town.south_cleaner.viewer, town.clock.now
    assert density(work, "cell", CaseFilter(), viewer, now) == {cell_of(1, 2): 2}
