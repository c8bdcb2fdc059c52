"""The committed cells, zones, streets and divisions are what the standard and the city ask for."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from wanmi.gis.layers import DIMENSIONS, LAYERS, ZONE_CELLS, ZONE_KINDS
from wanmi.gis.rows import number_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    Read = Callable[[str], gpd.GeoDataFrame]

FOLDER = Path(__file__).resolve().parents[2] / "data" / "shapefiles"
COMMITTED = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", COMMITTED)
def test_a_layer_keeps_the_contract(name: str, layer: Read) -> None:
    rows, contract = layer(name), LAYERS[name]
    assert rows.crs.to_epsg() == 4490
    assert list(rows.columns) == [field.name for field in contract.fields] + ["geometry"]
    assert rows[contract.key].is_unique
    for field in contract.fields:
        if field.required:
            assert rows[field.name].notna().all(), field.name
        if field.type == "text":
            assert rows[field.name].dropna().str.len().max() <= field.length or field.length == 0
    shapes = rows.geometry
    assert contract.shapeless or shapes.notna().all()
    assert shapes.dropna().is_valid.all()
    types = {"polygon": {"Polygon", "MultiPolygon"}, "line": {"LineString", "MultiLineString"}}
    assert set(shapes.dropna().geom_type) <= types.get(contract.shape, {"Point"})


@pytest.mark.parametrize("name", COMMITTED)
def test_a_layer_says_its_frame_and_encoding_and_no_day_of_building(name: str) -> None:
    folder = FOLDER / name
    assert (folder / f"{name}.cpg").read_text() == "UTF-8"
    assert "China_Geodetic_Coordinate_System_2000" in (folder / f"{name}.prj").read_text()
    assert (folder / f"{name}.dbf").read_bytes()[1:4] == bytes((124, 1, 1))


def test_text_is_stored_whole(layer: Read) -> None:
    for name in COMMITTED:
        for column in layer(name).select_dtypes("str"):
            assert not layer(name)[column].dropna().str.contains("\ufffd").any()


def test_there_are_at_least_4000_cells_of_about_a_hectare(layer: Read, in_metres: Read) -> None:
    cells, area = layer("cells"), in_metres("cells").area
    assert len(cells) >= 4_000
    assert np.abs(area - cells["Area"]).max() < 1
    dry = area[~cells["Note"].str.contains("水域")]
    assert dry.median() == pytest.approx(10_000, rel=0.05)
    assert dry.quantile(0.01) > 5_000
    assert dry.quantile(0.99) < 15_000
    assert area.min() >= 3_500
    assert area.max() < 40_000


def test_cells_leave_no_gap_and_no_overlap(layer: Read) -> None:
    shapes = layer("cells").geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    together = shapely.coverage_union_all(shapes)
    assert together.geom_type == "Polygon"
    assert not together.interiors
    assert (np.round(shapely.get_coordinates(shapes), 8) == shapely.get_coordinates(shapes)).all()


def test_a_cell_lies_in_the_community_of_its_code(layer: Read) -> None:
    divisions = layer("divisions").set_index("CODE")
    cells = layer("cells")
    own = divisions.loc[cells["BGID"].str[:12]]
    assert (own["LEVEL"] == "community").all()
    assert (own["PARENT"].to_numpy() == cells["BGID"].str[:9].to_numpy()).all()
    outside = shapely.difference(cells.geometry.to_numpy(), own.geometry.to_numpy())
    assert shapely.area(outside).max() == 0


def test_codes_run_in_rows_from_the_north_inside_each_community(in_metres: Read) -> None:
    cells = in_metres("cells")
    codes = cells["BGID"].tolist()
    assert number_cells(cells.geometry.tolist(), [code[:12] for code in codes]) == codes


def test_divisions_form_a_tree_and_towns_are_their_communities(layer: Read) -> None:
    divisions = layer("divisions")
    parents = set(divisions["PARENT"].dropna())
    assert parents <= set(divisions["CODE"])
    assert divisions["LEVEL"].value_counts()[["city", "county", "town"]].tolist() == [1, 10, 28]
    drawn = divisions[divisions.geometry.notna()]
    for code, shape in drawn[drawn["LEVEL"] == "town"].set_index("CODE").geometry.items():
        members = drawn[drawn["PARENT"] == code].geometry.to_numpy()
        assert shapely.equals(shapely.coverage_union_all(members), shape)
    district = drawn.set_index("CODE").geometry["610902"]
    assert shapely.covers(district, drawn[drawn["LEVEL"] == "community"].geometry).all()


def test_land_of_the_high_tech_zone_has_district_codes_and_its_own_jurisdiction(
    layer: Read,
) -> None:
    cells = layer("cells")
    zone = cells[cells["JURIS"] == "610902-GX"]
    assert len(zone) > 500
    assert zone["BGID"].str.startswith("610902004").all()
    jurisdictions = layer("jurisdictions").set_index("CODE")
    assert len(jurisdictions) == 14
    assert set(jurisdictions["KIND"]) == {"city", "district", "county", "functional_zone"}
    outline = jurisdictions.geometry["610902-GX"]
    assert shapely.equals(shapely.coverage_union_all(zone.geometry.to_numpy()), outline)
    assert set(cells["JURIS"]) <= set(jurisdictions.index)


@cache
def members() -> dict[str, list[str]]:
    """Read which cells form which zone."""
    found: dict[str, list[str]] = {}
    with (FOLDER / "zones" / "zone_cells.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        assert tuple(rows.fieldnames or ()) == ZONE_CELLS
        for row in rows:
            found.setdefault(row["ZONE"], []).append(row["BGID"])
    return found


def test_each_cell_is_in_one_inspection_zone_and_one_zone_of_each_dimension(layer: Read) -> None:
    zones = layer("zones").set_index("CODE")
    cells = set(layer("cells")["BGID"])
    assert set(zones["KIND"]) == set(ZONE_KINDS)
    for kind in ZONE_KINDS:
        codes = zones.index[zones["KIND"] == kind]
        taken = [cell for code in codes for cell in members()[code]]
        assert len(taken) == len(cells), kind
        assert set(taken) == cells, kind


def test_a_zone_is_the_union_of_its_cells_in_one_jurisdiction(layer: Read) -> None:
    zones = layer("zones").set_index("CODE")
    cells = layer("cells").set_index("BGID")
    for code, own in members().items():
        assert shapely.equals(
            shapely.coverage_union_all(cells.geometry[own].to_numpy()),
            zones.geometry[code],
        )
        assert set(cells["JURIS"][own]) == {zones["JURIS"][code]}


def test_an_inspection_zone_can_be_walked_by_one_inspector(layer: Read) -> None:
    zones = layer("zones").set_index("CODE")
    inspected = zones[zones["KIND"] == "inspection"]
    size = [len(members()[code]) for code in inspected.index]
    assert max(size) <= 150
    assert 40 <= np.median(size) <= 130
    assert (inspected["SHIFT"] == "day").all()
    assert (inspected.geometry.geom_type == "Polygon").all()


def test_every_dimension_of_the_high_tech_zone_is_one_companys(layer: Read) -> None:
    zones = layer("zones")
    own = zones[(zones["JURIS"] == "610902-GX") & zones["KIND"].isin(DIMENSIONS)]
    assert set(own["KIND"]) == set(DIMENSIONS)
    assert set(own["UNIT"]) == {"CO-GX"}


def test_twelve_model_streets_and_yucai_road_in_both_programmes(layer: Read) -> None:
    streets = layer("streets")
    model = streets[streets["PROGRAMME"].notna()].set_index("NAME")
    assert len(model) == 12
    pilot = model.index[model["PROGRAMME"].str.contains("三横两纵")]
    assert set(pilot) == {"巴山路", "育才路", "南环路", "大桥南路", "香溪路"}
    assert (model["AXIS"][pilot] == "EW").sum() == 3
    blocks = {"安康大道", "高新大道", "滨江大道", "金州路", "兴安路", "解放路", "大桥路", "育才路"}
    assert set(model.index[model["PROGRAMME"].str.contains("文明示范街区")]) == blocks
    assert (model.geometry.geom_type == "LineString").all()


def test_streets_are_told_apart_by_their_names_and_invented_ones_say_so(layer: Read) -> None:
    streets = layer("streets")
    assert streets["NAME"].is_unique
    assert set(streets["GRADE"]) == {"main", "secondary", "branch", "lane"}
    assert streets["NOTE"].str.contains("示意").all()
    assert (streets["BASIS"] == "constrained").sum() >= 8
    assert (streets["WIDTH_M"] > 0).all()
    assert (streets["BRIDGE"] == 1).sum() == 7


def edges(streets: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return start, end (as node numbers), whether one-way, and the nodes, of every segment."""
    parts = shapely.get_parts(streets.geometry.to_numpy(), return_index=True)
    points, part = shapely.get_coordinates(parts[0], return_index=True)
    nodes, where = np.unique(points, axis=0, return_inverse=True)
    inside = part[1:] == part[:-1]
    one_way = streets["ONEWAY"].to_numpy()[parts[1]][part[:-1][inside]] == 1
    return where.ravel()[:-1][inside], where.ravel()[1:][inside], one_way, nodes


