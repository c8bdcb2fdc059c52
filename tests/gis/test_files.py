"""Files as cities hand them over: encodings, frames, field names, archives, bad rows."""

from __future__ import annotations

import struct
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from support.layerfiles import write_shapefile
from wanmi.gis.errors import FileUnreadable, FrameMismatch
from wanmi.gis.files import LayerFile, Limits, Saying, fields_from_text, read_layer
from wanmi.gis.files.charsets import Text, decode, encoding_named, find_encoding
from wanmi.gis.files.rowshapes import fit_shapes
from wanmi.gis.frames import Plane, to_cgcs2000
from wanmi.gis.layers import LAYERS
from wanmi.gis.points import Datum, RawPoint

if TYPE_CHECKING:
    from pathlib import Path

PLACES = LAYERS["places"]
HERE = shapely.Point(109.0258, 32.6905)
NAMES = ["老城街道办事处", "西大街社区居委会", "兴安路示范街"]


def places(names: list[str], **more: list[Any]) -> dict[str, list[Any]]:
    count = len(names)
    return {"CODE": [f"P{n}" for n in range(count)], "NAME": names, "KIND": ["poi"] * count} | more


def names_of(file: LayerFile) -> list[object]:
    return [row.values["name"] for row in file.rows]


def write_places(path: Path, names: list[str] = NAMES, **how: object) -> Path:
    return write_shapefile(path, places(names), [HERE] * len(names), **how)


# Encodings


@pytest.mark.parametrize(
    ("written", "cpg", "language", "found"),
    [
        ("GBK", None, 0, "gb18030"),
        ("GBK", None, 0x57, "gb18030"),  # ANSI: says nothing
        ("GBK", None, 0x4D, "gb18030"),
        ("GBK", "936", 0, "gb18030"),
        ("UTF-8", None, 0, "utf-8"),
        ("UTF-8", "65001", 0x4D, "utf-8"),  # the .cpg goes before the language byte
        ("BIG5", None, 0x4F, "cp950"),
    ],
)
def test_chinese_text_is_read_whatever_announces_it(
    tmp_path: Path, written: str, cpg: str | None, language: int, found: str
) -> None:
    names = ["臺北街道", "中山路"] if written == "BIG5" else NAMES
    path = write_places(tmp_path / "p.shp", names, encoding=written, cpg=cpg, language=language)
    file = read_layer(path, PLACES)
    assert names_of(file) == names
    assert file.encoding == found
    assert not file.complaints
    assert not file.notes


def test_a_wrong_announcement_is_seen_and_said(tmp_path: Path) -> None:
    path = write_places(tmp_path / "p.shp", encoding="GBK", cpg="UTF-8", language=0)
    file = read_layer(path, PLACES)
    assert names_of(file) == NAMES
    [note] = file.notes
    assert "the .cpg file says utf-8" in note.message.replace("The", "the")
    assert "gb18030" in note.message


def test_what_the_user_says_goes_first_and_unreadable_rows_are_named(tmp_path: Path) -> None:
    path = write_places(tmp_path / "p.shp", ["plain", *NAMES], encoding="GBK", cpg=None)
    file = read_layer(path, PLACES, Saying(encoding="utf-8"))
    assert names_of(file) == ["plain"]
    assert [complaint.row for complaint in file.complaints] == [2, 3, 4]
    assert "--encoding" in str(file.complaints[0])
    assert names_of(read_layer(path, PLACES, Saying(encoding="GBK"))) == ["plain", *NAMES]
    with pytest.raises(FileUnreadable, match="not an encoding"):
        read_layer(path, PLACES, Saying(encoding="klingon"))


def test_a_character_cut_by_the_end_of_its_field_is_left_out(tmp_path: Path) -> None:
    # 80 bytes hold 26 characters of three bytes and two bytes of the next.
    path = write_places(tmp_path / "p.shp", ["街" * 26])
    dbf = path.with_suffix(".dbf")
    whole = ("街" * 26).encode()
    dbf.write_bytes(dbf.read_bytes().replace(whole + b"  ", whole + "街".encode()[:2]))
    assert names_of(read_layer(path, PLACES)) == ["街" * 26]


