"""Which components stand in the city, and who competes, owns and keeps each of them?"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from demo_city.base_rows import EDITION
from demo_city.city import NOWHERE, City, greening_unit, sanitation_unit
from demo_city.component_places import places
from demo_city.frame import to_degrees
from demo_city.sources import table
from demo_city.territory import HIGH_TECH
from demo_city.writing import SHAPE, Row

if TYPE_CHECKING:
    import numpy as np

    from demo_city.territory import Community

STATES: tuple[tuple[str, float], ...] = (
    ("完好", 0.955),
    ("破损", 0.030),
    ("丢失", 0.009),
    ("废弃", 0.006),
)
_CHANGED_DAYS = 300
ANCIENT_TREE = "04001"


def component_rows(city: City, rng: np.random.Generator) -> list[Row]:
    """Return one row a component, numbered inside its class from north-west cells on."""
    names = {row["code"]: row["name"] for row in table("units.csv")}
    found: list[Row] = []
    for kind in table("components.csv"):
        degrees = [to_degrees(place) for place in places(kind, city, rng)]
        for place, cell in zip(degrees, city.cells_of(degrees), strict=True):
            if cell != NOWHERE:
                state, changed = _state(rng)
                units = _units(kind, city.grid.community[cell], rng)
                row = _row(kind, units, names)
                row |= {
                    "SZDYWGBSM": city.grid.codes[cell],
                    "GLBJZT": state,
                    "BGRQ": changed,
                    "SZJDDM": city.grid.community[cell].town,
                    "SZSQDM": city.grid.community[cell].code,
                    "JURIS": city.grid.community[cell].jurisdiction,
                    SHAPE: place,
                }
                found.append(row)
    return _numbered(found)


def _row(kind: dict[str, str], units: tuple[str, str, str], names: dict[str, str]) -> Row:
    competent, owner, maintainer = units
    return {
        "GLBJBSM": kind["class"],
        "GLBJMC": kind["name"],
        "ZGBMDM": competent,
        "ZGBMMC": names[competent],
        "QSDWDM": owner,
        "QSDWMC": names.get(owner, ""),
        "YHDWDM": maintainer,
        "YHDWMC": names[maintainer],
        "CSRQ": EDITION,
        "SJLY": "其他",
        "BZ": "示意",
        "ACCURACY": kind["accuracy"],
    }


def _units(
    kind: dict[str, str],
    community: Community,
    rng: np.random.Generator,
) -> tuple[str, str, str]:
    """Return competent department, owner and maintainer; HW, YL, SZ and TX depend on the place."""
    telecom = "CO-TX1" if rng.random() < 0.6 else "CO-TX2"
    local = {
        "HW": sanitation_unit(community.jurisdiction, community.bank),
        "YL": greening_unit(community.jurisdiction, community.bank),
        "SZ": "CO-GX" if community.jurisdiction == HIGH_TECH else "CO-SZ",
        "TX": telecom,
    }
    owner, maintainer = (local.get(kind[role], kind[role]) for role in ("owner", "maintainer"))
    return kind["competent"], owner, maintainer


def _state(rng: np.random.Generator) -> tuple[str, dt.date | None]:
    """Return a state, and when it changed if it is no longer the census's."""
    state = STATES[int(rng.choice(len(STATES), p=[weight for _, weight in STATES]))][0]
    if state == STATES[0][0]:
        return state, None
    return state, EDITION + dt.timedelta(days=int(rng.integers(1, _CHANGED_DAYS)))


def _numbered(rows: list[Row]) -> list[Row]:
    """Complete the 17-digit codes: division, class, sequence in the order of the cells."""
    rows.sort(key=lambda row: (row["GLBJBSM"], row["SZDYWGBSM"], row[SHAPE].x, row[SHAPE].y))
    count: dict[str, int] = {}
    for row in rows:
        kind = row["GLBJBSM"]
        count[kind] = count.get(kind, 0) + 1
        row["GLBJBSM"] = f"610902{kind}{count[kind]:06d}"
    return rows
