"""GET /api/v1/exports/…: exactly the cases of the filter, in files that harm nobody."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pyogrio
import pytest

from support.problems import refused
from support.small_town import MONDAY, VENDING, cell_of, middle_of
from wanmi.platform.casework import exporting
from wanmi.platform.casework.installation import note
from wanmi.platform.demonstration.setting_up import DEMONSTRATION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.small_town import Person, SmallTown

NASTY = [
    "=1+1",
    "+86 139",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("http://x.test","点")',
    "<script>alert(1)</script>",
    '引号 " 逗号 , 换行\n第二行',
    "＝1+1",
]
KINDS = ("csv", "xlsx", "geojson", "gpkg")
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def exported(person: Person, kind: str, **query: object) -> bytes:
    answer = person.get(f"/exports/cases.{kind}", **query)
    assert answer.status_code == 200, answer.text
    return answer.data


def table(person: Person, **query: object) -> list[dict[str, str]]:
    text = exported(person, "csv", **query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sheet(data: bytes, number: int = 1) -> list[list[str]]:
    """Read a sheet's cells; a formula in it fails."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert not [name for name in book.namelist() if "externalLink" in name]
        root = ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))  # noqa: S314
    assert not list(root.iter(f"{SPACE}f"))
    return [
        ["".join(cell.itertext()) for cell in row.iter(f"{SPACE}c")]
        for row in root.iter(f"{SPACE}row")
    ]


@pytest.fixture
def demonstration(town: SmallTown) -> Iterator[None]:
    with town.engine.begin() as connection:
        note(connection, DEMONSTRATION, {}, MONDAY)
    yield
    with town.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM installation_notes")


def test_the_same_cases_as_the_list(town: SmallTown, tmp_path: Path) -> None:
    for column in (1, 3, 6, 9):
        town.inspector.reports(at=middle_of(column, 2))
    vending = town.inspector.reports(VENDING, middle_of(5, 4)).json["number"]
    for query in ({}, {"class_code": "06"}, {"cell": cell_of(3, 2)}, {"status": "closed"}):
        wanted = [case["number"] for case in town.operator.get("/cases", **query).json["cases"]]
        assert [row["上报号"] for row in table(town.operator, **query)] == wanted
        rows = sheet(exported(town.operator, "xlsx", **query))
        assert [row[0] for row in rows[1:]] == wanted
        features = json.loads(exported(town.operator, "geojson", **query))["features"]
        assert [feature["id"] for feature in features] == wanted
        (tmp_path / "cases.gpkg").write_bytes(exported(town.operator, "gpkg", **query))
        frame = pyogrio.read_dataframe(tmp_path / "cases.gpkg", layer="cases")
        assert list(frame["number"]) == wanted
        assert frame.crs == "EPSG:4490"
    assert vending in {row["上报号"] for row in table(town.operator)}


def test_a_table_is_for_people(town: SmallTown) -> None:
    place = middle_of(1, 2)
    town.inspector.reports(at=place)
    [row] = table(town.operator)
    assert (row["类别"], row["状态"], row["建议责任单位"]) == (
        "暴露垃圾",
        "已上报",
        "南岸环卫公司（示意）",
    )
    assert row["收到时间"] == "2026-11-23T09:30:00+08:00"
    assert float(row["经度（CGCS2000）"]) == pytest.approx(place.lon, abs=1e-9)
    english = town.operator.get("/exports/cases.csv", headers={"Accept-Language": "en"})
    assert "Report number" in english.text


def test_a_text_is_never_a_formula(town: SmallTown) -> None:
    for words in NASTY:
        assert town.inspector.reports(description=words).status_code == 201
    said = {row["情况说明"] for row in table(town.operator)}
    assert len(said) == len(NASTY)
    for words in said:
        assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", words)
    assert "<script>alert(1)</script>" in said
    cells = {cell for row in sheet(exported(town.operator, "xlsx")) for cell in row}
    assert {"=1+1", "@SUM(A1)", NASTY[6], NASTY[7]} <= cells
    features = json.loads(exported(town.operator, "geojson"))["features"]
    stored = {case["description"] for case in town.operator.get("/cases").json["cases"]}
    assert {feature["properties"]["description"] for feature in features} == stored