def test_text_in_no_known_encoding_asks_for_one(tmp_path: Path) -> None:
    path = write_places(tmp_path / "p.shp", ["plain"], cpg=None)
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace(b"plain", b"pl\xff\xffn"))
    with pytest.raises(FileUnreadable, match="--encoding"):
        read_layer(path, PLACES)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), max_size=5))
def test_utf8_is_always_recognised(texts: list[str]) -> None:
    raw = [Text(text.encode()) for text in texts]
    found = find_encoding(raw, []).encoding
    assert [decode(text, found) for text in raw] == texts


@pytest.mark.parametrize(
    ("said", "meant"),
    [("GBK", "gb18030"), ("GB2312", "gb18030"), ("cp936", "gb18030"), ("UTF8", "utf-8"),
     ("\ufeffUTF-8", "utf-8"), ("1252", "cp1252"), ("ANSI 1252", "cp1252"), ("OEM", None)],
)  # fmt: skip
def test_names_of_encodings(said: str, meant: str | None) -> None:
    assert encoding_named(said) == meant


# Frames


def test_coordinates_come_through_to_the_last_bit(tmp_path: Path) -> None:
    point = shapely.Point(109.02580000000012, 32.690499999999957)
    path = write_shapefile(tmp_path / "p.shp", places(["甲"]), [point])
    [row] = read_layer(path, PLACES).rows
    assert row.shape is not None
    assert shapely.to_wkb(row.shape) == shapely.to_wkb(point)


def test_without_a_prj_the_options_are_named(tmp_path: Path) -> None:
    path = write_places(tmp_path / "p.shp", crs=None)
    with pytest.raises(FileUnreadable, match=r"--crs EPSG:4490.*--datum gcj02"):
        read_layer(path, PLACES)
    file = read_layer(path, PLACES, Saying(crs="EPSG:4490"))
    assert file.rows[0].shape == HERE
    assert file.frame == "EPSG:4490"


def test_metres_of_a_plane_become_degrees(tmp_path: Path) -> None:
    plane = Plane(4545)
    path = write_shapefile(tmp_path / "p.shp", places(["甲"]), [plane.shape(HERE)], crs="EPSG:4545")
    [row] = read_layer(path, PLACES).rows
    assert row.shape is not None
    assert row.shape.distance(HERE) < 1e-9


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_coordinates_of_map_services_are_taken_back(tmp_path: Path, datum: Datum) -> None:
    path = write_places(tmp_path / "p.shp", crs="EPSG:4326")
    file = read_layer(path, PLACES, Saying(datum=datum))
    meant = to_cgcs2000(RawPoint(HERE.x, HERE.y, datum))
    assert file.rows[0].shape == shapely.Point(meant.lonlat)
    assert file.frame == f"EPSG:4326 {datum}"
    assert shapely.distance(file.rows[0].shape, HERE) > 0.004


METRES = shapely.Point(596594.2, 3618837.47)
PREFIXED = shapely.Point(36596594.2, 3618837.47)
SWAPPED = shapely.Point(32.69, 109.03)
NORTH_FIRST = shapely.Point(3618837.47, 596594.2)


@pytest.mark.parametrize(
    ("said", "numbers", "sentence"),
    [
        ("EPSG:4490", METRES, r"China Geodetic.*are metres: say the plane, --crs EPSG:4545"),
        ("EPSG:4490", PREFIXED, r"--crs EPSG:4524"),
        ("EPSG:4490", SWAPPED, r"latitude first"),
        ("EPSG:4326", shapely.Point(32.69, 109.03), r"WGS 84.*latitude first"),
        ("EPSG:4545", HERE, r"EPSG:4545.*are degrees"),
        ("EPSG:4545", PREFIXED, r"EPSG:4545.*zone 36 before the easting: say --crs EPSG:4524"),
        ("EPSG:4524", METRES, r"EPSG:4524.*lack zone 36"),
        ("EPSG:4525", PREFIXED, r"EPSG:4525.*zone 36 before the easting: say --crs EPSG:4524"),
        ("EPSG:4545", NORTH_FIRST, r"northing first"),
        ("EPSG:4524", shapely.Point(3618837.47, 36596594.2), r"northing first"),
    ],
)
def test_a_frame_that_the_numbers_contradict_is_refused(
    tmp_path: Path, said: str, numbers: shapely.Point, sentence: str
) -> None:
    path = write_shapefile(tmp_path / "p.shp", places(["甲"]), [numbers], crs=said)
    with pytest.raises(FrameMismatch, match=sentence):
        read_layer(path, PLACES)


