"""The register of units and jurisdictions: what ships, and what a wrong file is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.sheets import JURISDICTIONS, UNITS, put
from wanmi.platform.kernel.errors import NotFound, SettingsInvalid
from wanmi.platform.organisation.trees import chains, in_cycles, subtrees
from wanmi.platform.organisation.units import KINDS, UnitRegister

if TYPE_CHECKING:
    from pathlib import Path

DEPARTMENTS = """
AK-LYJ AK-ZJJ AK-CGJ AK-GAJ AK-JTJ AK-GHJ AK-SLJ AK-SWJ AK-GSJ AK-SYJ AK-NYJ AK-WJJ AK-JYJ AK-HBJ
AK-TYJ AK-MZJ AK-GTJ AK-FGW AK-GLJ AK-BIB AK-XCB AK-CJB
"""
COMPANIES = """
CO-HW1 CO-HW2 CO-YL1 CO-YL2 CO-SZ CO-LD CO-GS CO-PS CO-RQ CO-DL CO-TX1 CO-TX2 CO-GJ CO-GX CO-GD
"""


@pytest.fixture(scope="module")
def register() -> UnitRegister:
    return UnitRegister.load()


def faults_of(folder: Path, units: str = UNITS, jurisdictions: str = JURISDICTIONS) -> list[str]:
    with pytest.raises(SettingsInvalid) as raised:
        UnitRegister.load(
            put(folder, "units.csv", units),
            put(folder, "jurisdictions.csv", jurisdictions),
        )
    for fault in raised.value.errors:
        assert fault.field in raised.value.message
    return [f"{fault.field} {fault.message}" for fault in raised.value.errors]


def test_every_department_and_company_of_the_city_is_there(register: UnitRegister) -> None:
    by_kind: dict[str, set[str]] = {}
    for unit in register.by_code.values():
        by_kind.setdefault(unit.kind, set()).add(unit.code)
    assert by_kind["department"] == set(DEPARTMENTS.split())
    assert by_kind["company"] == set(COMPANIES.split())
    assert len(by_kind["subdistrict"]) == 28
    assert len(by_kind["community"]) == 529


def test_a_community_stands_under_its_subdistrict_district_and_city(
    register: UnitRegister,
) -> None:
    unit = register.get("C610902001003")
    assert unit.name_zh == "西大街社区居委会"
    assert unit.parent == "T610902001"
    assert register.get("T610902001").name_zh == "老城街道办事处"
    assert {"C610902001003", "T610902001"} <= register.subtree("HB-GOV")
    assert register.by_division["610902001003"] == "C610902001003"


def test_persons_are_marked_as_invented_and_have_no_telephone(register: UnitRegister) -> None:
    for unit in register.by_code.values():
        persons = (unit.head, *unit.deputies, unit.direct)
        assert unit.deputies
        assert all(person.endswith("（示意）") for person in persons)
        assert unit.phone is None


def test_functional_zones_lie_beside_the_district_whose_codes_their_land_has(
    register: UnitRegister,
) -> None:
    tree = register.jurisdictions
    assert tree.root == "610900"
    assert tree.chain("610902-GX") == ("610902-GX", "610900")
    assert "610902-GX" not in tree.subtree("610902")
    assert len(tree.subtree("610900")) == 14
    assert tree.get("610902-GX").unit_code == "GX-GWH"


def test_what_is_not_there_is_not_found(register: UnitRegister) -> None:
    for ask in (register.get, register.subtree, register.jurisdictions.chain):
        with pytest.raises(NotFound):
            ask("AK-XXX")


def test_all_faults_of_both_files_are_told_at_once_with_file_and_line(tmp_path: Path) -> None:
    units = (
        UNITS.replace("TOWN,街道", "TOWN,")
        .replace("社区,Community,community,TOWN", "社区,Community,hamlet,NOBODY")
        .replace("POL,公安,Police,department,GOV,1", "POL,公安,Police,department,GOV,99")
    ) + "CLEAN,x,x,company,GOV,1,,x,,,\n,x,x,company,GOV,1,,x,,,\nSHORT,x\n"
    faults = faults_of(tmp_path, units, JURISDICTIONS.replace("镇区,Towns", ",Towns"))
    assert faults == [
        "jurisdictions.csv:5 name_zh is missing",
        "units.csv:5 name_zh is missing",
        "units.csv:6 parent NOBODY is no unit of this file",
        f"units.csv:6 kind is 'hamlet', not one of {', '.join(KINDS)}",
        "units.csv:6 a hamlet cannot answer for division 610902001003",
        "units.csv:7 jurisdiction 99 is unknown",
        "units.csv:10 code CLEAN is already in units.csv:8",
        "units.csv:11 code is missing",
        "units.csv:12 has 2 cells, not 11",
    ]


def test_a_circle_of_parents_is_told_for_each_of_its_members(tmp_path: Path) -> None:
    circle = UNITS.replace("GOV,市政府,City,government,,", "GOV,市政府,City,government,DIST,")
    assert [fault.split()[0] for fault in faults_of(tmp_path, circle)] == [
        "units.csv:2",
        "units.csv:3",
    ]
    itself = JURISDICTIONS.replace("functional_zone,1,", "functional_zone,12,")
    assert faults_of(tmp_path, jurisdictions=itself) == [
        "jurisdictions.csv:4 jurisdiction 12 stands above itself; correct its parent",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("functional_zone,1,", "functional_zone,,", "exactly one jurisdiction must have no parent"),
        ("functional_zone,1,", "functional_zone,7,", "parent 7 is no jurisdiction"),
        (",ZONE,", ",CLEAN,", "unit CLEAN is a company; it cannot answer for land"),
        (",ZONE,", ",GONE,", "unit GONE is not in the table of units"),
        ("kind,parent", "kind,above", "must be the heading code,name_zh"),
        ("13,镇区", '13,"镇区', "is not a row of CSV"),
    ],
)
def test_a_wrong_row_of_jurisdictions_is_told(
    tmp_path: Path,
    old: str,
    new: str,
    told: str,
) -> None:
    assert any(
        told in fault
        for fault in faults_of(tmp_path, jurisdictions=JURISDICTIONS.replace(old, new))
    )


def test_two_units_cannot_answer_for_one_division(tmp_path: Path) -> None:
    twice = UNITS.replace(
        "ZONE,管委会,Committee,government,GOV,12,", "ZONE,管,C,government,GOV,12,610902001"
    )
    assert faults_of(tmp_path, twice) == [
        "units.csv:5 division 610902001 already belongs to unit ZONE",
    ]


def test_a_missing_file_one_in_another_encoding_and_an_empty_one_are_told(tmp_path: Path) -> None:
    (tmp_path / "gbk.csv").write_bytes(UNITS.encode("gbk"))
    for name, said in (("missing.csv", "is missing"), ("gbk.csv", "is not UTF-8")):
        with pytest.raises(SettingsInvalid, match=f"{name}: {said}"):
            UnitRegister.load(tmp_path / name)
    with pytest.raises(SettingsInvalid, match=r"empty\.csv: is empty"):
        UnitRegister.load(put(tmp_path, "empty.csv", ""))
    header = put(tmp_path, "jurisdictions.csv", JURISDICTIONS.splitlines()[0])
    units = put(tmp_path, "units.csv", UNITS.splitlines()[0])
    with pytest.raises(SettingsInvalid, match="has no rows"):
        UnitRegister.load(units, header)


def test_a_byte_order_mark_remarks_and_empty_lines_do_no_harm(tmp_path: Path) -> None:
    text = "\ufeff# ours\n\n" + UNITS.replace("POL", "\n# police\nPOL")
    register = UnitRegister.load(
        put(tmp_path, "units.csv", text),
        put(tmp_path, "jurisdictions.csv", JURISDICTIONS),
    )
    assert register.get("POL").name_en == "Police"
    assert register.get("DIST").deputies == ("丙", "丁")


trees = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        *(st.one_of(st.none(), st.integers(0, count - 1)) for _ in range(count)),
    ),
)


@given(trees)
def test_a_node_is_in_a_circle_exactly_when_it_can_be_reached_from_itself(
    above: tuple[int | None, ...],
) -> None:
    parents = {str(node): None if up is None else str(up) for node, up in enumerate(above)}
    looping = set()
    for start, node in parents.items():
        for _ in parents:
            if node == start:
                looping.add(start)
            node = parents[node] if node is not None else None  # noqa: PLW2901  # climbs
    assert in_cycles(parents) == looping
    if not looping:
        below = subtrees(parents)
        for node, chain in chains(parents).items():
            assert chain[0] == node
            assert parents[chain[-1]] is None
            assert all(node in below[ancestor] for ancestor in chain)
        assert sum(map(len, below.values())) == sum(map(len, chains(parents).values()))
