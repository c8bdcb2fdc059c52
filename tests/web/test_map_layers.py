"""What a map loads: layers, base map, grid, counts, tiles and points, each for the right eyes."""

from __future__ import annotations

import math
import struct
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from support.edge_file import read
from support.small_town import (
    COLUMNS,
    COUNTY,
    MONDAY,
    REFUSE,
    ROWS,
    VENDING,
    cell_of,
    jurisdiction_of,
    middle_of,
)
from wanmi.gis.layers import ZONE_KINDS
from wanmi.web.wiring.kept import Kept

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from support.small_town import Person, SmallTown
    from wanmi.gis.points import LonLat

COUNTY_CELLS = {
    cell_of(column, row)
    for row in range(ROWS)
    for column in range(COLUMNS)
    if jurisdiction_of(column) == COUNTY
}
Z = 15


def names(person: Person, layer: str, **query: str) -> set[str]:
    answer = person.get(f"/layers/{layer}", **query)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/geo+json"
    return {feature["properties"]["code"] for feature in answer.json["features"]}


def rows(answer: TestResponse) -> list[dict[str, Any]]:
    body = answer.json
    return [dict(zip(body["columns"], row, strict=True)) for row in body["rows"]]


def codes_of(person: Person) -> tuple[str, list[str]]:
    """Return the edition of the person's grid and its codes, in order."""
    head, shapes = read(person.get("/grid").data)
    return head["edition"], list(shapes)


def tile_of(lon: float, lat: float, zoom: int = Z) -> tuple[int, int, int]:
    n = 1 << zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return zoom, int((lon + 180) / 360 * n), int(y * n)


def tile(person: Person, layer: str, address: tuple[int, int, int], **query: str) -> TestResponse:
    z, x, y = address
    return person.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt", **query)


# Layers


def test_a_layer_is_small_geojson_with_names(town: SmallTown) -> None:
    answer = town.commander.get("/layers/streets")
    street = next(f for f in answer.json["features"] if f["properties"]["code"] == "S-YC")
    assert 900 < street["properties"].pop("length_m") < 1000
    assert street["properties"] == {
        "code": "S-YC",
        "name": "育才路",
        "grade": "main",
        "programme": "美丽示范街",
        "unit_code": "CO-SZ",
    }
    assert street["geometry"]["type"] == "LineString", "one part alone is no multi"
    lon, lat = street["geometry"]["coordinates"][0]
    assert (round(lon, 5), round(lat, 5)) == (lon, lat)
    assert 109 < lon < 110
    assert 32 < lat < 33


def test_zones_are_told_apart_by_kind(town: SmallTown) -> None:
    by_kind = {kind: names(town.commander, "zones", kind=kind) for kind in ZONE_KINDS}
    assert by_kind["inspection"] == {f"I{number}" for number in range(5)}
    assert by_kind["sanitation"] == {"SAN0", "SAN1"}
    assert by_kind["greening"] == set()
    assert names(town.commander, "zones") == set().union(*by_kind.values())


def test_a_layer_is_for_the_eyes_of_its_jurisdiction(town: SmallTown) -> None:
    assert names(town.commander, "streets") == {"S-YC", "S-XJ", "S-FAR"}
    # Whose ground they lie on nobody knows: that is for those who see the whole city.
    assert names(town.county_leader, "streets") == set()


@pytest.mark.parametrize("name", ["cells", "components", "accounts", "street"])
def test_other_layers_are_not_served(town: SmallTown, name: str) -> None:
    assert town.commander.get(f"/layers/{name}").status_code == 404


def test_the_administrator_sees_no_map(town: SmallTown) -> None:
    for path in ("/layers/streets", "/ground", "/grid", "/grid/counts", "/tiles/cells/1/0/0.mvt"):
        assert town.admin.get(path).status_code == 403, path
        with town.app.test_client() as stranger:
            assert stranger.get(f"/api/v1{path}").status_code == 401, path


def test_the_base_map_has_streets_by_grade_and_marks_model_streets(town: SmallTown) -> None:
    ground = town.commander.get("/ground").json
    lines = {line["name"]: line for line in ground["lines"]}
    assert lines["育才路"]["model"] is True
    assert lines["小巷"]["grade"] == "lane"
    assert lines["小巷"]["model"] is False
    assert len(lines["育才路"]["line"]) == 4, "lon, lat, lon, lat"


# Kept by the browser


def test_the_current_version_is_kept_for_ever_and_another_never(town: SmallTown) -> None:
    first = town.commander.get("/layers/streets")
    version = first.get_etag()[0]
    assert first.headers["Cache-Control"] == "private, no-cache"
    kept = town.commander.get("/layers/streets", v=version)
    assert "immutable" in kept.headers["Cache-Control"]
    assert "private" in kept.headers["Cache-Control"]
    old = town.commander.get("/layers/streets", v="1.1.1.610900x")
    assert "immutable" not in old.headers["Cache-Control"]
    assert old.json == first.json