def test_one_row_out_of_place_does_not_condemn_the_file(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "p.shp", places(NAMES), [HERE, METRES, HERE])
    file = read_layer(path, PLACES)
    assert [row.number for row in file.rows] == [1, 3]
    [complaint] = file.complaints
    assert complaint.row == 2
    assert "not on the earth" in str(complaint)


def test_two_statements_are_settled_by_the_numbers_or_refused(tmp_path: Path) -> None:
    prefixed = write_shapefile(tmp_path / "a.shp", places(["甲"]), [PREFIXED], crs="EPSG:4545")
    file = read_layer(prefixed, PLACES, Saying(crs="EPSG:4524"))
    assert file.frame == "EPSG:4524"
    assert "EPSG:4545" in file.notes[0].message
    plain = write_shapefile(tmp_path / "b.shp", places(["甲"]), [METRES], crs="EPSG:4545")
    with pytest.raises(FrameMismatch, match=r"4545.*4546"):
        read_layer(plain, PLACES, Saying(crs="EPSG:4546"))
    # The two geographic frames are one.
    degrees = write_places(tmp_path / "c.shp", crs="EPSG:4326")
    assert read_layer(degrees, PLACES, Saying(crs="EPSG:4490")).rows


def test_a_frame_on_another_datum_is_named(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "p.shp", places(["甲"]), [METRES], crs="EPSG:2379")
    with pytest.raises(FileUnreadable, match="Xian 1980"):
        read_layer(path, PLACES)
    with pytest.raises(FileUnreadable, match="--crs EPSG:2379"):
        read_layer(path, PLACES, Saying(crs="EPSG:2379"))


def test_a_map_service_datum_does_not_go_with_a_city_plane(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "p.shp", places(["甲"]), [METRES], crs="EPSG:4545")
    with pytest.raises(FrameMismatch, match=r"gcj02.*EPSG:4545"):
        read_layer(path, PLACES, Saying(datum=Datum.GCJ02))


def test_web_mercator_of_a_map_service_is_taken_back(tmp_path: Path) -> None:
    mercator = shapely.Point(12136696.0, 3854543.0)
    path = write_shapefile(tmp_path / "p.shp", places(["甲"]), [mercator], crs="EPSG:3857")
    plain, shifted = (
        read_layer(path, PLACES, Saying(datum=datum)).rows[0].shape for datum in (None, Datum.GCJ02)
    )
    assert plain is not None
    meant = to_cgcs2000(RawPoint(plain.centroid.x, plain.centroid.y, Datum.GCJ02))
    assert shifted == shapely.Point(meant.lonlat)


# Fields and rows


def components(**more: list[Any]) -> dict[str, list[Any]]:
    return {
        "ObjID": ["61090202001000001", "61090202001000002"],
        "OBJNAME": ["上水井盖", "污水井盖"],
        "DeptCode1": ["AK-ZJJ", "AK-ZJJ"],
        "DeptCode3": ["CO-GS", "CO-PS"],
        "BGID": ["610902001003001", "610902001003002"],
        "ObjState": ["完好", "破损"],
        "ORDate": ["20240131", "2024-02-01"],
        "CHDate": [None, "20250101"],
    } | more


def test_the_names_of_the_older_standard_are_known(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "c.shp", components(), [HERE, HERE])
    file = read_layer(path, LAYERS["components"])
    assert not file.complaints
    # Fields that the file does not have are not there.
    assert file.rows[1].values == {
        "code": "61090202001000002",
        "name": "污水井盖",
        "competent_code": "AK-ZJJ",
        "maintainer_code": "CO-PS",
        "cell_code": "610902001003002",
        "state": "破损",
        "valid_from": date(2024, 2, 1),
        "changed_on": date(2025, 1, 1),
    }


