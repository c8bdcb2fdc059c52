"""GET /api/v1/tiles/{layer}/{z}/{x}/{y}.mvt: vector tiles of layers and cases."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from wanmi.gis.tile_layers import TILE_LAYERS
from wanmi.gis.tiles import TileAddress, tile
from wanmi.platform.casework.case_points import TILE_LIMIT, tile_rows
from wanmi.platform.kernel.errors import NotFound
from wanmi.web.api.case_filters import FilterQuery
from wanmi.web.wiring.bodies import Lenient
from wanmi.web.wiring.compression import TILE
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.lasting import lasting
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

if TYPE_CHECKING:
    from wanmi.platform.organisation.permits import Viewer

blueprint = APIBlueprint("tiles", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="tiles")])

CASES = "cases"


class TilePath(Lenient):
    """`cells streets parks zones cases`; zoom, column from the west, row from the north."""

    layer: Annotated[str, Field(max_length=20)]
    z: int
    x: int
    y: int


class TileQuery(FilterQuery):
    """The filter, for cases; the version, for everything else."""

    v: Annotated[str, Field(max_length=80)] | None = None


@blueprint.get(
    "/tiles/<string:layer>/<int:z>/<int:x>/<int:y>.mvt",
    responses={200: {"content": {TILE: {}}}, 204: None, 304: None},
)
def get_tile(path: TilePath, query: TileQuery) -> Response:
    """Return a Mapbox vector tile; 204 when there is nothing in it."""
    if path.layer == CASES:
        viewer = need_viewer("case.see")
    else:
        viewer = need_viewer("map.see")
        if path.layer not in TILE_LAYERS:
            raise NotFound("There is no such layer.")
    address = TileAddress(path.z, path.x, path.y)
    if path.layer == CASES:
        return _cases(viewer, query, address)
    drawings = services().drawings
    return lasting(
        drawings.version(viewer),
        query.v,
        lambda: drawings.tile(viewer, path.layer, address),
        TILE,
    )


def _cases(viewer: Viewer, query: TileQuery, address: TileAddress) -> Response:
    rows = tile_rows(query.asked(), viewer, services().clock())
    with reading() as connection:
        statement = tile(rows, address, layer_name=CASES, limit=TILE_LIMIT)
        found = connection.execute(statement).scalar_one()
    answer = Response(bytes(found or b""), mimetype=TILE)
    if not found:
        answer.status_code = HTTPStatus.NO_CONTENT
        del answer.headers["Content-Type"]
    answer.headers["Cache-Control"] = "no-store"
    return answer
