"""What is exported can be loaded again: every value, every shape, every suffix."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from sqlalchemy import select

from support.town import NOW, SOUTH, STEP, WEST, cell_code, cell_shapes, cells_file, layer_file
from wanmi.gis.errors import FileUnreadable, RowInvalid
from wanmi.gis.exporting import export_layer
from wanmi.gis.files import Saying, read_layer
from wanmi.gis.layers import LAYERS
from wanmi.gis.loading import load_layer
from wanmi.gis.schema import Base

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

SUFFIXES = [".gpkg", ".shp", ".geojson", ".csv"]
SAMPLES: dict[str, list[Any]] = {
    "text": ['城堤公园 "东门"; 二期, 𠮷', None, " -1"],
    "number": [0.3, None, 12345678.9],
    "integer": [3, None, 0],
    "date": [date(2024, 2, 29), None, date(1999, 12, 31)],
    "flag": [True, None, False],
}
SHAPES: dict[str, list[Any]] = {
    "point": [shapely.Point(109.02580000000012, 32.690499999999957)],
    "line": [shapely.LineString([(WEST + STEP / 3, SOUTH), (WEST, SOUTH + STEP / 7)])],
    "polygon": [
        shapely.MultiPolygon(
            [
                shapely.box(WEST, SOUTH, WEST + 3 * STEP, SOUTH + 3 * STEP)
                - shapely.box(WEST + STEP, SOUTH + STEP, WEST + 2 * STEP, SOUTH + 2 * STEP),
                shapely.Point(WEST - STEP, SOUTH).buffer(STEP / 3),
            ]
        )
    ],
}
FREE = {"code", "kind", "grade", "axis", "hours", "accuracy", "cell_code", "level", "shift"}


def fill(connection: Connection, layer: str) -> None:
    """Load three rows: one with every field, one with as few as can be, one with odd values."""
    rows = []
    for number in range(3):
        values: dict[str, Any] = {}
        for field in LAYERS[layer].fields:
            value = SAMPLES[field.type][number]
            if value is None and field.required:
                value = SAMPLES[field.type][0]
            values[field.column] = None if field.column in FREE else value
        values |= {"code": f"C-{number}"}
        for name, word in (("kind", "stall_area"), ("grade", "main"), ("level", "county")):
            if name in values:
                values[name] = word
        if layer == "components":
            values |= {"code": f"6109020200100000{number}", "cell_code": cell_code(1)}
        rows.append((values, SHAPES[LAYERS[layer].shape][0]))
    load_layer(connection, layer_file(layer, rows), now=NOW)


def texts_trimmed(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.strip() if isinstance(value, str) else value for key, value in values.items()
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("layer", [name for name in LAYERS if name not in {"cells", "zones"}])
def test_a_layer_goes_out_and_comes_back_unchanged(
    connection: Connection, tmp_path: Path, layer: str, suffix: str
) -> None:
    fill(connection, layer)
    path = tmp_path / f"{layer}{suffix}"
    assert export_layer(connection, LAYERS[layer], path) == 3
    saying = Saying(crs="EPSG:4490") if suffix == ".csv" else None
    file = read_layer(path, LAYERS[layer], saying)
    assert not file.complaints
    assert not file.notes
    table = Base.metadata.tables[layer]
    names = [field.column for field in LAYERS[layer].fields]
    stored = connection.execute(select(*(table.c[name] for name in names)).order_by(table.c.code))
    assert [texts_trimmed(dict(row._mapping)) for row in stored] == [
        row.values for row in file.rows
    ]
    result = load_layer(connection, file, now=NOW)
    # Only the blank before a text is gone.
    assert (result.added, result.changed) == (0, 1)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_grid_goes_out_with_its_history(
    connection: Connection, tmp_path: Path, suffix: str
) -> None:
    load_layer(connection, cells_file(cell_shapes(5, 4), area_m2=9999.123456789), now=NOW)
    load_layer(
        connection, cells_file(cell_shapes(5, 4)[1:], first=2, area_m2=0.1), now=NOW, complete=True
    )
    path = tmp_path / f"cells{suffix}"
    assert export_layer(connection, LAYERS["cells"], path) == 20
    saying = Saying(crs="EPSG:4490") if suffix == ".csv" else None
    result = load_layer(
        connection, read_layer(path, LAYERS["cells"], saying), now=NOW, complete=True
    )
    assert (result.unchanged, result.changed_anything) == (20, False)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_zones_go_out_with_their_cells(connection: Connection, tmp_path: Path, suffix: str) -> None:
    load_layer(connection, cells_file(cell_shapes(3, 1)), now=NOW)
    rows = [
        ({"code": code, "name": code, "kind": kind, "shift": shift}, None)
        for code, kind, shift in (("Z1", "inspection", "day"), ("Z2", "greening", ""))
    ]
    members = [("Z1", cell_code(1)), ("Z1", cell_code(2)), ("Z2", cell_code(2))]
    load_layer(connection, layer_file("zones", rows, members=members), now=NOW)
    path = tmp_path / f"zones{suffix}"
    assert export_layer(connection, LAYERS["zones"], path) == 2
    saying = Saying(crs="EPSG:4490") if suffix == ".csv" else None
    file = read_layer(path, LAYERS["zones"], saying)
    assert [tuple(member[:2]) for member in file.members or ()] == members
    result = load_layer(connection, file, now=NOW, complete=True)
    assert (result.unchanged, result.changed_anything) == (2, False)


def test_only_the_asked_rows_go_out(connection: Connection, tmp_path: Path) -> None:
    fill(connection, "streets")
    streets = Base.metadata.tables["streets"]
    path = tmp_path / "streets.gpkg"
    assert export_layer(connection, LAYERS["streets"], path, where=streets.c.code == "C-1") == 1
    assert [row.values["code"] for row in read_layer(path, LAYERS["streets"]).rows] == ["C-1"]
    assert export_layer(connection, LAYERS["streets"], path, where=streets.c.code == "none") == 0
    assert read_layer(path, LAYERS["streets"]).rows == ()


def test_a_shapefile_says_its_encoding_and_frame(connection: Connection, tmp_path: Path) -> None:
    fill(connection, "parks")
    export_layer(connection, LAYERS["parks"], tmp_path / "parks.shp")
    assert (tmp_path / "parks.cpg").read_text("ascii") == "UTF-8"
    assert "China_2000" in (tmp_path / "parks.prj").read_text("ascii")


def test_a_text_too_long_for_a_shapefile_is_not_cut(connection: Connection, tmp_path: Path) -> None:
    note = "示意数据" * 30
    square = shapely.box(WEST, SOUTH, WEST + STEP, SOUTH + STEP)
    rows = [({"code": "P1", "name": "公园", "kind": "linear", "note": note}, square)]
    load_layer(connection, layer_file("parks", rows), now=NOW)
    with pytest.raises(RowInvalid, match=r"P1: NOTE.*\.gpkg") as caught:
        export_layer(connection, LAYERS["parks"], tmp_path / "parks.shp")
    assert (caught.value.row, caught.value.field) == (1, "NOTE")
    assert not list(tmp_path.iterdir())
    path = tmp_path / "parks.gpkg"
    export_layer(connection, LAYERS["parks"], path)
    assert read_layer(path, LAYERS["parks"]).rows[0].values["note"] == note


def test_the_suffix_must_be_known_and_the_folder_there(
    connection: Connection, tmp_path: Path
) -> None:
    with pytest.raises(FileUnreadable, match=r"\.gpkg, \.shp"):
        export_layer(connection, LAYERS["parks"], tmp_path / "parks.doc")
    with pytest.raises(FileUnreadable, match="cannot be written"):
        export_layer(connection, LAYERS["parks"], tmp_path / "no" / "parks.gpkg")
