"""Coordinates become CGCS2000 places and metres in the city's plane, and come back."""

import csv
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import eviltransform
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from wanmi.gis.errors import DatumUnknown, FrameMismatch
from wanmi.gis.frames import (
    Plane,
    PlanePoint,
    from_cgcs2000,
    from_cgcs2000_arrays,
    to_cgcs2000,
    to_cgcs2000_arrays,
)
from wanmi.gis.points import Datum, LonLat, RawPoint

ANCHORS = Path(__file__).parent.parent / "data" / "anchors" / "ankang_anchor_points.csv"
ELLIPSOID = Geod(ellps="GRS80")
SHIFTED = (Datum.GCJ02, Datum.BD09)

# China from the Zengmu shoal to Mohe, from the Pamirs to the Ussuri.
china = st.builds(LonLat, st.floats(73.4, 135.2), st.floats(3.3, 53.7))
# Beside the box of the public algorithm: west, east, south, north of it.
abroad = st.one_of(
    st.builds(LonLat, st.floats(-180, 72.003), st.floats(-90, 90)),
    st.builds(LonLat, st.floats(137.8348, 180), st.floats(-90, 90)),
    st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 0.8292)),
    st.builds(LonLat, st.floats(-180, 180), st.floats(55.8272, 90)),
)
datums = st.sampled_from(list(Datum))
shifted = st.sampled_from(SHIFTED)


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(ELLIPSOID.inv(*a, *b)[2])


