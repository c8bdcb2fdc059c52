"""Which questions do the counters answer? All of one kind of state, or of one major class."""

from __future__ import annotations

import pytest

from wanmi.platform.casework.case_filters import CaseFilter
from wanmi.platform.casework.density import _counted
from wanmi.platform.organisation.permits import Viewer

COMMANDER = Viewer(
    account_id=1,
    login="commander",
    name="",
    role="commander",
    scope="jurisdiction",
    unit_code="X",
    units=frozenset(),
    jurisdiction_code="610900",
    jurisdictions=frozenset(),
    whole_city=True,
    permissions=frozenset(),
)


@pytest.mark.parametrize(
    "asked",
    [CaseFilter(), CaseFilter(status="open"), CaseFilter(status="closed", class_code="06")],
)
def test_the_counters_answer(asked: CaseFilter) -> None:
    assert "case_counts" in str(_counted(asked, COMMANDER))


@pytest.mark.parametrize(
    "asked",
    [
        CaseFilter(status="dispatched"),
        CaseFilter(class_code="06010"),
        CaseFilter(mine=True),
        CaseFilter(overdue=False),
        CaseFilter(cell="610902001003001"),
    ],
)
def test_the_cases_answer(asked: CaseFilter) -> None:
    assert _counted(asked, COMMANDER) is None