def test_what_the_browser_has_is_not_sent_again(town: SmallTown) -> None:
    for path in ("/layers/zones", "/ground", "/grid"):
        first = town.commander.get(path)
        again = town.commander.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, path
        assert again.data == b""


def test_two_jurisdictions_never_share_a_version(town: SmallTown) -> None:
    for path in ("/layers/zones", "/grid"):
        whole, county = town.commander.get(path), town.county_leader.get(path)
        assert whole.get_etag() != county.get_etag()


def test_answers_are_compressed_for_those_who_can_read_it(town: SmallTown) -> None:
    plain = town.commander.get("/layers/zones")
    assert "Content-Encoding" not in plain.headers
    for kind in ("gzip", "br", "zstd"):
        packed = town.commander.get("/layers/zones", headers={"Accept-Encoding": kind})
        assert packed.headers["Content-Encoding"] == kind
        assert len(packed.data) < len(plain.data)


def test_what_was_kept_makes_room_for_what_is_used() -> None:
    kept = Kept(100)
    kept.put("a", 1, 40)
    kept.put("b", 2, 40)
    assert kept.get("a") == 1
    kept.put("c", 3, 40)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]
    kept.put("d", 4, 101)
    assert kept.get("d") is None
    assert kept.get("a") == 1, "what is too large takes nobody's room"


# Grid and counts


def test_the_grid_is_one_file_of_the_cells_one_may_see(town: SmallTown) -> None:
    whole = town.commander.get("/grid")
    assert whole.mimetype == "application/vnd.wanmi.edges"
    assert whole.data[:4] == b"WEDG"
    assert struct.unpack("<I", whole.data[4:8])[0] < len(whole.data)
    assert len(codes_of(town.commander)[1]) == COLUMNS * ROWS
    assert set(codes_of(town.county_leader)[1]) == COUNTY_CELLS


def test_counts_come_in_the_order_of_the_grid(town: SmallTown) -> None:
    town.inspector.reports(at=middle_of(1, 2))
    town.inspector.reports(at=middle_of(1, 2))
    town.inspector.reports(VENDING, at=middle_of(9, 3))
    edition, codes = codes_of(town.commander)
    body = town.commander.get("/grid/counts", status="open").json
    assert body["edition"] == edition
    counts = dict(zip(codes, body["values"], strict=True))
    assert {code: n for code, n in counts.items() if n} == {cell_of(1, 2): 2, cell_of(9, 3): 1}
    only = town.commander.get("/grid/counts", class_code="09").json["values"]
    assert sum(only) == 1


def test_counts_of_the_county_are_of_the_countys_grid(town: SmallTown) -> None:
    town.inspector.reports(at=middle_of(1, 2))
    town.inspector.reports(at=middle_of(9, 3))
    edition, codes = codes_of(town.county_leader)
    body = town.county_leader.get("/grid/counts").json
    assert body["edition"] == edition
    assert len(body["values"]) == len(codes) == len(COUNTY_CELLS)
    assert sum(body["values"]) == 1


# Points


def test_points_carry_what_map_and_list_show(town: SmallTown) -> None:
    number = town.inspector.reports(at=middle_of(1, 2)).json["number"]
    town.inspector.reports(VENDING, at=middle_of(3, 3))
    answer = town.commander.get("/cases/points", class_code="06")
    (row,) = rows(answer)
    place = middle_of(1, 2)
    assert row["number"] == number
    assert (row["lon"], row["lat"]) == (
        pytest.approx(place.lon, abs=1e-6),
        pytest.approx(place.lat, abs=1e-6),
    )
    assert (row["sign"], row["state"], row["cell"]) == ("ok", "open", cell_of(1, 2))
    assert row["received"] == int(MONDAY.timestamp())
    assert row["due"] - row["received"] == 15 * 60
    assert row["warn"] - row["received"] == 12 * 60, "four fifths of the stage"


def test_a_case_turns_yellow_and_red_with_time_alone(town: SmallTown) -> None:
    town.inspector.reports()
    signs = []
    for minutes in (11, 12, 15, 16):
        town.clock.now = MONDAY + timedelta(minutes=minutes)
        (row,) = rows(town.commander.get("/cases/points"))
        signs.append(row["sign"])
    assert signs == ["ok", "soon", "soon", "late"]