def many_in_china(count: int, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.uniform(73.4, 135.2, count), generator.uniform(3.3, 53.7, count)


def anchors() -> list[dict[str, str]]:
    with ANCHORS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(row: dict[str, str], prefix: str) -> tuple[float, float]:
    return float(row[f"{prefix}_lon"]), float(row[f"{prefix}_lat"])


# Datums.


@given(china, datums)
def test_a_place_in_china_survives_every_datum_within_a_millimetre(
    place: LonLat, datum: Datum
) -> None:
    back = to_cgcs2000(from_cgcs2000(place, datum))
    assert metres(back.lonlat, place.lonlat) < 0.001


@given(st.floats(73.41, 135.19), st.floats(3.31, 53.69), datums)
def test_a_delivered_point_survives_its_way_to_cgcs2000(
    lon: float, lat: float, datum: Datum
) -> None:
    back = from_cgcs2000(to_cgcs2000(RawPoint(lon, lat, datum)), datum)
    assert metres((back.lon, back.lat), (lon, lat)) < 0.001


def test_the_round_trip_holds_on_a_dense_sample() -> None:
    lon, lat = many_in_china(200_000)
    for datum in SHIFTED:
        back = to_cgcs2000_arrays(*from_cgcs2000_arrays(lon, lat, datum), datum)
        off_m = ELLIPSOID.inv(lon, lat, *back)[2]
        assert off_m.max() < 0.001


@given(china, shifted)
def test_map_services_shift_every_place_in_china(place: LonLat, datum: Datum) -> None:
    raw = from_cgcs2000(place, datum)
    assert 20 < metres((raw.lon, raw.lat), place.lonlat) < 2500


@given(abroad, datums)
def test_nothing_is_shifted_outside_the_box(place: LonLat, datum: Datum) -> None:
    raw = from_cgcs2000(place, datum)
    assert (raw.lon, raw.lat, raw.datum) == (place.lon, place.lat, datum)
    assert to_cgcs2000(RawPoint(place.lon, place.lat, datum)) == place


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_wgs84_is_taken_as_cgcs2000_to_the_last_bit(lon: float, lat: float) -> None:
    for datum in (Datum.WGS84, Datum.CGCS2000):
        place = to_cgcs2000(RawPoint(lon, lat, datum))
        assert place.lonlat == (lon, lat)
        assert from_cgcs2000(place, datum) == RawPoint(lon, lat, datum)


@pytest.mark.parametrize("datum", list(Datum))
def test_one_point_and_many_get_bitwise_the_same_answer(datum: Datum) -> None:
    lon, lat = many_in_china(20_000)
    lon, lat = np.append(lon, [0.0, 72.004, 137.8347, 105.0]), np.append(lat, [0.0, 40, 40, 35.0])
    there = from_cgcs2000_arrays(lon, lat, datum)
    back = to_cgcs2000_arrays(lon, lat, datum)
    for index, (one_lon, one_lat) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
        raw = from_cgcs2000(LonLat(one_lon, one_lat), datum)
        assert (raw.lon, raw.lat) == (there[0][index], there[1][index])
        place = to_cgcs2000(RawPoint(one_lon, one_lat, datum))
        assert place.lonlat == (back[0][index], back[1][index])


@pytest.mark.parametrize("datum", SHIFTED)
def test_the_answer_does_not_depend_on_neighbours_or_layout(datum: Datum) -> None:
    lon, lat = many_in_china(10_001)
    whole = to_cgcs2000_arrays(lon, lat, datum)
    for part in (slice(1, None), slice(None, None, 3), slice(None, None, -1), slice(7, 8)):
        piece = to_cgcs2000_arrays(lon[part], lat[part], datum)
        assert np.array_equal(piece[0], whole[0][part])
        assert np.array_equal(piece[1], whole[1][part])
    both = np.column_stack([lon, lat])
    strided = to_cgcs2000_arrays(both[:, 0], both[:, 1], datum)
    assert np.array_equal(strided[0], whole[0])


@pytest.mark.parametrize("datum", list(Datum))
def test_arrays_keep_their_shape_and_their_callers_numbers(datum: Datum) -> None:
    lon, lat = np.full((2, 3), 109.03), np.full((2, 3), 32.69)
    out_lon, out_lat = to_cgcs2000_arrays(lon, lat, datum)
    assert out_lon.shape == out_lat.shape == (2, 3)
    out_lon[:] = 0
    assert (lon == 109.03).all()
    empty = to_cgcs2000_arrays([], [], datum)
    assert empty[0].size == empty[1].size == 0


@pytest.mark.parametrize("datum", list(Datum))
def test_a_row_without_a_place_stays_so_and_harms_no_other(datum: Datum) -> None:
    lon, lat = to_cgcs2000_arrays(
        [math.nan, 109.03, 109.03, math.inf], [32.69, math.nan, 32.69, 32.69], datum
    )
    assert math.isnan(lon[0])
    assert math.isnan(lat[1])
    assert (lon[2], lat[2]) == to_cgcs2000(RawPoint(109.03, 32.69, datum)).lonlat
    assert math.isinf(lon[3])


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="latitudes"):
        to_cgcs2000_arrays([109.0, 109.1], [32.7], Datum.GCJ02)


def test_a_datum_that_is_none_is_never_taken_for_unshifted() -> None:
    with pytest.raises(DatumUnknown):
        to_cgcs2000_arrays([109.0], [32.7], "gcj-02")  # type: ignore[arg-type]
    with pytest.raises(DatumUnknown):
        from_cgcs2000(LonLat(109.0, 32.7), "baidu")  # type: ignore[arg-type]


@given(china)
def test_another_converter_agrees_within_two_centimetres(place: LonLat) -> None:
    # It takes another ellipsoid's axis: 17 parts in a million of at most 1.2 km.
    lat, lon = eviltransform.wgs2gcj(place.lat, place.lon)
    ours = from_cgcs2000(place, Datum.GCJ02)
    assert metres((ours.lon, ours.lat), (lon, lat)) < 0.02
    lat, lon = eviltransform.wgs2bd(place.lat, place.lon)
    ours = from_cgcs2000(place, Datum.BD09)
    assert metres((ours.lon, ours.lat), (lon, lat)) < 0.02


