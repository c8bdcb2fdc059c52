"""An index in a folder: whole or not there, of one edition, the same answers when opened."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from support import coverages
from wanmi.gis import index_files
from wanmi.gis.errors import IndexStale
from wanmi.gis.frames import Plane
from wanmi.gis.index import CellIndex
from wanmi.gis.points import LonLat

if TYPE_CHECKING:
    from pathlib import Path

PLANE = Plane(4545)


def made(edition: str = "2026-1", seed: int = 1, kind: int = 3) -> CellIndex:
    cells = coverages.make(kind, seed, 4, 0)
    codes = coverages.codes_for(len(cells))
    return CellIndex.build(cells, codes, edition=edition, plane=PLANE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "indexes" / "2026-1"


def test_an_opened_index_answers_as_the_built_one(folder: Path) -> None:
    built = made()
    built.save(folder)
    opened = CellIndex.open(folder, plane=PLANE, edition="2026-1")
    lon, lat = coverages.nasty_points(coverages.make(3, 1, 4, 0), np.random.default_rng(1))
    assert (opened.edition, opened.codes.tolist()) == ("2026-1", built.codes.tolist())
    for one, other in zip(
        built.match_many(lon, lat, 25.0), opened.match_many(lon, lat, 25.0), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_the_arrays_are_mapped_from_the_files(folder: Path) -> None:
    made().save(folder)
    opened = CellIndex.open(folder, plane=PLANE)
    assert isinstance(opened._raster.pixels.base, np.memmap)
    assert not opened._raster.pixels.flags.writeable


def test_saving_leaves_nothing_else_behind(folder: Path) -> None:
    made().save(folder)
    made().save(folder)
    assert [path.name for path in folder.parent.iterdir()] == ["2026-1"]


def test_an_open_index_outlives_its_replacement(folder: Path) -> None:
    made("old", seed=1).save(folder)
    old = CellIndex.open(folder, plane=PLANE)
    lon, lat = coverages.nasty_points(coverages.make(3, 1, 4, 0), np.random.default_rng(1))
    before = old.locate_many(lon, lat)
    made("new", seed=2).save(folder)
    assert CellIndex.open(folder, plane=PLANE).edition == "new"
    assert old.edition == "old"
    np.testing.assert_array_equal(old.locate_many(lon, lat), before)


def test_a_save_that_fails_leaves_the_old_index(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made("old").save(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(index_files, "_write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        made("new").save(folder)
    assert CellIndex.open(folder, plane=PLANE).edition == "old"
    assert [path.name for path in folder.parent.iterdir()] == ["2026-1"]


def test_an_index_of_another_edition_is_stale(folder: Path) -> None:
    made().save(folder)
    with pytest.raises(IndexStale, match="edition '2026-1', not '2026-2'") as caught:
        CellIndex.open(folder, plane=PLANE, edition="2026-2")
    assert "/" not in str(caught.value)


def test_no_index_is_a_stale_one(folder: Path) -> None:
    with pytest.raises(IndexStale, match="no whole index") as caught:
        CellIndex.open(folder, plane=PLANE)
    assert "/" not in str(caught.value)


def change_header(folder: Path, **changes: object) -> None:
    path = folder / "header.json"
    content = json.loads(path.read_text())
    content["header"] |= changes
    content["sha256"] = index_files._sum(content["header"])
    path.write_text(json.dumps(content))


def test_another_format_is_stale(folder: Path) -> None:
    made().save(folder)
    change_header(folder, format=index_files.FORMAT + 1)
    with pytest.raises(IndexStale, match="format 2, this program reads 1"):
        CellIndex.open(folder, plane=PLANE)


def test_a_changed_header_is_damaged(folder: Path) -> None:
    made().save(folder)
    path = folder / "header.json"
    path.write_text(path.read_text().replace("2026-1", "2026-9"))
    with pytest.raises(IndexStale, match=r"header .* damaged") as caught:
        CellIndex.open(folder, plane=PLANE)
    assert "/" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"header": 1, "sha256": "x"}', "\x00\xff"])
def test_a_header_that_is_none_is_stale(folder: Path, text: str) -> None:
    made().save(folder)
    (folder / "header.json").write_text(text)
    with pytest.raises(IndexStale):
        CellIndex.open(folder, plane=PLANE)


@pytest.mark.parametrize(
    "name", ["tiles", "pixels", "ends", "sides", "records", "codes", "rim_cells"]
)
def test_a_damaged_or_missing_file_is_stale(folder: Path, name: str) -> None:
    made().save(folder)
    path = folder / f"{name}.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(IndexStale, match="damaged") as caught:
        CellIndex.open(folder, plane=PLANE)
    assert "/" not in str(caught.value)
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(IndexStale):
        CellIndex.open(folder, plane=PLANE)
    path.unlink()
    with pytest.raises(IndexStale):
        CellIndex.open(folder, plane=PLANE)


def test_a_server_that_opens_an_index_never_loads_numba(folder: Path) -> None:
    index = made(kind=0)
    index.save(folder)
    place = LonLat(*coverages.make(0, 1, 4, 0)[0].representative_point().coords[0])
    program = f"""
import sys
from pathlib import Path
from wanmi.gis.frames import Plane
from wanmi.gis.index import CellIndex
from wanmi.gis.points import LonLat
index = CellIndex.open(Path({str(folder)!r}), plane=Plane(4545))
place = LonLat({place.lon!r}, {place.lat!r})
print(index.locate(place), index.match(place, 30.0).match)
print(index.locate_many([place.lon] * 1000, [place.lat] * 1000)[-1])
print("numba" in sys.modules, "geopandas" in sys.modules)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    code = index.locate(place)
    at = index.codes.tolist().index(code)
    assert run.stdout.split() == [code, "inside", str(at), "False", "False"]
