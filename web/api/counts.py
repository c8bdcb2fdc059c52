"""GET /api/v1/breakdown, /trend and /figures/compared: by whom, where, when, and is it rising?"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from flask import jsonify
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from wanmi.platform.casework.breakdown import Ranking, Yardstick, breakdown
from wanmi.platform.casework.compared_figures import compared_figures
from wanmi.platform.casework.periods import bins_of, period_of
from wanmi.platform.casework.trend import trend
from wanmi.web.api.case_filters import FilterQuery, one_answer
from wanmi.web.presenters import said_counts
from wanmi.web.presenters.cases import moment
from wanmi.web.presenters.counts import breakdown_body, span_body
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

blueprint = APIBlueprint("counts", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="density")])

MOST_ROWS = 1000


class BreakdownQuery(FilterQuery):
    """The filter, by what cases are counted, and what makes one row worse than another."""

    by: said_counts.By
    criterion: said_counts.Criterion = Field(
        "all", description="per_km2 of cells and zones, per_km of streets"
    )
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 10


class TrendQuery(FilterQuery):
    """The filter, and the length of a bin; without a period the last 30 days or 24 hours."""

    bin: Literal["hour", "day"] = "day"


@blueprint.get("/breakdown", responses={200: said_counts.Breakdown})
def get_breakdown(query: BreakdownQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Count cases by unit, class or place: the greatest first; codes with zero are left out."""
    viewer = need_viewer("case.see")
    at_hand = services()
    office, zone = at_hand.office, at_hand.office.city.time_zone
    asked, ranking = query.asked(), Ranking(query.by, query.criterion, query.limit)

    def make() -> dict[str, Any]:
        now = at_hand.clock()
        period = period_of(asked, now, zone)
        before = period.before(zone)
        yardstick = Yardstick(period, before, office.plane.epsg)
        with reading() as connection:
            found = breakdown(connection, ranking, asked, viewer, now, yardstick)
        return {
            "as_of": now.isoformat(),
            "period": span_body(period),
            "period_before": span_body(before),
            **breakdown_body(office, ranking, found),
        }

    return jsonify(one_answer("breakdown", query, asked, viewer, make, ranking))


@blueprint.get("/trend", responses={200: said_counts.Trend})
def get_trend(query: TrendQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Count cases reported and closed in each hour or on each day, 400 bins at most."""
    viewer = need_viewer("case.see")
    asked, at_hand = query.asked(), services()

    def make() -> dict[str, Any]:
        now = at_hand.clock()
        edges = bins_of(asked, query.bin, now, at_hand.office.city.time_zone)
        with reading() as connection:
            counts = trend(connection, asked, viewer, now, edges)
        return {
            "as_of": now.isoformat(),
            "bin": query.bin,
            "starts": [moment(edge) for edge in edges[:-1]],
            "end": moment(edges[-1]),
            "reported": [reported for reported, _ in counts],
            "closed": [closed for _, closed in counts],
        }

    return jsonify(one_answer("trend", query, asked, viewer, make, query.bin))


@blueprint.get("/figures/compared", responses={200: said_counts.Compared})
def get_compared(query: FilterQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Set the filter's period (without one: today) beside the one before; components apart.

    State and lateness in the filter do not count: what a period brought is asked of every case.
    """
    viewer = need_viewer("case.see")
    at_hand = services()
    asked = replace(query.asked(), status=None, overdue=None)

    def make() -> dict[str, Any]:
        now, zone = at_hand.clock(), at_hand.office.city.time_zone
        period = period_of(asked, now, zone, days=1)
        before = period.before(zone)
        with reading() as connection:
            found = compared_figures(connection, asked, viewer, now, period, before)
        return {
            "as_of": now.isoformat(),
            "period": span_body(period),
            "period_before": span_body(before),
            "figures": found,
        }

    return jsonify(one_answer("compared", query, asked, viewer, make))