def test_the_user_maps_fields_of_other_names(tmp_path: Path) -> None:
    columns = {"编号": ["P1"], "名称": ["东大街"], "KIND": ["street"]}
    path = write_shapefile(tmp_path / "p.shp", columns, [HERE], encoding="GBK", cpg=None)
    with pytest.raises(FileUnreadable, match=r"no field CODE, NAME.*编号.*--field CODE="):
        read_layer(path, PLACES)
    said = Saying(fields=fields_from_text(["code=编号", "NAME=名称"]))
    assert names_of(read_layer(path, PLACES, said)) == ["东大街"]
    with pytest.raises(FileUnreadable, match="no field 标识"):
        read_layer(path, PLACES, Saying(fields={"CODE": "标识"}))
    with pytest.raises(FileUnreadable, match="no field BGID"):
        read_layer(path, PLACES, Saying(fields={"BGID": "编号"}))
    with pytest.raises(FileUnreadable, match="standard=theirs"):
        fields_from_text(["编号"])


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("ObjID", "6109020201000001", "edition of 2013"),
        ("ObjID", "", "empty"),
        ("BGID", "61090200100300", "cell code"),
        ("ORDate", "20240231", "not a date"),
        ("ORDate", "", "empty"),
        ("ORDate", "last week", "not a date"),
        ("OBJNAME", "井\x01盖", "control characters"),
    ],
)
def test_a_bad_row_is_named_and_the_others_come(
    tmp_path: Path, field: str, value: str, sentence: str
) -> None:
    columns = components()
    columns[field] = [columns[field][0], value]
    path = write_shapefile(tmp_path / "c.shp", columns, [HERE, HERE])
    file = read_layer(path, LAYERS["components"])
    assert [row.number for row in file.rows] == [1]
    [complaint] = file.complaints
    assert complaint.row == 2
    assert complaint.field
    assert sentence in str(complaint)


def test_a_key_comes_once(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "p.shp", places(NAMES, CODE=["P1", "P2", "P1"]), [HERE] * 3)
    file = read_layer(path, PLACES)
    assert [row.number for row in file.rows] == [1, 2]
    assert "already in row 1" in str(file.complaints[0])


def test_words_outside_the_list_and_wrong_hours_are_refused(tmp_path: Path) -> None:
    square = shapely.box(109, 32, 109.001, 32.001)
    columns = {
        "CODE": ["A1", "A2", "A3", "A4"],
        "NAME": ["早市"] * 4,
        "KIND": ["stall_area", "market", "stall_area", "stall_area"],
        "HOURS": ["06:00-08:30;18:30-22:00", None, "from six", "24:30-25:00"],
    }
    path = write_shapefile(tmp_path / "a.shp", columns, [square] * 4)
    file = read_layer(path, LAYERS["areas"])
    assert [row.number for row in file.rows] == [1]
    assert [(bad.row, bad.field) for bad in file.complaints] == [
        (2, "KIND"), (3, "HOURS"), (4, "HOURS"),
    ]  # fmt: skip


def cells(shapes: list[Any], **more: list[Any]) -> dict[str, list[Any]]:
    count = len(shapes)
    codes = [f"61090200100300{n}" for n in range(1, count + 1)]
    return {"BGID": codes, "ORDate": [date(2024, 1, 1)] * count} | more


def test_the_history_of_a_cell_may_come_along(tmp_path: Path) -> None:
    square = shapely.box(109, 32, 109.001, 32.001)
    path = write_shapefile(
        tmp_path / "c.shp",
        {
            "BGID": ["610902001003001"] * 4,
            "ORDate": ["20200101", "20220601", "20220601", "20230101"],
            "CHDate": ["20220601", "", "", "20220101"],
        },
        [square] * 4,
    )
    file = read_layer(path, LAYERS["cells"])
    assert [row.values["valid_to"] for row in file.rows] == [date(2022, 6, 1), None]
    assert [bad.row for bad in file.complaints] == [3, 4]


# Shapes

BOWTIE = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])


def test_a_polygon_that_crosses_itself_is_repaired_with_a_note(tmp_path: Path) -> None:
    square = shapely.box(109, 32, 109.001, 32.001)
    path = write_shapefile(tmp_path / "c.shp", cells([square, BOWTIE]), [square, BOWTIE])
    file = read_layer(path, LAYERS["cells"])
    [note] = file.notes
    assert note.row == 2
    assert "repaired" in note.message
    mended = file.rows[1].shape
    assert mended is not None
    assert mended.is_valid
    assert mended.area == pytest.approx(2.0)