def test_an_ended_case_has_no_clock_any_more(town: SmallTown) -> None:
    number = town.inspector.reports().json["number"]
    town.shift_leader.moves(number, "void", reason="重复")
    town.clock.now = MONDAY + timedelta(days=3)
    (row,) = rows(town.commander.get("/cases/points"))
    assert (row["sign"], row["state"], row["due"]) == ("done", "void", None)


def test_named_cases_are_answered_only_when_the_filter_means_them(town: SmallTown) -> None:
    here = town.inspector.reports(at=middle_of(1, 2)).json["number"]
    other = town.inspector.reports(VENDING, at=middle_of(3, 3)).json["number"]
    town.inspector.reports(at=middle_of(5, 5))
    with town.app.test_client() as client:
        answer = client.get(
            f"/api/v1/cases/points?class_code={REFUSE}&number={here}&number={other}",
            headers=town.commander.headers,
        )
    assert [row["number"] for row in rows(answer)] == [here]


def test_points_are_for_the_eyes_of_who_asks(town: SmallTown) -> None:
    town.inspector.reports(at=middle_of(1, 2))
    county = town.inspector.reports(at=middle_of(9, 3)).json["number"]
    assert [row["number"] for row in rows(town.county_leader.get("/cases/points"))] == [county]
    assert town.gisadmin.get("/cases/points").status_code == 403
    mine = town.second_inspector.get("/cases/points", number=county)
    assert [row["number"] for row in rows(mine)] == [county]


def test_points_are_cut_off_at_the_newest_and_say_so(town: SmallTown) -> None:
    numbers = []
    for minute in range(3):
        town.clock.now = MONDAY + timedelta(minutes=minute)
        numbers.append(town.inspector.reports().json["number"])
    answer = town.commander.get("/cases/points", limit=2)
    assert answer.json["more"] is True
    assert [row["number"] for row in rows(answer)] == [numbers[2], numbers[1]]
    assert town.commander.get("/cases/points", limit=3).json["more"] is False


def test_what_has_to_be_done_first_comes_first_whatever_is_cut_off(town: SmallTown) -> None:
    first = town.inspector.reports().json["number"]
    town.shift_leader.moves(first, "file", condition="exposed-refuse")
    ended = town.inspector.reports().json["number"]
    town.shift_leader.moves(ended, "void", reason="重复")
    numbers = []
    for minute in range(3):
        town.clock.now = MONDAY + timedelta(minutes=minute)
        numbers.append(town.inspector.reports().json["number"])
    due = town.commander.get("/cases/points", order="due")
    wanted = sorted(rows(due), key=lambda row: (row["due"] is None, row["due"]))
    assert [row["number"] for row in rows(due)] == [row["number"] for row in wanted]
    assert rows(due)[-1]["number"] == ended, "no clock runs for it"
    cut = town.commander.get("/cases/points", order="due", limit=1)
    assert rows(cut) == [wanted[0]]
    assert cut.json["more"] is True
    assert town.commander.get("/cases/points", order="age").status_code == 422


def test_who_knows_of_the_same_event_shares_one_answer_in_ones_own_language(
    town: SmallTown,
) -> None:
    town.inspector.reports(at=middle_of(1, 2))
    before = rows(town.commander.get("/cases/points", after="10-1"))
    town.inspector.reports(at=middle_of(1, 2))
    assert rows(town.commander.get("/cases/points", after="10-1")) == before
    assert len(rows(town.commander.get("/cases/points", after="10-2"))) == 2
    assert len(rows(town.commander.get("/cases/points"))) == 2
    assert rows(town.county_leader.get("/cases/points", after="10-1")) == []
    english = {"Accept-Language": "en"}
    said = town.commander.get("/cases/points", after="10-1", headers=english)
    assert rows(said)[0]["status"] != before[0]["status"]


def test_photos_of_a_case_are_listed_only_to_those_who_see_it(town: SmallTown) -> None:
    number = town.inspector.reports(at=middle_of(1, 2)).json["number"]
    assert town.commander.get(f"/cases/{number}/photos").json == {"photos": []}
    assert town.county_leader.get(f"/cases/{number}/photos").status_code == 404


# Figures


def test_figures_tell_the_whole_chain(town: SmallTown) -> None:
    first = town.inspector.reports().json["number"]
    town.inspector.reports()
    town.shift_leader.moves(first, "void", reason="重复")
    town.clock.now = MONDAY + timedelta(days=1)
    town.inspector.reports()
    figures = town.commander.get("/figures").json["figures"]
    assert figures == {
        "all": 3,
        "open": 2,
        "closed": 0,
        "void": 1,
        "overdue": 1,
        "reported_today": 1,
        "closed_today": 0,
        "closed_today_limited": 0,
        "closed_today_in_time": 0,
        "states": {"reported": 2, "voided": 1},
    }


