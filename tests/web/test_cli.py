"""The command line as its users meet it: what goes in, what comes out, and what is refused."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numba  # noqa: F401 - before a command says where its kernels are kept: in a test's folder
import pyogrio
import pytest
import shapely
from click.testing import CliRunner
from pyarrow import parquet
from sqlalchemy import text

from support.city import CENTRE
from support.clusters import temporary_home
from support.pictures import photo
from support.whole_city import places, whole_city
from wanmi.gis.layers import LAYERS
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.organisation.tokens import account_for_token
from wanmi.web.cli.main import COMMANDS, SUMMARIES, cli
from wanmi.web.cli.page import page
from wanmi.web.resources import BLUEPRINTS
from wanmi.web.wiring.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result
    from sqlalchemy import Engine

    from wanmi.platform.kernel.settings import Settings

    Wanmi = Callable[..., Result]

ROOT = Path(__file__).parents[2]
LON, LAT = CENTRE.lonlat
SERVER = "http://127.0.0.1:8000"
HERE = (str(LON), str(LAT))


@pytest.fixture(scope="module")
def environment(server: str) -> Iterator[dict[str, str]]:
    """What a shell would have set: a database with a small city, a state folder."""
    with whole_city(server) as url, temporary_home() as home:
        yield {"WANMI_DATABASE_URL": url, "WANMI_HOME": str(home)}


@pytest.fixture
def wanmi(environment: dict[str, str]) -> Wanmi:
    """Run `wanmi` with some words; fails on anything but a sentence."""

    def run(*words: object, status: int = 0, **more: str) -> Result:
        done = CliRunner().invoke(cli, [*map(str, words)], env={**environment, **more})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == status, done.output
        return done

    return run


@pytest.fixture
def data(environment: dict[str, str]) -> Iterator[Engine]:
    engine = make_engine(environment["WANMI_DATABASE_URL"])
    yield engine
    engine.dispose()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# --- accounts -------------------------------------------------------------------------------------


def test_token_prints_a_good_token_and_nothing_else(wanmi: Wanmi, data: Engine) -> None:
    done = wanmi("token", "inspector", "--days", 3)
    token = done.stdout.removesuffix("\n")
    assert done.stderr == ""
    with data.connect() as connection:
        account = account_for_token(connection, token, datetime.now(UTC))
        assert account is not None
        assert account.login == "inspector"
        days = text("SELECT max(expires_at - created_at) FROM account_tokens")
        assert connection.execute(days).scalar_one().days == 3


def test_a_login_link_signs_a_browser_in_once(
    wanmi: Wanmi, environment: dict[str, str], settings: Settings
) -> None:
    address = wanmi("login-link", "commander", "--next", "/command").stdout.strip()
    start, path = address[: len(SERVER)], address[len(SERVER) :]
    assert start == SERVER
    app = create_app(settings, environment["WANMI_DATABASE_URL"], BLUEPRINTS)
    browser = app.test_client()
    answer = browser.get(path)
    assert (answer.status_code, answer.location) == (303, "/command")
    assert "wanmi" in {cookie.key for cookie in browser._cookies.values()}
    assert app.test_client().get(path).status_code == 410


@pytest.mark.parametrize("page", ["//evil.example", "https://evil.example", "/\\evil", "command"])
def test_a_login_link_never_leads_elsewhere(wanmi: Wanmi, page: str) -> None:
    assert "is no page of Wanmi" in wanmi("login-link", "admin", "--next", page, status=1).stderr


@pytest.mark.parametrize("command", ["token", "login-link"])
def test_nobody_gets_no_token(wanmi: Wanmi, command: str) -> None:
    done = wanmi(command, "nobody", status=1)
    assert done.stderr == "wanmi: There is no account of that login.\n"
    assert done.stdout == ""


def test_an_account_is_made_disabled_enabled_and_listed(wanmi: Wanmi) -> None:
    said = ("--name", "李明（示意）", "--role", "operator", "--unit", "AK-CGJ")
    made = wanmi("user", "add", "li.ming", *said)
    assert made.stdout.startswith(f"{SERVER}/login/link/")
    assert "taken" in wanmi("user", "add", "li.ming", *said, status=1).stderr

    wanmi("user", "disable", "li.ming")
    assert "is disabled" in wanmi("token", "li.ming", status=1).stderr
    listed = {row["login"]: row for row in json.loads(wanmi("user", "list", "--json").stdout)}
    assert listed["li.ming"]["active"] is False
    assert listed["inspector"]["active"] is True
    wanmi("user", "enable", "li.ming")
    (line,) = [
        line for line in wanmi("user", "list").stdout.splitlines() if line.startswith("li.ming")
    ]
    assert line.split()[:6] == ["li.ming", "李明（示意）", "operator", "AK-CGJ", "610900", "yes"]


def test_every_fault_of_an_account_is_named(wanmi: Wanmi) -> None:
    said = ("--name", " ", "--role", "king", "--unit", "X", "--jurisdiction", "Y")
    done = wanmi("user", "add", "X", *said, "--password-stdin", status=1)
    assert "No password came" in done.stderr
    done = wanmi("user", "add", "X", *said, status=1)
    for field in ("login", "name", "role", "unit_code", "jurisdiction_code"):
        assert f"\n  {field}: " in done.stderr


def test_the_last_administrator_stays(wanmi: Wanmi) -> None:
    assert "last account" in wanmi("user", "disable", "admin", status=1).stderr


# --- layers ---------------------------------------------------------------------------------------

HEAD = "CODE,NAME,KIND,lon,lat\n"


def test_load_names_every_row_that_it_does_not_take(wanmi: Wanmi, tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    rows = ["甲,甲,poi,109.02,32.69", "甲,乙,poi,109,32", "丙,丙,poi,x,32", "丁,,poi,109,32"]
    file.write_text(HEAD + "\n".join(rows), "utf-8")
    done = wanmi("load", "places", file)
    assert "wgs84 is taken" in done.stderr
    assert "places.csv, row 2, CODE: " in done.stderr
    assert "places.csv, row 3: x, 32 are not two numbers." in done.stderr
    assert "places.csv, row 4, NAME: " in done.stderr
    (said,) = json.loads(wanmi("load", "places", file, "--json").stdout)["files"]
    assert (said["added"], said["unchanged"], said["frame"]) == (0, 1, "EPSG:4326")
    assert [(row["row"], row["field"]) for row in said["complaints"]] == [
        (2, "CODE"),
        (3, None),
        (4, "NAME"),
    ]


def test_load_understands_the_citys_own_names_encoding_and_datum(
    wanmi: Wanmi, tmp_path: Path
) -> None:
    file = tmp_path / "gbk.csv"
    file.write_bytes("编号,NAME,KIND,lon,lat\n戊,金州广场,poi,109.02,32.69\n".encode("gbk"))
    refused = wanmi("load", "places", file, status=1)
    assert "no field CODE" in refused.stderr
    said = ("--field", "CODE=编号", "--datum", "gcj02", "--json")
    (dry,) = json.loads(wanmi("load", "places", file, *said, "--dry-run").stdout)["files"]
    (real,) = json.loads(wanmi("load", "places", file, *said).stdout)["files"]
    assert dry["added"] == real["added"] == 1, "a dry run changes nothing"
    assert (real["frame"], real["encoding"]) == ("EPSG:4326 gcj02", "gb18030")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("places", "empty.csv"), "is empty"),
        (("places", "rows.csv", "--crs", "EPSG:2343"), "no frame on CGCS2000 or WGS 84"),
        (("places", "rows.csv", "--encoding", "klingon"), "is not an encoding"),
        (("places", "rows.csv", "--field", "BGID"), "must be standard=theirs"),
        (("places", "what.txt"), "cannot be read; give"),
        (("places", "rows.csv", "rows.csv", "--complete"), "give one FILE"),
        (("places", "swapped.csv"), "swap the two"),
    ],
)
def test_load_refuses_in_a_sentence(
    wanmi: Wanmi, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "what.txt").write_text("what")
    (tmp_path / "rows.csv").write_text(HEAD + "甲,甲,poi,109.02,32.69\n", "utf-8")
    (tmp_path / "swapped.csv").write_text(HEAD + "甲,甲,poi,32.69,109.02\n", "utf-8")
    asked = [tmp_path / word if "." in word else word for word in words]
    assert sentence in wanmi("load", *asked, status=1).stderr


def test_nothing_taken_is_a_failure(wanmi: Wanmi, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(HEAD + ",,poi,109,32\n", "utf-8")
    assert "CODE is empty" in wanmi("load", "places", file, status=1).stderr


def test_several_files_go_in_together_or_not_at_all(
    wanmi: Wanmi, tmp_path: Path, data: Engine
) -> None:
    box = shapely.box(LON, LAT, LON + 0.001, LAT + 0.001)
    for name, code in (("new.csv", "610902001004001"), ("torn.csv", "610902001004002")):
        row = f'{code},2026-01-01,"{box.wkt}"\n'
        (tmp_path / name).write_text("BGID,ORDate,wkt\n" + row, "utf-8")
    count = text("SELECT count(*) FROM cells")
    with data.connect() as connection:
        before = connection.execute(count).scalar_one()
    done = wanmi("load", "cells", tmp_path / "new.csv", tmp_path / "torn.csv", status=1)
    assert "610902001004001" in done.stderr
    with data.connect() as connection:
        assert connection.execute(count).scalar_one() == before


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "csv", "shp"])
def test_what_is_exported_can_be_loaded_and_changes_nothing(
    wanmi: Wanmi, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"道路.{suffix}"
    assert "rows" in wanmi("export", "streets", "-o", file).stderr
    said = ("--crs", "EPSG:4490", "--json") if suffix == "csv" else ("--json",)
    (loaded,) = json.loads(wanmi("load", "streets", file, *said).stdout)["files"]
    assert loaded["unchanged"] > 60
    assert (loaded["added"], loaded["complaints"]) == (0, [])
    if suffix != "shp":  # whose numbers have 15 decimals
        assert loaded["changed"] == 0


def test_zones_are_exported_with_their_cells(wanmi: Wanmi, tmp_path: Path) -> None:
    wanmi("export", "zones", "-o", tmp_path / "zones.gpkg")
    assert {row["ZONE"] for row in table(tmp_path / "zone_cells.csv")} >= {"ZI-S", "ZI-N"}


@pytest.mark.parametrize(
    ("target", "sentence"),
    [("x.xls", "must end in"), ("missing/x.gpkg", "no folder"), ("", "is a directory")],
)
def test_export_refuses_in_a_sentence(
    wanmi: Wanmi, tmp_path: Path, target: str, sentence: str
) -> None:
    status = 1 if target else 2
    done = wanmi("export", "streets", "-o", tmp_path / target, status=status)
    assert sentence in done.stderr
    assert not list(tmp_path.iterdir())


# --- geocode --------------------------------------------------------------------------------------

ADDED = ["cell_code", "match", "distance_m", "street", "zone", "unit_code", "unit_name", "rule"]


def points_csv(path: Path, count: int = 300) -> Path:
    lon, lat = places(count)
    rows = [
        f"{number:05},{x:.7f},{y:.7f},{('06010', '01001')[number % 2]},说明 {number}"
        for number, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    path.write_text("\n".join(["id,lon,lat,class,说明", *rows, ""]), "utf-8")
    return path


def test_geocode_keeps_every_row_and_says_what_explain_says(wanmi: Wanmi, tmp_path: Path) -> None:
    file, out = points_csv(tmp_path / "in.csv"), tmp_path / "out.csv"
    done = wanmi("geocode", file, "-o", out, "--class-field", "class")
    assert "wgs84 is taken" in done.stderr
    assert "300 rows" in done.stderr
    before, after = table(file), table(out)
    assert [{name: row[name] for name in before[0]} for row in after] == before
    assert list(after[0]) == [*before[0], *ADDED]
    for row in after[::60]:
        words = ("explain", row["lon"], row["lat"], "--class", row["class"], "--json")
        said = json.loads(wanmi(*words).stdout)
        assert (said["cell"]["code"] or "") == row["cell_code"]
        assert said["cell"]["match"] == row["match"]
        assert (said["street"]["name"] if said["street"] else "") == row["street"]
        assert said["suggested_unit"] == {"code": row["unit_code"], "name": row["unit_name"]}
        assert said["trace"][-1]["rule"] == row["rule"]


@pytest.mark.parametrize(("kind", "onward"), [("csv", "parquet"), ("csv", "gpkg")])
def test_geocode_goes_from_format_to_format(
    wanmi: Wanmi, tmp_path: Path, kind: str, onward: str
) -> None:
    file = points_csv(tmp_path / f"in.{kind}")
    wanmi("geocode", file, "-o", tmp_path / "plain.csv")
    wanmi("geocode", file, "-o", tmp_path / f"a.{onward}")
    again = ("--prefix", "again_", "--datum", "cgcs2000")
    wanmi("geocode", tmp_path / f"a.{onward}", "-o", tmp_path / f"b.{onward}", *again)
    wanmi("geocode", tmp_path / f"b.{onward}", "-o", tmp_path / "c.csv", "--prefix", "third_")
    rows = table(tmp_path / "c.csv")
    assert len(rows) == 300
    for plain, row in zip(table(tmp_path / "plain.csv"), rows, strict=True):
        assert row["id"] == plain["id"]
        for name in ADDED:
            assert row[name] == row[f"again_{name}"] == row[f"third_{name}"] == plain[name]


def test_a_geopackage_is_drawn_in_cgcs2000(wanmi: Wanmi, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(f"lng,lat\n{LON},{LAT}\nx,1\n")
    wanmi("geocode", file, "-o", tmp_path / "out.gpkg", "--datum", "gcj02")
    meta, _, wkb, _ = pyogrio.raw.read(tmp_path / "out.gpkg")
    assert meta["crs"] == "EPSG:4490"
    moved, missing = shapely.from_wkb(wkb)
    assert 0.001 < shapely.distance(moved, shapely.Point(LON, LAT)) < 0.01
    assert missing is None


def test_geocode_takes_classes_and_numbers_of_a_parquet(wanmi: Wanmi, tmp_path: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415

    file = tmp_path / "in.parquet"
    columns = {"x": [LON, None], "y": [LAT, LAT], "kind": [6010, 6010]}
    parquet.write_table(pa.table(columns), file)
    wanmi("geocode", file, "-o", tmp_path / "out.parquet", "--class-field", "kind")
    first, second = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert first["match"] == "inside"
    assert first["unit_code"]
    assert first["kind"] == 6010
    assert (second["match"], second["unit_code"]) == ("invalid", None)


def test_geocode_reads_bad_rows_and_says_what_is_strange(wanmi: Wanmi, tmp_path: Path) -> None:
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    rows = ["nan,32.69,06010", ",,06010", "32.69,109.02,06010", f"{LON},{LAT},99999"]
    rows += [f"{LON},{LAT}", f"{LON},{LAT},06010,much", "596000,3618000,06010", "0,0,06010"]
    file.write_text("\n".join(["lon,lat,class", *rows]), "utf-8")
    done = wanmi("geocode", file, "-o", out, "--class-field", "class")
    matches = [row["match"] for row in table(out)]
    assert matches == ["invalid"] * 3 + ["inside"] * 2 + ["invalid"] * 2 + ["none"]
    for sentence in (
        "8 rows (2 inside, 5 invalid, 1 none)",
        "1 rows have latitude where longitude is expected",
        "1 rows hold no degrees",
        "more fields than the header",
        "'99999' 1 times",
    ):
        assert sentence in done.stderr
    assert [row["unit_code"] for row in table(out)] == [""] * 8


def test_geocode_reads_gbk_and_a_header_alone(wanmi: Wanmi, tmp_path: Path) -> None:
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_bytes(f"经度,纬度,地址\n{LON},{LAT},香溪路\n".encode("gbk"))
    wanmi("geocode", file, "-o", out)
    assert [(row["地址"], row["match"]) for row in table(out)] == [("香溪路", "inside")]
    file.write_bytes("经度,纬度,地址\n".encode("gbk"))
    wanmi("geocode", file, "-o", out)
    assert out.read_text("utf-8").splitlines() == [",".join(["经度", "纬度", "地址", *ADDED])]


@pytest.mark.parametrize(
    ("content", "words", "sentence"),
    [
        ("", (), "is empty"),
        ("a,b\n1,2\n", (), "none of the columns lon"),
        ("lon,lat\n1,2\n", ("--x", "east"), "no column east"),
        ("lon,lat\n1,2\n", ("--class-field", "kind"), "no column kind"),
        ("lon,lat,match\n1,2,3\n", (), "has a column match already; say --prefix"),
        ('lon,lat\n1,"2\n', (), "is no CSV"),
        ("lon,lat\n1,2\n", ("--crs", "EPSG:1"), "no frame on CGCS2000"),
        ("lon,lat\n1,2\n", ("--encoding", "x"), "is not an encoding"),
    ],
)
def test_geocode_refuses_in_a_sentence(
    wanmi: Wanmi, tmp_path: Path, content: str, words: tuple[str, ...], sentence: str
) -> None:
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text(content)
    out.write_text("what was there")
    assert sentence in wanmi("geocode", file, "-o", out, *words, status=1).stderr
    assert out.read_text() == "what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_geocode_knows_its_formats_and_never_eats_its_input(wanmi: Wanmi, tmp_path: Path) -> None:
    file = points_csv(tmp_path / "in.csv", 3)
    assert "must end in" in wanmi("geocode", file, "-o", tmp_path / "o.txt", status=1).stderr
    assert "would replace" in wanmi("geocode", file, "-o", file, status=1).stderr
    strange = tmp_path / "in.xlsx"
    strange.write_text("x")
    done = wanmi("geocode", strange, "-o", tmp_path / "o.csv", status=1)
    assert "none of the tables that are read here: .csv, .parquet, .gpkg" in done.stderr


# --- explain and report ---------------------------------------------------------------------------


def test_explain_tells_the_place_and_every_rule_tried(wanmi: Wanmi) -> None:
    done = wanmi("explain", *HERE, "--class", "06010")
    assert "wgs84 is taken" in done.stderr
    lines = {line.split("  ")[0]: line for line in done.stdout.splitlines()}
    assert "ZI-" in done.stdout
    assert "06010 暴露垃圾" in lines["class"]
    assert "component-maintainer" in lines
    assert done.stdout.splitlines()[-1].split()[1] == "won"
    silent = wanmi("explain", *HERE, "--datum", "cgcs2000", "--json")
    assert silent.stderr == ""
    assert json.loads(silent.stdout)["cell"]["match"] == "inside"


def test_explain_says_what_no_report_could_be(wanmi: Wanmi) -> None:
    assert "reports from here are refused" in wanmi("explain", "-109", "32").stderr


def test_explain_speaks_english_when_asked(wanmi: Wanmi) -> None:
    done = wanmi("explain", *HERE, "--class", "06010", "--json", WANMI_LOCALE="en")
    assert json.loads(done.stdout)["suggested_unit"]["name"].isascii()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("32.69", "109.03"), "seem to be swapped"),
        (("nan", "32"), "must be finite"),
        (("-200", "32"), "is not on the earth"),
        ((*HERE, "--class", "99999"), "99999 is no class of matters"),
        ((*HERE, "--class", "6"), "five digits"),
    ],
)
def test_explain_refuses_in_a_sentence(wanmi: Wanmi, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in wanmi("explain", *words, status=1).stderr


def test_a_report_becomes_a_case_with_its_photo(wanmi: Wanmi, tmp_path: Path, data: Engine) -> None:
    picture = tmp_path / "现场.jpg"
    picture.write_bytes(photo())
    words = ("--text", "门前垃圾", "--datum", "gcj02", "--photo", picture, "--json")
    said = json.loads(wanmi("report", "06010", *HERE, *words).stdout)
    assert said["status"] == "reported"
    assert said["location"]["original"]["datum"] == "gcj02"
    query = text(
        "SELECT c.description, c.source, a.login, count(p.*) AS photos FROM cases c "
        "JOIN accounts a ON a.id = c.account_id LEFT JOIN case_photos p ON p.case_id = c.id "
        "WHERE c.number = :number GROUP BY 1, 2, 3"
    )
    with data.connect() as connection:
        case = connection.execute(query, {"number": said["number"]}).one()
    assert tuple(case) == ("门前垃圾", "inspector", "inspector", 1)
    plain = wanmi("report", "06010", *HERE, "--as", "operator", "--source", "media")
    assert "wgs84 is taken" in plain.stderr
    assert (
        dict(line.split(maxsplit=1) for line in plain.stdout.splitlines())["status"] == "reported"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("6", *HERE), "class_code: This text does not have the right form."),
        (("99999", *HERE), "99999 is no class of matters"),
        (("06010", "32.69", "109.03"), "are longitude and latitude swapped?"),
        (("06010", "nan", "32"), "location.lon: This must be a finite number."),
        (("06010", "0", "0"), "far outside the country"),
        (("06010", *HERE, "--as", "nobody"), "There is no account of that login."),
        (("06010", *HERE, "--as", "admin"), "Your role does not report"),
        (("06010", *HERE, "--source", "hotline_12319"), "may not report from this source"),
        (("06010", *HERE, "--text", "x" * 2001), "description: This text is too long."),
        (("06010", *HERE, "--text", "a\0b"), "cannot be stored"),
        (("06010", *HERE, "--photo", "{program}"), "JPEG, PNG or WebP"),
    ],
)
def test_a_report_is_refused_in_a_sentence(
    wanmi: Wanmi, data: Engine, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    program = tmp_path / "virus.jpg"
    program.write_bytes(b"MZ\x90\x00")
    asked = [word.format(program=program) if "{" in word else word for word in words]
    count = text("SELECT count(*) FROM cases")
    with data.connect() as connection:
        before = connection.execute(count).scalar_one()
    assert sentence in wanmi("report", *asked, "--datum", "wgs84", status=1).stderr
    with data.connect() as connection:
        assert connection.execute(count).scalar_one() == before


# --- keeping --------------------------------------------------------------------------------------


def test_a_calendar_is_imported_and_settles_its_year(wanmi: Wanmi, tmp_path: Path) -> None:
    file = tmp_path / "2027.csv"
    days = ["2027-01-01", "2027-05-01", "2027/10/1"]
    rows = "\n".join(f"{day},holiday,元旦" for day in days)
    file.write_bytes(f"date,kind,note\n{rows}\n".encode("gbk"))
    assert "3 days imported; years settled: 2027" in wanmi("calendar", "import", file).stderr
    file.write_text("date,kind\n2027-02-30,holiday\n2027-03-01,feast\n")
    done = wanmi("calendar", "import", file, status=1)
    assert "2027.csv:2: '2027-02-30' is no date" in done.stderr
    assert done.stderr.count("say working or holiday") == 1


def test_rules_are_checked(wanmi: Wanmi) -> None:
    done = wanmi("rules", "check")
    assert "0 of" in done.stderr
    said = json.loads(wanmi("rules", "check", "--json").stdout)
    assert said["never_win"] == []
    assert {"class", "name_zh", "condition"} == set(said["only_default"][0])


def test_counters_that_drift_are_found(wanmi: Wanmi, data: Engine) -> None:
    wanmi("report", "06010", *HERE)
    assert "agree" in wanmi("counters", "check").stderr
    drift = (
        "UPDATE case_counts SET cases = cases + {} WHERE ctid = (SELECT min(ctid) FROM case_counts)"
    )
    with data.begin() as connection:
        connection.execute(text(drift.format(5)))
    try:
        (row,) = json.loads(wanmi("counters", "check", "--json", status=1).stdout)
        assert row["counted"] == row["really"] + 5
    finally:
        with data.begin() as connection:
            connection.execute(text(drift.format(-5)))


# --- the program ----------------------------------------------------------------------------------


def test_a_database_that_is_not_ready_is_said(wanmi: Wanmi, empty_database: str) -> None:
    done = wanmi("user", "list", status=1, WANMI_DATABASE_URL=empty_database)
    assert "The database is empty" in done.stderr
    done = wanmi("db", "upgrade", "0003", WANMI_DATABASE_URL=empty_database)
    done = wanmi("counters", "check", status=1, WANMI_DATABASE_URL=empty_database)
    assert "run `wanmi db upgrade`" in done.stderr
    away = "postgresql://nobody@127.0.0.1:1/none"
    done = wanmi("explain", *HERE, status=1, WANMI_DATABASE_URL=away)
    assert "The database does not answer" in done.stderr


def test_a_city_without_cells_is_said(wanmi: Wanmi, empty_database: str, tmp_path: Path) -> None:
    wanmi("db", "upgrade", WANMI_DATABASE_URL=empty_database)
    file = points_csv(tmp_path / "in.csv", 3)
    words = ("geocode", file, "-o", tmp_path / "out.csv")
    done = wanmi(*words, status=1, WANMI_DATABASE_URL=empty_database)
    assert "There are no cells yet" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_settings_that_are_wrong_are_said(wanmi: Wanmi) -> None:
    assert "WANMI_PORT" in wanmi("user", "list", status=1, WANMI_PORT="high").stderr


def test_a_token_needs_none_of_the_heavy_libraries(environment: dict[str, str]) -> None:
    code = (
        "import sys; sys.argv = ['wanmi', 'token', 'inspector']\n"
        "from wanmi.web.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as leave: assert not leave.code, leave.code\n"
        "heavy = ('geopandas', 'folium', 'numba', 'mapclassify', 'pandas', 'pyarrow', 'scipy')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    token, heavy = done.stdout.splitlines()
    assert token.startswith("wanmi_")
    assert heavy == "[]"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has files that others cannot read")
def test_roots_files_are_read_and_written_and_nothing_else_is_roots(
    wanmi: Wanmi, tmp_path: Path, environment: dict[str, str]
) -> None:
    tmp_path.chmod(0o700)
    file = points_csv(tmp_path / "in.csv", 20)
    file.chmod(0o600)
    for suffix in ("gpkg", "parquet", "csv"):
        out = tmp_path / f"out.{suffix}"
        wanmi("geocode", file, "-o", out, "--prefix", suffix[0])
        file = out
        assert out.stat().st_uid == 0
    home = environment["WANMI_HOME"]
    owners = {
        os.lstat(os.path.join(folder, name)).st_uid  # noqa: PTH118
        for folder, _, names in os.walk(home)
        for name in names
    }
    assert 0 not in owners
    assert os.geteuid() == 0


def test_tables_stand_under_their_columns() -> None:
    from wanmi.web.cli.saying import put_table  # noqa: PLC0415

    @click.command()
    def show() -> None:
        put_table(("名称", "n"), [("香溪路", 1), ("x", None), ("y", True)])

    lines = CliRunner().invoke(show).stdout.splitlines()
    assert lines == ["名称    n", "香溪路  1", "x", "y       yes"]


def test_the_page_in_docs_is_made_from_the_commands() -> None:
    again = "make it anew: python -m wanmi.web.cli.page > docs/cli.md"
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == page(), again


def test_every_layer_is_named_in_the_help_of_load() -> None:
    said = " ".join(CliRunner().invoke(cli, ["load", "--help"]).output.split())
    assert f"Layers: {', '.join(LAYERS)}." in said


def test_every_command_has_a_summary_and_help() -> None:
    assert list(SUMMARIES) == list(COMMANDS)
    for name in COMMANDS:
        done = CliRunner().invoke(cli, [name, "--help"])
        assert done.exit_code == 0, done.output
        assert done.output.startswith("Usage: ")
