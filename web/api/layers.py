"""GET /api/v1/layers/{name}, /ground and /grid: what a map draws under the cases."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response, json, jsonify  # flask-openapi3 looks at annotations
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from wanmi.platform.casework.density import density
from wanmi.platform.casework.heaps import heaps
from wanmi.platform.casework.place_rules import school_reach_m
from wanmi.platform.kernel.errors import NotFound
from wanmi.web.api.case_filters import FilterQuery, one_answer
from wanmi.web.maps.edges import ordered_counts
from wanmi.web.presenters.counts import heaps_body
from wanmi.web.presenters.said_cases import GridAreas, GridCounts, GridHeaps
from wanmi.web.presenters.said_places import Ground, LayerFeatures
from wanmi.web.wiring.apidoc import REFS, refusals, schemas_of
from wanmi.web.wiring.bodies import Lenient
from wanmi.web.wiring.compression import EDGES, GEOJSON
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.lasting import lasting
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

blueprint = APIBlueprint("layers", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="layers")])

blueprint.components_schemas.update(schemas_of(LayerFeatures))

SERVED = (
    "streets",
    "parks",
    "zones",
    "schools",
    "areas",
    "greening_points",
    "inspection_routes",
)
RINGS = "school_rings"
"""What lies as near a school as the farthest place rule asks for."""
KINDS_OF = {"zones", "areas", "schools", "parks", "greening_points"}
"""Layers whose rows have a kind."""

NO_LAYER = "There is no such layer."


class LayerPath(Lenient):
    """One of the names of `SERVED`, or `school_rings`."""

    name: Annotated[str, Field(max_length=20)]


class VersionQuery(Lenient):
    """With the current version in the address, the answer may be kept for ever."""

    v: Annotated[str, Field(max_length=80)] | None = None


class LayerQuery(VersionQuery):
    """The version, and which kind of zones, areas, schools or parks."""

    kind: Annotated[str, Field(max_length=40)] | None = None


@blueprint.get(
    "/layers/<string:name>",
    responses={
        200: {"content": {GEOJSON: {"schema": {"$ref": REFS.format(model="LayerFeatures")}}}},
        304: None,
    },
)
def get_layer(path: LayerPath, query: LayerQuery) -> Response:
    """Return a layer as GeoJSON, places rounded to a metre."""
    viewer = need_viewer("map.see")
    at_hand = services()
    drawings = at_hand.drawings
    if path.name == RINGS:
        within_m = school_reach_m(at_hand.office.place_rules)
        version = f"{drawings.version(viewer)}.{within_m:g}"
        return lasting(version, query.v, lambda: drawings.school_rings(viewer, within_m), GEOJSON)
    if path.name not in SERVED:
        raise NotFound(NO_LAYER)
    kind = query.kind if path.name in KINDS_OF else None
    return lasting(
        drawings.version(viewer),
        query.v,
        lambda: drawings.layer(viewer, path.name, kind),
        GEOJSON,
    )


@blueprint.get("/ground", responses={200: Ground, 304: None})
def get_ground(query: VersionQuery) -> Response:
    """Return the base map: water, parks and streets in flat lists lon, lat, lon, lat."""
    viewer = need_viewer("map.see")
    drawings = services().drawings
    return lasting(
        drawings.version(viewer), query.v, lambda: drawings.base_map(viewer), "application/json"
    )


@blueprint.get("/grid", responses={200: {"content": {EDGES: {}}}, 304: None, **refusals(404)})
def get_grid(query: VersionQuery) -> Response:
    """Return all cells as one file in which each edge stands once (`web/maps/edges.py`)."""
    viewer = need_viewer("map.see")
    grid = services().drawings.grid(viewer)
    file = grid.file
    if file is None:
        raise NotFound("No cells have been loaded that you may see.")
    return lasting(grid.edition, query.v, lambda: file, EDGES)


@blueprint.get("/grid/areas", responses={200: GridAreas, 304: None})
def get_grid_areas(query: VersionQuery) -> Response:
    """Return the cells' square metres in the order of the edge file: `{edition, areas_m2}`."""
    viewer = need_viewer("map.see")
    drawings = services().drawings
    edition = drawings.grid(viewer).edition

    def make() -> bytes:
        said = {"edition": edition, "areas_m2": drawings.cell_areas_m2(viewer)}
        return json.dumps(said, separators=(",", ":")).encode()

    return lasting(edition, query.v, make, "application/json")


@blueprint.get("/grid/counts", responses={200: GridCounts})
def get_grid_counts(query: FilterQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Count cases by cell, in the order of the edge file: `{as_of, edition, values: [n, …]}`."""
    viewer = need_viewer("density.see")
    asked, at_hand = query.asked(), services()

    def make() -> dict[str, Any]:
        grid, now = at_hand.drawings.grid(viewer), at_hand.clock()
        with reading() as connection:
            counts = density(connection, "cell", asked, viewer, now, at_hand.tally)
        counted = ordered_counts(grid.codes, counts, edition=grid.edition)
        return {"as_of": now.isoformat(), **counted}

    return jsonify(one_answer("grid", query, asked, viewer, make, viewer.jurisdiction_code))


@blueprint.get("/grid/heaps", responses={200: GridHeaps})
def get_grid_heaps(query: FilterQuery) -> Any:  # noqa: ANN401 - a Flask answer
    """Count cases and overdue cases for a map that is far off, by cell and outside the cells.

    `cases` and `overdue` are in the order of the edge file; `others` stand in no cell of it.
    """
    viewer = need_viewer("density.see")
    asked, at_hand = query.asked(), services()

    def make() -> dict[str, Any]:
        grid, now = at_hand.drawings.grid(viewer), at_hand.clock()
        with reading() as connection:
            found = heaps(connection, asked, viewer, now, grid.codes, at_hand.tally)
        return {"as_of": now.isoformat(), **heaps_body(found, grid.codes, edition=grid.edition)}

    return jsonify(one_answer("heaps", query, asked, viewer, make, viewer.jurisdiction_code))
