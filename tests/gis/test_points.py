"""Places, raw points, boxes and datums refuse what no place can be."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanmi.gis.errors import DatumUnknown, GisError, PlaceInvalid
from wanmi.gis.points import Bounds, Datum, LonLat, RawPoint

lons = st.floats(-180, 180)
lats = st.floats(-90, 90)


@given(lons, lats)
def test_a_place_keeps_its_doubles_in_both_orders(lon: float, lat: float) -> None:
    place = LonLat(lon, lat)
    assert place.lonlat == (lon, lat)
    assert place.latlon == (lat, lon)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_place_is_finite(bad: float) -> None:
    for lon, lat in ((bad, 32.69), (109.03, bad)):
        with pytest.raises(PlaceInvalid, match="finite"):
            LonLat(lon, lat)
        with pytest.raises(PlaceInvalid, match="finite"):
            RawPoint(lon, lat, Datum.WGS84)


def test_a_swapped_chinese_coordinate_is_named_so() -> None:
    with pytest.raises(PlaceInvalid, match="swapped"):
        LonLat(32.69, 109.03)
    with pytest.raises(PlaceInvalid, match="swapped"):
        RawPoint(32.69, 109.03, Datum.GCJ02)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(180.0001, 0), (-181, 0), (596594.2, 3618837.5), (109, 90.01), (109, -91), (0, 181)],
)
def test_a_place_is_on_the_earth(lon: float, lat: float) -> None:
    with pytest.raises(PlaceInvalid):
        LonLat(lon, lat)


def test_the_edges_of_the_earth_are_places() -> None:
    assert LonLat(180, 90).lonlat == (180.0, 90.0)
    assert LonLat(-180, -90).lonlat == (-180.0, -90.0)


def test_a_place_cannot_change() -> None:
    place = LonLat(109.03, 32.69)
    with pytest.raises(AttributeError):
        place.lon = 0.0  # type: ignore[misc]
    assert {place, LonLat(109.03, 32.69)} == {place}


def test_whole_numbers_become_floats() -> None:
    assert isinstance(LonLat(109, 32).lon, float)
    assert isinstance(RawPoint(109, 32, Datum.WGS84).lat, float)


def test_a_raw_point_needs_a_datum_not_a_text() -> None:
    with pytest.raises(DatumUnknown, match=r"Datum\.from_text"):
        RawPoint(109.03, 32.69, "wgs84")  # type: ignore[arg-type]
    with pytest.raises(DatumUnknown):
        RawPoint(109.03, 32.69, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("datum", list(Datum))
def test_a_datum_is_known_by_its_name_in_any_case(datum: Datum) -> None:
    assert Datum.from_text(datum.value) is datum
    assert Datum.from_text(f" {datum.value.upper()}\n") is datum


@pytest.mark.parametrize("text", [None, "", "  ", "wgs-84", "beijing54", "EPSG:4326", "gcj02\0"])
def test_an_unknown_datum_is_refused_with_the_known_ones(text: str | None) -> None:
    with pytest.raises(DatumUnknown, match="wgs84, cgcs2000, gcj02, bd09"):
        Datum.from_text(text)


def test_a_box_is_read_and_holds_its_edges() -> None:
    box = Bounds.from_text("108.9, 32.6,109.1,32.8")
    assert box == Bounds(108.9, 32.6, 109.1, 32.8)
    assert box.contains(LonLat(109.0, 32.7))
    assert box.contains(LonLat(108.9, 32.6))
    assert box.contains(LonLat(109.1, 32.8))
    assert not box.contains(LonLat(math.nextafter(109.1, 110), 32.7))
    assert not box.contains(LonLat(109.0, math.nextafter(32.6, 32)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "109",
        "108.9,32.6,109.1",
        "108.9,32.6,109.1,32.8,0",
        "108.9;32.6;109.1;32.8",
        "a,b,c,d",
        "108.9,32.6,109.1,nan",
        "108.9,32.6,inf,32.8",
        "109.1,32.6,108.9,32.8",  # east and west the wrong way round
        "108.9,32.8,109.1,32.6",  # south and north
        "32.6,108.9,32.8,109.1",  # latitude first
        "0,0,181,10",
    ],
)
def test_what_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(PlaceInvalid):
        Bounds.from_text(text)


def test_every_refusal_is_a_gis_error() -> None:
    assert issubclass(PlaceInvalid, GisError)
    assert issubclass(DatumUnknown, GisError)
