"""GET /density/dimensions, /density/steps, /cells/{code}/months: counts by something more."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from flask import jsonify
from flask_openapi3 import APIBlueprint, Tag

from wanmi.platform.casework.density import density_in_steps
from wanmi.platform.casework.dimension_counts import dimension_counts
from wanmi.platform.casework.monthly import reported_by_month
from wanmi.platform.kernel.errors import FieldError, Invalid, NotFound
from wanmi.platform.kernel.moments import day_start, local_day
from wanmi.web.api.case_filters import FilterQuery
from wanmi.web.api.density import DensityQuery
from wanmi.web.api.locate import CellPath
from wanmi.web.presenters.cases import named
from wanmi.web.presenters.places import cell_box
from wanmi.web.presenters.said_cases import ByDimension, DensitySteps, Months
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from wanmi.platform.organisation.permits import Viewer

DAYS_BEFORE, HOURS_BEFORE = timedelta(days=29), timedelta(hours=47)
HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)
MOST_STEPS = 366
TOO_MANY = "This period has more steps than can be looked at; shorten it or take longer steps."

blueprint = APIBlueprint(
    "place_counts", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="density")]
)


@blueprint.get("/density/dimensions", responses={200: ByDimension})
def get_dimensions(query: FilterQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Count cases on the model streets by duty dimension; streets without any are left out."""
    viewer = need_viewer("density.see")
    at_hand = services()
    now = at_hand.clock()
    dimensions = at_hand.office.rules.dimensions
    with reading() as connection:
        counts = dimension_counts(
            connection, model_streets(viewer), dimensions, query.asked(), viewer, now
        )
    names = [{"code": one.code, "name": named(one)} for one in dimensions.by_code.values()]
    return jsonify({"as_of": now.isoformat(), "dimensions": names, "streets": counts})


def model_streets(viewer: Viewer) -> list[str]:
    """Return the codes of the model streets (示范街) on the viewer's ground."""
    rows = services().drawings.names(viewer, "streets")
    return [row["code"] for row in rows if row["programme"]]


class StepsQuery(DensityQuery):
    """The filter, by what the cases are counted, and how long a step is."""

    step: Literal["day", "hour"] = "day"


@blueprint.get("/density/steps", responses={200: DensitySteps})
def get_steps(query: StepsQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Count the cases received in each day or hour of a period, by cell, street or zone.

    Without `from` the period is the last 30 days or 48 hours; at most 366 steps are counted.
    """
    viewer = need_viewer("density.see")
    at_hand = services()
    now = at_hand.clock()
    asked = query.asked()
    until = asked.until or now
    starts = steps_of(asked.since, until, query.step, at_hand.office.city.time_zone)
    within = replace(asked, until=until)
    with reading() as connection:
        counts = density_in_steps(connection, query.by, within, starts, viewer, now)
    return jsonify(
        {
            "as_of": now.isoformat(),
            "starts": [start.isoformat() for start in starts],
            "until": until.isoformat(),
            "counts": counts,
        }
    )


def steps_of(
    since: datetime | None,
    until: datetime,
    step: str,
    zone: ZoneInfo,
) -> list[datetime]:
    """Return when the steps begin: at midnights of the city, or at full hours.

    Raises:
        Invalid: there would be more steps than anybody looks at.
    """
    if step == "day":
        first = local_day(since or until - DAYS_BEFORE, zone)
        last = local_day(until - MOMENT, zone)
        count = (last - first).days + 1
        made = (day_start(first + timedelta(days=at), zone) for at in range(count))
    else:
        first_hour = _full_hour(since or until - HOURS_BEFORE)
        count = math.ceil((until - first_hour) / HOUR)
        made = ((first_hour + at * HOUR).astimezone(zone) for at in range(count))
    if count > MOST_STEPS:
        raise Invalid(TOO_MANY, errors=(FieldError("from", TOO_MANY),))
    return list(made) or [(since or until).astimezone(zone)]


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


@blueprint.get("/cells/<string:code>/months", responses={200: Months})
def get_months(path: CellPath) -> Any:  # noqa: ANN401 - a Flask answer
    """Count the reports in a cell in each of the last twelve months, whatever became of them."""
    viewer = need_viewer("case.see")
    at_hand = services()
    now = at_hand.clock()
    with reading() as connection:
        box = cell_box(connection, at_hand.office, path.code, viewer)
        if box is None:
            raise NotFound("There is no such cell.")
        months = reported_by_month(
            connection, path.code, viewer, now, at_hand.office.city.time_zone, around=box
        )
    said = [{"month": f"{first:%Y-%m}", "reported": n} for first, n in months.items()]
    return jsonify({"as_of": now.isoformat(), "code": path.code, "months": said})