@pytest.mark.parametrize("kind", KINDS)
def test_no_case_is_an_empty_file_with_headings(town: SmallTown, tmp_path: Path, kind: str) -> None:
    town.inspector.reports()
    data = exported(town.operator, kind, q="这里没有")
    if kind == "csv":
        [heading] = data.decode("utf-8-sig").splitlines()
        assert heading.startswith("上报号,案卷号,")
    elif kind == "xlsx":
        [headings] = sheet(data)
        assert headings[0] == "上报号"
    elif kind == "geojson":
        assert json.loads(data)["features"] == []
    else:
        (tmp_path / "cases.gpkg").write_bytes(data)
        info = pyogrio.read_info(tmp_path / "cases.gpkg")
        assert (info["features"], info["fields"][0]) == (0, "number")


def test_a_county_gets_its_own_cases(town: SmallTown) -> None:
    town.inspector.reports(at=middle_of(1, 2))
    own = town.inspector.reports(at=middle_of(9, 2)).json["number"]
    assert [row["上报号"] for row in table(town.county_leader)] == [own]
    assert len(table(town.commander)) == 2


def test_who_reported_is_told_to_few(town: SmallTown) -> None:
    town.inspector.reports()
    [told] = table(town.operator)
    assert told["上报人账号"] == str(town.inspector.viewer.account_id)
    [hidden] = table(town.commander)
    assert "上报人账号" not in hidden
    properties = json.loads(exported(town.commander, "geojson"))["features"][0]["properties"]
    assert "reporter_id" not in properties


@pytest.mark.usefixtures("demonstration")
def test_demonstration_data_are_marked_inside(town: SmallTown, tmp_path: Path) -> None:
    assert "示意数据" in exported(town.operator, "csv").decode("utf-8-sig")
    assert "示意数据" in sheet(exported(town.operator, "xlsx"))[0]
    assert ["示意数据", "为展示而编造，并非真实台账。"] in sheet(exported(town.operator, "xlsx"), 2)
    assert json.loads(exported(town.operator, "geojson"))["demonstration"] is True
    (tmp_path / "cases.gpkg").write_bytes(exported(town.operator, "gpkg"))
    assert "demonstration" in pyogrio.read_info(tmp_path / "cases.gpkg")["fields"]


def test_real_data_are_not_called_demonstration(town: SmallTown) -> None:
    assert "示意数据" not in exported(town.operator, "csv").decode("utf-8-sig").splitlines()[0]
    assert json.loads(exported(town.operator, "geojson"))["demonstration"] is False


def test_a_file_is_named_by_the_moment(town: SmallTown) -> None:
    town.clock.now = MONDAY + timedelta(hours=1, seconds=5)
    answer = town.operator.get("/exports/cases.csv")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=wanmi-cases-20261123-103005.csv"
    )
    assert answer.headers["Cache-Control"] == "no-store"


def test_too_many_are_refused_with_a_way_out(
    town: SmallTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    for column in (1, 3, 5):
        town.inspector.reports(at=middle_of(column, 2))
    monkeypatch.setattr(exporting.refuse_too_many, "__defaults__", (2,))
    said: Any = refused(town.operator.get("/exports/cases.csv"), 422)
    assert said["detail"] == "案卷超过 2 件，请缩小筛选范围后分批导出。"
    assert len(table(town.operator, cell=cell_of(3, 2))) == 1


def test_a_wrong_filter_and_a_wrong_person(town: SmallTown) -> None:
    refused(town.operator.get("/exports/cases.csv", status="nonsense"), 422)
    refused(town.operator.get("/exports/cases.csv", unknown="1"), 422)
    refused(town.south_cleaner.get("/exports/cases.csv"), 403)
    refused(town.gisadmin.get("/exports/cases.xlsx"), 403)


def test_the_map_holds_the_filter(town: SmallTown) -> None:
    there = town.inspector.reports(at=middle_of(1, 2), description="</script><b>").json["number"]
    other = town.inspector.reports(VENDING, middle_of(5, 4)).json["number"]
    page = town.commander.get("/exports/map.html", class_code="06")
    assert page.status_code == 200
    assert there in page.text
    assert other not in page.text
    assert not re.search(r'<(?:script|link|img)[^>]*(?:src|href)="(?!data:)', page.text)
    assert other not in town.county_leader.get("/exports/map.html").text
