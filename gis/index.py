"""Which cell of the unit grid covers a place, or is nearest to it?

One answer everywhere: cells have straight edges in CGCS2000 degrees (EPSG:4490); a point on an
edge or a vertex belongs to the lowest code among the cells that cover it; the grid's outer border
is closed. That is `ST_Covers(geom, point) ORDER BY code LIMIT 1`, for every point (architecture.md
section 5). One point takes the plain path and never loads numba; many take a kernel.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import shapely

from wanmi.gis.errors import IndexStale
from wanmi.gis.index_checks import checked
from wanmi.gis.index_files import read_index, write_index
from wanmi.gis.kernels import compiled
from wanmi.gis.lookup import KERNEL_PARTS, UNDECIDED, Raster, find_many
from wanmi.gis.plain_lookup import finder
from wanmi.gis.rasters import build_raster
from wanmi.gis.rim import Rim

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from wanmi.gis.frames import Plane
    from wanmi.gis.points import LonLat

MatchKind = Literal["inside", "nearest", "none"]
MATCH_KINDS: tuple[MatchKind, ...] = ("inside", "nearest", "none")
"""What the numbers in `CellMatches.kinds` mean."""
INSIDE, NEAREST, NONE = range(3)

FEW = 2_000  # points that the plain path does before a kernel would be loaded
CHUNK = 1 << 17  # points that one thread takes at a time
MOST_THREADS = 4


@dataclass(frozen=True, slots=True)
class CellMatch:
    """A place's cell.

    Attributes:
        code: 15 digits, None when `match` is `none`.
        match: `inside`, `nearest` (within the tolerance) or `none`.
        distance_m: metres in the city's plane; 0 inside, None when `match` is `none`.
    """

    code: str | None
    match: MatchKind
    distance_m: float | None


class CellMatches(NamedTuple):
    """Many places' cells, in the order of the places.

    Attributes:
        ids: positions in the index's `codes`, -1 for none.
        kinds: INSIDE, NEAREST or NONE: positions in MATCH_KINDS.
        distance_m: metres in the city's plane, 0 inside, NaN for none.
    """

    ids: NDArray[np.int32]
    kinds: NDArray[np.int8]
    distance_m: NDArray[np.float64]


class CellIndex:
    """The cells of one grid edition, ready to be asked. Never changes; safe between threads.

    Attributes:
        edition: the edition of the grid.
        codes: the cells' codes, ascending, so that the lowest position is the lowest code.
        plane: where distances are measured.
    """

    def __init__(
        self, edition: str, codes: NDArray[np.str_], plane: Plane, raster: Raster, rim: Rim
    ) -> None:
        """Use `build` or `open`."""
        self.edition = edition
        self.codes = codes
        self.plane = plane
        self._raster = raster
        self._rim = rim
        self._find = finder(raster)
        self._code = codes.item

    @classmethod
    def build(
        cls,
        cells: Sequence[Any] | NDArray[np.object_],
        codes: Sequence[str] | NDArray[np.str_],
        *,
        edition: str,
        plane: Plane,
    ) -> CellIndex:
        """Make the index of a grid.

        Args:
            cells: shapely Polygons or MultiPolygons in CGCS2000 degrees.
            codes: one for each, 15 digits.
            edition: name of the grid's edition, kept with the index.
            plane: the city's plane.

        Raises:
            GridInvalid: no cells, a code twice, or a shape that is no valid polygon in degrees.
            CodeInvalid: a code that is not 15 digits.
        """
        shapes, names = checked(cells, codes)
        raster, rim = build_raster(shapes)
        return cls(edition, names, plane, raster, Rim(rim, shapes[rim], plane))

    def save(self, folder: Path) -> None:
        """Keep the index in `folder`; it appears there whole or not at all.

        Raises:
            OSError: the folder cannot be written.
        """
        kind, vertices, offsets = shapely.to_ragged_array(self._rim.shapes, include_z=False)
        raster = self._raster._asdict()
        arrays = {name: value for name, value in raster.items() if hasattr(value, "dtype")}
        numbers = {name: value for name, value in raster.items() if name not in arrays}
        arrays |= {"codes": self.codes, "rim_cells": self._rim.cells, "rim_vertices": vertices}
        arrays |= {f"rim_offsets_{i}": offset for i, offset in enumerate(offsets)}
        numbers |= {"rim_kind": int(kind), "rim_levels": len(offsets)}
        write_index(folder, self.edition, numbers, arrays)

    @classmethod
    def open(cls, folder: Path, *, plane: Plane, edition: str | None = None) -> CellIndex:
        """Return the index that `save` left in `folder`, mapped into memory.

        Raises:
            IndexStale: none there, another format, damaged, or not of this `edition`.
        """
        said, numbers, arrays = read_index(folder)
        if edition not in {None, said}:
            raise IndexStale(
                f"The saved index is of edition {said!r}, not {edition!r}; build it again.",
            )
        kind = shapely.GeometryType(numbers.pop("rim_kind"))
        offsets = tuple(arrays.pop(f"rim_offsets_{i}") for i in range(numbers.pop("rim_levels")))
        shapes = shapely.from_ragged_array(kind, arrays.pop("rim_vertices"), offsets)
        rim = Rim(arrays.pop("rim_cells"), shapes, plane)
        codes = arrays.pop("codes")
        return cls(said, codes, plane, Raster(**{**numbers, **arrays}), rim)

    def locate(self, place: LonLat) -> str | None:
        """Return the code of the cell that covers `place`, None where none does."""
        cell = self._find(place.lon, place.lat)
        return None if cell < 0 else self._code(cell)

    def locate_many(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int32]:
        """Return positions in `codes`, -1 where no cell covers the place.

        Args:
            lon: longitudes in CGCS2000 degrees, one axis; NaN and infinity are outside.
            lat: latitudes, as many.

        Raises:
            ValueError: not two rows of numbers of the same length.
        """
        x, y = _numbers(lon), _numbers(lat)
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"Longitudes {x.shape} and latitudes {y.shape} are not two rows.")
        if len(x) <= FEW:
            found = map(self._find, x.tolist(), y.tolist())
            return np.fromiter(found, np.int32, len(x))
        out = np.empty(len(x), np.int32)
        self._find_all(x, y, out)
        # What float64 could not decide; never in a grid away from equator and prime meridian.
        for i in np.flatnonzero(out == UNDECIDED).tolist():
            out[i] = self._find(x[i].item(), y[i].item())
        return out

    def match(self, place: LonLat, tolerance_m: float) -> CellMatch:
        """Return the cell that covers `place`, else the nearest within `tolerance_m` metres.

        Distances are those in the city's plane; of equally near cells the lowest code is taken.

        Raises:
            ValueError: the tolerance is negative or NaN.
        """
        _check_tolerance(tolerance_m)
        code = self.locate(place)
        if code is not None:
            return CellMatch(code, "inside", 0.0)
        cells, metres = self._rim.nearest(np.array([place.lon]), np.array([place.lat]), tolerance_m)
        if cells[0] < 0:
            return CellMatch(None, "none", None)
        return CellMatch(self._code(cells[0]), "nearest", metres.item())

    def match_many(self, lon: ArrayLike, lat: ArrayLike, tolerance_m: float) -> CellMatches:
        """Return what `match` says of each place; arguments as for `locate_many`.

        Raises:
            ValueError: as `locate_many`, or the tolerance is negative or NaN.
        """
        _check_tolerance(tolerance_m)
        x, y = _numbers(lon), _numbers(lat)
        ids = self.locate_many(x, y)
        kinds = np.full(len(ids), INSIDE, np.int8)
        distance_m = np.zeros(len(ids))
        out = np.flatnonzero(ids < 0)
        ids[out], distance_m[out] = self._rim.nearest(x[out], y[out], tolerance_m)
        kinds[out] = np.where(ids[out] < 0, NONE, NEAREST)
        return CellMatches(ids, kinds, distance_m)

    def _find_all(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], out: NDArray[np.int32]
    ) -> None:
        find = compiled(find_many, KERNEL_PARTS)

        def part(start: int) -> None:
            piece = slice(start, start + CHUNK)
            find(lon[piece], lat[piece], self._raster, out[piece])

        starts = range(0, len(out), CHUNK)
        threads = min(len(starts), MOST_THREADS, len(os.sched_getaffinity(0)))
        if threads == 1:
            for start in starts:
                part(start)
            return
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, starts))


def _numbers(values: ArrayLike) -> NDArray[np.float64]:
    """Return a read-only row of doubles, so that the kernel is compiled for one kind only."""
    row = np.ascontiguousarray(values, dtype=np.float64).view()
    row.flags.writeable = False
    return row


def _check_tolerance(tolerance_m: float) -> None:
    if not tolerance_m >= 0:
        raise ValueError(f"A tolerance of {tolerance_m} m is no distance.")
