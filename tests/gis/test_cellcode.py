"""Codes of cells and components are read, written and refused."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanmi.gis.cellcode import CellCode, ComponentCode
from wanmi.gis.errors import CodeInvalid

cell_codes = st.builds(
    CellCode,
    st.from_regex(r"[1-9][0-9]{11}", fullmatch=True),
    st.integers(0, 999),
)
component_codes = st.builds(
    ComponentCode,
    st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    st.from_regex(r"[0-9]{5}", fullmatch=True),
    st.integers(0, 999_999),
)
anything = st.text(alphabet=string.digits + "Aa -０１٣", max_size=20) | st.text()


def test_a_cell_code_says_where_it_is() -> None:
    code = CellCode.from_text("610902001003007")
    assert code.division == "610902"
    assert code.subdistrict == "610902001"
    assert code.community == "610902001003"
    assert code.sequence == 7
    assert str(code) == "610902001003007"


def test_a_component_code_says_what_it_is() -> None:
    code = ComponentCode.from_text("61090201037000042")
    assert code.division == "610902"
    assert code.class_code == "01037"  # street lamp
    assert code.major == "01"
    assert code.sequence == 42


@given(cell_codes)
def test_a_cell_code_survives_its_text(code: CellCode) -> None:
    assert len(str(code)) == 15
    assert CellCode.from_text(str(code)) == code


@given(component_codes)
def test_a_component_code_survives_its_text(code: ComponentCode) -> None:
    assert len(str(code)) == 17
    assert ComponentCode.from_text(str(code)) == code


@given(st.lists(cell_codes), st.lists(component_codes))
def test_codes_sort_as_their_texts(cells: list[CellCode], parts: list[ComponentCode]) -> None:
    assert [str(code) for code in sorted(cells)] == sorted(str(code) for code in cells)
    assert [str(code) for code in sorted(parts)] == sorted(str(code) for code in parts)


@given(anything)
def test_any_text_is_a_code_or_refused(text: str) -> None:
    for kind, length in ((CellCode, 15), (ComponentCode, 17)):
        fits = len(text) == length and set(text) <= set(string.digits) and text[0] != "0"
        if fits:
            assert str(kind.from_text(text)) == text
        else:
            with pytest.raises(CodeInvalid):
                kind.from_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "61090200100300",  # 14 digits
        "6109020010030071",  # 16 digits
        "61090200100300A",
        " 610902001003007",
        "610902001003007\n",
        "６１０９０２００１００３００７",
        "010902001003007",  # no division begins with 0
        None,
        610902001003007,
    ],
)
def test_what_is_no_cell_code_is_refused(text: str) -> None:
    with pytest.raises(CodeInvalid, match="15 digits"):
        CellCode.from_text(text)


def test_codes_of_older_editions_are_named_so() -> None:
    with pytest.raises(CodeInvalid, match="14 digits are the edition of 2005"):
        CellCode.from_text("61090200100307")
    with pytest.raises(CodeInvalid, match="16 digits are the edition of 2013"):
        ComponentCode.from_text("3205080101000001")


@pytest.mark.parametrize("sequence", [-1, 1000, 1.0, True, "7", None])
def test_a_community_has_at_most_999_numbered_cells(sequence: int) -> None:
    with pytest.raises(CodeInvalid, match="Sequence"):
        CellCode("610902001003", sequence)


@pytest.mark.parametrize("community", ["610902001", "61090200100x", "", None])
def test_a_cell_code_needs_a_whole_community(community: str) -> None:
    with pytest.raises(CodeInvalid, match="community"):
        CellCode(community, 1)


@pytest.mark.parametrize(
    ("division", "class_code", "sequence"),
    [("61090", "01037", 1), ("610902", "0137", 1), ("610902", "01037", 1_000_000)],
)
def test_parts_of_a_component_code_are_checked(
    division: str, class_code: str, sequence: int
) -> None:
    with pytest.raises(CodeInvalid):
        ComponentCode(division, class_code, sequence)
