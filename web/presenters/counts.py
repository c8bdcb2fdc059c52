"""How are cases counted by unit, class, place and time said in JSON?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanmi.platform.casework.breakdown import SIZES
from wanmi.platform.organisation.placefacts import PlaceFacts
from wanmi.platform.organisation.responsibility import territorial
from wanmi.web.presenters.cases import moment, named, unit_body
from wanmi.web.presenters.points import PLACES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wanmi.platform.casework.breakdown import Breakdown, Ranking
    from wanmi.platform.casework.heaps import Heaps
    from wanmi.platform.casework.office import Office
    from wanmi.platform.casework.periods import Period

Json = dict[str, Any]
RATE_DIGITS = 2


def breakdown_body(office: Office, ranking: Ranking, found: Breakdown) -> Json:
    """Return the rows with names in the reader's language."""
    return {
        "by": ranking.by,
        "criterion": ranking.criterion,
        "size_unit": SIZES.get(ranking.by),
        "rows": [_row(office, ranking.by, row) for row in found.rows],
        "more": found.more,
    }


def span_body(period: Period) -> Json:
    """Return a period as two moments."""
    return {"from": moment(period.since), "to": moment(period.until)}


def _row(office: Office, by: str, row: Mapping[str, Any]) -> Json:
    size = row.get("size")
    on_map = row.get("lon") is not None
    return {
        "code": row["code"],
        "name": _NAMES.get(by, _own_name)(office, row),
        **{key: row[key] for key in ("all", "open", "overdue", "recent", "before")},
        "size": size,
        "per_size": round(row["all"] / size, RATE_DIGITS) if size else None,
        "unit": _unit(office, by, row),
        "at": {"lon": row["lon"], "lat": row["lat"]} if on_map else None,
    }


def _own_name(_: Office, row: Mapping[str, Any]) -> str:
    return str(row.get("name") or row["code"])


def _unit_name(office: Office, row: Mapping[str, Any]) -> str:
    body = unit_body(office, row["code"])
    return str(body["name"] if body else row["code"])


def _major_name(office: Office, row: Mapping[str, Any]) -> str:
    found = {major.code: major for major in office.catalogue.majors()}.get(row["code"])
    return named(found) if found else str(row["code"])


def _class_name(office: Office, row: Mapping[str, Any]) -> str:
    found = office.catalogue.matters.get(row["code"])
    return named(found) if found else str(row["code"])


_NAMES: Mapping[str, Callable[[Office, Mapping[str, Any]], str]] = {
    "unit": _unit_name,
    "major": _major_name,
    "class": _class_name,
}


def _unit(office: Office, by: str, row: Mapping[str, Any]) -> Json | None:
    """Return whose ground it is: of a cell the territorial unit (属地)."""
    if by != "cell":
        return unit_body(office, row.get("unit_code"))
    facts = PlaceFacts.gather(cell_code=row["code"], jurisdiction_code=row["jurisdiction_code"])
    return unit_body(office, territorial(office.register, facts))


def heaps_body(found: Heaps, codes: Sequence[str], *, edition: str) -> Json:
    """Return heaps in the order of the edge file that was made with `codes`."""
    return {
        "edition": edition,
        "cases": [found.cases.get(code, 0) for code in codes],
        "overdue": [found.overdue.get(code, 0) for code in codes],
        "others": [
            {
                "lon": round(heap.lon, PLACES),
                "lat": round(heap.lat, PLACES),
                "cases": heap.cases,
                "overdue": heap.overdue,
            }
            for heap in found.others
        ],
    }