@given(st.floats(73.41, 135.19), st.floats(3.31, 53.69))
def test_another_converter_agrees_on_the_way_back(lon: float, lat: float) -> None:
    other_lat, other_lon = eviltransform.gcj2wgs_exact(lat, lon)  # stops below 1e-6 degrees
    ours = to_cgcs2000(RawPoint(lon, lat, Datum.GCJ02))
    assert metres(ours.lonlat, (other_lon, other_lat)) < 0.2


@pytest.mark.parametrize("row", anchors(), ids=lambda row: row["name"])
def test_known_points_of_the_city_are_found(row: dict[str, str]) -> None:
    place = to_cgcs2000(RawPoint(*read(row, "src"), Datum.from_text(row["src_datum"])))
    assert metres(place.lonlat, read(row, "wgs")) < 0.2  # given with six decimals
    gcj02 = from_cgcs2000(place, Datum.GCJ02)
    assert metres((gcj02.lon, gcj02.lat), read(row, "gcj")) < 0.2
    assert metres(place.lonlat, read(row, "gcj")) > 400


def test_a_wrong_datum_would_be_half_a_kilometre_off_here() -> None:
    place = LonLat(109.0258, 32.6905)
    raw = from_cgcs2000(place, Datum.GCJ02)
    azimuth, _, distance = ELLIPSOID.inv(place.lon, place.lat, raw.lon, raw.lat)
    assert distance == pytest.approx(511, abs=3)
    assert azimuth == pytest.approx(117, abs=1)


# The plane.

ANKANG = Plane(4545)
near_ankang = st.builds(LonLat, st.floats(108.0, 110.2), st.floats(31.7, 33.8))


def test_easting_comes_first() -> None:
    point = ANKANG.point(LonLat(109.03, 32.69))
    assert point.x_m == pytest.approx(596_594.20, abs=0.005)
    assert point.y_m == pytest.approx(3_618_837.47, abs=0.005)
    prefixed = Plane(4524).point(LonLat(109.03, 32.69))
    assert prefixed.x_m == pytest.approx(36_596_594.20, abs=0.005)
    assert prefixed.y_m == point.y_m


def test_going_east_grows_x_and_going_north_grows_y() -> None:
    here = ANKANG.point(LonLat(109.03, 32.69))
    east = ANKANG.point(LonLat(109.04, 32.69))
    north = ANKANG.point(LonLat(109.03, 32.70))
    assert east.x_m - here.x_m == pytest.approx(938, abs=2)
    assert north.y_m - here.y_m == pytest.approx(1109, abs=2)


@given(near_ankang)
def test_a_place_survives_the_plane(place: LonLat) -> None:
    point = ANKANG.point(place)
    lon, lat = ANKANG.to_lonlat([point.x_m], [point.y_m])
    assert metres((lon[0], lat[0]), place.lonlat) < 1e-6


@given(st.lists(near_ankang, min_size=1))
def test_one_point_and_many_lie_bitwise_at_the_same_metres(places: list[LonLat]) -> None:
    x_m, y_m = ANKANG.to_plane([p.lon for p in places], [p.lat for p in places])
    assert [PlanePoint(x, y) for x, y in zip(x_m.tolist(), y_m.tolist(), strict=True)] == [
        ANKANG.point(place) for place in places
    ]


@given(near_ankang, st.floats(0, 360), st.floats(1, 500))
def test_distances_are_metres_on_the_ground(a: LonLat, azimuth: float, length: float) -> None:
    lon, lat, _ = ELLIPSOID.fwd(a.lon, a.lat, azimuth, length)
    b = LonLat(lon, lat)
    assert ANKANG.distance_m(a, b) == pytest.approx(length, rel=0.0006)
    assert ANKANG.distance_m(a, b) == ANKANG.distance_m(b, a)


