"""Loading layers: the same file twice changes nothing, and the grid keeps its history."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from support.town import (
    COMMUNITY,
    NOW,
    SOUTH,
    STEP,
    WEST,
    cell_code,
    cell_shapes,
    cells_file,
    layer_file,
)
from wanmi.gis.errors import FileUnreadable, GridInvalid, RowInvalid
from wanmi.gis.exporting import export_layer
from wanmi.gis.gridloading import current_edition
from wanmi.gis.layers import LAYERS
from wanmi.gis.loading import load_city, load_layer
from wanmi.gis.schema import Base
from wanmi.gis.wkb import shapes_of, wkb

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from wanmi.gis.loadresult import LoadResult

TABLES = Base.metadata.tables
CELLS, ZONES, MEMBERS, LOADS = (
    TABLES[name] for name in ("cells", "zones", "zone_cells", "layer_loads")
)
NEXT_DAY = NOW + timedelta(days=1)


def counts(result: LoadResult) -> tuple[int, int, int, int]:
    return result.added, result.changed, result.unchanged, result.withdrawn


def history(connection: Connection, code: str) -> list[tuple[Any, ...]]:
    return [
        tuple(row)
        for row in connection.execute(
            select(CELLS.c.valid_from, CELLS.c.valid_to, CELLS.c.edition, CELLS.c.ended_edition)
            .where(CELLS.c.code == code)
            .order_by(CELLS.c.id)
        )
    ]


def dump(connection: Connection, table: str) -> list[Row[Any]]:
    return list(connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2")))


# Any layer


def street(code: str, name: str, lat: float = SOUTH) -> tuple[dict[str, Any], Any]:
    line = shapely.LineString([(WEST, lat), (WEST + 0.01, lat)])
    return {"code": code, "name": name, "grade": "main", "one_way": False, "width_m": 40.5}, line


def test_rows_are_added_changed_and_left_alone(connection: Connection) -> None:
    first = layer_file("streets", [street("S1", "香溪路"), street("S2", "南环路")])
    assert counts(load_layer(connection, first, now=NOW)) == (2, 0, 0, 0)
    before = dump(connection, "streets")
    assert counts(load_layer(connection, first, now=NEXT_DAY)) == (0, 0, 2, 0)
    assert dump(connection, "streets") == before
    second = layer_file(
        "streets",
        [street("S1", "香溪大道"), street("S2", "南环路", SOUTH + 1e-12), street("S3", "巴山路")],
    )
    assert counts(load_layer(connection, second, now=NOW)) == (1, 2, 0, 0)
    names = connection.execute(select(TABLES["streets"].c.name)).scalars().all()
    assert sorted(names) == sorted(["香溪大道", "南环路", "巴山路"])


def test_values_arrive_as_they_were(connection: Connection) -> None:
    note = "back\\slash, tab\t, line\nend\r, quote' \\N 街道 𠮷"
    line = shapely.LineString([(109.02580000000012, 32.690499999999957), (109.1, 32.7)])
    values = street("S1", "育才路")[0] | {"note": note, "one_way": True, "width_m": 0.1 + 0.2}
    load_layer(connection, layer_file("streets", [(values, line)]), now=NOW)
    streets = TABLES["streets"]
    row = connection.execute(select(streets, wkb(streets.c.shape).label("wkb"))).one()
    assert (row.note, row.one_way, row.width_m) == (note, True, 0.1 + 0.2)
    assert row.axis is None
    [shape] = shapes_of([row.wkb])
    assert shapely.to_wkb(shape) == shapely.to_wkb(shapely.MultiLineString([line]))


def test_fields_that_the_file_lacks_keep_their_values(connection: Connection) -> None:
    full = street("S1", "香溪路")[0] | {"unit_code": "CO-SZ", "jurisdiction_code": "610902"}
    load_layer(connection, layer_file("streets", [(full, street("S1", "")[1])]), now=NOW)
    lacks = ("unit_code", "jurisdiction_code", "note")
    renamed = layer_file("streets", [street("S1", "香溪大道")], lacks=lacks)
    assert counts(load_layer(connection, renamed, now=NOW)) == (0, 1, 0, 0)
    streets = TABLES["streets"]
    row = connection.execute(select(streets)).one()
    assert (row.name, row.unit_code, row.jurisdiction_code) == ("香溪大道", "CO-SZ", "610902")


def test_rows_that_the_file_lacks_stay_unless_it_is_complete(connection: Connection) -> None:
    load_layer(
        connection, layer_file("streets", [street("S1", "香溪路"), street("S2", "南环路")]), now=NOW
    )
    part = layer_file("streets", [street("S1", "香溪路")])
    result = load_layer(connection, part, now=NOW)
    assert (result.withdrawn, result.absent) == (0, 1)
    # A row that could not be read may be the one that seems to be gone.
    doubtful = replace(part, complaints=(RowInvalid("unreadable", row=2),))
    assert load_layer(connection, doubtful, now=NOW, complete=True).withdrawn == 0
    assert load_layer(connection, part, now=NOW, complete=True).withdrawn == 1


def test_every_layer_can_be_loaded(connection: Connection) -> None:
    square = shapely.box(WEST, SOUTH, WEST + STEP, SOUTH + STEP)
    shapes = {
        "polygon": square,
        "line": shapely.LineString([(WEST, SOUTH), (WEST + STEP, SOUTH)]),
        "point": shapely.Point(WEST, SOUTH),
    }
    samples = {"text": "x", "number": 1.5, "integer": 3, "date": date(2024, 1, 1), "flag": True}
    for layer in LAYERS.values():
        if layer.name in {"cells", "zones"}:
            continue
        values = {field.column: samples[field.type] for field in layer.fields}
        file = layer_file(layer.name, [(values, shapes[layer.shape])])
        assert counts(load_layer(connection, file, now=NOW)) == (1, 0, 0, 0), layer.name
        assert counts(load_layer(connection, file, now=NOW)) == (0, 0, 1, 0), layer.name


def test_every_field_of_a_layer_has_its_column() -> None:
    kept_here = {"cells": {"id", "edition", "ended_edition"}}
    for layer in LAYERS.values():
        fields = {field.column for field in layer.fields}
        columns = set(TABLES[layer.name].c.keys()) - {"shape"} - kept_here.get(layer.name, set())
        assert columns == fields, layer.name
        required = {field.column for field in layer.fields if field.required}
        nullable = {column.name for column in TABLES[layer.name].c if column.nullable}
        assert not required & nullable, layer.name


def test_loads_are_remembered_but_not_repeated(connection: Connection) -> None:
    file = layer_file("streets", [street("S1", "香溪路")])
    for _ in range(2):
        load_layer(connection, file, now=NOW)
    [load] = connection.execute(select(LOADS)).all()
    assert (load.layer, load.rows, load.added, load.frame) == ("streets", 1, 1, "EPSG:4490")
    assert load.loaded_at == NOW
    assert load.sha256 == file.sha256


# The grid


def test_a_grid_is_loaded_once(connection: Connection) -> None:
    file = cells_file(cell_shapes(4, 3))
    result = load_layer(connection, file, now=NOW)
    assert counts(result) == (12, 0, 0, 0)
    assert result.edition == 1
    before = dump(connection, "cells")
    again = load_layer(connection, file, now=NEXT_DAY, complete=True)
    assert counts(again) == (0, 0, 12, 0)
    assert again.edition is None
    assert dump(connection, "cells") == before
    assert current_edition(connection) == 1


def test_a_changed_outline_ends_the_old_row_and_begins_a_new_one(connection: Connection) -> None:
    shapes = cell_shapes(2, 1)
    load_layer(connection, cells_file(shapes), now=NOW)
    # The border between the two moves: both change.
    both = shapely.union_all(shapes)
    cut = WEST + 0.9 * STEP
    moved = [
        shapely.intersection(both, shapely.box(0, 0, cut, 90)),
        shapely.intersection(both, shapely.box(cut, 0, 180, 90)),
    ]
    result = load_layer(connection, cells_file(moved), now=NEXT_DAY)
    assert counts(result) == (0, 2, 0, 0)
    assert result.edition == 2
    day = NEXT_DAY.date()
    assert history(connection, cell_code(1)) == [
        (date(2024, 1, 1), day, 1, 2),
        (day, None, 2, None),
    ]
    assert counts(load_layer(connection, cells_file(moved), now=NEXT_DAY)) == (0, 0, 2, 0)
    # Once more on the same day: nothing is lost.
    assert load_layer(connection, cells_file(shapes), now=NEXT_DAY).edition == 3
    assert history(connection, cell_code(1))[1:] == [(day, day, 2, 3), (day, None, 3, None)]


def test_the_file_may_say_since_when_the_change_holds(connection: Connection) -> None:
    shapes = cell_shapes(1, 1)
    load_layer(connection, cells_file(shapes), now=NOW)
    since = date(2025, 7, 1)
    load_layer(connection, cells_file(shapes, since=since, grade="2"), now=NOW)
    assert history(connection, cell_code(1)) == [
        (date(2024, 1, 1), since, 1, 2),
        (since, None, 2, None),
    ]


def test_a_plain_file_of_the_standard_keeps_grade_and_jurisdiction(connection: Connection) -> None:
    shapes = cell_shapes(2, 1)
    load_layer(connection, cells_file(shapes, grade="1", jurisdiction_code="610902-GX"), now=NOW)
    lacks = ("grade", "jurisdiction_code", "note", "area_m2")
    first, second = (
        ({"code": cell_code(n), "valid_from": date(2024, 1, 1)}, shape)
        for n, shape in enumerate(shapes, 1)
    )
    same = layer_file("cells", [first, second], lacks=lacks)
    assert counts(load_layer(connection, same, now=NOW)) == (0, 0, 2, 0)
    smaller = layer_file("cells", [(first[0], shapes[0].buffer(-1e-5)), second], lacks=lacks)
    assert counts(load_layer(connection, smaller, now=NOW)) == (0, 1, 1, 0)
    current = select(CELLS.c.code, CELLS.c.grade, CELLS.c.jurisdiction_code)
    rows = connection.execute(current.where(CELLS.c.valid_to.is_(None)))
    assert {tuple(row)[1:] for row in rows} == {("1", "610902-GX")}


def test_a_corrected_note_makes_no_edition(connection: Connection) -> None:
    shapes = cell_shapes(2, 1)
    load_layer(connection, cells_file(shapes), now=NOW)
    result = load_layer(connection, cells_file(shapes, note="示意数据", area_m2=9000.0), now=NOW)
    assert counts(result) == (0, 2, 0, 0)
    assert result.edition is None
    assert len(history(connection, cell_code(1))) == 1


def test_a_cell_is_withdrawn_by_its_date_or_by_a_complete_file(connection: Connection) -> None:
    shapes = cell_shapes(3, 1)
    load_layer(connection, cells_file(shapes), now=NOW)
    ended = {"code": cell_code(1), "valid_from": date(2024, 1, 1), "valid_to": date(2026, 5, 1)}
    file = layer_file("cells", [(ended, shapes[0])])
    result = load_layer(connection, file, now=NOW)
    assert (counts(result), result.absent) == ((0, 0, 0, 1), 2)
    assert history(connection, cell_code(1)) == [(date(2024, 1, 1), date(2026, 5, 1), 1, 2)]
    assert counts(load_layer(connection, file, now=NOW)) == (0, 0, 1, 0)
    result = load_layer(connection, cells_file(shapes[1:2], first=2), now=NOW, complete=True)
    assert (counts(result), result.edition) == ((0, 0, 1, 1), 3)
    assert history(connection, cell_code(3)) == [(date(2024, 1, 1), NOW.date(), 1, 3)]


def test_a_split_takes_the_old_cell_out_and_puts_new_ones_in(connection: Connection) -> None:
    [whole] = cell_shapes(1, 1)
    load_layer(connection, cells_file([whole]), now=NOW)
    cut = WEST + 0.5 * STEP
    halves = [
        shapely.intersection(whole, shapely.box(0, 0, cut, 90)),
        shapely.intersection(whole, shapely.box(cut, 0, 180, 90)),
    ]
    new = cells_file(halves, first=2, since=date(2026, 6, 1))
    with pytest.raises(GridInvalid, match=rf"{cell_code(1)} and {cell_code(2)}.*CHDate"):
        load_layer(connection, new, now=NOW)


def test_a_withdrawn_code_is_not_given_to_another_outline(connection: Connection) -> None:
    shapes = cell_shapes(2, 1)
    load_layer(connection, cells_file(shapes), now=NOW)
    load_layer(connection, cells_file(shapes[1:], first=2), now=NOW, complete=True)
    with pytest.raises(GridInvalid, match=f"{cell_code(1)}: withdrawn before"):
        load_layer(connection, cells_file([shapes[0].buffer(-1e-4)]), now=NOW)
    # But the same outline may come back.
    assert load_layer(connection, cells_file(shapes[:1]), now=NEXT_DAY).added == 1
    assert history(connection, cell_code(1)) == [
        (date(2024, 1, 1), NOW.date(), 1, 2),
        (NOW.date(), None, 3, None),
    ]


def test_earlier_times_come_along_without_being_current(connection: Connection) -> None:
    old, new = cell_shapes(2, 1)
    rows = [
        ({"code": cell_code(1), "valid_from": date(2019, 1, 1), "valid_to": date(2024, 1, 1)}, old),
        ({"code": cell_code(1), "valid_from": date(2024, 1, 1)}, new),
    ]
    file = layer_file("cells", rows)
    assert counts(load_layer(connection, file, now=NOW)) == (2, 0, 0, 0)
    assert counts(load_layer(connection, file, now=NOW, complete=True)) == (0, 0, 2, 0)
    current = select(func.count()).select_from(CELLS).where(CELLS.c.valid_to.is_(None))
    assert connection.execute(current).scalar_one() == 1


def test_cells_that_lie_over_each_other_are_named(connection: Connection) -> None:
    shapes = cell_shapes(3, 1)
    shapes[1] = shapes[1].buffer(2e-5)  # two metres
    with pytest.raises(GridInvalid, match=rf"{cell_code(1)} and {cell_code(2)}|{cell_code(3)}"):
        load_layer(connection, cells_file(shapes), now=NOW)
    # What was refused has left nothing behind.
    assert not dump(connection, "cells")
    assert current_edition(connection) == 0


def test_a_sliver_of_a_millimetre_is_no_overlap(connection: Connection) -> None:
    shapes = cell_shapes(3, 1)
    shapes[1] = shapes[1].buffer(1e-8, join_style="mitre")
    assert load_layer(connection, cells_file(shapes), now=NOW).added == 3


def test_a_code_is_current_once_whatever_writes_it(connection: Connection) -> None:
    load_layer(connection, cells_file(cell_shapes(1, 1)), now=NOW)
    twin = text(
        "INSERT INTO cells (code, valid_from, edition, shape) "
        "SELECT code, valid_from + 1, edition, shape FROM cells"
    )
    with pytest.raises(IntegrityError, match="uq_cells_code_current"), connection.begin_nested():
        connection.execute(twin)


# Zones


def zone(code: str, kind: str = "inspection", shift: str = "") -> tuple[dict[str, Any], None]:
    return {"code": code, "name": code, "kind": kind, "shift": shift, "unit_code": "CO-HW1"}, None


@pytest.fixture
def town(connection: Connection) -> Connection:
    load_layer(connection, cells_file(cell_shapes(4, 1)), now=NOW)
    return connection


def cells_of(connection: Connection, code: str) -> list[str]:
    query = select(MEMBERS.c.cell_code).where(MEMBERS.c.zone_code == code)
    return list(connection.execute(query.order_by(MEMBERS.c.cell_code)).scalars())


def outline(connection: Connection, code: str) -> Any:  # noqa: ANN401
    query = select(wkb(ZONES.c.shape)).where(ZONES.c.code == code)
    return shapes_of(connection.execute(query).scalars())[0]


C1, C2, C3, C4 = (cell_code(number) for number in range(1, 5))


def test_zones_are_whole_cells_and_their_outline_follows(town: Connection) -> None:
    file = layer_file(
        "zones",
        [zone("Z1"), zone("Z2"), zone("Z3", "greening")],
        members=[("Z1", C1), ("Z1", C2), ("Z2", C3), ("Z3", C1), ("Z3", C3)],
    )
    result = load_layer(town, file, now=NOW)
    assert counts(result) == (3, 0, 0, 0)
    assert [note.message for note in result.notes] == [
        f"1 cells have no inspection zone, the first is {C4}."
    ]
    shapes = cell_shapes(4, 1)
    assert outline(town, "Z1").equals(shapely.union_all(shapes[:2]))
    assert outline(town, "Z3").equals(shapely.union_all([shapes[0], shapes[2]]))
    before = dump(town, "zones") + dump(town, "zone_cells")
    assert counts(load_layer(town, file, now=NEXT_DAY, complete=True)) == (0, 0, 3, 0)
    assert dump(town, "zones") + dump(town, "zone_cells") == before


def test_cells_move_between_zones(town: Connection) -> None:
    rows = [zone("Z1"), zone("Z2")]
    load_layer(
        town,
        layer_file("zones", rows, members=[("Z1", C1), ("Z1", C2), ("Z2", C3)]),
        now=NOW,
    )
    moved = layer_file("zones", rows, members=[("Z1", C1), ("Z2", C2), ("Z2", C3)])
    assert counts(load_layer(town, moved, now=NOW)) == (0, 2, 0, 0)
    assert cells_of(town, "Z2") == [C2, C3]
    assert outline(town, "Z1").equals(cell_shapes(4, 1)[0])


def test_a_cell_has_one_zone_of_a_kind_and_shift(town: Connection) -> None:
    rows = [zone("Z1", shift="day"), zone("Z2", shift="night"), zone("Z3", shift="day")]
    members = [("Z1", C1), ("Z2", C1), ("Z3", C1), ("Z3", C2), ("Z9", C3), ("Z3", "6" * 15)]
    result = load_layer(town, layer_file("zones", rows, members=members), now=NOW)
    assert [(bad.row, bad.field) for bad in result.complaints] == [
        (3, "BGID"), (5, "ZONE"), (6, "BGID"),
    ]  # fmt: skip
    assert "already in zone Z1" in str(result.complaints[0])
    assert cells_of(town, "Z3") == [C2]
    # The database refuses it too, whoever asks.
    with pytest.raises(IntegrityError, match="uq_zone_cells"), town.begin_nested():
        town.execute(text(f"INSERT INTO zone_cells VALUES ('Z3', '{C1}', 'inspection', 'day')"))
    with pytest.raises(IntegrityError, match="fk_zone_cells_zone"), town.begin_nested():
        town.execute(text(f"INSERT INTO zone_cells VALUES ('Z3', '{C1}', 'greening', '')"))


def test_a_zone_may_change_its_kind(town: Connection) -> None:
    load_layer(
        town,
        layer_file(
            "zones",
            [zone("Z1"), zone("Z2", "greening")],
            members=[("Z1", C1), ("Z2", C1)],
        ),
        now=NOW,
    )
    turned = layer_file(
        "zones", [zone("Z1", "greening"), zone("Z2")], members=[("Z1", C1), ("Z2", C1)]
    )
    assert counts(load_layer(town, turned, now=NOW)) == (0, 2, 0, 0)
    kinds = select(MEMBERS.c.zone_code, MEMBERS.c.kind).order_by(MEMBERS.c.zone_code)
    assert [tuple(row) for row in town.execute(kinds)] == [("Z1", "greening"), ("Z2", "inspection")]


def test_zones_without_members_are_refused_until_they_have_some(town: Connection) -> None:
    bare = layer_file("zones", [zone("Z1")])
    with pytest.raises(FileUnreadable, match=r"zone_cells.csv.*Z1"):
        load_layer(town, bare, now=NOW)
    load_layer(town, layer_file("zones", [zone("Z1")], members=[("Z1", C1)]), now=NOW)
    renamed = layer_file("zones", [(zone("Z1")[0] | {"name": "江北一格"}, None)])
    assert counts(load_layer(town, renamed, now=NOW)) == (0, 1, 0, 0)
    assert cells_of(town, "Z1") == [C1]


def test_outlines_follow_the_grid(town: Connection) -> None:
    file = layer_file("zones", [zone("Z1")], members=[("Z1", C1), ("Z1", C2)])
    load_layer(town, file, now=NOW)
    load_layer(town, cells_file(cell_shapes(4, 1)[1:], first=2), now=NOW, complete=True)
    assert outline(town, "Z1").equals(cell_shapes(4, 1)[1])
    load_layer(town, cells_file(cell_shapes(4, 1)[2:], first=3), now=NOW, complete=True)
    assert outline(town, "Z1") is None


# What does not fit


def test_what_does_not_fit_other_layers_is_noted_and_taken(town: Connection) -> None:
    shapes = cell_shapes(4, 1)
    box = shapely.box(WEST, SOUTH, WEST + 1, SOUTH + 1)
    land = [({"code": "610902", "name": "汉滨区", "kind": "district"}, box)]
    load_layer(town, layer_file("jurisdictions", land), now=NOW)
    load_layer(town, layer_file("streets", [street("S1", "香溪路")]), now=NOW)
    line = shapely.LineString([(WEST, SOUTH), (WEST + STEP, SOUTH)])
    shops = [
        ({"code": "F1", "name": "一号", "street_code": "S1", "jurisdiction_code": "610902"}, line),
        ({"code": "F2", "name": "二号", "street_code": "S9", "jurisdiction_code": "610903"}, line),
        ({"code": "F3", "name": "三号"}, line),
    ]
    result = load_layer(town, layer_file("frontages", shops), now=NOW)
    assert result.added == 3
    assert sorted(note.message for note in result.notes) == [
        "1 frontages name a jurisdiction that is not loaded, the first is F2.",
        "1 frontages name a street that is not loaded, the first is F2.",
    ]
    covers = {"name": "井盖", "competent_code": "AK-ZJJ", "state": "完好"}
    covers["valid_from"] = date(2024, 1, 1)
    inside = shapes[0].representative_point()
    lids = [
        (covers | {"code": "61090201001000001", "cell_code": C1}, inside),
        (covers | {"code": "61090201001000002", "cell_code": C2}, inside),
        (covers | {"code": "61090201001000003", "cell_code": "6" * 15}, inside),
    ]
    result = load_layer(town, layer_file("components", lids), now=NOW)
    assert [note.message for note in result.notes] == [
        "2 components do not lie in the cell that they name, the first is 61090201001000002."
    ]


# A folder of layers


def test_a_folder_of_layers_is_loaded_in_order(connection: Connection, tmp_path: Path) -> None:
    load_layer(connection, cells_file(cell_shapes(3, 3), jurisdiction_code="610902"), now=NOW)
    zones = layer_file("zones", [zone("Z1")], members=[("Z1", cell_code(n)) for n in range(1, 10)])
    load_layer(connection, zones, now=NOW)
    load_layer(connection, layer_file("streets", [street("S1", "香溪路")]), now=NOW)
    names = ("streets", "zones", "zone_cells", "cells")
    columns = ("code", "shape", "jurisdiction_code")
    before = {name: dump(connection, name) for name in names[:3]}
    grid = connection.execute(select(*(CELLS.c[name] for name in columns))).all()
    for layer in ("streets", "cells", "zones"):
        (tmp_path / layer).mkdir()
        export_layer(connection, LAYERS[layer], tmp_path / layer / f"{layer}.shp")
    (tmp_path / "README.md").write_text("示意数据", "utf-8")
    connection.execute(text(f"TRUNCATE {', '.join(names)}"))
    seen: list[str] = []
    results = load_city(
        connection, tmp_path, now=NOW, progress=lambda result: seen.append(result.layer)
    )
    assert seen == list(results) == ["cells", "zones", "streets"]
    assert all(result.added and not result.complaints for result in results.values())
    assert {name: dump(connection, name) for name in names[:3]} == before
    again = connection.execute(select(*(CELLS.c[name] for name in columns))).all()
    assert [row[0] for row in again] == [row[0] for row in grid]
    assert not any(
        result.changed_anything for result in load_city(connection, tmp_path, now=NOW).values()
    )


def test_a_folder_with_a_bad_layer_is_refused_by_name(
    connection: Connection, tmp_path: Path
) -> None:
    (tmp_path / "cells").mkdir()
    with pytest.raises(FileUnreadable, match="cells holds none of"):
        load_city(connection, tmp_path, now=NOW)


# At the size of a city


def test_a_city_is_loaded_at_once(connection: Connection) -> None:
    """4,500 cells and 8,000 components; generous, so that only row-by-row work would fail."""
    shapes = cell_shapes(90, 50)
    grid = layer_file(
        "cells",
        [
            ({"code": cell_code(n % 900 + 1, f"{COMMUNITY[:9]}{n // 900:03d}"),
              "valid_from": date(2024, 1, 1)}, shape)
            for n, shape in enumerate(shapes)
        ],
    )  # fmt: skip
    components = layer_file(
        "components",
        [
            (
                {
                    "code": f"61090201001{n:06d}",
                    "name": "上水井盖",
                    "competent_code": "AK-ZJJ",
                    "cell_code": cell_code(1),
                    "state": "完好",
                    "valid_from": date(2024, 1, 1),
                },
                shapely.Point(WEST + STEP * (n % 90), SOUTH + STEP * (n // 90 / 2)),
            )
            for n in range(8000)
        ],
    )
    started = time.perf_counter()
    assert load_layer(connection, grid, now=NOW).added == 4500
    assert load_layer(connection, components, now=NOW).added == 8000
    assert load_layer(connection, grid, now=NOW).unchanged == 4500
    assert time.perf_counter() - started < 20
