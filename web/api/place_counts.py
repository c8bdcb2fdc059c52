"""GET /density/dimensions, /cells/{code}/months: the counts behind small pictures on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify
from flask_openapi3 import APIBlueprint, Tag

from wanmi.platform.casework.dimension_counts import dimension_counts
from wanmi.platform.casework.monthly import reported_by_month
from wanmi.platform.kernel.errors import NotFound
from wanmi.web.api.case_filters import FilterQuery
from wanmi.web.api.locate import CellPath
from wanmi.web.presenters.cases import named
from wanmi.web.presenters.places import cell_box
from wanmi.web.presenters.said_cases import ByDimension, Months
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

if TYPE_CHECKING:
    from wanmi.platform.organisation.permits import Viewer

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