def closed_case(town: SmallTown, *, after: timedelta, at: LonLat | None = None) -> None:
    """Lead a case to its end, handled and closed so long after it was dispatched."""
    number = town.inspector.reports(at=at or middle_of(1, 2)).json["number"]
    town.shift_leader.moves(number, "file", condition="exposed-refuse")
    town.dispatcher.moves(number, "dispatch", unit="CO-HW1")
    dispatched = town.clock.now
    town.clock.now = dispatched + after
    town.handler.moves(number, "handle", reason="已清运")
    closed = town.shift_leader.moves(number, "close", closing_condition="exposed-refuse")
    assert closed.json["status"] == "closed"


def test_of_the_cases_closed_today_those_in_time_are_told(town: SmallTown) -> None:
    closed_case(town, after=timedelta(minutes=10))  # yesterday's
    town.clock.now = MONDAY + timedelta(days=1)
    closed_case(town, after=timedelta(minutes=10))
    closed_case(town, after=timedelta(minutes=10))
    closed_case(town, after=timedelta(minutes=5), at=middle_of(9, 3))  # the county's
    closed_case(town, after=timedelta(hours=8))  # its limit of handling has run out
    void = town.inspector.reports().json["number"]
    town.shift_leader.moves(void, "void", reason="重复")

    def told(person: Person) -> tuple[int, int, int]:
        figures = person.get("/figures").json["figures"]
        return (
            figures["closed_today"],
            figures["closed_today_limited"],
            figures["closed_today_in_time"],
        )

    assert told(town.commander) == (4, 4, 3)
    assert told(town.county_leader) == (1, 1, 1)


# Tiles


def test_a_tile_has_what_lies_in_it(town: SmallTown) -> None:
    place = middle_of(1, 2)
    address = tile_of(place.lon, place.lat)
    cells = tile(town.commander, "cells", address)
    assert cells.status_code == 200
    assert cells.mimetype == "application/vnd.mapbox-vector-tile"
    assert cell_of(1, 2).encode() in cells.data
    assert "育才路".encode() in tile(town.commander, "streets", address).data


def test_a_tile_with_nothing_in_it_is_empty(town: SmallTown) -> None:
    for layer in ("cells", "streets", "parks", "zones", "cases"):
        answer = tile(town.commander, layer, (15, 0, 0))
        assert (answer.status_code, answer.data) == (204, b""), layer


def test_tiles_are_for_the_eyes_of_who_asks(town: SmallTown) -> None:
    place = middle_of(1, 2)
    number = town.inspector.reports(at=place).json["number"]
    address = tile_of(place.lon, place.lat)
    assert number.encode() in tile(town.commander, "cases", address).data
    assert tile(town.county_leader, "cases", address).status_code == 204
    assert cell_of(1, 2).encode() not in tile(town.county_leader, "cells", address).data


def test_a_cell_has_its_tile_at_every_zoom(town: SmallTown) -> None:
    place = middle_of(1, 2)
    for zoom in range(10, 23):
        answer = tile(town.commander, "cells", tile_of(place.lon, place.lat, zoom))
        assert cell_of(1, 2).encode() in answer.data, zoom
    assert tile(town.commander, "cells", tile_of(place.lon, place.lat, 9)).status_code == 204


def test_the_tile_of_cases_has_the_filter(town: SmallTown) -> None:
    place = middle_of(1, 2)
    town.inspector.reports(at=place)
    address = tile_of(place.lon, place.lat)
    assert tile(town.commander, "cases", address, class_code="06").status_code == 200
    assert tile(town.commander, "cases", address, class_code="09").status_code == 204


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tiles/secrets/12/0/0.mvt", 404),
        ("/tiles/cells/12/0/0.png", 404),
        ("/tiles/cells/12/-1/0.mvt", 404),
        ("/tiles/cells/12/x/0.mvt", 404),
        ("/tiles/cells/23/0/0.mvt", 422),
        ("/tiles/cells/3/8/0.mvt", 422),
        ("/tiles/cases/3/0/0.mvt?class_code=x", 422),
        ("/tiles/cases/3/0/99999999999999999999.mvt", 422),
    ],
)
def test_a_wrong_tile_address_is_refused(town: SmallTown, path: str, status: int) -> None:
    with town.app.test_client() as client:
        answer = client.get(f"/api/v1{path}", headers=town.commander.headers)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def test_served_files_are_compressed_and_closed(town: SmallTown) -> None:
    with town.app.test_client() as client:
        plain = client.get("/static/css/wanmi.css")
        for kind in ("gzip", "br", "zstd"):
            packed = client.get("/static/css/wanmi.css", headers={"Accept-Encoding": kind})
            assert packed.headers["Content-Encoding"] == kind
            assert len(packed.data) < len(plain.data) / 2