def test_an_open_ring_is_closed(tmp_path: Path) -> None:
    ring = [(109.0, 32.0), (109.0, 32.001), (109.001, 32.001), (109.001, 32.0), (109.0, 32.0)]
    square = shapely.Polygon(ring)
    path = write_shapefile(tmp_path / "c.shp", cells([square]), [square])
    shp = path.read_bytes()
    # The last vertex is cut off: a record 16 bytes (8 words) shorter, with one point less.
    shp = shp[:-16]
    shp = shp[:24] + struct.pack(">i", len(shp) // 2) + shp[28:]
    words = struct.unpack(">i", shp[104:108])[0] - 8
    shp = shp[:104] + struct.pack(">i", words) + shp[108:]
    points = 108 + 4 + 32 + 4
    shp = shp[:points] + struct.pack("<i", 4) + shp[points + 4 :]
    path.write_bytes(shp)
    shx = path.with_suffix(".shx").read_bytes()
    path.with_suffix(".shx").write_bytes(shx[:104] + struct.pack(">i", words))
    [row] = read_layer(path, LAYERS["cells"]).rows
    assert row.shape is not None
    assert row.shape.equals(square)


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        (None, "no shape"),
        (shapely.MultiPoint([(109, 32), (109, 33)]), "several points"),
        (shapely.MultiPoint([(109, 32)]), None),
    ],
)
def test_points(tmp_path: Path, shape: shapely.Geometry | None, sentence: str | None) -> None:
    shapes = [shapely.MultiPoint([(108, 31)]), shape]
    path = write_shapefile(tmp_path / "p.shp", places(["甲", "乙"]), shapes)
    file = read_layer(path, PLACES)
    assert file.rows[0].shape == shapely.Point(108, 31)
    assert [str(bad) for bad in file.complaints] == [sentence] * (sentence is not None) or (
        sentence in str(file.complaints[0])
    )


def test_a_shape_of_another_kind_is_refused(tmp_path: Path) -> None:
    line = shapely.LineString([(109, 32), (109.1, 32)])
    path = write_shapefile(tmp_path / "p.shp", places(["甲"]), [line])
    assert "not a point" in str(read_layer(path, PLACES).complaints[0])


def test_a_layer_that_may_lack_shapes_takes_a_table(tmp_path: Path) -> None:
    path = tmp_path / "divisions.csv"
    path.write_text("CODE,NAME,LEVEL\n610921,汉阴县,county\n", "utf-8")
    [row] = read_layer(path, LAYERS["divisions"]).rows
    assert row.shape is None
    assert row.values["name"] == "汉阴县"


RING = st.lists(
    st.tuples(st.floats(109, 109.1), st.floats(32, 32.1)), min_size=3, max_size=8, unique=True
)


@given(RING, st.integers(0, 7), st.booleans())
def test_one_outline_has_one_form(
    ring: list[tuple[float, float]],
    start: int,
    turn_back: bool,  # noqa: FBT001
) -> None:
    polygon = shapely.convex_hull(shapely.MultiPoint(ring))
    if polygon.geom_type != "Polygon":
        return
    corners = list(polygon.exterior.coords)[:-1]
    turned = corners[start % len(corners) :] + corners[: start % len(corners)]
    again = shapely.Polygon(turned[::-1] if turn_back else turned)
    one, other = fit_shapes(LAYERS["cells"], np.array([polygon, again], dtype=object)).shapes
    assert shapely.to_wkb(one) == shapely.to_wkb(other)


def test_lines_keep_their_direction(tmp_path: Path) -> None:
    line = shapely.LineString([(109.1, 32), (109.05, 32.01), (109, 32)])
    columns = {"CODE": ["S1"], "NAME": ["育才路"], "GRADE": ["main"], "ONEWAY": ["1"]}
    path = write_shapefile(tmp_path / "s.shp", columns, [line])
    [row] = read_layer(path, LAYERS["streets"]).rows
    assert row.shape == shapely.MultiLineString([line])
    assert row.values["one_way"] is True


