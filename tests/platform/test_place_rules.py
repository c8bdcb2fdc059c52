"""Rules of place and time: schools, permitted stall areas, ancient trees, the water source."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanmi.platform.casework.catalogue import Catalogue, packaged_data
from wanmi.platform.casework.place_rule_files import read_place_rules
from wanmi.platform.casework.place_rules import (
    Flag,
    flags_for,
    raised_priority,
    school_reach_m,
)
from wanmi.platform.kernel.errors import SettingsInvalid

CATALOGUE = Catalogue.load()
RULES = read_place_rules(CATALOGUE)
SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 23, 7, 30, tzinfo=SHANGHAI)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)

PEDLAR, ROAD_TRADER, FOOD_STALL, NIGHT_MARKET = "09001", "09006", "09997", "09002"
HOARDING, RUBBISH, DISCHARGE, OVER_PRUNED = "08007", "06010", "06030", "06996"


@dataclass(frozen=True)
class School:
    code: str
    name: str
    distance_m: float


@dataclass(frozen=True)
class Area:
    code: str
    kind: str
    name: str
    hours: str | None = None


@dataclass(frozen=True)
class Facts:
    schools: tuple[School, ...] = ()
    areas: tuple[Area, ...] = ()


MARKET = Area("A1", "stall_area", "东关早夜市", "06:00-08:30;18:30-22:00")
NOISE = (
    School("S9", "远处小学", 480.0),
    School("S8", "城外中学", 100.5),
)


def _flags(
    class_code: str,
    facts: Facts,
    *,
    food: bool | None = None,
    at: datetime = NOON,
) -> tuple[Flag, ...]:
    answers = {} if food is None else {"food": food}
    return flags_for(RULES, class_code, answers, facts, at)


def _codes(flags: tuple[Flag, ...]) -> list[str]:
    return [flag.code for flag in flags]


@pytest.mark.parametrize(
    ("distance_m", "expected"),
    [
        (0.0, ["food-stall-near-school"]),
        (99.9, ["food-stall-near-school"]),
        (100.0, ["food-stall-near-school"]),
        (100.01, []),
    ],
)
def test_a_food_stall_is_forbidden_within_100_m_of_a_school(
    distance_m: float, expected: list[str]
) -> None:
    facts = Facts(schools=(*NOISE, School("S1", "城关小学", distance_m)))
    assert _codes(_flags(FOOD_STALL, facts)) == expected


@pytest.mark.parametrize(
    ("food", "expected", "effect"),
    [
        (True, "food-sold-near-school", "unlawful"),
        (None, "food-not-said-near-school", "check"),
    ],
)
@pytest.mark.parametrize("class_code", [PEDLAR, ROAD_TRADER, NIGHT_MARKET, "09005"])
def test_vending_near_a_school_depends_on_whether_food_is_sold(
    class_code: str,
    food: bool | None,  # noqa: FBT001
    expected: str,
    effect: str,
) -> None:
    facts = Facts(schools=(*NOISE, School("S1", "城关小学", 40.0)))
    (flag,) = _flags(class_code, facts, food=food)
    assert (flag.code, flag.effect) == (expected, effect)
    assert _flags(class_code, facts, food=False) == ()


def test_the_flag_names_the_nearest_school_and_its_distance() -> None:
    facts = Facts(schools=(School("S2", "培新小学", 80.4), School("S1", "城关小学", 63.6), *NOISE))
    (flag,) = _flags(PEDLAR, facts, food=True)
    assert flag.place_code == "S1"
    assert flag.text_zh == "距城关小学边界64米，100米内禁设食品摊点"
    assert flag.text_en == "64 m from the outline of 城关小学: no food stalls within 100 m"


def test_other_matters_near_a_school_are_not_flagged() -> None:
    facts = Facts(schools=(School("S1", "城关小学", 5.0),))
    for code in CATALOGUE.matters.keys() - {PEDLAR, ROAD_TRADER, FOOD_STALL, NIGHT_MARKET, "09005"}:
        assert _flags(code, facts) == ()


@pytest.mark.parametrize(
    ("hours", "at", "expected", "effect"),
    [
        (MARKET.hours, MORNING, "stall-in-hours", "lawful"),
        (MARKET.hours, NOON, "stall-out-of-hours", "unlawful"),
        ("20:00-13:00", NOON, "stall-in-hours", "lawful"),
        ("", NOON, "stall-in-hours", "lawful"),
        (None, NOON, "stall-in-hours", "lawful"),
        ("early", NOON, "stall-hours-unreadable", "check"),
    ],
)
@pytest.mark.parametrize("class_code", [PEDLAR, ROAD_TRADER, FOOD_STALL, NIGHT_MARKET])
def test_a_stall_in_a_permitted_area_is_lawful_in_its_hours(
    class_code: str, hours: str | None, at: datetime, expected: str, effect: str
) -> None:
    facts = Facts(areas=(Area("A1", "stall_area", "东关早夜市", hours),))
    (flag,) = _flags(class_code, facts, at=at)
    assert (flag.code, flag.effect, flag.place_code) == (expected, effect, "A1")


def test_one_open_area_makes_the_stall_lawful_whatever_the_others_say() -> None:
    closed, unreadable = MARKET, Area("A0", "stall_area", "旧点", "?")
    open_one = Area("A2", "stall_area", "便民点", "11:00-13:00")
    facts = Facts(areas=(closed, unreadable, open_one))
    assert _codes(_flags(PEDLAR, facts)) == ["stall-in-hours"]
    assert _codes(_flags(PEDLAR, Facts(areas=(closed, unreadable)))) == [
        "stall-out-of-hours",
        "stall-hours-unreadable",
    ]


def test_a_food_stall_by_a_school_stays_forbidden_in_a_permitted_area() -> None:
    facts = Facts(schools=(School("S1", "城关小学", 30.0),), areas=(MARKET,))
    assert _codes(_flags(FOOD_STALL, facts, at=MORNING)) == [
        "food-stall-near-school",
        "stall-in-hours",
    ]


def test_work_inside_an_ancient_trees_circle_is_flagged() -> None:
    facts = Facts(areas=(Area("T1", "ancient_tree_circle", "古银杏"), MARKET))
    assert _codes(_flags(HOARDING, facts)) == ["work-in-tree-circle"]
    assert _codes(_flags(OVER_PRUNED, facts)) == ["harm-in-tree-circle"]
    assert _codes(_flags("09009", facts)) == []


def test_what_burdens_the_water_source_is_flagged_by_its_weight() -> None:
    facts = Facts(areas=(Area("W1", "water_source", "马坡岭水源地"),))
    raises = {
        code: [flag.raises for flag in _flags(code, facts)]
        for code in (DISCHARGE, RUBBISH, HOARDING, "07001")
    }
    assert raises == {DISCHARGE: [2], RUBBISH: [1], HOARDING: [1], "07001": []}


def test_an_ordinary_place_has_no_flags() -> None:
    facts = Facts(schools=NOISE, areas=(Area("R1", "residential", "金州小区"),))
    assert all(_flags(code, facts) == () for code in CATALOGUE.matters)


def test_the_strongest_flag_raises_the_priority_and_flags_do_not_add_up() -> None:
    facts = Facts(schools=(School("S1", "城关小学", 30.0),), areas=(MARKET,))
    flags = _flags(FOOD_STALL, facts)
    assert [flag.raises for flag in flags] == [1, 1]
    assert raised_priority(0, flags) == 1
    assert raised_priority(2, flags) == 2
    assert raised_priority(1, ()) == 1


def test_schools_have_to_be_looked_for_within_the_farthest_rule() -> None:
    assert school_reach_m(RULES) == 100
    assert school_reach_m(()) == 0


@given(st.floats(0, 1_000), st.sampled_from([True, False, None]))
def test_the_school_rule_holds_at_every_distance(distance_m: float, food: bool | None) -> None:  # noqa: FBT001
    flags = _flags(PEDLAR, Facts(schools=(School("S1", "城关小学", distance_m),)), food=food)
    assert bool(flags) is (distance_m <= 100 and food is not False)


def test_names_with_braces_are_only_text() -> None:
    facts = Facts(schools=(School("S1", "{hours} {0}", 3.0),))
    (flag,) = _flags(FOOD_STALL, facts)
    assert "{hours} {0}" in flag.text_zh


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("food=yes", "fish=yes", "does not ask 'fish'"),
        ("food=yes", "food=perhaps", "not KEY=yes|no|unanswered"),
        ("food-stall-near-school,09997", "food-stall-near-school,09007", "means no class"),
        ("school,within,100,unlawful,1,", "school,within,far,unlawful,1,", "distance_m is 'far'"),
        ("school,within,100,", "school,inside,100,", "relation is 'inside'"),
        ("school,within,100,", "shop,within,100,", "place is 'shop'"),
        ("unlawful,1,距{name}", "unlawful,5,距{name}", "raise is '5'"),
        ("unlawful,1,距{name}", "bad,1,距{name}", "effect is 'bad'"),
        ("距{name}边界", "距{school}边界", "text_zh may use {name}"),
        ("距{name}边界", "距{name边界", "text_zh may use {name}"),
        ("food-sold-near-school,", "food-stall-near-school,", "already"),
    ],
)
def test_a_wrong_rule_is_named_with_file_and_line(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    folder = Path(shutil.copytree(str(packaged_data()), tmp_path / "data"))
    path = folder / "place_rules.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines, start=1) if right in line and line[0] != "#")
    lines[at - 1] = lines[at - 1].replace(right, wrong)
    path.write_text("".join(lines), "utf-8")
    with pytest.raises(SettingsInvalid) as caught:
        read_place_rules(CATALOGUE, folder)
    assert {error.field for error in caught.value.errors} == {f"place_rules.csv:{at}"}
    assert any(said in error.message for error in caught.value.errors)
