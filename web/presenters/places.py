"""How is a place said: cell, street, zones, owners, and why?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from sqlalchemy import func, select

from wanmi.gis.points import Bounds, LonLat
from wanmi.gis.queries import box_around
from wanmi.gis.tables import Cell
from wanmi.platform.casework.case_filters import CaseFilter
from wanmi.platform.casework.case_queries import figures
from wanmi.platform.organisation.placefacts import PlaceFacts
from wanmi.platform.organisation.responsibility import territorial
from wanmi.platform.organisation.visibility import in_jurisdiction
from wanmi.web.presenters.cases import forecast, in_chinese, limit_body, metres, named, unit_body

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlalchemy import Connection

    from wanmi.platform.casework.conditions import Condition
    from wanmi.platform.casework.explaining import Explanation
    from wanmi.platform.casework.office import Office
    from wanmi.platform.organisation.permits import Viewer

Json = dict[str, Any]
COMMUNITY_DIGITS, SUBDISTRICT_DIGITS = 12, 9


def explanation_body(office: Office, found: Explanation) -> Json:
    """Return everything that is known of a place; with a class also the unit and the rules."""
    here, around = found.here, found.here.around
    plane = office.plane.point(found.place)
    body: Json = {
        "location": {
            "original": {
                "lon": found.raw.lon,
                "lat": found.raw.lat,
                "datum": found.raw.datum.value,
            },
            "stored": {"lon": found.place.lon, "lat": found.place.lat, "datum": "cgcs2000"},
            "plane": {"x_m": plane.x_m, "y_m": plane.y_m, "epsg": office.plane.epsg},
        },
        "cell": {
            "code": here.match.code,
            "match": here.match.match,
            "distance_m": metres(here.match.distance_m),
            "unit": unit_body(office, found.territorial_unit),
        },
        "street": None,
        "zones": [
            {"kind": z.kind, "code": z.code, "name": z.name, "unit": unit_body(office, z.unit_code)}
            for z in around.zones
        ],
        "areas": [{"code": a.code, "kind": a.kind, "name": a.name} for a in around.areas],
        "schools": [
            {"code": s.code, "name": s.name, "distance_m": round(s.distance_m, 1)}
            for s in around.schools
        ],
        "nearest_place": None,
        "jurisdiction_code": here.jurisdiction_code,
        "suggested_unit": None,
        "trace": [],
        "conditions": [_condition(row) for row in found.conditions],
        "flags": [
            {
                "code": flag.code,
                "effect": flag.effect,
                "text": flag.text_zh if in_chinese() else flag.text_en,
            }
            for flag in found.flags
        ],
        "expected_limit": None,
    }
    if around.street:
        body["street"] = {
            "code": around.street.code,
            "name": around.street.name,
            "distance_m": round(around.street.distance_m, 2),
        }
    if around.nearest_place:
        near = around.nearest_place
        body["nearest_place"] = {
            "code": near.code,
            "name": near.name,
            "distance_m": round(near.distance_m, 1),
            "bearing_deg": round(near.bearing_deg, 1),
            "words": near_words(near.name, near.distance_m, near.bearing_deg),
        }
    if found.decision:
        rule = found.decision.rule
        body["suggested_unit"] = unit_body(office, found.decision.unit_code)
        body["trace"] = found.decision.compact()
        body["reason"] = rule.reason_zh if in_chinese() else rule.reason_en
    if found.matter:
        default = office.catalogue.default_condition(found.matter.code)
        body["expected_limit"] = forecast(default, open_yet=True)
        body["class"] = {"code": found.matter.code, "name": named(found.matter)}
        body["questions"] = [
            {
                "key": asked.key,
                "text": asked.text_zh if in_chinese() else asked.text_en,
                "required": asked.required,
            }
            for asked in found.matter.questions
        ]
    return body


def _condition(row: Condition) -> Json:
    return {
        "code": row.code,
        "text": row.text_zh if in_chinese() else row.text_en,
        "limit": limit_body(row.limit),
        "source": row.source,
        "is_default": row.is_default,
    }


def near_words(name: str, distance_m: float, bearing_deg: float) -> str:
    """Say where a place lies from a named one: "35 m south-east of 育才路 12 号"."""
    directions = [
        gettext("north of"),
        gettext("north-east of"),
        gettext("east of"),
        gettext("south-east of"),
        gettext("south of"),
        gettext("south-west of"),
        gettext("west of"),
        gettext("north-west of"),
    ]
    direction = directions[round(bearing_deg / 45) % 8]
    words: str = gettext(
        "%(metres)d m %(direction)s %(name)s",
        metres=round(distance_m),
        direction=direction,
        name=name,
    )
    return words


def cell_body(
    connection: Connection,
    office: Office,
    code: str,
    viewer: Viewer,
    now: datetime,
) -> Json | None:
    """Return a cell as it is now, or as it last was: outline, validity, units, counts."""
    cells = Cell.__table__.c
    row = connection.execute(
        select(
            cells.code,
            cells.valid_from,
            cells.valid_to,
            cells.area_m2,
            cells.grade,
            cells.jurisdiction_code,
            func.ST_AsGeoJSON(cells.shape, 8, 0).label("shape"),
            func.ST_X(func.ST_PointOnSurface(cells.shape)).label("lon"),
            func.ST_Y(func.ST_PointOnSurface(cells.shape)).label("lat"),
        )
        .where(cells.code == code)
        .order_by(cells.valid_to.desc().nulls_first())
        .limit(1),
    ).one_or_none()
    if row is None or not _may_see_ground(viewer, row.jurisdiction_code):
        return None
    facts = PlaceFacts.gather(cell_code=row.code, jurisdiction_code=row.jurisdiction_code)
    counts = (
        figures(connection, CaseFilter(cell=code), viewer, now) if viewer.may("case.see") else None
    )
    return {
        "code": row.code,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "area_m2": row.area_m2,
        "grade": row.grade,
        "jurisdiction_code": row.jurisdiction_code,
        "community_code": row.code[:COMMUNITY_DIGITS],
        "subdistrict_code": row.code[:SUBDISTRICT_DIGITS],
        "unit": unit_body(office, territorial(office.register, facts)),
        "counts": counts,
        "inside": {"lon": row.lon, "lat": row.lat, "datum": "cgcs2000"},
        "geometry": json.loads(row.shape),
    }


def cell_box(
    connection: Connection,
    office: Office,
    code: str,
    viewer: Viewer,
) -> Bounds | None:
    """Return a box around all that may be filed under a cell, now or ever; None: no such cell.

    A place beside the grid is filed under the nearest cell within the tolerance.
    """
    cells = Cell.__table__.c
    shapes = func.ST_Extent(cells.shape).label("box")
    box = select(shapes).where(cells.code == code).subquery().c.box
    whose = select(cells.jurisdiction_code).where(cells.code == code).limit(1)
    row = connection.execute(
        select(
            func.ST_XMin(box),
            func.ST_YMin(box),
            func.ST_XMax(box),
            func.ST_YMax(box),
            whose.scalar_subquery(),
        )
    ).one()
    *sides, jurisdiction = row
    if sides[0] is None or not _may_see_ground(viewer, jurisdiction):
        return None
    lower = box_around(LonLat(sides[0], sides[1]), office.city.cell_tolerance_m, office.plane)
    upper = box_around(LonLat(sides[2], sides[3]), office.city.cell_tolerance_m, office.plane)
    return Bounds(lower.min_lon, lower.min_lat, upper.max_lon, upper.max_lat)


def ended_cells(
    connection: Connection,
    codes: Collection[str],
    viewer: Viewer,
) -> dict[str, date]:
    """Return those of the codes whose cell is no more, with the day on which it ended."""
    cells = Cell.__table__.c
    ended = func.max(cells.valid_to).label("day")
    rows = connection.execute(
        select(cells.code, ended)
        .where(cells.code.in_(sorted(codes)), in_jurisdiction(viewer, cells.jurisdiction_code))
        .group_by(cells.code)
        .having(func.bool_and(cells.valid_to.is_not(None)))
    )
    return {row.code: row.day for row in rows}


def _may_see_ground(viewer: Viewer, jurisdiction: str | None) -> bool:
    return viewer.whole_city or jurisdiction in viewer.jurisdictions
