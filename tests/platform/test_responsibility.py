"""Who answers for what, where, and why: the city's rules and the sentences about wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.sheets import (
    DIMENSIONS_OF_CLASSES,
    JURISDICTIONS,
    LAST_RULE,
    RULES_HEADER,
    UNITS,
    put,
)
from wanmi.gis.layers import DIMENSIONS
from wanmi.platform.casework.catalogue import Catalogue
from wanmi.platform.kernel.class_sets import ClassSet
from wanmi.platform.kernel.errors import Invalid, SettingsInvalid
from wanmi.platform.organisation.attempts import Outcome
from wanmi.platform.organisation.placefacts import (
    ComponentFacts,
    FrontageFacts,
    PlaceFacts,
    StreetFacts,
    ZoneFacts,
)
from wanmi.platform.organisation.responsibility import RuleBook, decide, territorial
from wanmi.platform.organisation.units import TERRITORIAL_KINDS, UnitRegister

if TYPE_CHECKING:
    from pathlib import Path

EXPOSED_REFUSE = "06010"
STREET_TREE = "04002"
WATER_COVER = "01001"
STREET_LAMP = "01037"
ILLEGAL_PARKING = "09009"
OUT_OF_SHOP_TRADE = "09005"
LITTER_BIN = "03005"
HENS = "06038"
MEDICAL_WASTE = "06033"
WELL_KNOWN_STREET = StreetFacts("S1", "育才路", ("三横两纵示范街",), "T610902002")
OLD_TOWN_CELL = "610902001003001"


@pytest.fixture(scope="module")
def register() -> UnitRegister:
    return UnitRegister.load()


@pytest.fixture(scope="module")
def book(register: UnitRegister) -> RuleBook:
    return RuleBook.load(register)


def old_town(**facts: object) -> PlaceFacts:
    zones = [
        ZoneFacts("Z-HW1", "sanitation", "CO-HW1"),
        ZoneFacts("Z-CG1", "street_order", "AK-CGJ"),
        ZoneFacts("Z-SZ1", "municipal_facilities", "CO-SZ"),
        ZoneFacts("Z-YL1", "greening", "CO-YL1"),
        ZoneFacts("D-001", "inspection", None),
    ]
    known: dict[str, object] = {
        "zones": zones,
        "cell_code": OLD_TOWN_CELL,
        "jurisdiction_code": "610902",
    }
    return PlaceFacts.gather(**{**known, **facts})  # type: ignore[arg-type]


def told(book: RuleBook, class_code: str, place: PlaceFacts) -> tuple[str, str]:
    decision = decide(book, class_code, place)
    return decision.unit_code, decision.rule.code


def test_rubbish_goes_to_the_cleaning_company_of_the_zone(book: RuleBook) -> None:
    assert told(book, EXPOSED_REFUSE, old_town()) == ("CO-HW1", "zone")


def test_each_dimension_has_its_own_zone(book: RuleBook) -> None:
    assert told(book, STREET_TREE, old_town()) == ("CO-YL1", "zone")
    assert told(book, OUT_OF_SHOP_TRADE, old_town()) == ("AK-CGJ", "zone")


def test_a_components_maintainer_goes_before_its_zone(book: RuleBook) -> None:
    lamp = ComponentFacts("61090201037000001", "CO-LD", "AK-CGJ", "AK-ZJJ")
    assert told(book, STREET_LAMP, old_town(component=lamp)) == ("CO-LD", "component-maintainer")
    unkept = ComponentFacts("61090201037000001", None, "AK-JTJ", "AK-ZJJ")
    assert told(book, STREET_LAMP, old_town(component=unkept)) == ("AK-JTJ", "component-owner")


def test_a_cover_that_is_not_registered_goes_to_the_company_of_its_kind(book: RuleBook) -> None:
    assert told(book, WATER_COVER, old_town()) == ("CO-GS", "water-supply")


def test_before_a_door_the_frontage_answers_for_its_duties_only(book: RuleBook) -> None:
    door = FrontageFacts("F1", "T610902001", ("order",))
    assert told(book, OUT_OF_SHOP_TRADE, old_town(frontages=[door])) == ("T610902001", "frontage")
    decision = decide(book, EXPOSED_REFUSE, old_town(frontages=[door]))
    assert decision.rule.code == "zone"
    outcomes = {step.rule: step.outcome for step in decision.trace}
    assert outcomes["frontage"] is Outcome.NOT_ITS_DUTY
    all_four = FrontageFacts("F1", "T610902001")
    assert told(book, EXPOSED_REFUSE, old_town(frontages=[all_four]))[1] == "frontage"


def test_a_model_streets_unit_goes_before_the_zone(book: RuleBook) -> None:
    place = old_town(street=WELL_KNOWN_STREET)
    assert told(book, EXPOSED_REFUSE, place) == ("T610902002", "model-street")
    ordinary = StreetFacts("S2", "小巷", (), "T610902002")
    assert told(book, EXPOSED_REFUSE, old_town(street=ordinary)) == ("CO-HW1", "zone")


def test_police_lead_parking_whatever_zone_it_is(book: RuleBook) -> None:
    place = old_town(street=WELL_KNOWN_STREET, zones=[ZoneFacts("Z", "traffic", "AK-CGJ")])
    assert told(book, ILLEGAL_PARKING, place) == ("AK-GAJ", "police-vehicles")


def test_in_the_high_tech_zone_the_committees_company_does_all_six_dimensions(
    book: RuleBook,
) -> None:
    place = old_town(jurisdiction_code="610902-GX", cell_code="610902004001001")
    for class_code in (EXPOSED_REFUSE, STREET_TREE, LITTER_BIN, OUT_OF_SHOP_TRADE, STREET_LAMP):
        assert told(book, class_code, place) == ("CO-GX", "high-tech-zone")


def test_where_no_rule_speaks_the_ground_decides(book: RuleBook) -> None:
    village = PlaceFacts.gather(cell_code="610902110203001", jurisdiction_code="610902")
    assert told(book, EXPOSED_REFUSE, village) == ("T610902110", "subdistrict")
    assert told(book, HENS, village) == ("C610902110203", "community-life")
    county = PlaceFacts(jurisdiction_code="610922", subdistrict_code="610922100")
    assert told(book, EXPOSED_REFUSE, county) == ("G610922", "jurisdiction")
    assert told(book, MEDICAL_WASTE, county) == ("G610922", "jurisdiction")


def test_a_place_nobody_knows_goes_to_the_city(book: RuleBook) -> None:
    assert told(book, EXPOSED_REFUSE, PlaceFacts()) == ("AK-GOV", "jurisdiction")
    unheard_of = PlaceFacts(jurisdiction_code="999999")
    assert told(book, EXPOSED_REFUSE, unheard_of) == ("AK-GOV", "jurisdiction")


def test_the_trace_tells_what_was_tried_and_why_it_was_passed_over(book: RuleBook) -> None:
    street = StreetFacts("S1", "育才路", ("示范街",), None)
    bin_ = ComponentFacts("61090203005000001", "91610900MA0000000X")
    decision = decide(book, LITTER_BIN, old_town(component=bin_, street=street))
    assert decision.compact() == [
        {
            "rule": "component-maintainer",
            "outcome": "unknown_unit",
            "unit": "91610900MA0000000X",
        },
        {"rule": "component-owner", "outcome": "no_unit"},
        {"rule": "model-street", "outcome": "no_unit"},
        {"rule": "high-tech-zone", "outcome": "elsewhere"},
        {"rule": "zone", "outcome": "won", "unit": "CO-HW1"},
    ]


@pytest.mark.parametrize("text", ["", "6010", "060100", "0601a", "０６０１０", "06010\n"])
def test_a_class_code_has_five_digits(book: RuleBook, text: str) -> None:
    with pytest.raises(Invalid, match="five digits"):
        decide(book, text, PlaceFacts())


def test_the_ground_is_the_communitys_or_the_next_wider_known_one(
    register: UnitRegister,
) -> None:
    def ground(cell: str | None, jurisdiction: str | None) -> str:
        place = PlaceFacts.gather(cell_code=cell, jurisdiction_code=jurisdiction)
        return territorial(register, place)

    assert ground(OLD_TOWN_CELL, "610902") == "C610902001003"
    assert ground("610902001999001", "610902") == "T610902001"
    assert ground("610902999999001", "610902") == "HB-GOV"
    assert ground("610902004001001", "610902-GX") == "GX-GWH"
    assert ground("610922100001001", "610922") == "G610922"
    assert ground(None, None) == "AK-GOV"


units_or_not = st.sampled_from([None, "", "CO-HW1", "AK-CGJ", "T610902001", "NOBODY"])
zone_facts = st.builds(
    ZoneFacts,
    code=st.sampled_from(["Z1", "Z2", "Z3"]),
    kind=st.sampled_from(["inspection", *DIMENSIONS]),
    unit=units_or_not,
)
frontage_facts = st.builds(
    FrontageFacts,
    code=st.sampled_from(["F1", "F2"]),
    unit=units_or_not,
    duties=st.sampled_from([(), ("hygiene",), ("order", "greening")]),
    distance_m=st.sampled_from([0.0, 3.5]),
)
gathered = st.fixed_dictionaries(
    {
        "component": st.none()
        | st.builds(ComponentFacts, st.just("x"), units_or_not, units_or_not, units_or_not),
        "frontages": st.lists(frontage_facts, max_size=4),
        "street": st.none()
        | st.builds(
            StreetFacts,
            st.just("S"),
            programmes=st.sampled_from([(), ("示范街",)]),
            unit=units_or_not,
        ),
        "zones": st.lists(zone_facts, max_size=8),
        "cell_code": st.sampled_from([None, OLD_TOWN_CELL, "610902110203001", "610999001001001"]),
        "jurisdiction_code": st.sampled_from(
            [None, "610900", "610902", "610902-GX", "610902-HK", "610922", "nowhere"],
        ),
    },
)
class_codes = st.integers(1, 10).flatmap(
    lambda major: st.integers(0, 999).map(lambda minor: f"{major:02}{minor:03}"),
)


@given(class_codes, gathered)
def test_there_is_always_a_unit_of_the_register_and_a_reason(
    book: RuleBook,
    class_code: str,
    facts: dict[str, object],
) -> None:
    place = PlaceFacts.gather(**facts)  # type: ignore[arg-type]
    decision = decide(book, class_code, place)
    assert decision.unit_code in book.register.by_code
    *skipped, won = decision.trace
    assert won.outcome is Outcome.WON
    assert (won.rule, won.unit) == (decision.rule.code, decision.unit_code)
    assert all(step.outcome is not Outcome.WON for step in skipped)
    tried = [step.rule for step in decision.trace]
    assert tried == [rule.code for rule in book.rules_for(class_code)][: len(tried)]
    ground = territorial(book.register, place)
    assert book.register.get(ground).kind in TERRITORIAL_KINDS


@given(class_codes, gathered, st.randoms(use_true_random=False))
def test_the_order_in_which_things_were_found_does_not_matter(
    book: RuleBook,
    class_code: str,
    facts: dict[str, list[object]],
    chance: object,
) -> None:
    shuffled = {**facts}
    for several in ("frontages", "zones"):
        shuffled[several] = list(facts[several])
        chance.shuffle(shuffled[several])  # type: ignore[attr-defined]
    first = PlaceFacts.gather(**facts)  # type: ignore[arg-type]
    second = PlaceFacts.gather(**shuffled)  # type: ignore[arg-type]
    assert decide(book, class_code, first) == decide(book, class_code, second)


@given(class_codes, gathered, st.sampled_from(["frontages", "street", "component"]))
def test_what_no_tried_rule_asked_for_does_not_change_the_answer(
    book: RuleBook,
    class_code: str,
    facts: dict[str, object],
    left_out: str,
) -> None:
    place = PlaceFacts.gather(**facts)  # type: ignore[arg-type]
    decision = decide(book, class_code, place)
    by_code = {rule.code: rule.place for rule in book.rules}
    asked = {by_code[step.rule] for step in decision.trace}
    kind = {"frontages": "frontage", "street": "model_street", "component": "component"}[left_out]
    if kind not in asked:
        fewer = PlaceFacts.gather(**{name: v for name, v in facts.items() if name != left_out})  # type: ignore[arg-type]
        assert decide(book, class_code, fewer) == decision


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("06010", "06010", "06011"),
        ("06*", "06999", "07000"),
        ("01001-01003 04*", "01002", "01004"),
        ("*", "00000", "x"),
    ],
)
def test_sets_of_classes_read_as_they_are_written(text: str, inside: str, outside: str) -> None:
    classes = ClassSet.from_text(text)
    assert inside in classes
    assert outside not in classes


# Wrong tables -----------------------------------------------------------------------------------


def made_up(folder: Path, rules: str, class_dimensions: str = DIMENSIONS_OF_CLASSES) -> RuleBook:
    register = UnitRegister.load(
        put(folder, "units.csv", UNITS),
        put(folder, "jurisdictions.csv", JURISDICTIONS),
    )
    return RuleBook.load(
        register,
        put(folder, "rules.csv", RULES_HEADER + rules),
        put(folder, "class_dimensions.csv", class_dimensions),
    )


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("a,6*x,,zone,,zone.unit,z,e", "rules.csv:2 '6*x' is no class"),
        ("a,01009-01001,,zone,,zone.unit,z,e", "rules.csv:2 range 01009-01001 is the wrong way"),
        ("a,,,zone,,zone.unit,z,e", "rules.csv:2 no class is named"),
        ("a,*,noise,zone,,zone.unit,z,e", "rules.csv:2 dimension noise is unknown"),
        ("a,*,,park,,POL,z,e", "rules.csv:2 place is 'park', not one of component"),
        ("a,*,,zone,99,zone.unit,z,e", "rules.csv:2 jurisdiction 99 is unknown"),
        ("a,*,,zone,,street.unit,z,e", "rules.csv:2 unit street.unit is neither"),
        ("a,*,,zone,,FIRE,z,e", "rules.csv:2 unit FIRE is neither"),
        ("a,*,,zone,,,z,e", "rules.csv:2 unit (empty) is neither"),
        ("a,*,,zone,,POL,,e", "rules.csv:2 reason_zh is missing"),
        ("last,*,,zone,,POL,z,e", "rules.csv:3 code last is already in rules.csv:2"),
    ],
)
def test_a_wrong_rule_is_told_with_file_and_line(tmp_path: Path, rule: str, fault: str) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        made_up(tmp_path, f"{rule}\n{LAST_RULE}")
    faults = [f"{error.field} {error.message}" for error in raised.value.errors]
    assert [text for text in faults if text.startswith(fault)], faults


@pytest.mark.parametrize(
    "rules",
    [
        "",
        "a,*,,zone,,zone.unit,z,e\n",
        "last,*,,jurisdiction,11,jurisdiction.unit,z,e\n",
        "last,06*,,jurisdiction,,jurisdiction.unit,z,e\n",
        "last,*,,jurisdiction,,POL,z,e\n",
        f"{LAST_RULE}a,*,,zone,,zone.unit,z,e\n",
    ],
)
def test_a_table_that_does_not_end_with_the_ground_is_refused(tmp_path: Path, rules: str) -> None:
    with pytest.raises(SettingsInvalid, match="the last rule must be"):
        made_up(tmp_path, rules)


def test_every_class_of_the_catalogue_has_a_dimension_or_is_said_to_have_none(
    book: RuleBook,
) -> None:
    catalogue = Catalogue.load()
    rows = [classes for classes, _ in book.dimensions.classes]
    codes = {*catalogue.matters, *catalogue.components}
    assert [code for code in sorted(codes) if not any(code in row for row in rows)] == []
    of_matters = {book.dimensions.of_class(code) for code in catalogue.matters}
    assert {each and each.code for each in of_matters} == {*DIMENSIONS, None}
    said = {"06010": "sanitation", "04002": "greening", "07006": "shop_signs", "09009": "traffic"}
    for code, dimension in said.items():
        found = book.dimensions.of_class(code)
        assert found is not None
        assert found.code == dimension


def test_wrong_dimensions_of_classes_are_told_with_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        made_up(tmp_path, LAST_RULE, "classes,dimension,note\n06*,noise,\n6,,\n")
    assert [error.field for error in raised.value.errors] == [
        "class_dimensions.csv:2",
        "class_dimensions.csv:3",
    ]


def test_a_rule_for_a_jurisdiction_holds_in_what_it_contains(tmp_path: Path) -> None:
    rules = f"city,09*,,jurisdiction,1,POL,z,e\nzone,06*,,jurisdiction,12,CLEAN,z,e\n{LAST_RULE}"
    book = made_up(tmp_path, rules)
    for jurisdiction in ("1", "11", "12"):
        here = PlaceFacts(jurisdiction_code=jurisdiction)
        assert decide(book, "09001", here).unit_code == "POL"
    answers = {
        code: decide(book, "06001", PlaceFacts(jurisdiction_code=code)).unit_code
        for code in ("1", "11", "12")
    }
    assert answers == {"1": "GOV", "11": "DIST", "12": "CLEAN"}


def test_the_ground_may_begin_at_the_subdistrict(tmp_path: Path) -> None:
    book = made_up(tmp_path, LAST_RULE)
    cell = "610902001003001"
    grounds = {
        code: territorial(
            book.register,
            PlaceFacts.gather(cell_code=cell, jurisdiction_code=code),
        )
        for code in ("11", "12", "13")
    }
    assert grounds == {"11": "COMM", "12": "ZONE", "13": "TOWN"}
