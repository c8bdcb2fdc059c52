"""GET /api/v1/density and /figures: how many, and where?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from flask import jsonify
from flask_openapi3 import APIBlueprint, Tag

from wanmi.platform.casework.density import density
from wanmi.platform.casework.key_figures import ENDED, Ended, key_figures
from wanmi.platform.kernel.moments import day_start, local_day
from wanmi.web.api.case_filters import FilterQuery, one_answer
from wanmi.web.presenters.said_cases import Density, Figures
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

if TYPE_CHECKING:
    from wanmi.platform.casework.workflow import Workflow

blueprint = APIBlueprint("density", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="density")])


class DensityQuery(FilterQuery):
    """The filter, and by what the cases are counted."""

    by: Literal["cell", "street", "zone"] = "cell"


@blueprint.get("/density", responses={200: Density})
def get_density(query: DensityQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Count cases by cell, street or zone; codes without cases are left out."""
    viewer = need_viewer("density.see")
    asked, at_hand = query.asked(), services()

    def make() -> dict[str, Any]:
        now = at_hand.clock()
        with reading() as connection:
            counts = density(connection, query.by, asked, viewer, now, at_hand.tally)
        return {"as_of": now.isoformat(), "counts": counts}

    return jsonify(one_answer("density", query, asked, viewer, make, query.by))


@blueprint.get("/figures", responses={200: Figures})
def get_figures(query: FilterQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Count the cases that the filter means: all, by type and name of state, overdue, of today."""
    viewer = need_viewer("case.see")
    asked, at_hand = query.asked(), services()

    def make() -> dict[str, Any]:
        now, zone = at_hand.clock(), at_hand.office.city.time_zone
        today = day_start(local_day(now, zone), zone)
        ended = Ended(at_hand.tally, _ended_states(at_hand.office.workflow))
        with reading() as connection:
            found = key_figures(connection, asked, viewer, now, today, ended)
        return {"as_of": now.isoformat(), "figures": found}

    return jsonify(one_answer("figures", query, asked, viewer, make))


def _ended_states(workflow: Workflow) -> dict[str, str]:
    """Return the state of each type that has one state only."""
    kinds: dict[str, list[str]] = {}
    for state in workflow.states.values():
        kinds.setdefault(state.type, []).append(state.name)
    return {kind: kinds[kind][0] for kind in ENDED if len(kinds.get(kind, ())) == 1}
