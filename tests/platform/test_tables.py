"""Tables of package data and the sets of classes in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanmi.platform.kernel.class_sets import ClassSet, is_class_code
from wanmi.platform.kernel.errors import FieldError, SettingsInvalid
from wanmi.platform.kernel.tables import Faults, packaged, read_rows, read_table, unique_rows

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("name", "count", "open")
CODES = st.from_regex(r"[0-9]{5}", fullmatch=True)


def _read(folder: Path, content: str | bytes) -> tuple[list[dict[str, str]], list[FieldError]]:
    raw = content if isinstance(content, bytes) else content.encode()
    (folder / "things.csv").write_bytes(raw)
    faults = Faults()
    rows = read_table(folder / "things.csv", COLUMNS, faults)
    return [dict(row.cells) for row in rows], faults.found


def test_comments_blank_lines_bom_and_windows_line_ends_are_taken(tmp_path: Path) -> None:
    comments = '\ufeff# said first\r\n"# with, comma",,\r\n'
    text = f'{comments}name,count,open\r\n\r\n,,\r\n 亭 子 ,"3",yes\r\n'
    rows, faults = _read(tmp_path, text)
    assert rows == [{"name": "亭 子", "count": "3", "open": "yes"}]
    assert faults == []


def test_a_row_knows_its_line_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "things.csv").write_text("# a\nname,count,open\n\n# b\nx,1,\n", "utf-8")
    (row,) = read_table(tmp_path / "things.csv", COLUMNS, Faults())
    assert row.where == "things.csv:5"


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        ("name,open\nx,yes\n", "things.csv:1", "must be the heading name,count,open"),
        ("# only this\n", "things.csv", "is empty"),
        ("name,count,open\nx,1\n", "things.csv:2", "has 2 cells, not 3"),
        ('name,count,open\n"x,1,yes\ny,1,\n', "things.csv:2", "is not a row of CSV"),
        ("name,count,open\n点,1,\n".encode("gb18030"), "things.csv", "is not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, content: str | bytes, place: str, said: str
) -> None:
    _, faults = _read(tmp_path, content)
    assert [fault.field for fault in faults] == [place]
    assert said in faults[0].message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    faults = Faults()
    assert read_table(tmp_path / "nowhere.csv", COLUMNS, faults) == ()
    assert faults.found == [FieldError("nowhere.csv", "is missing or cannot be opened")]


def test_columns_stand_in_any_order_and_optional_ones_may_be_left_out() -> None:
    faults = Faults()
    text = "count,name\n2,a; b ;\n"
    (row,) = read_rows(text, "things.csv", ("name", "count"), faults, optional=("note",))
    assert (row["count"], row["note"], row.listed("name")) == ("2", "", ("a", "b"))
    assert faults.found == []
    assert read_rows("name,name,count\n", "things.csv", ("name", "count"), faults) == ()
    assert [fault.field for fault in faults.found] == ["things.csv:1"]


def test_every_wrong_cell_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "things.csv").write_text("name,count,open\n,2,yes\nb,٣,maybe\nc,7,no\n", "utf-8")
    faults = Faults()
    for row in read_table(tmp_path / "things.csv", COLUMNS, faults):
        row.required("name")
        row.whole("count", 1, 5)
        row.flag("open")
    with pytest.raises(SettingsInvalid) as caught:
        faults.stop_if_any(SettingsInvalid, "Correct the things.")
    assert [error.field for error in caught.value.errors] == [
        "things.csv:2",
        "things.csv:3",
        "things.csv:3",
        "things.csv:4",
    ]
    assert caught.value.message.startswith("Correct the things.\nthings.csv:2: name is missing\n")


def test_faults_stand_in_the_order_of_files_and_lines_and_the_sentence_shows_some() -> None:
    faults = Faults()
    for line in range(30, 1, -1):
        faults.add(f"C:things.csv:{line}", "is odd")
    faults.add("a.csv", "is missing")
    with pytest.raises(SettingsInvalid) as caught:
        faults.stop_if_any()
    told = [error.field for error in caught.value.errors]
    assert told == [*(f"C:things.csv:{line}" for line in range(2, 31)), "a.csv"]
    assert caught.value.message.startswith("Correct these rows of the tables:\n")
    assert caught.value.message.endswith("and 10 more")


def test_an_empty_cell_is_none_when_asked_for_so() -> None:
    (row,) = read_rows("name,count,open\nx,,\n", "things.csv", COLUMNS, Faults())
    assert (row.get("name"), row.get("count")) == ("x", None)


def test_rows_are_known_by_a_column_and_doubles_are_named() -> None:
    faults = Faults()
    text = "name,count,open\nx,1,\n,2,\nx,3,\ny,4,\n"
    kept = unique_rows(read_rows(text, "things.csv", COLUMNS, faults), "name")
    assert {name: row["count"] for name, row in kept.items()} == {"x": "1", "y": "4"}
    assert faults.found == [
        FieldError("things.csv:3", "name is missing"),
        FieldError("things.csv:4", "name x is already in things.csv:2"),
    ]


def test_a_table_comes_with_its_room() -> None:
    faults = Faults()
    columns = ("dimension", "name_zh", "name_en", "frontage_duty")
    assert len(read_table(packaged("organisation", "dimensions.csv"), columns, faults)) == 6
    assert faults.found == []


def test_nothing_wrong_goes_on() -> None:
    Faults().stop_if_any()


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("06010", ["06010"], ["06011", "06009"]),
        ("01001-01003 09005", ["01001", "01002", "01003", "09005"], ["01004", "09006"]),
        ("06*", ["06001", "06999"], ["05999", "07001"]),
        (" 0601*  08* ", ["06010", "06019", "08002"], ["06020"]),
        ("*", ["00000", "99999"], []),
    ],
)
def test_a_set_means_its_codes(pattern: str, inside: list[str], outside: list[str]) -> None:
    parsed = ClassSet.from_text(pattern)
    assert all(code in parsed for code in inside)
    assert not any(code in parsed for code in outside)


@pytest.mark.parametrize(
    "text", ["", "6010", "06010;06011", "060100", "01003-01001", "ab*", "０６０１０"]
)
def test_another_form_is_no_set(text: str) -> None:
    with pytest.raises(ValueError, match=r"class|range"):
        ClassSet.from_text(text)


@given(CODES, CODES, CODES)
def test_a_range_holds_what_lies_between(low: str, high: str, code: str) -> None:
    low, high = sorted((low, high))
    inside = int(low) <= int(code) <= int(high)
    assert (code in ClassSet.from_text(f"{low}-{high}")) is inside


@given(st.integers(0, 4), CODES, CODES)
def test_a_beginning_holds_what_begins_so(digits: int, head: str, code: str) -> None:
    pattern = ClassSet.from_text(f"{head[:digits]}*")
    assert (code in pattern) is code.startswith(head[:digits])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("06010", True), ("6010", False), ("0601a", False), ("０６０１０", False), ("", False)],
)
def test_five_ascii_digits_are_a_class_code(text: str, *, expected: bool) -> None:
    assert is_class_code(text) is expected