# Kinds of file


def test_geojson_and_geopackage_carry_the_same_rows(tmp_path: Path) -> None:
    shapefile = write_places(tmp_path / "places.shp")
    meta, _, shapes, columns = pyogrio.raw.read(shapefile)
    for suffix, driver in ((".geojson", "GeoJSON"), (".gpkg", "GPKG")):
        pyogrio.raw.write(
            tmp_path / f"other{suffix}", shapes, columns, meta["fields"],
            driver=driver, layer="places", geometry_type="Point", crs="EPSG:4490",
        )  # fmt: skip
    first = read_layer(shapefile, PLACES)
    for suffix in (".geojson", ".gpkg"):
        other = read_layer(tmp_path / f"other{suffix}", PLACES)
        assert [row.values for row in other.rows] == [row.values for row in first.rows]
        assert other.rows[0].shape == HERE


def test_geojson_codes_that_are_numbers_keep_their_digits(tmp_path: Path) -> None:
    path = tmp_path / "c.geojson"
    path.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
        '{"BGID": 610902001003001, "ORDate": "2024-01-01"}, "geometry": {"type": "Polygon", '
        '"coordinates": [[[109, 32], [109.1, 32], [109.1, 32.1], [109, 32]]]}}]}',
        "utf-8",
    )
    [row] = read_layer(path, LAYERS["cells"]).rows
    assert row.values["code"] == "610902001003001"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_csv_with_longitude_and_latitude(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "places.csv"
    text = "CODE;NAME;KIND;经度;纬度\nP1;东大街;street;109.0258;32.6905\nP2;无处;poi;;\n"
    text += "P3;x;poi;1O9;32\n"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(FileUnreadable, match="--crs"):
        read_layer(path, PLACES)
    file = read_layer(path, PLACES, Saying(datum=Datum.CGCS2000))
    assert names_of(file) == ["东大街"]
    assert file.rows[0].shape == HERE
    assert [bad.row for bad in file.complaints] == [2, 3]


def test_csv_rows_of_the_wrong_length_and_empty_files(tmp_path: Path) -> None:
    path = tmp_path / "divisions.csv"
    path.write_text("CODE,NAME,LEVEL\n610921,汉阴县\n610922,石泉县,county\n", "utf-8")
    file = read_layer(path, LAYERS["divisions"])
    assert names_of(file) == ["石泉县"]
    assert "2 fields" in str(file.complaints[0])
    path.write_text("", "utf-8")
    with pytest.raises(FileUnreadable, match="empty"):
        read_layer(path, LAYERS["divisions"])


def test_the_members_of_zones_lie_beside_them(tmp_path: Path) -> None:
    folder = tmp_path / "zones"
    folder.mkdir()
    (folder / "zones.csv").write_text(
        "CODE,KIND,NAME,SHIFT\nZ1,inspection,一格,day\nZ2,greening,二格,day\nZ3,greening,三格,\n",
        "utf-8",
    )
    file = read_layer(folder, LAYERS["zones"])
    assert file.members is None
    (folder / "zone_cells.csv").write_text(
        "zone,bgid\nZ1,610902001003001\nZ1,610902001003001\nZ1,61\n,610902001003002\n", "utf-8"
    )
    file = read_layer(folder, LAYERS["zones"])
    assert file.members is not None
    assert [(member.zone, member.cell) for member in file.members] == [("Z1", "610902001003001")]
    assert [row.values["shift"] for row in file.rows] == ["day", ""]
    assert {bad.row for bad in file.complaints} == {2, 3, 4}


# Folders and archives


def test_a_folder_holds_the_layer_by_name_or_just_one_file(tmp_path: Path) -> None:
    write_places(tmp_path / "places.shp")
    assert len(read_layer(tmp_path, PLACES).rows) == 3
    write_places(tmp_path / "backup.shp", ["old"])
    assert len(read_layer(tmp_path, PLACES).rows) == 3
    with pytest.raises(FileUnreadable, match=r"several files \(backup.shp, places.shp\)"):
        read_layer(tmp_path, LAYERS["schools"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileUnreadable, match="holds none of"):
        read_layer(tmp_path / "empty", PLACES)


def zip_of(shapefile: Path, target: Path, stem: str) -> Path:
    """Pack a shapefile under a name in GBK without the UTF-8 flag, as Windows does."""
    name = stem.encode("gbk")
    placeholder = "@" * len(name)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(shapefile.parent.glob(f"{shapefile.stem}.*")):
            archive.writestr(placeholder + file.suffix.upper(), file.read_bytes())
    target.write_bytes(target.read_bytes().replace(placeholder.encode(), name))
    return target


@pytest.mark.parametrize("stem", ["地名", "成果/地名", "成果\\地名", "../../地名", "/etc/地名"])
def test_an_archive_with_chinese_names_is_read_where_it_belongs(tmp_path: Path, stem: str) -> None:
    shapefile = write_places(tmp_path / "in" / "p.shp", encoding="GBK", cpg=None)
    packed = zip_of(shapefile, tmp_path / "p.zip", stem)
    before = sorted(tmp_path.rglob("*"))
    file = read_layer(packed, PLACES)
    assert names_of(file) == NAMES
    assert file.rows[0].shape == HERE
    assert sorted(tmp_path.rglob("*")) == before
    # The same contents have the same fingerprint, packed or not.
    assert file.sha256 == read_layer(shapefile, PLACES).sha256


def test_archives_that_would_do_harm_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("p.csv", b"CODE,NAME\n" + b"0" * 5_000_000)
    assert path.stat().st_size < 10_000
    with pytest.raises(FileUnreadable, match="unpacks to more"):
        read_layer(path, PLACES, limits=Limits(file_bytes=1_000_000))
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20):
            archive.writestr(f"{number}.txt", "")
    with pytest.raises(FileUnreadable, match="more than 10 files"):
        read_layer(path, PLACES, limits=Limits(members=10))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "damaged"), (b"PK\x03\x04 broken", "damaged"), (b"no archive at all", "damaged")],
)
def test_a_damaged_archive_is_named(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable, match=sentence):
        read_layer(path, PLACES)


