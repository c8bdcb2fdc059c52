"""Which unit answers at each of many places? Every mixture of what the rules look at, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wanmi.gis.index import CellMatch
from wanmi.platform.casework.locating import NO_CELL, here, reach
from wanmi.platform.organisation.responsibility import decide, territorial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanmi.platform.casework.ground import Ground
    from wanmi.platform.casework.office import Office
    from wanmi.platform.organisation.placefacts import PlaceFacts

TERRITORIAL = "territorial"
"""What stands for a rule when no class was asked for: the unit is the one whose ground it is."""

MOST_REMEMBERED = 500_000


class Answer(NamedTuple):
    """A unit, its name, and the code of the rule that gave it."""

    unit_code: str
    unit_name: str
    rule: str


class Spots(NamedTuple):
    """Places with all that the rules look at.

    Attributes:
        lon: CGCS2000 degrees.
        lat: the same.
        cell_codes: None where there is no cell.
        classes: positions in the list of classes; 0 for all when none is asked for.
        mixture: columns of whole numbers that stand for cell, street, frontage and jurisdiction:
            rows with the same numbers and the same class have the same unit.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    cell_codes: NDArray[np.object_]
    classes: NDArray[np.intp]
    mixture: tuple[NDArray[np.integer], ...]


class BulkUnits:
    """Remembers the unit of every mixture on one ground. `language` is that of units' names."""

    def __init__(self, office: Office, ground: Ground, language: str) -> None:
        """Take what is known; nothing is read later."""
        self._office = office
        self._ground = ground
        self._name = "name_en" if language == "en" else "name_zh"
        self._facts: dict[tuple[int, ...], PlaceFacts] = {}
        # Answers are few: a mixture remembers the number of its own.
        self._numbers: dict[Answer, int] = {}
        self._answers: dict[tuple[int, ...], int] = {}

    def find(self, spots: Spots, classes: Sequence[str | None]) -> NDArray[np.object_]:
        """Return unit, name and rule of each spot: shape (spots, 3).

        `classes[i]` is the code of the class number i, None for the territorial unit.
        """
        if not len(spots.lon):
            return np.empty((0, 3), dtype=object)
        if max(len(self._facts), len(self._answers)) > MOST_REMEMBERED:
            self._facts.clear()
            self._answers.clear()
        columns = (*spots.mixture, spots.classes)
        first, group = _grouped(columns)
        keys = list(zip(*(column[first].tolist() for column in columns), strict=True))
        self._learn(spots, first, keys)
        for key in keys:
            if key not in self._answers:
                answer = self._answer(self._facts[key[:-1]], classes[key[-1]])
                self._answers[key] = self._numbers.setdefault(answer, len(self._numbers))
        table = np.array(list(self._numbers), dtype=object)
        numbers = np.array([self._answers[key] for key in keys], dtype=np.intp)
        found: NDArray[np.object_] = table[numbers[group]]
        return found

    def _learn(self, spots: Spots, rows: NDArray[np.intp], keys: Sequence[tuple[int, ...]]) -> None:
        """Gather the facts of mixtures that are new; `rows` are examples of the keys."""
        new = {
            key[:-1]: row
            for key, row in zip(keys, rows.tolist(), strict=True)
            if key[:-1] not in self._facts
        }
        examples = list(new.values())
        codes = spots.cell_codes[examples].tolist()
        arounds = self._ground.snapshot.around_many(
            spots.lon[examples], spots.lat[examples], codes, reach(self._office)
        )
        for key, code, around in zip(new, codes, arounds, strict=True):
            cell = NO_CELL if code is None else CellMatch(code, "inside", 0.0)
            self._facts[key] = here(self._office, self._ground, cell, around, None).facts

    def _answer(self, facts: PlaceFacts, class_code: str | None) -> Answer:
        if class_code is None:
            code, rule = territorial(self._office.register, facts), TERRITORIAL
        else:
            decision = decide(self._office.rules, class_code, facts)
            code, rule = decision.unit_code, decision.rule.code
        return Answer(code, getattr(self._office.register.by_code[code], self._name), rule)


def _grouped(
    columns: Sequence[NDArray[np.integer]],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first row of each group of equal rows, and each row's group."""
    group = np.zeros(len(columns[0]), dtype=np.int64)
    first = group
    for column in columns:
        # Renumbered at every step, so that the product never grows out of its integer.
        shifted = column.astype(np.int64) - column.min()
        group = group * (shifted.max() + 1) + shifted
        _, first, group = np.unique(group, return_index=True, return_inverse=True)
    return first, group
