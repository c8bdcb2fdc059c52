"""Rules that can never win are found: neither one too many nor one too few."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.sheets import (
    DIMENSIONS_OF_CLASSES,
    JURISDICTIONS,
    LAST_RULE,
    RULES_HEADER,
    UNITS,
    put,
)
from wanmi.platform.organisation.placefacts import (
    ComponentFacts,
    FrontageFacts,
    PlaceFacts,
    StreetFacts,
    ZoneFacts,
)
from wanmi.platform.organisation.responsibility import RuleBook, decide
from wanmi.platform.organisation.rule_lint import rules_that_never_win
from wanmi.platform.organisation.rules import OWN_UNITS
from wanmi.platform.organisation.units import UnitRegister

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLASSES = ("04001", "06001", "09001", "10001")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    put(folder, "units.csv", UNITS)
    put(folder, "jurisdictions.csv", JURISDICTIONS)
    put(folder, "class_dimensions.csv", DIMENSIONS_OF_CLASSES)
    return folder


@pytest.fixture(scope="module")
def register(folder: Path) -> UnitRegister:
    return UnitRegister.load(folder / "units.csv", folder / "jurisdictions.csv")


def book_of(folder: Path, register: UnitRegister, rules: str) -> RuleBook:
    table = put(folder, "rules.csv", RULES_HEADER + rules + LAST_RULE)
    return RuleBook.load(register, table, folder / "class_dimensions.csv")


def test_a_general_rule_before_a_special_one_takes_everything(
    folder: Path,
    register: UnitRegister,
) -> None:
    rules = (
        "order,09*,,jurisdiction,,POL,z,e\n"
        "parking,09001,,zone,,zone.unit,z,e\n"
        "green,04*,greening,zone,,zone.unit,z,e\n"
        "green-again,04*,,zone,11,CLEAN,z,e\n"
    )
    dead = rules_that_never_win(book_of(folder, register, rules), CLASSES)
    assert [(one.rule.code, one.by) for one in dead] == [("parking", ("order",))]


def test_a_rule_shadowed_by_several_names_them_all(folder: Path, register: UnitRegister) -> None:
    rules = (
        "a,*,,jurisdiction,11,POL,z,e\n"
        "b,*,,jurisdiction,12;13,POL,z,e\n"
        "c,*,,component,11;12,component.owner,z,e\n"
    )
    dead = rules_that_never_win(book_of(folder, register, rules), CLASSES)
    assert [(one.rule.code, one.by) for one in dead] == [("c", ("a", "b"))]


def test_a_rule_for_no_class_of_the_catalogue_names_nobody(
    folder: Path,
    register: UnitRegister,
) -> None:
    rules = "old,07*,,jurisdiction,,POL,z,e\nnoise,10*,,zone,,zone.unit,z,e\n"
    dead = rules_that_never_win(book_of(folder, register, rules), CLASSES)
    assert [(one.rule.code, one.by) for one in dead] == [("old", ()), ("noise", ())]


def test_every_rule_that_ships_can_win() -> None:
    book = RuleBook.load(UnitRegister.load())
    minors = (*range(1, 80), *range(990, 1000))
    every = [f"{major:02}{minor:03}" for major in range(1, 11) for minor in minors]
    assert rules_that_never_win(book, every) == ()


def every_place() -> Iterator[PlaceFacts]:
    """Every mixture of things that a place may have, in every jurisdiction."""
    unit = ("POL", None)
    components = [None, *(ComponentFacts("x", *units) for units in product(unit, repeat=3))]
    frontages = [None, *(FrontageFacts("F", one) for one in unit)]
    streets = [None, *(StreetFacts("S", "", ("示范街",), one) for one in unit)]
    dimensions = ("greening", "sanitation", "traffic")
    zones = [{}, *({kind: ZoneFacts("Z", kind, one) for kind in dimensions} for one in unit)]
    divisions = [(None, None), ("610902001003", "610902001"), ("9", "9")]
    communities, subdistricts = zip(*divisions, strict=True)
    for component, frontage, street, zone, community, subdistrict, jurisdiction in product(
        components,
        frontages,
        streets,
        zones,
        communities,
        subdistricts,
        ("1", "11", "12", "13"),
    ):
        yield PlaceFacts(
            component=component,
            frontage=frontage,
            street=street,
            zones=zone,
            community_code=community,
            subdistrict_code=subdistrict,
            jurisdiction_code=jurisdiction,
        )


PLACES = tuple(every_place())

some_rules = st.lists(
    st.sampled_from(list(OWN_UNITS)).flatmap(
        lambda place: st.tuples(
            st.sampled_from(["*", "04*", "06001", "09* 10*"]),
            st.sampled_from(["", "greening", "sanitation;traffic"]),
            st.just(place),
            st.sampled_from(["", "11", "12;13", "1"]),
            st.sampled_from([*OWN_UNITS[place], "CLEAN"]),
        ),
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some_rules)
def test_a_rule_is_told_exactly_when_no_place_whatever_makes_it_win(
    folder: Path,
    register: UnitRegister,
    table: list[tuple[str, ...]],
) -> None:
    rules = "".join(f"r{index},{','.join(row)},z,e\n" for index, row in enumerate(table))
    book = book_of(folder, register, rules)
    winners = {
        decide(book, class_code, place).rule.code for class_code in CLASSES for place in PLACES
    }
    dead = {one.rule.code for one in rules_that_never_win(book, CLASSES)}
    assert dead == {rule.code for rule in book.rules} - winners