def test_streets_are_one_network_whichever_way_one_may_drive(layer: Read) -> None:
    start, end, one_way, nodes = edges(layer("streets"))
    assert one_way.sum() > 20
    rows = np.concatenate((start, end[~one_way]))
    columns = np.concatenate((end, start[~one_way]))
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(nodes),) * 2)
    assert connected_components(graph, directed=True, connection="strong")[0] == 1


def test_streets_share_a_vertex_at_every_crossing(layer: Read) -> None:
    streets = layer("streets").geometry.to_numpy()
    vertices = [set(map(tuple, shapely.get_coordinates(street).tolist())) for street in streets]
    one, other = shapely.STRtree(streets).query(streets, predicate="intersects")
    for a, b in zip(one[one < other], other[one < other], strict=True):
        met = shapely.get_coordinates(shapely.intersection(streets[a], streets[b]))
        assert {tuple(point) for point in met.tolist()} <= vertices[a] & vertices[b]


def test_bridges_cross_the_river_and_a_report_from_one_finds_a_cell(layer: Read) -> None:
    streets, cells = layer("streets"), layer("cells")
    bridges = streets[streets["BRIDGE"] == 1]
    grid = shapely.coverage_union_all(cells.geometry.to_numpy())
    assert shapely.covers(grid, bridges.geometry.to_numpy()).all()
    wet = shapely.STRtree(cells.geometry[cells["Note"].str.contains("水域")].to_numpy())
    crossing = wet.query(bridges.geometry.to_numpy(), predicate="intersects")
    assert Counter(crossing[0].tolist()).keys() == set(range(len(bridges)))


def test_the_whole_street_network_lies_in_the_grid(layer: Read) -> None:
    grid = shapely.coverage_union_all(layer("cells").geometry.to_numpy())
    five_metres = 5e-5
    near = shapely.buffer(grid, five_metres)
    assert shapely.covers(near, layer("streets").geometry.to_numpy()).all()
