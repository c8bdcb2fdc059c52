"""A town with one thing of every layer, and a server on it with cases, one of them with a photo."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from support import city, pictures
from support.clusters import fresh_database, temporary_home
from support.live_server import Live, build_town, live_server
from support.reporting import PEDLAR, RUBBISH, bearer, report_body
from support.small_city import NASTY
from wanmi.gis import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from sqlalchemy import Connection

ENDED, SINCE, UNTIL = "610902001003900", date(2025, 1, 1), date(2026, 6, 1)
LAMP = "61090201037000042"
CROWD = 26
"""Cases on one place: more than can be spread out around it."""


def town_with_everything(connection: Connection) -> None:
    """The live town, a cell that has ended, and things whose names are markup."""
    build_town(connection)
    city.add(
        connection,
        tables.Cell,
        ENDED,
        city.square(-480, -480, 90),
        valid_from=SINCE,
        valid_to=UNTIL,
        ended_edition=2,
        jurisdiction_code="610902",
    )
    city.add(connection, tables.School, "S-NASTY", city.square(-200, -200, 80), name=NASTY)
    city.add(
        connection, tables.GreeningPoint, "G-1", city.point(30, 200), kind="square", name=NASTY
    )
    route = city.line((30, 200), (200, 200))
    city.add(connection, tables.InspectionRoute, "R-1", route, name="一号线路")
    city.add(connection, tables.Component, LAMP, city.point(0, 150), name=NASTY)
    city.add(connection, tables.Component, "61090202001000001", city.point(0, 160), name="站牌")
    for layer in ("greening_points", "inspection_routes", "components"):
        city.add_load(connection, layer)


@dataclass(frozen=True, slots=True)
class FullTown:
    """The running server, and the case whose card shows a photo."""

    live: Live
    pictured: str


@contextmanager
def full_town(server: str) -> Iterator[FullTown]:
    """Serve the town until the block ends."""
    with (
        fresh_database(server) as url,
        temporary_home() as home,
        live_server(
            url,
            home,
            town=town_with_everything,
            environ={"WANMI_PUBLIC_LIMIT": "1000 per minute"},
        ) as live,
    ):
        client, headers = live.app.test_client(), bearer(live.token("inspector"))
        for _ in range(CROWD):
            _report(client, headers, 150, -150, class_code=PEDLAR)
        for number in range(3):
            _report(client, headers, 10 + 40 * number, 60, class_code=RUBBISH)
        photo = client.post(
            "/api/v1/photos",
            data={"photo": (BytesIO(pictures.photo(800, 600)), "a.jpg")},
            headers=headers,
        )
        assert photo.status_code == 201, photo.text
        pictured = _report(client, headers, -150, 150, photos=[photo.json["id"]])
        yield FullTown(live, pictured)


def _report(
    client: FlaskClient, headers: dict[str, str], east_m: float, north_m: float, **more: object
) -> str:
    body = report_body(east_m, north_m, **more)
    answer = client.post("/api/v1/reports", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json["number"])
