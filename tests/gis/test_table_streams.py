"""Tables of any length: every row comes out as it went in, whatever is wrong with the file."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from pyarrow import parquet

from wanmi.gis.errors import FileUnreadable
from wanmi.gis.files import csvstreams, tableopening
from wanmi.gis.files.pointcolumns import Asked, PointColumns, doubles
from wanmi.gis.files.tableopening import open_table
from wanmi.gis.files.tablewriting import Shapes, Target, write_table
from wanmi.gis.frames import from_cgcs2000
from wanmi.gis.points import Datum, LonLat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACE = LonLat(109.02, 32.69)


def csv_file(folder: Path, text: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "点.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def rows_of(path: Path, encoding: str | None = None) -> list[dict[str, Any]]:
    with open_table(path, encoding) as stream:
        return [row for part in stream.parts for row in part.batch.to_pylist()]


def places_of(path: Path, asked: Asked | None = None) -> tuple[list[float], list[float]]:
    with open_table(path) as stream:
        points = PointColumns.of(stream, asked or Asked(datum=Datum.CGCS2000))
        places = [points.places(part) for part in stream.parts]
    return (
        [value for place in places for value in place.lon.tolist()],
        [value for place in places for value in place.lat.tolist()],
    )


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(csvstreams, "BATCH_ROWS", 3)
    monkeypatch.setattr(tableopening, "BATCH_ROWS", 3)
    return


@pytest.mark.usefixtures("small_batches")
def test_a_csv_comes_in_pieces_and_whole(tmp_path: Path) -> None:
    lines = [f"{number:05},{number},育才路{number}" for number in range(10)]
    path = csv_file(tmp_path, "\n".join(["code,n,名称", *lines]))
    with open_table(path) as stream:
        parts = list(stream.parts)
        assert [part.batch.num_rows for part in parts] == [3, 3, 3, 1]
        assert sum(part.weight for part in parts) == stream.total == path.stat().st_size
    rows = [row for part in parts for row in part.batch.to_pylist()]
    assert [",".join(row.values()) for row in rows] == lines


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("gbk", b""),
        ("gb18030", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
    ],
)
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str, mark: bytes) -> None:
    path = csv_file(tmp_path, mark + "lon,lat,名称\n109,32,香溪路\n".encode(encoding))
    assert rows_of(path) == [{"lon": "109", "lat": "32", "名称": "香溪路"}]


def test_an_encoding_that_is_said_is_taken_or_refused(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "a,字\n1,茶\n", "big5")
    assert rows_of(path, "big5") == [{"a": "1", "字": "茶"}]
    with pytest.raises(FileUnreadable, match="is not utf-8; say its encoding"):
        rows_of(path, "utf-8")
    with pytest.raises(FileUnreadable, match="is not an encoding"):
        rows_of(path, "klingon")
    with pytest.raises(FileUnreadable, match="is not utf-8 or gb18030"):
        rows_of(csv_file(tmp_path, b"a\n\xff\xff\xff\n"))


def test_rows_of_another_length_are_kept(tmp_path: Path) -> None:
    text = "id,lon,lat,note\n1,109,32\n2,109,32,a,b,c\n\n3,109,32,d,,\n"
    with open_table(csv_file(tmp_path, text)) as stream:
        points = PointColumns.of(stream, Asked())
        (part,) = stream.parts
        places = points.places(part)
        assert stream.longer == [2]
    notes = [row["note"] for row in part.batch.to_pylist()]
    assert notes == ["", "a,b,c", "d"]
    assert np.isnan(places.lon).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        (" , \n1,2\n", "is empty"),
        ("lon,lat,lon\n1,2,3\n", "column 'lon' twice"),
        ('lon,lat\n1,"2\n3,4\n', "is no CSV from line"),
        (b"lon,lat\n" + b"1," + b"x" * (9 << 20), "is no CSV from line"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(FileUnreadable, match=sentence):
        rows_of(csv_file(tmp_path, text))


def test_a_header_alone_is_a_table_of_no_rows(tmp_path: Path) -> None:
    assert rows_of(csv_file(tmp_path, "lon;lat\n")) == []


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    for name in ("x.parquet", "x.gpkg"):
        (tmp_path / name).write_text("not what it is called")
        with pytest.raises(FileUnreadable, match=f"{name} cannot be read"):
            rows_of(tmp_path / name)
    with pytest.raises(FileUnreadable, match=r"none of the tables"):
        rows_of(tmp_path / "x.xls")
    with pytest.raises(FileUnreadable, match="No such file"):
        rows_of(tmp_path / "missing.csv")


def test_numbers_are_the_nearest_doubles() -> None:
    texts = ["109.0258", " 32.69 ", "+1e2", ".5", "5.", "-0", "", "nan", "inf", "1_0", "0x1A", "１"]
    numbers = doubles(pa.array([*texts, None]))
    assert numbers[:6].tolist() == [109.0258, 32.69, 100.0, 0.5, 5.0, 0.0]
    assert np.isnan(numbers[6:]).all()
    assert doubles(pa.array([1, None], pa.int32())).tolist()[0] == 1.0
    assert doubles(pa.array(["7"]).dictionary_encode()).tolist() == [7.0]
    assert np.isnan(doubles(pa.array([[1]]))).all()


def test_unreadable_places_stay_in_their_row(tmp_path: Path) -> None:
    text = "lon,lat\n109,32\nnan,32\n,\n32,109\n181,0\n500000,3600000\nabc,1\n1e400,2\n"
    with open_table(csv_file(tmp_path, text)) as stream:
        points = PointColumns.of(stream, Asked())
        (part,) = stream.parts
        places = points.places(part)
    assert points.datum_taken
    assert np.isfinite(places.lon).tolist() == [True, *[False] * 7]
    assert (np.isfinite(places.lat) == np.isfinite(places.lon)).all()
    assert (places.swapped, places.metres) == (1, 2)


@pytest.mark.parametrize("datum", list(Datum))
def test_degrees_of_every_datum_become_cgcs2000(tmp_path: Path, datum: Datum) -> None:
    raw = from_cgcs2000(PLACE, datum)
    path = csv_file(tmp_path, f"经度,纬度\n{raw.lon!r},{raw.lat!r}\n")
    (lon,), (lat,) = places_of(path, Asked(datum=datum))
    assert abs(lon - PLACE.lon) < 1e-9
    assert abs(lat - PLACE.lat) < 1e-9


def test_metres_are_taken_when_their_plane_is_said(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "X,y\n595656.6,3618830.9\nx,1\n")
    lon, lat = places_of(path, Asked(crs="EPSG:4545"))
    assert abs(lon[0] - PLACE.lon) < 1e-4
    assert abs(lat[0] - PLACE.lat) < 1e-4
    assert np.isnan([lon[1], lat[1]]).all()


def test_columns_that_are_not_there_are_named(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "a,b\n1,2\n")
    with pytest.raises(FileUnreadable, match=r"none of the columns lon, .*are a, b.*--x NAME"):
        places_of(path)
    with pytest.raises(FileUnreadable, match=r"no column c;.*--y NAME"):
        places_of(path, Asked(x="A", y="c"))


def geopackage(path: Path, shapes: list[Any], crs: str = "EPSG:4490", **more: object) -> Path:
    wkb = shapely.to_wkb(np.array(shapes, dtype=object))
    names = np.array([f"第{number}" for number in range(len(shapes))], dtype=object)
    kind = {"geometry_type": "Point", "driver": "GPKG", **more}
    pyogrio.raw.write(path, wkb, [names], ["名称"], crs=crs, **kind)
    return path


@pytest.mark.usefixtures("small_batches")
def test_points_of_a_geopackage_are_read_in_its_frame(tmp_path: Path) -> None:
    shapes = [shapely.Point(595656.6, 3618830.9), None, shapely.Point(595657, 3618830), None]
    path = geopackage(tmp_path / "m.gpkg", shapes, "EPSG:4545")
    lon, lat = places_of(path, Asked())
    assert np.isfinite(lon).tolist() == [True, False, True, False]
    assert abs(lon[0] - PLACE.lon) < 1e-4
    assert abs(lat[2] - PLACE.lat) < 1e-4


def test_multipoints_of_one_point_are_points(tmp_path: Path) -> None:
    shapes = [shapely.MultiPoint([(109, 32)]), shapely.MultiPoint([(109, 32), (110, 32)])]
    path = geopackage(tmp_path / "m.gpkg", shapes, geometry_type="MultiPoint")
    lon, _ = places_of(path)
    assert lon[0] == 109.0
    assert np.isnan(lon[1])


def test_a_geopackage_of_outlines_or_of_many_tables_is_refused(tmp_path: Path) -> None:
    box = [shapely.box(109, 32, 110, 33)]
    path = geopackage(tmp_path / "o.gpkg", box, geometry_type="Polygon")
    with pytest.raises(FileUnreadable, match="holds Polygon shapes; give points"):
        rows_of(path)
    many = geopackage(tmp_path / "m.gpkg", [shapely.Point(1, 2)], layer="a")
    geopackage(many, [shapely.Point(1, 2)], layer="b", append=True)
    with pytest.raises(FileUnreadable, match="must hold one table; its tables: a, b"):
        rows_of(many)


def geoparquet(path: Path, crs: str) -> Path:
    where = f'{{"encoding": "WKB", "crs": {crs}}}'
    geo = f'{{"primary_column": "where", "columns": {{"where": {where}}}}}'
    wkb = pa.array(shapely.to_wkb(np.array([shapely.Point(109.02, 32.69), None])), pa.binary())
    parquet.write_table(
        pa.table({"id": [1, 2], "where": wkb}).replace_schema_metadata({"geo": geo}), path
    )
    return path


def test_points_of_geoparquet_are_read(tmp_path: Path) -> None:
    frame = '{"type": "GeographicCRS", "name": "CGCS2000", "id": {"authority": "EPSG", "code": 1}}'
    path = geoparquet(tmp_path / "g.parquet", '"EPSG:4490"')
    lon, lat = places_of(path, Asked())
    assert (lon[0], lat[0]) == PLACE.lonlat
    assert np.isnan(lon[1])
    with pytest.raises(FileUnreadable, match="does not stand on CGCS2000"):
        places_of(geoparquet(tmp_path / "g.parquet", frame), Asked())


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("suffix", ["csv", "parquet", "gpkg"])
def test_what_is_written_can_be_read_again(tmp_path: Path, suffix: str) -> None:
    schema = pa.schema([("fid", pa.string()), ("n", pa.float64()), ("geom", pa.binary())])
    points = shapely.to_wkb(np.array([shapely.Point(109.1, 32.7), None], dtype=object))
    batch = pa.RecordBatch.from_arrays(
        [pa.array(['0,1\n"', None]), pa.array([0.1, None]), pa.array(points, pa.binary())],
        schema=schema,
    )
    path = tmp_path / f"表.{suffix}"
    write_table(Target(path, schema, Shapes("geom", "EPSG:4490")), [batch, batch])
    rows = rows_of(path)
    assert [row["fid"] for row in rows] == ['0,1\n"', None if suffix != "csv" else ""] * 2
    assert [str(row["n"] or "") for row in rows] == ["0.1", ""] * 2
    if suffix == "csv":
        assert rows[0]["geom"] == "POINT (109.1 32.7)"
    else:
        assert shapely.from_wkb(rows[0]["geom"]).equals(shapely.Point(109.1, 32.7))


@pytest.mark.parametrize("suffix", ["csv", "parquet", "gpkg"])
def test_what_fails_while_rows_are_made_is_said_as_it_is(tmp_path: Path, suffix: str) -> None:
    schema = pa.schema([("a", pa.string())])

    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_arrays([pa.array(["x"])], schema=schema)
        raise FileUnreadable("row 2 is torn")

    with pytest.raises(FileUnreadable, match="row 2 is torn"):
        write_table(Target(tmp_path / f"t.{suffix}", schema), batches())


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    schema = pa.schema([("a", pa.string())])
    for suffix in ("csv", "parquet", "gpkg"):
        with pytest.raises(FileUnreadable, match=f"t.{suffix} cannot be written"):
            write_table(Target(tmp_path / "missing" / f"t.{suffix}", schema), [])
    with pytest.raises(FileUnreadable, match=r"must end in \.csv, \.parquet, \.gpkg"):
        write_table(Target(tmp_path / "t.xls", schema), [])


def test_geoparquet_as_geopandas_writes_it_is_read(tmp_path: Path) -> None:
    import geopandas  # noqa: PLC0415

    path = tmp_path / "g.parquet"
    frame = geopandas.GeoSeries([shapely.Point(595656.6, 3618830.9)], crs="EPSG:4545")
    geopandas.GeoDataFrame({"id": [1]}, geometry=frame).to_parquet(path)
    lon, _ = places_of(path, Asked())
    assert abs(lon[0] - PLACE.lon) < 1e-4
