"""The catalogue: classes, crosswalk, local extensions, filing conditions, kinds of issue."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanmi.platform.casework.catalogue import Catalogue, packaged_data
from wanmi.platform.casework.catalogue_lint import only_default
from wanmi.platform.casework.classes import LOCAL, STANDARD, STANDARD_2013
from wanmi.platform.casework.conditions import length_order
from wanmi.platform.kernel.errors import Invalid, SettingsInvalid
from wanmi.platform.kernel.limits import Limit, Unit

CATALOGUE = Catalogue.load()

# The kinds of issue that patrols of the city find, as its own speech and the standard divide them.
STANDARD_KINDS = {
    "流动摊贩": "09001",
    "占道经营": "09006",
    "店外经营": "09005",
    "乱倒垃圾": "06010",
    "垃圾死角": "06011",
    "三堆": "06036",
    "小广告": "07001",
    "乱设牌匾": "07006",
    "乱搭乱建": "06001",
    "渣土抛洒": "06014",
    "露天烧烤": "06029",
    "油烟": "06027",
    "扬尘": "08004",
    "噪声": "06028",
    "偷排": "06030",
    "旱厕": "03001",
    "破损路面": "06013",
    "人行道彩砖破损": "06013",
    "路灯不亮": "01037",
    "垃圾站台满溢": "06042",
    "乱停乱放": "09009",
    "摊区外设摊": "09006",
    "早市夜市超时": "09002",
    "电线光缆缠绕大树": "06008",
    "大树广告牌及挂载": "06019",
    "缺株": "04002",
    "死苗": "04013",
    "裸露树穴": "04011",
    "毁林": "06022",
    "侵绿": "06045",
    "古树名木受损": "04001",
    "林业有害生物": "06021",
}
LOCAL_KINDS = {
    "街头麻将摊",
    "燃放烟花爆竹",
    "养犬",
    "黑车",
    "三轮车载客",
    "闯红灯",
    "学校周边食品摊点",
    "门前四包不落实",
    "大树进城",
    "过度修剪",
    "森林火情",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(str(packaged_data()), tmp_path / "data"))


# Classes


def test_the_standard_has_153_components_and_250_matters_in_their_majors() -> None:
    components = Counter(each.major for each in CATALOGUE.components.values())
    matters = Counter(each.major for each in CATALOGUE.matters.values() if not each.is_local)
    mirrored = {"01": 76, "02": 44, "03": 16, "04": 14, "05": 3}
    assert components == mirrored
    assert components.total() == 153
    assert matters == mirrored | {"06": 51, "07": 7, "08": 16, "09": 21, "10": 2}
    assert matters.total() == 250


@pytest.mark.parametrize("code", ["01016", "05001", "05008", "06031", "07005", "09007"])
def test_the_gaps_of_the_standard_are_gaps_here(code: str) -> None:
    with pytest.raises(Invalid, match=f"{code} is no class of matters"):
        CATALOGUE.matter(code)


def test_majors_have_names() -> None:
    assert [major.code for major in CATALOGUE.majors()] == [f"{n:02}" for n in range(1, 11)]
    assert CATALOGUE.majors()[5].name_zh == "市容环境类"
    assert [major.name_zh for major in CATALOGUE.majors("component")] == [
        "市政公用设施",
        "交通设施",
        "市容环卫设施",
        "园林绿化设施",
        "其他管理部件",
    ]


def test_the_same_digits_are_a_component_and_its_defect() -> None:
    assert CATALOGUE.component("01037").name_zh == "路灯"
    lamp = CATALOGUE.matter("01037", STANDARD)
    assert (lamp.name_zh, lamp.edition, lamp.component_code) == ("路灯异常", STANDARD, "01037")
    assert CATALOGUE.matter("06010").component_code is None


@pytest.mark.parametrize(
    ("code", "edition", "field", "said"),
    [
        ("99001", None, "class_code", "no class of matters"),
        ("6010", None, "class_code", "no class code"),
        ("0505", None, "class_code", "say that edition"),
        ("０６０１０", None, "class_code", "no class code"),
        ("06010\x00", None, "class_code", "no class code"),
        ("", None, "class_code", "no class code"),
        ("09999", STANDARD, "class_code", "of the edition local"),
        ("06010", LOCAL, "class_code", f"of the edition {STANDARD}"),
        ("06010", STANDARD_2013, "class_code", "no code that is known"),
        ("06010", "CJ/T 214-2007", "edition", "not known"),
        ("0154", STANDARD_2013, "class_code", "is a component in"),
    ],
)
def test_a_wrong_code_is_refused_with_its_field_and_a_sentence(
    code: str, edition: str | None, field: str, said: str
) -> None:
    with pytest.raises(Invalid, match=said) as caught:
        CATALOGUE.matter(code, edition)
    assert [error.field for error in caught.value.errors] == [field]


def test_a_matter_is_no_component() -> None:
    with pytest.raises(Invalid, match="06010 暴露垃圾 is a class of matters, not of components"):
        CATALOGUE.component("06010")
    with pytest.raises(Invalid, match="no class of components"):
        CATALOGUE.component("01016")


def test_extensions_are_numbered_from_the_top_and_say_that_they_are_local() -> None:
    local = [each for each in CATALOGUE.matters.values() if each.is_local]
    by_major: dict[str, list[int]] = {}
    for each in local:
        by_major.setdefault(each.major, []).append(int(each.code[2:]))
        assert each.name_zh.endswith("（自定义）")
        assert each.component_code is None
    assert set(by_major) == {"06", "09", "10"}
    for minors in by_major.values():
        assert minors == list(range(999, 999 - len(minors), -1))


# The crosswalk


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("component", "0101", "01001"),
        ("component", "0506", "01069"),
        ("component", "0508", "01071"),
        ("matter", "0128", "06028"),
        ("matter", "0409", "09009"),
        ("matter", "0507", "10001"),
        ("matter", "0508", "10002"),
        ("matter", "0505", "10995"),
        ("matter", "0407", "09998"),
    ],
)
def test_a_code_of_2013_is_understood_in_both_directions(kind: str, old: str, new: str) -> None:
    find = CATALOGUE.component if kind == "component" else CATALOGUE.matter
    assert find(old, STANDARD_2013).code == new
    back = CATALOGUE.crosswalk.predecessor(kind, new)
    assert back is not None
    assert back.code_2013 == old


@pytest.mark.parametrize("old", ["0131", "0205"])
def test_a_code_of_2013_without_successor_is_answered_as_such(old: str) -> None:
    with pytest.raises(Invalid, match=f"{old} .+ has no successor"):
        CATALOGUE.matter(old, STANDARD_2013)
    crossing = CATALOGUE.crosswalk.successor("matter", old)
    assert crossing is not None
    assert crossing.code is None


def test_a_class_that_is_new_in_2026_has_no_predecessor() -> None:
    assert CATALOGUE.crosswalk.predecessor("component", "01077") is None
    assert CATALOGUE.crosswalk.predecessor("matter", "06999") is None


def test_what_was_not_moved_follows_the_rule_of_the_numbers() -> None:
    shift = {"component": 0, "matter": 5}
    kept = [
        each
        for each in CATALOGUE.crosswalk.forward.values()
        if each.basis in ("rule", "K2") and each.code is not None
    ]
    assert len(kept) > 200
    for each in kept:
        major = int(each.code_2013[:2]) + shift[each.kind]
        assert each.code == f"{major:02}0{each.code_2013[2:]}"


# Kinds of issue


def test_every_kind_of_issue_is_mapped_to_its_class() -> None:
    first: dict[str, str] = {}
    for kind in CATALOGUE.kinds:
        first.setdefault(kind.name_zh, kind.code)
    assert {kind for kind, code in first.items() if CATALOGUE.matter(code).is_local} == LOCAL_KINDS
    assert {kind: code for kind, code in first.items() if kind not in LOCAL_KINDS} == STANDARD_KINDS


def test_the_favourites_are_twelve_different_classes_with_short_labels() -> None:
    codes = [favourite.code for favourite in CATALOGUE.favourites]
    assert len(set(codes)) == len(codes) == 12
    assert all(CATALOGUE.matter(code) for code in codes)
    assert max(len(favourite.label_zh) for favourite in CATALOGUE.favourites) <= 6


# Search


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("06010", "06010"),
        ("暴露", "06010"),
        ("烧烤", "06029"),
        ("黑车", "09998"),
        ("MAHJONG", "09999"),
        ("三堆", "06036"),
        ("０９９９", "09996"),
        ("red light", "09996"),
    ],
)
def test_a_class_is_found_by_code_name_or_the_citys_own_word(text: str, first: str) -> None:
    assert CATALOGUE.search(text)[0].code == first


def test_a_search_is_bounded_and_says_nothing_for_nothing() -> None:
    assert CATALOGUE.search("  ") == ()
    assert CATALOGUE.search("no such thing") == ()
    assert len(CATALOGUE.search("0", limit=7)) == 7


@given(st.text())
def test_a_search_takes_any_text(text: str) -> None:
    assert len(CATALOGUE.search(text)) <= 20


# Conditions


@pytest.mark.parametrize(
    ("code", "condition", "amount", "unit"),
    [
        ("01001", "cover-missing", 2, Unit.URGENT_HOUR),
        ("01001", "cover-damaged", 4, Unit.WORKING_HOUR),
        ("01011", "cover-damaged-heat-gas-lamp", 1, Unit.WORKING_DAY),
        ("01023", "cover-settled", 5, Unit.WORKING_DAY),
        ("01037", "lamp-out", 2, Unit.WORKING_DAY),
        ("04002", "street-tree-missing", 15, Unit.WORKING_DAY),
        ("06001", "building-in-progress", 2, Unit.URGENT_DAY),
        ("06010", "exposed-refuse", 4, Unit.WORKING_HOUR),
        ("09005", "trading-on-road", 2, Unit.URGENT_HOUR),
        ("10995", "road-collapse", 2, Unit.URGENT_HOUR),
        ("10998", "main-leaking", 1, Unit.URGENT_HOUR),
        ("06999", "frontage-disorder", 4, Unit.WORKING_HOUR),
    ],
)
def test_published_limits_keep_their_source(
    code: str, condition: str, amount: int, unit: Unit
) -> None:
    found = CATALOGUE.condition(code, condition)
    assert (found.limit, found.source) == (Limit(amount, unit), "K2")
    assert found.closing_zh
    assert not found.is_default


def test_a_manhole_cover_has_one_limit_for_damage() -> None:
    damaged = {
        code: [c.code for c in CATALOGUE.conditions(code) if c.code.startswith("cover-damaged")]
        for code, each in CATALOGUE.components.items()
        if each.name_zh.endswith("井盖")
    }
    assert len(damaged) == 20
    assert all(len(found) == 1 for found in damaged.values())


def test_other_classes_take_the_default_of_their_major_shown_as_such() -> None:
    (condition,) = CATALOGUE.conditions("02014")
    assert (condition.code, condition.source, condition.is_default) == ("default-02", "示意", True)


def test_every_matter_can_be_filed_in_every_grade() -> None:
    for code in CATALOGUE.matters:
        for grade in (None, "1", "2", "3"):
            offered = CATALOGUE.conditions(code, grade)
            assert offered
            assert len({condition.is_default for condition in offered}) == 1


def test_the_forecast_goes_by_the_shortest_limit() -> None:
    assert CATALOGUE.default_condition("01001").code == "cover-missing"
    assert CATALOGUE.default_condition("06001").code == "building-in-progress"
    assert CATALOGUE.default_condition("10998").code == "main-leaking"
    assert CATALOGUE.default_condition("05009").code == "default-05"


def test_limits_are_put_in_order_across_their_units() -> None:
    ordered = [
        Limit(2, Unit.URGENT_HOUR),
        Limit(1, Unit.WORKING_HOUR),
        Limit(4, Unit.WORKING_HOUR),
        Limit(1, Unit.URGENT_DAY),
        Limit(1, Unit.WORKING_DAY),
        Limit(10, Unit.WORKING_HOUR),
        Limit(15, Unit.WORKING_DAY),
    ]
    assert sorted(set(ordered), key=length_order) == ordered


def test_a_condition_of_another_class_is_refused_with_the_choice() -> None:
    with pytest.raises(Invalid, match="choose one of exposed-refuse") as caught:
        CATALOGUE.condition("06010", "lamp-out")
    assert caught.value.errors[0].field == "condition"


def test_a_row_for_an_area_grade_stands_in_for_the_general_one(folder: Path) -> None:
    row = "dirty-road,06012,1,路面不洁,any dirty road,1,working_hour,清扫干净,swept,local,,\n"
    with (folder / "conditions.csv").open("a", encoding="utf-8") as file:
        file.write(row)
    catalogue = Catalogue.load(folder)
    limits = {
        grade: [each.limit.amount for each in catalogue.conditions("06012", grade)]
        for grade in ("1", "2", None)
    }
    assert limits == {"1": [1], "2": [2], None: [2]}


def test_the_linter_lists_the_classes_that_have_only_a_default(folder: Path) -> None:
    rows = only_default(CATALOGUE)
    listed = {row.code for row in rows}
    assert "02014" in listed
    assert not listed & {"01001", "04002", "06010", "09001", "10995"}
    assert len(listed) == len(rows) < len(CATALOGUE.matters)
    assert all(row.condition.is_default for row in rows)

    with (folder / "conditions.csv").open("a", encoding="utf-8") as file:
        file.write("signal-out,02014,,不亮,out,2,urgent_hour,修复,lit,our table,,\n")
    assert {row.code for row in only_default(Catalogue.load(folder))} == listed - {"02014"}


# Questions


def test_a_stall_is_asked_whether_food_is_sold() -> None:
    (question,) = CATALOGUE.matter("09001").questions
    assert (question.key, question.required) == ("food", True)
    assert CATALOGUE.matter("06010").questions == ()


def test_answers_to_what_was_not_asked_are_refused_by_field() -> None:
    CATALOGUE.check_answers("09001", {"food": False})
    CATALOGUE.check_answers("06010", {})
    with pytest.raises(Invalid) as caught:
        CATALOGUE.check_answers("06010", {"food": True, "dog": False})
    assert [error.field for error in caught.value.errors] == ["answers.dog", "answers.food"]


# Files


BREAKS = [
    ("classes.csv", "matter,06010,", "matter,6010,", "not five digits"),
    ("classes.csv", "matter,06011,", "matter,06010,", "matter 06010 stands in classes.csv:"),
    ("classes.csv", "matter,06010,", "thing,06010,", "kind is 'thing'"),
    ("classes.csv", "matter,06010,", "matter,11010,", "belongs to no matter major"),
    ("classes.csv", "GB/T 47678.5-2026,matter,06010", "2026,matter,06010", "edition is '2026'"),
    ("classes.csv", "路灯异常", "路灯坏", "must be named 路灯异常"),
    ("classes.csv", "refuse,0\n", "refuse,3\n", "priority is '3'"),
    ("extensions.csv", "matter,06999,", "matter,06079,", "minors from 080 on"),
    ("extensions.csv", "门前四包落实不到位（自定义）", "门前四包", "ends in （自定义）"),
    ("questions.csv", "09001 09002 ", "09001 09007 ", "09007 means no class"),
    ("questions.csv", "yes_no,yes", "number,yes", "type is 'number'"),
    ("crosswalk_2013.csv", "component,0101,01001", "component,101,01001", "not four digits"),
    ("crosswalk_2013.csv", "component,0101,01001", "component,0101,01016", "no class of component"),
    ("crosswalk_2013.csv", "component,0102,01002", "component,0101,01002", "already"),
    ("crosswalk_2013.csv", "component,0101,01001", "component,0101,", "without successor"),
    ("conditions.csv", "exposed-refuse,06010,", "exposed-refuse,06031,", "06031 means no class"),
    ("conditions.csv", "exposed-refuse,06010,", "exposed-refuse,6010,", "is no class"),
    ("conditions.csv", "exposed-refuse,", "Exposed refuse,", "small letters"),
    ("conditions.csv", "dirty-road,", "exposed-refuse,", "classes of exposed-refuse differs"),
    ("conditions.csv", "refuse,4,working_hour", "refuse,4,hours", "'hours' is no unit"),
    ("conditions.csv", "refuse,4,working_hour", "refuse,0,working_hour", "above 0"),
    ("conditions.csv", "refuse,4,working_hour", "refuse,four,working_hour", "'four' is no number"),
    ("conditions.csv", "exposed-refuse,06010,,", "exposed-refuse,06010,4,", "grade is '4'"),
    ("conditions.csv", "exposed-refuse,06010,,", "exposed-refuse,06010,1,", "row without grade"),
    (
        "conditions.csv",
        "清除,cleared,K2,,Jiyuan 1",
        ",cleared,K2,,Jiyuan 1",
        "closing_zh is missing",
    ),
    ("kinds.csv", "sewage discharge,06030", "sewage discharge,06031", "no class of matters"),
    ("favourites.csv", "09001,", "09007,", "no class of matters"),
]


@pytest.mark.parametrize(("file", "right", "wrong", "said"), BREAKS)
def test_a_wrong_row_is_named_with_file_and_line(
    folder: Path, file: str, right: str, wrong: str, said: str
) -> None:
    path = folder / file
    lines = path.read_text("utf-8").splitlines(keepends=True)
    at = next(
        number
        for number, line in enumerate(lines, start=1)
        if right in line and not line.startswith("#")
    )
    lines[at - 1] = lines[at - 1].replace(right, wrong)
    path.write_text("".join(lines), "utf-8")
    with pytest.raises(SettingsInvalid) as caught:
        Catalogue.load(folder)
    faults = [error.message for error in caught.value.errors if error.field == f"{file}:{at}"]
    assert any(said in message for message in faults), caught.value.errors


def test_all_faults_come_at_once(folder: Path) -> None:
    for file, right, wrong in (
        ("classes.csv", "路灯异常", "路灯坏"),
        ("conditions.csv", "refuse,4,working_hour", "refuse,4,hours"),
        ("kinds.csv", "sewage discharge,06030", "sewage discharge,06031"),
    ):
        path = folder / file
        path.write_text(path.read_text("utf-8").replace(right, wrong, 1), "utf-8")
    (folder / "favourites.csv").unlink()
    with pytest.raises(SettingsInvalid) as caught:
        Catalogue.load(folder)
    assert {error.field.partition(":")[0] for error in caught.value.errors} == {
        "classes.csv",
        "conditions.csv",
        "kinds.csv",
        "favourites.csv",
    }


@pytest.mark.parametrize(
    ("file", "drop", "said"),
    [
        ("classes.csv", "GB/T 47678.5-2026,matter,06010,", "has 249 classes of matter"),
        ("conditions.csv", "default-07,", "has 0 default rows for class 07001"),
    ],
)
def test_what_is_missing_is_named(folder: Path, file: str, drop: str, said: str) -> None:
    path = folder / file
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(drop)), "utf-8")
    with pytest.raises(SettingsInvalid) as caught:
        Catalogue.load(folder)
    assert any(error.field == file and said in error.message for error in caught.value.errors), (
        caught.value.errors
    )


def test_a_component_without_its_matter_is_named(folder: Path) -> None:
    path = folder / "classes.csv"
    drop = "GB/T 47678.5-2026,matter,01037,"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines, start=1) if ",component,01037," in line)
    path.write_text("".join(line for line in lines if not line.startswith(drop)), "utf-8")
    with pytest.raises(SettingsInvalid) as caught:
        Catalogue.load(folder)
    assert f"classes.csv:{at}" in {error.field for error in caught.value.errors}


def test_the_catalogue_is_loaded_in_less_than_a_tenth_of_a_second() -> None:
    def seconds() -> float:
        begun = time.process_time()
        Catalogue.load()
        return time.process_time() - begun

    assert min(seconds() for _ in range(3)) < 0.1
