"""Layers, place and time in the command centre's address, and which layers are offered to whom."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from support.small_town import cell_of, middle_of
from wanmi.web.pages.command_address import DEFAULTS, Known, read_address
from wanmi.web.wiring.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.small_town import Person, SmallTown

LAYERS = ("density", "heat", "issues", "streets", "zones_inspection", "ground")
ENDED = "610902001003999"
KNOWN = Known(
    statuses={"open", "any"},
    classes=set(),
    streets=set(),
    zones=set(),
    cells={cell_of(1, 2)},
    units=set(),
    by=("cell",),
    layers=LAYERS,
    ended={ENDED},
)
NASTY = "<img src=x onerror=alert(1)>"


def open_page(person: Person, **query: str) -> str:
    with person.town.app.test_client() as client:
        headers = {**person.headers, "Accept": "text/html", "Accept-Language": "en"}
        answer = client.get("/command", query_string=query, headers=headers)
    assert answer.status_code == 200
    return answer.text


def said(page: str) -> dict[str, Any]:
    block = re.search(r'id="command-data">(.*?)</script>', page)
    assert block
    found: dict[str, Any] = json.loads(block[1])
    return found


def offered(page: str) -> list[str]:
    """Return the keys of the layer tree."""
    block = re.search(r"wanmi\.tree\(\w+, (\[.*\])\);", page)
    assert block
    return [key for group in json.loads(block[1]) for key, _ in group["layers"]]


# The address


def test_layers_are_kept_in_the_order_of_the_tree() -> None:
    asked = read_address({"layers": "ground,heat,ground, issues"}, KNOWN)
    assert asked.state["layers"] == "heat,issues,ground"
    assert asked.left_out == ()


def test_hand_written_layers_are_left_out_and_named_one_by_one() -> None:
    asked = read_address({"layers": f"heat,nonsense,,{NASTY},zones_<b>"}, KNOWN)
    assert asked.state["layers"] == "heat"
    assert [(part.name, part.value) for part in asked.left_out] == [
        ("layers", "nonsense"),
        ("layers", NASTY),
        ("layers", "zones_<b>"),
    ]


def test_only_nonsense_shows_what_is_usual_and_none_shows_nothing() -> None:
    assert read_address({"layers": "x"}, KNOWN).state["layers"] == DEFAULTS["layers"]
    assert read_address({"layers": "none"}, KNOWN).state["layers"] == "none"
    many = read_address({"layers": "x" * 100_000}, KNOWN)
    assert all(len(part.value) < 100 for part in many.left_out)


@pytest.mark.parametrize("value", [ENDED, cell_of(1, 2), "109.020000,32.690000"])
def test_a_card_is_opened_for_a_place_or_a_cell_even_an_ended_one(value: str) -> None:
    asked = read_address({"at": value}, KNOWN)
    assert (asked.state["at"], asked.left_out) == (value, ())


def test_an_ended_cell_may_be_asked_for_and_a_strange_one_not() -> None:
    assert read_address({"cell": ENDED}, KNOWN).state["cell"] == ENDED
    assert "cell" not in read_address({"cell": "610902001003998"}, KNOWN).state
    assert "at" not in read_address({"at": "610902001003998"}, KNOWN).state


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"step": "day", "moment": "2026-11-20"}, {"step": "day", "moment": "2026-11-20"}),
        ({"step": "hour", "moment": "2026-11-20T09"}, {"step": "hour", "moment": "2026-11-20T09"}),
        ({"step": "hour", "moment": "2026-11-20"}, {"step": "hour"}),
        ({"moment": "2026-11-20"}, {}),
        ({"step": "week"}, {}),
        ({"step": "day", "moment": "2026-02-30"}, {"step": "day"}),
        ({"step": "hour", "moment": "2026-11-20T24"}, {"step": "hour"}),
        ({"compare": "before"}, {"compare": "before", "period": "30d"}),
        ({"compare": "before", "to": "2026-11-20"}, {"compare": "before", "period": "30d"}),
        (
            {"compare": "year", "from": "2026-11-01"},
            {"compare": "year", "from": "2026-11-01"},
        ),
        ({"compare": "before", "step": "day"}, {"step": "day"}),
        ({"compare": "always"}, {}),
        ({"per": "size"}, {"per": "size"}),
        ({"per": "head"}, {}),
    ],
)
def test_time_and_rates_are_repaired(given: dict[str, str], kept: dict[str, str]) -> None:
    assert read_address(given, KNOWN).state == {**DEFAULTS, **kept}


# What is offered


def test_the_tree_offers_what_there_is(town: SmallTown) -> None:
    keys = offered(open_page(town.commander))
    assert len(keys) == len(set(keys))
    assert {"density", "heat", "issues", "ribbon", "schools_", "areas_stall_area"} <= set(keys)
    assert {"zones_inspection", "zones_sanitation", "components_01"} <= set(keys)
    assert "zones_greening" not in keys, "there is no such zone"
    assert "parks" not in keys


def test_a_county_is_offered_its_own_ground(town: SmallTown) -> None:
    page = open_page(town.county_leader, layers="ribbon,schools_,density")
    keys = offered(page)
    assert "density" in keys
    assert not {"ribbon", "schools_", "areas_stall_area"} & set(keys), "on the city's ground"
    assert said(page)["state"]["layers"] == "density"
    assert "<code>layers=ribbon</code>" in page


def test_what_is_not_shown_costs_nothing_at_first(town: SmallTown) -> None:
    page = open_page(town.commander)
    script = page[page.index("wanmi.map(") :]
    assert not re.findall(r"var (heat|ribbon|outlines|components)_layer\w+\.addTo", script)
    assert "/api/v1/components?" not in page


@pytest.fixture
def ended(town: SmallTown) -> Iterator[str]:
    code = cell_of(5, 5)
    change = text("UPDATE cells SET valid_to = :day, ended_edition = :edition WHERE code = :code")
    with town.engine.begin() as connection:
        connection.execute(change, {"day": "2026-11-01", "edition": 2, "code": code})
    # As after a load: what is drawn is drawn anew.
    town.services.drawings._kept = Kept(1_000_000)
    yield code
    with town.engine.begin() as connection:
        connection.execute(change, {"day": None, "edition": None, "code": code})
    town.services.drawings._kept = Kept(1_000_000)


def test_a_link_to_a_cell_that_has_ended_says_so(town: SmallTown, ended: str) -> None:
    page = open_page(town.commander, cell=ended, at=ended)
    assert said(page)["ended"] == {ended: "2026-11-01"}
    assert said(page)["state"]["cell"] == ended
    assert said(page)["state"]["at"] == ended
    assert "not understood" not in page
    theirs = open_page(town.county_leader, cell=ended)
    assert said(theirs)["ended"] == {}
    assert "cell" not in said(theirs)["state"]
    assert said(open_page(town.commander, cell=cell_of(1, 2)))["ended"] == {}


def test_names_with_markup_are_text_in_tree_and_layers(town: SmallTown) -> None:
    town.inspector.reports(at=middle_of(1, 2), description=NASTY)
    page = open_page(town.commander, layers=NASTY, cell="\0", at="\0", moment="\0")
    assert NASTY not in page
    assert "&lt;img src=x" in page
