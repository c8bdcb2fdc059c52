"""By unit, class and place, and over time: as many as a person counts in the list."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sqlalchemy import text

from support.city import plan_of
from support.small_town import (
    LAMP,
    LAMP_DEFECT,
    LOCAL,
    MONDAY,
    REFUSE,
    VENDING,
    a_report,
    cell_of,
    middle_of,
    spot,
)
from wanmi.platform.casework import breakdown as breakdowns
from wanmi.platform.casework import trend as trends
from wanmi.platform.casework.breakdown import BY, Ranking, Yardstick, breakdown
from wanmi.platform.casework.case_filters import CaseFilter
from wanmi.platform.casework.case_queries import list_cases
from wanmi.platform.casework.compared_figures import compared_figures
from wanmi.platform.casework.periods import Period, bins_of, period_of
from wanmi.platform.kernel.errors import Invalid

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from support.small_town import Person, SmallTown

DAY = timedelta(days=1)
START = MONDAY - 12 * DAY


@pytest.fixture
def half_a_month(town: SmallTown, work: Connection) -> None:
    """Sixty cases in twelve days: some closed, some void, some late, in and out of the grid."""
    dice = np.random.default_rng(7)
    spots = [middle_of(c, r) for c in range(10) for r in (0, 3)] + [spot(3.5, 0.5)] * 6
    for step in range(60):
        town.clock.now = START + step * DAY / 5
        code = str(dice.choice([REFUSE, VENDING, "08001"]))
        place = spots[dice.integers(len(spots))]
        number = town.inspector.sends(work, a_report(code, place, observed_at=town.clock.now)).case[
            "number"
        ]
        town.clock.now += timedelta(minutes=20)
        if dice.random() < 0.2:
            town.shift_leader.does(work, number, "void", reason="?")
        elif dice.random() < 0.6 and code == REFUSE:
            town.shift_leader.does(work, number, "file", condition="exposed-refuse")
            town.dispatcher.does(work, number, "dispatch", unit="CO-HW1")
            if dice.random() < 0.6:
                town.clock.now += timedelta(hours=int(dice.integers(1, 90)))
                town.handler.does(work, number, "handle")
                town.shift_leader.does(work, number, "close", closing_condition="exposed-refuse")
    town.clock.now = MONDAY


def yardstick(town: SmallTown, asked: CaseFilter) -> Yardstick:
    now = town.clock.now
    period = period_of(asked, now, LOCAL)
    return Yardstick(period, period.before(LOCAL), town.office.plane.epsg)


def ranked(
    town: SmallTown,
    work: Connection,
    by: str,
    criterion: str = "all",
    asked: CaseFilter | None = None,
    *,
    person: Person | None = None,
    limit: int = 1000,
) -> list[dict[str, Any]]:
    asked = asked or CaseFilter()
    who = (person or town.commander).viewer
    ranking = Ranking(by, criterion, limit)
    measure = yardstick(town, asked)
    return breakdown(work, ranking, asked, who, town.clock.now, measure).rows


def codes_of(case: dict[str, Any], by: str) -> list[str]:
    keys = {
        "unit": case["unit_code"] or case["suggested_unit"],
        "major": case["class_code"][:2],
        "class": case["class_code"],
        "street": case["street_code"],
        "model_street": case["street_code"] if case["street_code"] == "S-YC" else None,
        "cell": case["cell_code"],
    }
    if by == "zone":
        return [zone["code"] for zone in case["zones"] if zone["kind"] == "inspection"]
    return [keys[by]] if keys[by] else []


def late(case: dict[str, Any], now: datetime) -> bool:
    due = case["stage_due_at"]
    return case["state_type"] == "open" and due is not None and due < now


FILTERS = [
    CaseFilter(),
    CaseFilter(status="open"),
    CaseFilter(status="open", overdue=True),
    CaseFilter(class_code="06", since=MONDAY - 3 * DAY),
    CaseFilter(unit="CO-HW1"),
    CaseFilter(zone="I1", status="closed"),
    CaseFilter(since=MONDAY - 9 * DAY, until=MONDAY - 2 * DAY),
]


@pytest.mark.usefixtures("half_a_month")
def test_every_row_is_what_the_list_holds(town: SmallTown, work: Connection) -> None:
    people = (town.commander, town.county_leader, town.zone_operator, town.south_cleaner)
    some = 0
    for asked in FILTERS:
        for person in people:
            cases = list_cases(work, asked, person.viewer, MONDAY, limit=1000).cases
            for by in BY:
                rows = ranked(town, work, by, asked=asked, person=person)
                for name, kept in (
                    ("all", lambda _: True),
                    ("open", lambda case: case["state_type"] == "open"),
                    ("overdue", lambda case: late(case, MONDAY)),
                ):
                    hand = Counter(c for case in cases if kept(case) for c in codes_of(case, by))
                    found = {row["code"]: row[name] for row in rows if row[name]}
                    assert found == dict(hand), (by, name, asked, person.viewer.login)
                    some += bool(found)
    assert some > 150


@pytest.mark.usefixtures("half_a_month")
@pytest.mark.parametrize("criterion", ["all", "open", "overdue"])
def test_the_worst_come_first_and_what_has_none_is_left_out(
    town: SmallTown, work: Connection, criterion: str
) -> None:
    rows = ranked(town, work, "cell", criterion)
    values = [row[criterion] for row in rows]
    assert values == sorted(values, reverse=True)
    assert values[-1] > 0
    asked = CaseFilter()
    ranking, measure = Ranking("cell", criterion, 3), yardstick(town, asked)
    cut = breakdown(work, ranking, asked, town.commander.viewer, MONDAY, measure)
    assert (cut.rows, cut.more) == (rows[:3], True)


@pytest.mark.usefixtures("half_a_month")
def test_rising_compares_two_periods_of_one_length_whatever_the_state(
    town: SmallTown, work: Connection
) -> None:
    asked = CaseFilter(status="open", since=MONDAY - 5 * DAY)
    everything = list_cases(work, CaseFilter(), town.commander.viewer, MONDAY, limit=1000).cases

    def received(since: datetime, until: datetime) -> Counter[str]:
        return Counter(
            case["class_code"] for case in everything if since <= case["received_at"] < until
        )

    recent, before = received(MONDAY - 5 * DAY, MONDAY), received(START, MONDAY - 5 * DAY)
    before = received(MONDAY - 10 * DAY, MONDAY - 5 * DAY)
    rows = ranked(town, work, "class", "rising", asked)
    assert {row["code"]: (row["recent"], row["before"]) for row in rows} == {
        code: (recent[code], before[code]) for code in recent if recent[code] > before[code]
    }
    assert rows
    assert ranked(town, work, "class", "all", asked)[0]["recent"] is None


def test_rates_divide_by_the_ground(town: SmallTown, work: Connection) -> None:
    for place in (middle_of(1, 2), middle_of(1, 2), spot(3.5, 0.5)):
        town.inspector.sends(work, a_report(REFUSE, place))
    cell = ranked(town, work, "cell", "per_km2")[0]
    measured = work.execute(
        text("SELECT ST_Area(ST_Transform(shape, 4545)) FROM cells WHERE code = :code"),
        {"code": cell_of(1, 2)},
    ).scalar_one()
    assert cell["code"] == cell_of(1, 2)
    assert cell["size"] == pytest.approx(measured / 1e6)
    assert 0.005 < cell["size"] < 0.02
    street = ranked(town, work, "street", "per_km")[0]
    assert street["code"] == "S-YC"
    assert street["size"] == pytest.approx(0.94, abs=0.01)
    zones = {row["code"]: row["size"] for row in ranked(town, work, "zone", "per_km2")}
    # Of all its twelve cells, with or without cases in them.
    whole = work.execute(
        text(
            "SELECT count(*) AS cells, sum(ST_Area(ST_Transform(shape, 4545))) AS area "
            "FROM cells JOIN zone_cells ON cell_code = code WHERE zone_code = 'I0'"
        )
    ).one()
    assert whole.cells == 12
    assert zones["I0"] == pytest.approx(whole.area / 1e6)


def test_a_delivered_area_counts_before_a_measured_one(town: SmallTown, work: Connection) -> None:
    town.inspector.sends(work, a_report(REFUSE, middle_of(1, 2)))
    code = {"code": cell_of(1, 2)}
    work.execute(text("UPDATE cells SET area_m2 = 500000 WHERE code = :code"), code)
    assert ranked(town, work, "cell", "per_km2")[0]["size"] == 0.5


def test_a_cell_that_has_ended_is_counted_without_size_or_place(
    town: SmallTown, work: Connection
) -> None:
    town.inspector.sends(work, a_report(REFUSE, middle_of(1, 2)))
    work.execute(
        text("UPDATE cells SET valid_to = valid_from, ended_edition = 9 WHERE code = :code"),
        {"code": cell_of(1, 2)},
    )
    [row] = ranked(town, work, "cell")
    assert (row["code"], row["all"], row["size"], row["lon"]) == (cell_of(1, 2), 1, None, None)
    assert ranked(town, work, "cell", "per_km2") == []


def test_the_place_of_a_row_lies_on_it(town: SmallTown, work: Connection) -> None:
    for place in (middle_of(1, 2), spot(3.5, 0.5)):
        town.inspector.sends(work, a_report(REFUSE, place))
    for by, table in (("cell", "cells"), ("street", "streets"), ("zone", "zones")):
        for row in ranked(town, work, by):
            away = work.execute(
                text(
                    f"SELECT ST_Distance(shape, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)) "
                    f"FROM {table} WHERE code = :code"
                ),
                {"code": row["code"], "lon": row["lon"], "lat": row["lat"]},
            ).scalar_one()
            assert away < 1e-9


@pytest.mark.parametrize(
    ("by", "criterion"), [("unit", "per_km2"), ("street", "per_km2"), ("cell", "per_km")]
)
def test_a_rate_of_what_has_no_such_size_is_refused(by: str, criterion: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Ranking(by, criterion)
    assert refusal.value.errors[0].field == "criterion"


@pytest.mark.usefixtures("half_a_month")
@pytest.mark.parametrize("kind", ["hour", "day"])
def test_bins_hold_what_was_reported_and_closed_in_them(
    town: SmallTown, work: Connection, kind: str
) -> None:
    for asked in (
        CaseFilter(since=START, until=MONDAY - DAY),
        CaseFilter(class_code=REFUSE, since=MONDAY - 6 * DAY),
        CaseFilter(status="closed", since=START + timedelta(hours=1)),
    ):
        edges = bins_of(asked, kind, MONDAY, LOCAL)
        viewer = town.commander.viewer
        cases = list_cases(work, asked, viewer, MONDAY, limit=1000).cases
        anywhen = replace(asked, since=None, until=None)
        ever = list_cases(work, anywhen, viewer, MONDAY, limit=1000).cases
        end = asked.until or edges[-1]
        ended = [
            case["ended_at"]
            for case in ever
            if case["state_type"] == "closed" and asked.since <= case["ended_at"] < end
        ]
        found = trends.trend(work, asked, viewer, MONDAY, edges)
        for (since, until), counts in zip(pairwise(edges), found, strict=True):
            assert counts == (
                sum(since <= case["received_at"] < until for case in cases),
                sum(since <= moment < until for moment in ended),
            )
        assert sum(closed for _, closed in found) == len(ended) > 0


def test_components_and_matters_apart_beside_the_day_before(
    town: SmallTown, work: Connection
) -> None:
    town.clock.now = MONDAY - DAY
    town.inspector.sends(work, a_report(REFUSE, middle_of(1, 2)))
    town.clock.now = MONDAY - DAY + timedelta(hours=2)  # later than now, a day before
    town.inspector.sends(work, a_report(REFUSE, middle_of(1, 2)))
    town.clock.now = MONDAY - timedelta(hours=1)
    town.inspector.sends(work, a_report(VENDING, middle_of(3, 3)))
    lamp = a_report(LAMP_DEFECT, spot(1.5, 1.5), component_id=LAMP)
    number = town.inspector.sends(work, lamp).case["number"]
    town.inspector.sends(work, a_report(REFUSE, middle_of(9, 3)))
    town.clock.now = MONDAY
    period = Period(MONDAY.replace(hour=0, minute=0), MONDAY + timedelta(microseconds=1))

    def found(person: Person) -> dict[str, dict[str, int]]:
        return compared_figures(
            work, CaseFilter(), person.viewer, MONDAY, period, period.before(LOCAL)
        )

    figures = found(town.commander)
    assert [figures[part]["reported"] for part in ("all", "components", "matters")] == [3, 1, 2]
    assert figures["matters"]["reported_before"] == 1
    assert figures["components"]["reported_before"] == 0
    assert figures["all"]["open"] == 5
    assert figures["all"]["closed"] == 0
    assert found(town.county_leader)["all"]["reported"] == 1
    town.shift_leader.does(work, number, "void", reason="?")
    assert found(town.commander)["all"]["open"] == 4


def test_figures_read_no_wide_rows(town: SmallTown, work: Connection) -> None:
    """Cases are wide; what is counted stands in indexes of its own."""
    for _ in range(40):
        town.inspector.sends(work, a_report(REFUSE, middle_of(1, 2)))
    for way in ("seqscan", "bitmapscan"):
        work.execute(text(f"SET LOCAL enable_{way} = off"))
    # So few rows are found as well by any of these; of a million they are not.
    others = ("received", "open_cell", "open_street", "open_due", "unit", "account", "class")
    work.execute(text("DROP INDEX " + ", ".join(f"ix_cases_{name}" for name in others)))
    now, viewer = town.clock.now, town.commander.viewer
    for asked in (CaseFilter(status="open"), CaseFilter(since=now - DAY)):
        measure = yardstick(town, asked)
        for by in ("unit", "class"):
            plan = plan_of(work, breakdowns.statement(Ranking(by), asked, viewer, now, measure))
            assert "Index Only Scan" in plan
            assert "counted" in plan
    work.execute(text("DROP INDEX ix_cases_counted, ix_cases_open_counted"))
    edges = bins_of(CaseFilter(), "day", now, LOCAL)
    assert "ix_cases_ended" in plan_of(work, trends.statement(CaseFilter(), viewer, now, edges))