def test_shapes_of_every_type_go_there_and_back() -> None:
    hole = shapely.box(109.01, 32.61, 109.02, 32.62).exterior.coords
    shapes = [
        shapely.Point(109.03, 32.69),
        shapely.LineString([(109, 32.6), (109.1, 32.7), (109.2, 32.6)]),
        shapely.Polygon(shapely.box(109, 32.6, 109.1, 32.7).exterior.coords, [hole]),
        shapely.MultiPolygon([shapely.box(109, 32.6, 109.01, 32.61)]),
        shapely.GeometryCollection([shapely.Point(109, 32.6)]),
        shapely.Polygon(),
    ]
    for shape in shapes:
        metric = ANKANG.shape(shape)
        assert type(metric) is type(shape)
        assert shapely.equals_exact(ANKANG.shape_to_lonlat(metric), shape, 1e-11)
    many = np.array([*shapes, None], dtype=object)
    metric_many = ANKANG.shape(many)
    assert metric_many[-1] is None
    assert shapely.equals_identical(metric_many[2], ANKANG.shape(shapes[2]))
    point = ANKANG.point(LonLat(109.03, 32.69))
    assert (metric_many[0].x, metric_many[0].y) == (point.x_m, point.y_m)


def test_a_square_of_a_hectare_measures_one() -> None:
    corner = ANKANG.point(LonLat(109.03, 32.69))
    square = shapely.box(corner.x_m, corner.y_m, corner.x_m + 100, corner.y_m + 100)
    ground_m2 = abs(ELLIPSOID.geometry_area_perimeter(ANKANG.shape_to_lonlat(square))[0])
    assert ground_m2 == pytest.approx(10_000, rel=0.0004)


def test_a_plane_is_shared_between_threads() -> None:
    lon, lat = many_in_china(500)
    lon = 108 + (lon - 73.4) / 40
    expected = Plane(4545).to_plane(lon, lat)

    def work(_: int) -> bool:
        x_m, y_m = Plane(4545).to_plane(lon, lat)
        return np.array_equal(x_m, expected[0]) and np.array_equal(y_m, expected[1])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))


def test_rows_without_a_place_stay_so_in_the_plane() -> None:
    x_m, y_m = ANKANG.to_plane([math.nan, 109.03], [32.69, 32.69])
    assert math.isnan(x_m[0])
    assert x_m[1] == ANKANG.point(LonLat(109.03, 32.69)).x_m
    assert math.isnan(y_m[0])


@pytest.mark.parametrize(
    ("epsg", "why"),
    [
        (4490, "true metres"),  # degrees
        (4326, "true metres"),
        (3857, "true metres"),  # Web Mercator
        (2263, "true metres"),  # feet
        (4479, "true metres"),  # geocentric
        (2379, "another datum"),  # Xi'an 1980
        (2431, "another datum"),  # Beijing 1954
        (99_999_999, "not known"),
        (-1, "not known"),
    ],
)
def test_what_is_no_metric_plane_of_ours_is_refused_by_name(epsg: int, why: str) -> None:
    with pytest.raises(FrameMismatch, match=f"EPSG:{epsg}.*{why}"):
        Plane(epsg)


def test_a_utm_plane_takes_wgs84_as_cgcs2000() -> None:
    utm = Plane(32649)
    expected = utm.point(LonLat(111.0, 32.69))
    assert expected.x_m == pytest.approx(500_000, abs=1e-6)
    assert Plane(32649) == utm
    assert utm.epsg == 32649


def test_importing_frames_makes_no_transformer() -> None:
    code = (
        "import wanmi.gis.frames as f, wanmi.gis.projections as p; "
        "print(f._transformer.cache_info().currsize, p.plane_crs.cache_info().currsize)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert run.stdout.split() == ["0", "0"]


def test_a_known_frame_is_made_once() -> None:
    first, second = Plane(4546), Plane(4546)
    assert first == second
    assert hash(first) == hash(second)
    for one, other in pairwise([first.point(LonLat(111.0, 32.7)) for _ in range(3)]):
        assert one == other
