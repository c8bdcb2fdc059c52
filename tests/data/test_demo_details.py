"""The committed components, areas, places and greening layers hold together."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from wanmi.gis.layers import AREA_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    Read = Callable[[str], gpd.GeoDataFrame]

ROOT = Path(__file__).resolve().parents[2]
LAYERS_WITH_UNITS = [
    *("jurisdictions", "zones", "streets", "frontages", "sections", "areas", "parks", "schools"),
    *("greening_points", "inspection_routes"),
]
UNIT_CODE = r"AK-[A-Z]{3}|(HB|GX|HK|YH)-(GOV|GWH)|G6109\d\d|T6109\d{5}|C6109\d{8}|CO-[A-Z]{2}[12]?"


def lowest_cover(cells: gpd.GeoDataFrame, points: np.ndarray) -> list[str]:
    """Return the lowest code among the cells that cover each point."""
    codes = cells["BGID"].to_numpy()
    found = [""] * len(points)
    point, cell = shapely.STRtree(cells.geometry.to_numpy()).query(points, predicate="intersects")
    for p, c in zip(point.tolist(), cell.tolist(), strict=True):
        found[p] = min(found[p] or codes[c], codes[c])
    return found


@pytest.mark.parametrize("name", LAYERS_WITH_UNITS)
def test_units_have_codes_of_the_agreed_form(name: str, layer: Read) -> None:
    units = layer(name)["UNIT"]
    assert units.notna().all()
    assert units.str.fullmatch(UNIT_CODE).all()


@pytest.mark.parametrize("name", [*LAYERS_WITH_UNITS, "cells", "components", "places"])
def test_rows_belong_to_a_jurisdiction_that_exists(name: str, layer: Read) -> None:
    column = "PARENT" if name == "jurisdictions" else "JURIS"
    known = set(layer("jurisdictions")["CODE"])
    assert set(layer(name)[column].dropna()) <= known


def test_there_are_8000_components_with_codes_of_17_digits(layer: Read) -> None:
    components = layer("components")
    assert len(components) >= 8_000
    with (ROOT / "data/sources/components.csv").open(encoding="utf-8", newline="") as file:
        names = {row["class"]: row["name"] for row in csv.DictReader(file)}
    code = components["GLBJBSM"]
    assert code.str.fullmatch(r"610902\d{11}").all()
    assert (code.str[6:11].map(names) == components["GLBJMC"]).all()
    for _, numbers in code.groupby(code.str[:11]):
        assert sorted(numbers.str[11:].astype(int)) == list(range(1, len(numbers) + 1))


def test_a_component_stands_in_the_lowest_cell_that_covers_it(layer: Read) -> None:
    components = layer("components")
    own = lowest_cover(layer("cells"), components.geometry.to_numpy())
    assert components["SZDYWGBSM"].tolist() == own
    assert (components["SZSQDM"] == components["SZDYWGBSM"].str[:12]).all()
    assert (components["SZJDDM"] == components["SZDYWGBSM"].str[:9]).all()
    jurisdiction = layer("cells").set_index("BGID")["JURIS"]
    assert (jurisdiction[own].to_numpy() == components["JURIS"].to_numpy()).all()


def test_a_component_names_the_three_units_and_its_accuracy(layer: Read) -> None:
    components = layer("components")
    for code, name in (("ZGBMDM", "ZGBMMC"), ("QSDWDM", "QSDWMC"), ("YHDWDM", "YHDWMC")):
        known = components[code].notna()
        assert components[code][known].str.fullmatch(UNIT_CODE).all()
        assert components[name][known].notna().all()
    assert components["YHDWDM"].notna().all()
    assert set(components["ACCURACY"]) == {"A", "B", "C"}
    covers = components[components["GLBJMC"].str.contains("井盖")]
    assert (covers["ACCURACY"] == "A").all()


def test_a_component_that_is_not_intact_says_since_when(layer: Read) -> None:
    components = layer("components")
    intact = components["GLBJZT"] == "完好"
    assert 0.01 < 1 - intact.mean() < 0.1
    assert components["BGRQ"].isna().equals(intact)
    assert (components["BGRQ"].dropna() > components["CSRQ"][~intact]).all()


def test_sanitation_and_greening_in_the_high_tech_zone_are_kept_by_its_own_company(
    layer: Read,
) -> None:
    components = layer("components")
    kept = components[components["GLBJMC"].isin(["垃圾箱", "行道树", "公共厕所"])]
    inside = kept["JURIS"] == "610902-GX"
    assert set(kept["YHDWDM"][inside]) == {"CO-GX"}
    assert set(kept["YHDWDM"][~inside]) == {"CO-HW1", "CO-HW2", "CO-YL1", "CO-YL2"}


def test_the_citys_counts_of_compounds_villages_and_back_streets(layer: Read) -> None:
    areas, sections = layer("areas"), layer("sections")
    count = areas["KIND"].value_counts()
    assert set(count.index) == set(AREA_KINDS)
    assert count["old_compound"] == 65
    assert count["urban_village"] == 19
    assert (sections["KIND"] == "back_street").sum() == 185
    assert set(sections["STREET"]) <= set(layer("streets")["CODE"])


def test_stalls_have_their_hours_and_nothing_else_has(layer: Read) -> None:
    areas = layer("areas")
    stalls = areas["KIND"] == "stall_area"
    span = r"\d\d:\d\d-\d\d:\d\d"
    assert areas["HOURS"][stalls].str.fullmatch(f"{span}(;{span})*").all()
    assert areas["HOURS"][~stalls].isna().all()


def test_the_water_is_drawn_between_its_banks_and_is_the_wet_cells(
    layer: Read,
    in_metres: Read,
) -> None:
    areas, cells = in_metres("areas"), in_metres("cells")
    waters = areas[areas["KIND"] == "water"]
    assert set(waters["NAME"]) == {"汉江", "黄洋河"}
    assert set(waters["UNIT"]) == {"AK-SLJ"}
    surface = shapely.union_all(waters.geometry.to_numpy())
    assert surface.area == pytest.approx(waters.area.sum(), rel=1e-6)
    wet = shapely.union_all(cells.geometry[cells["Note"].str.contains("水域")].to_numpy())
    assert surface.symmetric_difference(wet).area < 0.02 * surface.area
    dry = layer("areas")["KIND"].isin(["residential", "old_compound", "urban_village"])
    assert not areas.geometry[dry].intersects(surface).any()


def test_an_old_trees_circle_is_around_a_tree_of_the_register(layer: Read) -> None:
    areas = layer("areas")
    circles = areas[areas["KIND"] == "ancient_tree_circle"]
    trees = layer("components").set_index("GLBJBSM").geometry
    assert len(circles) >= 20
    for note, shape in zip(circles["NOTE"], circles.geometry, strict=True):
        code = note.split("古树")[1][:17]
        assert code[6:11] == "04001"
        assert shape.contains(trees[code])


def test_a_compound_and_a_school_lie_off_the_streets(layer: Read) -> None:
    areas = layer("areas")
    grounds = [*areas.geometry[areas["KIND"].isin(["old_compound", "residential"])]]
    grounds += [*layer("schools").geometry]
    streets = shapely.STRtree(layer("streets").geometry.to_numpy())
    assert not streets.query(grounds, predicate="intersects").size


def test_there_are_schools_of_every_kind_with_grounds_of_a_plausible_size(
    layer: Read,
    in_metres: Read,
) -> None:
    schools = layer("schools")
    assert len(schools) >= 12
    assert set(schools["KIND"]) == {"kindergarten", "primary", "secondary", "university"}
    assert in_metres("schools").area.between(3_000, 60_000).all()


def test_frontages_stand_along_the_model_streets(in_metres: Read) -> None:
    fronts, streets = in_metres("frontages"), in_metres("streets").set_index("CODE")
    assert len(fronts) > 500
    own = streets.loc[fronts["STREET"]]
    assert own["PROGRAMME"].notna().all()
    assert own["NAME"].nunique() == 12
    gap = shapely.distance(fronts.geometry.to_numpy(), own.geometry.to_numpy())
    assert np.abs(gap - (own["WIDTH_M"].to_numpy() / 2 + 4)).max() < 1
    assert (fronts["DUTIES"] == "hygiene;order;facilities;greening").all()


def test_the_named_parks_are_there(layer: Read) -> None:
    parks = layer("parks")
    named = {"汉江公园", "江滩公园", "虞帝公园", "北辰公园", "黄洋河公园", "新罗公园", "城堤公园"}
    assert named | {"奠安塔公园", "高新运动公园", "秦巴植物园"} <= set(parks["NAME"])
    assert (
        not shapely.STRtree(parks.geometry.to_numpy())
        .query(
            parks.geometry.to_numpy(),
            predicate="overlaps",
        )
        .size
    )


def test_the_gazetteer_knows_tracts_streets_door_plates_and_the_anchors(layer: Read) -> None:
    places = layer("places").set_index("NAME")
    assert set(places["KIND"]) == {"tract", "street", "doorplate", "poi"}
    assert set(layer("streets")["NAME"]) <= set(places.index)
    hall = places.loc["安康市政府大楼"]
    assert hall["BASIS"] == "constrained"
    assert hall.geometry.distance(shapely.Point(109.024265, 32.687638)) < 1e-7
    assert all(lowest_cover(layer("cells"), places.geometry.to_numpy()))


def test_there_are_60_greening_points_with_duty_and_programme(layer: Read) -> None:
    points = layer("greening_points")
    assert len(points) >= 60
    kinds = {"park", "street_greening", "river_bank", "nursery", "old_tree", "square", "compound"}
    assert set(points["KIND"]) == kinds
    assert set(points["STATE"]) == {"planned", "upgrading", "ready"}
    assert points["TASKS"].isna().equals(points["STATE"] == "ready")
    assert set(points["PARK"].dropna()) == set(layer("parks")["CODE"])


def test_a_route_follows_streets_and_passes_its_stops_in_order(
    layer: Read,
    in_metres: Read,
) -> None:
    routes = in_metres("inspection_routes")
    points = in_metres("greening_points").set_index("CODE").geometry
    streets = in_metres("streets")
    walked = streets[~streets["NOTE"].str.contains("人行")].geometry.to_numpy()
    road = shapely.STRtree(walked)
    assert len(layer("inspection_routes")) >= 3
    for stops, line in zip(routes["STOPS"], routes.geometry, strict=True):
        every_ten_metres = line.interpolate(np.arange(0, line.length, 10))
        _, gap = road.query_nearest(every_ten_metres, all_matches=False, return_distance=True)
        assert gap.max() < 0.5
        way = 0.0
        corners = shapely.points(shapely.get_coordinates(line))
        at = np.concatenate(([0.0], np.cumsum(shapely.distance(corners[1:], corners[:-1]))))
        for code in stops.split(";"):
            gap = shapely.distance(corners, points[code])
            ahead = np.flatnonzero((at >= way) & (gap < 80))
            assert len(ahead), code
            way = float(at[ahead[0]])
