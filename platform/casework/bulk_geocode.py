"""Which cell, street, zone and unit does each of many places have? Column by column, no database.

The same answers as `explaining.explain` gives one by one; a test holds them equal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wanmi.gis.columnwise import NOWHERE, Columnwise
from wanmi.gis.index import MATCH_KINDS, CellMatches
from wanmi.platform.casework.bulk_units import BulkUnits, Spots
from wanmi.platform.casework.locating import reach
from wanmi.platform.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanmi.gis.layer_reading import CellFacts
    from wanmi.platform.casework.catalogue import Catalogue
    from wanmi.platform.casework.ground import Ground
    from wanmi.platform.casework.office import Office

    Floats = NDArray[np.float64]
    Texts = NDArray[np.object_]

INSPECTION = "inspection"
INVALID = "invalid"
"""What `match` says of a row whose coordinates cannot be read."""

_KINDS = np.array([*MATCH_KINDS, INVALID], dtype=object)
_NO_CELL = MATCH_KINDS.index("none")
_UNREADABLE = len(MATCH_KINDS)
_MOST_UNKNOWN = 1_000


class Found(NamedTuple):
    """What was found: one entry a row in each column, None where there is nothing.

    Attributes:
        cell_code: 15 digits.
        match: `inside`, `nearest`, `none` or `invalid`.
        distance_m: metres to the cell in the city's plane, 0 inside, NaN without a cell.
        street: name of the nearest street within the city's tolerance.
        zone: code of the inspection zone (责任网格); several with `;` between.
        unit_code: of the unit that answers.
        unit_name: its name.
        rule: code of the responsibility rule that gave the unit, or `territorial` (属地).
    """

    cell_code: Texts
    match: Texts
    distance_m: Floats
    street: Texts
    zone: Texts
    unit_code: Texts
    unit_name: Texts
    rule: Texts


@dataclass(slots=True)
class Summary:
    """What came of all rows: how many of each match, and classes that the catalogue lacks."""

    matches: Counter[str] = field(default_factory=Counter)
    unknown_classes: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """How many rows there were."""
        return self.matches.total()


class BulkGeocoder:
    """Finds places on one ground; what it has learnt makes it quicker.

    `language` (`zh_CN` or `en`) is that of the units' names.
    """

    def __init__(self, office: Office, ground: Ground, language: str = "zh_CN") -> None:
        """Take what is known; nothing is read later."""
        self.summary = Summary()
        self._office = office
        self._ground = ground
        self._near = Columnwise.of(ground.snapshot)
        self._reach = reach(office)
        self._units = BulkUnits(office, ground, language)
        self._classes = _Classes(office.catalogue, self.summary)
        self._jurisdictions: dict[str | None, int] = {}
        codes = ground.index.codes.tolist() if ground.index is not None else []
        facts = [self._near.cells.get(code) for code in codes]
        # The last entry is for the position NOWHERE.
        self._codes = _texts([*codes, None])
        self._zones = _texts([*(_zones(fact) for fact in facts), None])
        self._of_cells = _texts(
            [*(fact.jurisdiction_code if fact else None for fact in facts), None]
        )
        self._streets = _texts([*(row[1] for row in self._near.values("streets")), None])

    def find(self, lon: Floats, lat: Floats, classes: Sequence[str | None] | None = None) -> Found:
        """Find many places.

        Args:
            lon: CGCS2000 degrees, NaN where the row's place cannot be read.
            lat: the same.
            classes: a class of matters (five digits) for each, or None when units are to be the
                territorial ones. A row whose class is missing or unknown gets no unit, and so does
                a place where the city cannot be.
        """
        cells = self._cells(lon, lat)
        streets = np.full(len(lon), NOWHERE, dtype=np.intp)
        units: Texts = np.full((len(lon), 3), None, dtype=object)
        numbers, codes = self._classes.numbers(classes, len(lon))
        rows = np.flatnonzero(self._believed(lon, lat))
        if len(rows):
            points = self._near.points(lon[rows], lat[rows])
            streets[rows] = self._near.nearest("streets", points, self._reach.street_m)
            points = points[numbers[rows] >= 0]
            rows = rows[numbers[rows] >= 0]
            fronts = self._near.nearest("frontages", points, self._reach.frontage_m)
            of_cell = cells.ids[rows]
            ground = self._jurisdictions_at(lon[rows], lat[rows], of_cell)
            mixture = (of_cell, streets[rows], fronts, ground)
            spots = Spots(lon[rows], lat[rows], self._codes[of_cell], numbers[rows], mixture)
            units[rows] = self._units.find(spots, codes)
        kinds = _KINDS[cells.kinds]
        self.summary.matches.update(kinds.tolist())
        return Found(
            self._codes[cells.ids],
            kinds,
            np.round(cells.distance_m, 3),
            self._streets[streets],
            self._zones[cells.ids],
            *units.T,
        )

    def _cells(self, lon: Floats, lat: Floats) -> CellMatches:
        found = CellMatches(
            np.full(len(lon), NOWHERE, dtype=np.int32),
            np.full(len(lon), _UNREADABLE, dtype=np.int8),
            np.full(len(lon), np.nan),
        )
        rows = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        found.kinds[rows] = _NO_CELL
        if self._ground.index is not None:
            tolerance = self._office.city.cell_tolerance_m
            of_rows = self._ground.index.match_many(lon[rows], lat[rows], tolerance)
            found.ids[rows], found.kinds[rows], found.distance_m[rows] = of_rows
        return found

    def _believed(self, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        box = self._office.city.believed_box
        across = (lon >= box.min_lon) & (lon <= box.max_lon)
        return np.asarray(across & (lat >= box.min_lat) & (lat <= box.max_lat))

    def _jurisdictions_at(
        self, lon: Floats, lat: Floats, cells: NDArray[np.int32]
    ) -> NDArray[np.intp]:
        """Return a number for each place's jurisdiction: its cell's, else the innermost outline."""
        codes = self._of_cells[cells]
        missing = np.flatnonzero([code is None for code in codes.tolist()])
        codes[missing] = self._near.jurisdictions(lon[missing], lat[missing])
        known = self._jurisdictions
        return np.array([known.setdefault(code, len(known)) for code in codes], dtype=np.intp)


class _Classes:
    """Numbers for the classes of a file; those that the catalogue lacks are counted."""

    def __init__(self, catalogue: Catalogue, summary: Summary) -> None:
        self._catalogue = catalogue
        self._unknown = summary.unknown_classes
        self._numbers: dict[str, int] = {}
        self._codes: list[str | None] = []

    def numbers(
        self, said: Sequence[str | None] | None, rows: int
    ) -> tuple[NDArray[np.intp], Sequence[str | None]]:
        """Return each row's class as a position in the list beside it, NOWHERE when unknown."""
        if said is None:
            return np.zeros(rows, dtype=np.intp), (None,)
        found = [self._number((code or "").strip()) for code in said]
        return np.array(found, dtype=np.intp), self._codes

    def _number(self, said: str) -> int:
        number = self._numbers.get(said)
        if number is None:
            number = self._numbers[said] = self._learn(said)
        if number == NOWHERE and (said in self._unknown or len(self._unknown) < _MOST_UNKNOWN):
            self._unknown[said] += 1
        return number

    def _learn(self, said: str) -> int:
        try:
            code = self._catalogue.matter(said).code
        except Invalid:
            return NOWHERE
        self._codes.append(code)
        return len(self._codes) - 1


def _zones(facts: CellFacts | None) -> str | None:
    zones = facts.zones if facts else ()
    return ";".join(zone.code for zone in zones if zone.kind == INSPECTION) or None


def _texts(values: Sequence[str | None]) -> Texts:
    texts: Texts = np.empty(len(values), dtype=object)
    texts[:] = values
    return texts
