"""GET /api/v1/locate and /cells/{code}: what is here, and who answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely

from support.problems import refused
from support.small_town import REFUSE, VENDING, cell_of, middle_of, spot
from support.town import cell_shapes
from wanmi.platform.casework.ground import fresh_ground

if TYPE_CHECKING:
    from pathlib import Path

    from support.small_town import SmallTown
    from wanmi.gis.points import LonLat


def asked(place: LonLat, **more: object) -> dict[str, Any]:
    return {"lon": place.lon, "lat": place.lat, "datum": "cgcs2000", **more}


def test_a_place_is_explained(town: SmallTown) -> None:
    said = town.inspector.get("/locate", **asked(spot(3.5, 0.55), class_code=REFUSE)).json
    assert said["cell"]["code"] == cell_of(3, 0)
    assert said["cell"]["unit"]["code"] == "C610902001003"
    assert (said["street"]["name"], said["suggested_unit"]["code"]) == ("育才路", "CO-SZ")
    assert said["nearest_place"]["name"] == "育才路12号"
    assert 0 < said["nearest_place"]["distance_m"] < 10
    assert said["trace"][-1] == {"rule": "model-street", "outcome": "won", "unit": "CO-SZ"}
    assert [zone["kind"] for zone in said["zones"]] == ["inspection", "sanitation", "street_order"]
    assert said["conditions"][0]["code"] == "exposed-refuse"
    assert said["location"]["plane"]["epsg"] == 4545


def test_what_is_said_is_what_a_report_gets(town: SmallTown) -> None:
    for place in (middle_of(1, 2), spot(3.2, 3.5), spot(5.3, 2.51), middle_of(9, 1), spot(30, 30)):
        before = town.inspector.get("/locate", **asked(place, class_code=REFUSE)).json
        after = town.inspector.reports(REFUSE, place).json
        assert before["cell"] == after["cell"]
        assert before["suggested_unit"] == after["suggested_unit"]
        assert before["trace"] == after["trace"]
        kept = ("name", "distance_m")
        for said in (before, after):
            said["street"] = said["street"] and {key: said["street"][key] for key in kept}
        assert before["street"] == after["street"]


def test_without_a_class_no_unit_is_proposed(town: SmallTown) -> None:
    said = town.inspector.get("/locate", **asked(middle_of(1, 2))).json
    assert (said["suggested_unit"], said["trace"], said["conditions"]) == (None, [], [])


def test_questions_of_a_class_are_said(town: SmallTown) -> None:
    said = town.inspector.get("/locate", **asked(middle_of(1, 2), class_code=VENDING)).json
    [question] = said["questions"]
    assert (question["key"], question["required"]) == ("food", True)


def test_a_place_far_away_has_no_cell(town: SmallTown) -> None:
    said = town.inspector.get("/locate", lon=120.2, lat=30.3, datum="wgs84").json
    assert said["cell"]["match"] == "none"
    assert said["cell"]["distance_m"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"lon": 109.02, "lat": 32.68}, "datum"),
        ({"lat": 32.68, "datum": "wgs84"}, "lon"),
        ({"lon": "east", "lat": 32.68, "datum": "wgs84"}, "lon"),
        ({"lon": "nan", "lat": 32.68, "datum": "wgs84"}, "lon"),
        ({"lon": "inf", "lat": 32.68, "datum": "wgs84"}, "lon"),
        ({"lon": 32.68, "lat": 109.02, "datum": "wgs84"}, "lat"),
        ({"lon": 200, "lat": 32.68, "datum": "wgs84"}, "lon"),
        ({"lon": 109.02, "lat": 32.68, "datum": "wgs72"}, "datum"),
        ({"lon": 109.02, "lat": 32.68, "datum": "wgs84", "class_code": "99999"}, "class_code"),
        ({"lon": 109.02, "lat": 32.68, "datum": "wgs84", "class_code": "x"}, "class_code"),
        ({"lon": 109.02, "lat": 32.68, "datum": "wgs84", "crs": "4326"}, "crs"),
    ],
)
def test_a_place_that_cannot_be_read_is_named(
    town: SmallTown, query: dict[str, object], field: str
) -> None:
    refused(town.inspector.get("/locate", **query), 422, field)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(0, 0), (-109, 32.7), (180, 90), (-180, -90), (109, 89.9), (180, 0), (109.02, -32.68)],
)
@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_places_at_the_end_of_the_world_break_nothing(
    town: SmallTown, lon: float, lat: float, datum: str
) -> None:
    answer = town.inspector.get("/locate", lon=lon, lat=lat, datum=datum)
    if answer.status_code == 200:
        assert answer.json["cell"]["match"] == "none"
    else:
        refused(answer, 422)


def test_a_cell_is_shown_with_its_outline_and_counts(town: SmallTown) -> None:
    town.inspector.reports(at=middle_of(1, 2))
    said = town.commander.get(f"/cells/{cell_of(1, 2)}").json
    assert said["code"] == cell_of(1, 2)
    assert (said["valid_from"], said["valid_to"]) == ("2024-01-01", None)
    assert (said["community_code"], said["subdistrict_code"]) == ("610902001003", "610902001")
    assert said["unit"]["code"] == "C610902001003"
    assert (said["counts"]["all"], said["counts"]["open"]) == (1, 1)
    drawn = shapely.geometry.shape(said["geometry"])
    assert drawn.hausdorff_distance(cell_shapes(10, 6)[21]) < 1e-8


def test_a_cell_of_other_ground_is_not_found(town: SmallTown) -> None:
    here, there = cell_of(1, 2), cell_of(9, 2)
    assert town.county_leader.get(f"/cells/{there}").status_code == 200
    missing = refused(town.county_leader.get("/cells/610902001003999"), 404)
    assert refused(town.county_leader.get(f"/cells/{here}"), 404) == missing
    assert town.gisadmin.get(f"/cells/{here}").json["counts"] is None
    refused(town.admin.get(f"/cells/{here}"), 403)
    refused(town.commander.get(f"/cells/{'x' * 41}"), 422)


def test_a_state_folder_in_trouble_is_said_but_not_named(
    town: SmallTown, home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (home / "index").write_text("in the way")
    ground = fresh_ground(town.services.engine, town.office.plane, home / "index")
    for name in ("_read", "_known", "_look_at"):
        monkeypatch.setattr(town.office.ground, name, getattr(ground, name))
    answer = town.inspector.get("/locate", **asked(spot(3.5, 0.55)))
    refused(answer, 503)
    assert str(home) not in answer.get_data(as_text=True)
    assert str(home) in caplog.text