def test_an_archive_whose_contents_are_damaged_or_locked_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("p.csv", "CODE,NAME,KIND,lon,lat\n")
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"CODE,NAME", b"XXXX,NAME"))
    with pytest.raises(FileUnreadable, match="damaged"):
        read_layer(path, PLACES)
    locked = bytearray(whole)
    locked[6] |= 1
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(locked)
    with pytest.raises(FileUnreadable, match="password"):
        read_layer(path, PLACES)


def test_files_that_are_not_what_they_seem_are_refused(tmp_path: Path) -> None:
    secret = write_places(tmp_path / "secret" / "p.shp")
    disguised = tmp_path / "p.geojson"
    disguised.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="p"><SrcDataSource>{secret}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>",
        "utf-8",
    )
    with pytest.raises(FileUnreadable, match="does not contain what its name says"):
        read_layer(disguised, PLACES)
    (tmp_path / "p.doc").write_bytes(b"x")
    with pytest.raises(FileUnreadable, match="cannot be read"):
        read_layer(tmp_path / "p.doc", PLACES)
    with pytest.raises(FileUnreadable, match="no file or folder"):
        read_layer(tmp_path / "nothing.shp", PLACES)
    with pytest.raises(FileUnreadable, match="larger than"):
        read_layer(secret, PLACES, limits=Limits(file_bytes=10))


@pytest.mark.parametrize("suffix", [".dbf", ".shx"])
def test_an_incomplete_shapefile_says_what_is_missing(tmp_path: Path, suffix: str) -> None:
    path = write_places(tmp_path / "p.shp")
    path.with_suffix(suffix).unlink()
    with pytest.raises(FileUnreadable, match=f"lacks its {suffix}"):
        read_layer(path, PLACES)


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp"])
def test_a_file_that_breaks_off_is_named(tmp_path: Path, suffix: str) -> None:
    path = write_places(tmp_path / "p.shp").with_suffix(suffix)
    heads = {
        ".geojson": b'{"type": "Feat',
        ".gpkg": b"SQLite format 3\0rest",
        ".shp": b"\0\0\x27\x0a",
    }
    path.write_bytes(heads[suffix])
    with pytest.raises(FileUnreadable, match="cannot be read"):
        read_layer(path, PLACES)
