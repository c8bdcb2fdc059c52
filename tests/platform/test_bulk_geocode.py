"""A whole table at once, and place by place: the same cells, streets, zones and units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from support.clusters import temporary_home
from support.whole_city import places, whole_city
from wanmi.gis.points import Datum, RawPoint
from wanmi.platform.casework.bulk_geocode import BulkGeocoder
from wanmi.platform.casework.bulk_tables import class_texts
from wanmi.platform.casework.explaining import explain
from wanmi.platform.casework.office import open_office
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.kernel.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wanmi.platform.casework.bulk_geocode import Found
    from wanmi.platform.casework.office import Office

CLASSES = ("06010", "06011", "01001", "02005", "08001", "10993")


@pytest.fixture(scope="module")
def office(server: str) -> Iterator[Office]:
    with whole_city(server) as url, temporary_home() as home:
        engine = make_engine(url)
        yield open_office(Settings.from_environ({"WANMI_HOME": str(home)}).city, engine, home)
        engine.dispose()


@pytest.fixture
def geocoder(office: Office) -> BulkGeocoder:
    return BulkGeocoder(office, office.ground.current())


def one_by_one(office: Office, lon: float, lat: float, code: str | None) -> tuple[object, ...]:
    found = explain(office, RawPoint(lon, lat, Datum.CGCS2000), code)
    cell, around = found.here.match, found.here.around
    unit = found.decision.unit_code if found.decision else found.territorial_unit
    return (
        cell.code,
        cell.match,
        None if cell.code is None else round(cell.distance_m or 0.0, 3),
        around.street.name if around.street else None,
        ";".join(zone.code for zone in around.zones if zone.kind == "inspection") or None,
        unit,
        office.register.by_code[unit].name_zh,
        found.decision.rule.code if found.decision else "territorial",
    )


def rows(found: Found) -> list[tuple[object, ...]]:
    distances = [None if np.isnan(metres) else metres for metres in found.distance_m.tolist()]
    return list(zip(*found._replace(distance_m=distances), strict=True))


@pytest.mark.parametrize("asked", [True, False])
def test_columns_say_what_explain_says(
    office: Office, geocoder: BulkGeocoder, *, asked: bool
) -> None:
    lon, lat = places(1500)
    codes = [CLASSES[number % len(CLASSES)] for number in range(len(lon))] if asked else None
    found = rows(geocoder.find(lon, lat, codes))
    expected = [
        one_by_one(office, x, y, codes[row] if codes else None)
        for row, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
    ]
    assert found == expected
    # Else the equality would say little.
    assert geocoder.summary.matches.keys() == {"inside", "nearest", "none"}
    if asked:
        assert {"frontage", "zone", "model-street"} <= {row[-1] for row in expected}


def test_many_small_parts_say_what_one_large_says(geocoder: BulkGeocoder) -> None:
    lon, lat = places(600, seed=8)
    codes = [CLASSES[number % 3] for number in range(len(lon))]
    whole = rows(geocoder.find(lon, lat, codes))
    parts = []
    for start in range(0, len(lon), 70):
        part = slice(start, start + 70)
        parts += rows(geocoder.find(lon[part], lat[part], codes[part]))
    assert parts == whole


def test_what_cannot_be_read_is_invalid_and_what_is_far_has_no_unit(
    geocoder: BulkGeocoder,
) -> None:
    lon = np.array([np.nan, 109.03, 0.0, 109.5])
    lat = np.array([32.69, np.nan, 0.0, 32.0])
    found = geocoder.find(lon, lat)
    assert found.match.tolist() == ["invalid", "invalid", "none", "none"]
    assert found.unit_code.tolist() == [None, None, None, "AK-GOV"]
    assert found.cell_code.tolist() == [None] * 4


def test_rows_of_no_known_class_get_a_place_but_no_unit(geocoder: BulkGeocoder) -> None:
    lon, lat = np.full(5, 109.03), np.full(5, 32.69)
    found = geocoder.find(lon, lat, ["06010", "99999", "", None, " 06010 "])
    assert set(found.match) == {"inside"}
    assert [unit is not None for unit in found.unit_code] == [True, False, False, False, True]
    assert dict(geocoder.summary.unknown_classes) == {"99999": 1, "": 2}


def test_no_rows_are_no_rows(geocoder: BulkGeocoder) -> None:
    assert rows(geocoder.find(np.empty(0), np.empty(0), [])) == []


def test_units_are_named_in_the_language_that_is_asked_for(office: Office) -> None:
    english = BulkGeocoder(office, office.ground.current(), "en")
    (name,) = english.find(np.array([109.03]), np.array([32.69]), ["06010"]).unit_name
    assert name.isascii()


def test_numbers_get_back_the_zeros_of_their_class() -> None:
    import pyarrow as pa  # noqa: PLC0415

    assert class_texts(pa.array([6010, None], pa.int64())) == ["06010", None]
    assert class_texts(pa.array([6010.0, float("nan"), None])) == ["06010", None, None]
    assert class_texts(pa.array(["06010"]).dictionary_encode()) == ["06010"]
