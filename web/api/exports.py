"""GET /api/v1/exports/…: exactly the cases that the filter means, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from flask import Response, request  # flask-openapi3 looks at annotations
from flask_babel import gettext
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import text

from wanmi.platform.casework.exporting import exported_cases, refuse_too_many
from wanmi.platform.demonstration.setting_up import shows_demonstration
from wanmi.web.api.case_filters import FilterQuery
from wanmi.web.presenters.export_columns import Reader, columns_for, heading
from wanmi.web.presenters.export_shapes import write_geojson, write_gpkg
from wanmi.web.presenters.export_tables import Sheet, write_csv, write_xlsx
from wanmi.web.wiring.compression import GEOJSON
from wanmi.web.wiring.downloads import download, made_download
from wanmi.web.wiring.identity import need_viewer
from wanmi.web.wiring.map_file import MapAsked, map_file
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading_one_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from wanmi.web.presenters.export_columns import Column, Value

    Rows = Iterator[Sequence[Value]]
    Writer = Callable[[Path, "Table"], None]

blueprint = APIBlueprint("exports", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="exports")])

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GPKG = "application/geopackage+sqlite3"
HTML = "text/html"

EXPORT_SECONDS = 120
"""How long the database may take for one part of a file."""


class Table:
    """The cases of one export: columns, rows, and what is said of them."""

    def __init__(self, columns: Sequence[Column], rows: Rows, members: dict[str, Any]) -> None:
        """Take the parts; `rows` can be read once."""
        self.columns = columns
        self.rows = rows
        self.members = members

    def sheet(self) -> Sheet:
        """Return the same for a spreadsheet, in the reader's language."""
        demonstration = gettext("Demonstration data")
        about = [
            (gettext("As of"), str(self.members["as_of"])),
            (gettext("Filter"), request.query_string.decode("ascii", "replace") or "–"),
        ]
        if self.members["demonstration"]:
            about.append((demonstration, gettext("Made up for showing; no real register.")))
        return Sheet(
            columns=self.columns,
            headings=[heading(column) for column in self.columns],
            rows=self.rows,
            yes=gettext("yes"),
            no=gettext("no"),
            title=gettext("Cases"),
            about_title=gettext("About"),
            about=about,
        )


@blueprint.get("/exports/cases.csv", responses={200: {"content": {CSV: {}}}})
def export_csv(query: FilterQuery) -> Response:
    """Return the cases as CSV: UTF-8 with a mark, no text that a spreadsheet would work out."""
    return _exported(query, "csv", CSV, lambda path, table: write_csv(path, table.sheet()))


@blueprint.get("/exports/cases.xlsx", responses={200: {"content": {XLSX: {}}}})
def export_xlsx(query: FilterQuery) -> Response:
    """Return the cases as a workbook, with a sheet that names moment and filter."""
    return _exported(query, "xlsx", XLSX, lambda path, table: write_xlsx(path, table.sheet()))


@blueprint.get("/exports/cases.geojson", responses={200: {"content": {GEOJSON: {}}}})
def export_geojson(query: FilterQuery) -> Response:
    """Return the cases as GeoJSON points in EPSG:4490."""
    return _exported(
        query, "geojson", GEOJSON, lambda to, t: write_geojson(to, t.columns, t.rows, t.members)
    )


@blueprint.get("/exports/cases.gpkg", responses={200: {"content": {GPKG: {}}}})
def export_gpkg(query: FilterQuery) -> Response:
    """Return the cases as a GeoPackage with one layer of points in EPSG:4490."""
    return _exported(
        query, "gpkg", GPKG, lambda to, t: write_gpkg(to, t.columns, t.rows, t.members)
    )


class MapQuery(FilterQuery):
    """The filter, and which density the map shows first."""

    by: Literal["cell", "street", "zone"] = "cell"


@blueprint.get("/exports/map.html", responses={200: {"content": {HTML: {}}}})
def export_map(query: MapQuery) -> Response:
    """Return the map of these cases as one file that opens with no network."""
    viewer = need_viewer("case.export")
    viewer.must("density.see")
    at_hand = services()
    now = at_hand.clock()
    wanted = MapAsked(query.asked(), viewer, now, query.by)
    with reading_one_moment() as connection:
        page = map_file(connection, at_hand.office, at_hand.drawings, wanted)
    return download(_name("map", "html", now), HTML, page)


def _exported(query: FilterQuery, suffix: str, mimetype: str, write: Writer) -> Response:
    viewer = need_viewer("case.export")
    at_hand = services()
    now, asked = at_hand.clock(), query.asked()
    reader = Reader(at_hand.office, now)

    def make(path: Path) -> None:
        with reading_one_moment() as connection:
            connection.execute(text(f"SET LOCAL statement_timeout = '{EXPORT_SECONDS}s'"))
            demonstration = shows_demonstration(connection)
            refuse_too_many(connection, asked, viewer, now)
            columns = columns_for(viewer, demonstration=demonstration)
            rows = (
                [column.value(reader, case) for column in columns]
                for case in exported_cases(connection, asked, viewer, now)
            )
            members = {"as_of": reader.moment(now), "demonstration": demonstration}
            write(path, Table(columns, rows, members))

    return made_download(_name("cases", suffix, now), mimetype, make)


def _name(what: str, suffix: str, now: datetime) -> str:
    moment = now.astimezone(services().office.city.time_zone)
    return f"wanmi-{what}-{moment:%Y%m%d-%H%M%S}.{suffix}"
