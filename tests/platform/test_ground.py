"""The ground of a process: one index for an edition, kept on disk, and renewed with the layers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import shapely
from sqlalchemy import text

from support.clusters import fresh_database
from support.small_town import COLUMNS, MONDAY, ROWS, SINCE, cell_of, load_ground, middle_of
from support.town import SOUTH, STEP, WEST, cell_code, cell_shapes, cells_file, layer_file
from wanmi.gis.frames import Plane
from wanmi.gis.index import CellIndex
from wanmi.gis.loading import load_layer
from wanmi.gis.points import LonLat
from wanmi.migrations import runner
from wanmi.platform.casework.ground import Ground, GroundReader, fresh_ground
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.kernel.errors import Unavailable
from wanmi.platform.kernel.freshness import Fresh

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

PLANE = Plane(4545)
HERE = LonLat(WEST + 0.5 * STEP, SOUTH + 0.5 * STEP)


@pytest.fixture(scope="module")
def bare(server: str) -> Iterator[Engine]:
    """A migrated database of this module's own, without any layer."""
    with fresh_database(server) as url:
        engine = make_engine(url)
        runner.upgrade(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def land(bare: Engine) -> Engine:
    """The database, emptied."""
    with bare.begin() as connection:
        for table in ("zone_cells", "zones", "streets", "cells", "grid_editions", "layer_loads"):
            connection.execute(text(f"DELETE FROM {table}"))
    return bare


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "index"


def load(land: Engine, *, side: int = 3, seed: int = 1, day: int = 0) -> None:
    """Load a grid of side * side cells; another seed draws other borders."""
    with land.begin() as connection:
        file = cells_file(cell_shapes(side, side, seed=seed), since=SINCE)
        load_layer(connection, file, now=MONDAY + timedelta(days=day), complete=True)


def index_of(ground: Ground) -> CellIndex:
    assert ground.index is not None
    return ground.index


def test_without_cells_nothing_is_inside(land: Engine, folder: Path) -> None:
    ground = GroundReader(land, PLANE, folder).read(None)
    assert (ground.edition, ground.index) == (0, None)


def test_the_same_layers_are_the_same_ground(land: Engine, folder: Path) -> None:
    load(land)
    reader = GroundReader(land, PLANE, folder)
    first = reader.read(None)
    assert index_of(first).locate(HERE) == cell_code(1)
    assert reader.read(first) is first


def test_a_new_edition_is_a_new_index_and_old_answers_stay(land: Engine, folder: Path) -> None:
    load(land, seed=1)
    reader = GroundReader(land, PLANE, folder)
    before = reader.read(None)
    load(land, side=2, seed=2, day=1)
    after = reader.read(before)
    assert (before.edition, after.edition) == (1, 2)
    corner = LonLat(WEST + 2.5 * STEP, SOUTH + 2.5 * STEP)
    assert index_of(after).locate(corner) is None
    # A report that began before goes on with the ground that it began with.
    assert index_of(before).locate(corner) == cell_code(9)


def test_another_layer_is_another_ground_with_the_same_index(land: Engine, folder: Path) -> None:
    load(land)
    reader = GroundReader(land, PLANE, folder)
    before = reader.read(None)
    line = shapely.LineString([(WEST, SOUTH + 0.5 * STEP), (WEST + STEP, SOUTH + 0.5 * STEP)])
    with land.begin() as connection:
        street = {"code": "S1", "name": "育才路", "grade": "main"}
        load_layer(connection, layer_file("streets", [(street, line)]), now=MONDAY)
    after = reader.read(before)
    assert after is not before
    assert after.index is before.index
    assert before.snapshot.around(HERE, None).street is None
    street_here = after.snapshot.around(HERE, None).street
    assert street_here is not None
    assert street_here.name == "育才路"


def test_a_process_that_starts_later_maps_the_saved_index(
    land: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(land)
    GroundReader(land, PLANE, folder).read(None)

    def never(*_: object, **__: object) -> CellIndex:
        raise AssertionError("built again")

    monkeypatch.setattr(CellIndex, "build", never)
    again = GroundReader(land, PLANE, folder).read(None)
    assert index_of(again).locate(HERE) == cell_code(1)


def test_several_that_start_together_build_once(
    land: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(land)
    built = []
    build = CellIndex.build.__func__  # type: ignore[attr-defined]

    def counted(cls: type[CellIndex], *args: object, **named: object) -> CellIndex:
        built.append(1)
        found: CellIndex = build(cls, *args, **named)
        return found

    monkeypatch.setattr(CellIndex, "build", classmethod(counted))
    with ThreadPoolExecutor(4) as pool:
        readers = [GroundReader(land, PLANE, folder) for _ in range(4)]
        grounds = list(pool.map(lambda reader: reader.read(None), readers))
    assert len(built) == 1
    assert {index_of(ground).locate(HERE) for ground in grounds} == {cell_code(1)}


def test_a_damaged_index_is_built_again(land: Engine, folder: Path) -> None:
    load(land)
    GroundReader(land, PLANE, folder).read(None)
    for file in folder.rglob("*"):
        if file.is_file() and file.stat().st_size > 1000:
            file.write_bytes(file.read_bytes()[:-64])
    again = GroundReader(land, PLANE, folder).read(None)
    assert index_of(again).locate(HERE) == cell_code(1)


def test_another_database_with_the_same_state_folder_gets_its_own_index(
    land: Engine, folder: Path
) -> None:
    """Edition 1 of one city is not edition 1 of another."""
    load(land, side=3)
    GroundReader(land, PLANE, folder).read(None)
    with land.begin() as connection:
        for table in ("cells", "grid_editions", "layer_loads"):
            connection.execute(text(f"DELETE FROM {table}"))
    load(land, side=2, seed=5)
    ground = GroundReader(land, PLANE, folder).read(None)
    assert ground.edition == 1
    assert list(index_of(ground).codes) == [cell_code(number) for number in range(1, 5)]


def test_indexes_of_older_editions_are_cleared_away(land: Engine, folder: Path) -> None:
    reader, ground = GroundReader(land, PLANE, folder), None
    for day in range(4):
        load(land, seed=day + 1, day=day)
        ground = reader.read(ground)
    kept = [path for path in folder.iterdir() if path.is_dir()]
    assert len(kept) <= 2


def test_a_folder_that_cannot_be_written_is_said_but_named_in_the_log_only(
    land: Engine, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load(land)
    (home / "index").write_text("in the way")
    with pytest.raises(Unavailable) as caught:
        GroundReader(land, PLANE, home / "index").read(None)
    assert "cannot be kept" in caught.value.message
    assert "/" not in caught.value.message
    assert str(home / "index") in caplog.text


def test_an_index_that_cannot_be_read_back_is_said_without_its_folder(
    land: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    load(land)
    monkeypatch.setattr(CellIndex, "save", lambda *_: None)
    with pytest.raises(Unavailable) as caught:
        GroundReader(land, PLANE, folder).read(None)
    assert "/" not in caught.value.message
    assert str(folder) in caplog.text


def test_while_one_reads_anew_the_others_are_served_what_is_known(
    land: Engine, folder: Path
) -> None:
    load(land)
    ground = fresh_ground(land, PLANE, folder)
    first = ground.current()
    load(land, side=2, day=1)
    assert ground.current() is first
    ground.forget()
    assert ground.current().edition == 2


def test_the_whole_town_is_located_as_it_was_drawn(land: Engine, folder: Path) -> None:
    with land.begin() as connection:
        load_ground(connection)
    ground = GroundReader(land, PLANE, folder).read(None)
    for column in range(COLUMNS):
        for row in range(ROWS):
            assert index_of(ground).locate(middle_of(column, row)) == cell_of(column, row)


def test_a_grid_without_current_cells_is_no_fault(land: Engine, folder: Path) -> None:
    load(land)
    with land.begin() as connection:
        connection.execute(text("UPDATE cells SET valid_to = '2026-01-01', ended_edition = 1"))
    ground = GroundReader(land, PLANE, folder).read(None)
    assert (ground.edition, ground.index) == (1, None)


def test_what_is_known_is_served_when_reading_anew_fails() -> None:
    tries: list[int] = []

    def read(known: str | None) -> str:
        tries.append(1)
        if len(tries) in {1, 3}:
            raise ConnectionError
        return f"{known}-{len(tries)}"

    fresh = Fresh(read)
    with pytest.raises(ConnectionError):
        fresh.current()
    fresh.forget()
    assert fresh.current() == "None-2"
    fresh.forget()
    assert fresh.current() == "None-2"
    fresh.forget()
    assert fresh.current() == "None-2-4"
