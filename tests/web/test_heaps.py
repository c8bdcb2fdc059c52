"""Far off, a map shows heaps: as many as there are cells, and every case is in one of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from support.edge_file import read
from support.small_town import COLUMNS, MONDAY, ROWS, VENDING, cell_of, middle_of
from wanmi.gis.points import LonLat
from wanmi.platform.casework.case_filters import CaseFilter
from wanmi.platform.casework.heaps import heaps as counted

if TYPE_CHECKING:
    from support.small_town import Person, SmallTown

NOWHERE = LonLat(109.204, 32.906)
LATE = MONDAY + timedelta(minutes=16)
"""When what was reported on Monday has waited too long to be filed."""


def heaps(
    person: Person, **query: object
) -> tuple[dict[str, tuple[int, int]], list[dict[str, Any]]]:
    """Return (cases, overdue) by cell, and the heaps beside the cells."""
    head, shapes = read(person.get("/grid").data)
    body = person.get("/grid/heaps", **query).json
    assert body["edition"] == head["edition"]
    found = zip(shapes, body["cases"], body["overdue"], strict=True)
    return {code: (n, late) for code, n, late in found if n or late}, body["others"]


def test_cases_and_overdue_cases_by_cell(town: SmallTown) -> None:
    town.inspector.reports(at=middle_of(1, 2))
    town.inspector.reports(VENDING, at=middle_of(3, 3))
    town.clock.now = LATE
    town.inspector.reports(at=middle_of(1, 2))
    assert heaps(town.commander) == ({cell_of(1, 2): (2, 1), cell_of(3, 3): (1, 1)}, [])
    assert heaps(town.commander, class_code="09")[0] == {cell_of(3, 3): (1, 1)}
    assert heaps(town.commander, overdue="true")[0] == {
        cell_of(1, 2): (1, 1),
        cell_of(3, 3): (1, 1),
    }
    assert heaps(town.commander, overdue="false")[0] == {cell_of(1, 2): (1, 0)}


def test_what_has_ended_is_not_overdue(town: SmallTown) -> None:
    number = town.inspector.reports(at=middle_of(1, 2)).json["number"]
    town.shift_leader.moves(number, "void", reason="重复")
    town.clock.now = LATE
    assert heaps(town.commander, status="void")[0] == {cell_of(1, 2): (1, 0)}
    assert heaps(town.commander, status="open") == ({}, [])


def test_cases_outside_every_cell_are_gathered_where_they_are(town: SmallTown) -> None:
    for shift in (0, 0.002):
        town.inspector.reports(at=LonLat(NOWHERE.lon + shift, NOWHERE.lat))
    town.inspector.reports(at=LonLat(NOWHERE.lon + 0.5, NOWHERE.lat))
    town.inspector.reports(at=middle_of(1, 2))
    cells, others = heaps(town.commander)
    assert sum(n for n, _ in cells.values()) == 1
    near, far = sorted(others, key=lambda heap: heap["lon"])
    middle = {"lon": pytest.approx(NOWHERE.lon + 0.001), "lat": pytest.approx(NOWHERE.lat)}
    assert near == {**middle, "cases": 2, "overdue": 0}
    assert (far["cases"], far["overdue"]) == (1, 0)


def test_cases_of_a_cell_that_is_not_drawn_stand_inside_it(town: SmallTown) -> None:
    """Counted by the drawn cells alone they would have vanished from the map."""
    town.inspector.reports(at=middle_of(1, 2))
    town.inspector.reports(at=middle_of(3, 3))
    drawn = {cell_of(column, row) for row in range(ROWS) for column in range(COLUMNS)}
    drawn.remove(cell_of(1, 2))
    with town.engine.connect() as connection:
        found = counted(connection, CaseFilter(), town.commander.viewer, town.clock.now, drawn)
    (heap,) = found.others
    place = middle_of(1, 2)
    assert (heap.lon, heap.lat) == (
        pytest.approx(place.lon, abs=1e-3),
        pytest.approx(place.lat, abs=1e-3),
    )
    assert (heap.cases, heap.overdue) == (1, 0)


def test_heaps_are_for_the_eyes_of_who_asks(town: SmallTown) -> None:
    town.inspector.reports(at=middle_of(1, 2))
    town.inspector.reports(at=middle_of(9, 3))
    town.inspector.reports(at=NOWHERE)
    assert heaps(town.county_leader) == ({cell_of(9, 3): (1, 0)}, [])
    assert town.admin.get("/grid/heaps").status_code == 403
