"""A real server for tests: threads, a socket, a small town with accounts, in a database of its own.

    with fresh_database(server) as url, live_server(url, home) as live:
        page.goto(live.address + "/login")

The town stands around `support.city.CENTRE`: cells of 100 m from `CORNER_M` on, a model street
through the middle with its name, a lane, a river, a park, a school and a stall area, with an
account for every role. Whatever is reported or moved goes into the database; nothing is rolled
back.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert
from werkzeug.serving import WSGIRequestHandler, make_server

from support import city
from support.people import PASSWORD, enrol
from wanmi.gis import tables
from wanmi.migrations import runner
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.kernel.settings import Settings
from wanmi.platform.organisation.login_links import issue_login_link
from wanmi.platform.organisation.tokens import issue_token
from wanmi.web.resources import BLUEPRINTS
from wanmi.web.wiring.app import create_app
from wanmi.web.wiring.services import Services, wall_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from flask import Flask
    from sqlalchemy import Connection, Engine

    from wanmi.platform.kernel.local_authority import Files
    from wanmi.platform.organisation.accounts import Account

SIDE = 10
"""The town has SIDE x SIDE cells."""

CELL_M = 100.0
CORNER_M = -SIDE * CELL_M / 2
"""Metres from the centre to the town's south-west corner, east and north alike."""

COMMUNITY = "610902001003"
MODEL_STREET = "育才路"
DAY = timedelta(days=1)

ROLES = (
    "inspector",
    "operator",
    "shift_leader",
    "dispatcher",
    "handler",
    "commander",
    "gisadmin",
    "admin",
)
UNITS = {"handler": "CO-HW1"}
"""Where an account does not belong to the city's office."""


def build_town(connection: Connection) -> None:
    """Put the town into empty tables."""
    add = city.add
    span = SIDE * CELL_M
    add(
        connection,
        tables.Jurisdiction,
        "610902",
        city.square(2 * CORNER_M, 2 * CORNER_M, 2 * span),
        unit_code="HB-GOV",
        name="汉滨区",
    )
    edition = insert(tables.GridEdition.__table__)
    connection.execute(edition.values(edition=1, made_at=city.LOADED, cells=SIDE * SIDE))
    cells = [
        {
            "code": f"{COMMUNITY}{1 + row * SIDE + column:03d}",
            "shape": city.square(
                CORNER_M + column * CELL_M, -CORNER_M - (row + 1) * CELL_M, CELL_M
            ),
            "jurisdiction_code": "610902",
            "area_m2": CELL_M**2,
            "grade": "1",
        }
        for row in range(SIDE)
        for column in range(SIDE)
    ]
    city.add_many(connection, tables.Cell, cells)
    _streets(connection)
    half = len(cells) // 2
    for code, unit, part in (("Z-N", "CO-HW1", cells[:half]), ("Z-S", "CO-HW2", cells[half:])):
        city.add_zone(
            connection,
            code,
            [str(cell["code"]) for cell in part],
            unit_code=unit,
            name=f"保洁责任区 {code}",
        )
    add(connection, tables.School, "S-1", city.square(150, 60, 80), name="示意小学")
    add(
        connection,
        tables.Area,
        "A-1",
        city.square(-300, 60, 60),
        kind="stall_area",
        name="示意疏导点",
    )
    add(connection, tables.Park, "P-1", city.square(-450, -450, 180), name="示意公园")
    add(connection, tables.Place, "PL-1", city.point(20, 12), name="育才路 12 号")
    for layer in ("cells", "streets", "zones", "schools", "areas", "parks", "places"):
        city.add_load(connection, layer)


def _streets(connection: Connection) -> None:
    end = -CORNER_M
    city.add(
        connection,
        tables.Street,
        "ST-1",
        city.line((CORNER_M, 0), (end, 0)),
        name=MODEL_STREET,
        grade="main",
        programme="model_street",
        unit_code="T610902001",
    )
    city.add(
        connection,
        tables.Street,
        "ST-2",
        city.line((-200, CORNER_M), (-200, end)),
        name="文化巷",
        grade="branch",
    )


@dataclass
class Live:
    """A running server."""

    address: str
    app: Flask
    engine: Engine
    settings: Settings
    services: Services
    accounts: dict[str, Account]
    password: str = PASSWORD

    def token(self, login: str = "inspector") -> str:
        """Return a bearer token of the account."""
        now = self.services.clock()
        with self.engine.begin() as connection:
            return issue_token(
                connection, self.accounts[login], label="test", lifetime=DAY, now=now
            )

    def login_link(self, login: str = "inspector", following: str = "/") -> str:
        """Return a one-time address that signs a browser in and goes on to `following`."""
        with self.engine.begin() as connection:
            secret = issue_login_link(connection, self.accounts[login], self.services.clock())
        return f"{self.address}/login/link/{secret}?next={following}"


class Quiet(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


@contextmanager
def live_server(
    database_url: str,
    home: Path,
    *,
    town: Callable[[Connection], None] = build_town,
    clock: Callable[[], datetime] = wall_clock,
    environ: Mapping[str, str] | None = None,
    tls: Files | None = None,
) -> Iterator[Live]:
    """Serve an empty database with a town in it, migrated here, until the block ends.

    `home` is a state folder that the service user can enter (`support.clusters.temporary_home`).
    With `tls` it is served over HTTPS.
    """
    engine = make_engine(database_url)
    runner.upgrade(engine)
    with engine.begin() as connection:
        town(connection)
        accounts = {
            role: enrol(connection, role, role, unit=UNITS.get(role, "AK-CGJ")) for role in ROLES
        }
    settings = Settings.from_environ({"WANMI_HOME": str(home), **(environ or {})})
    services = Services.open(settings, database_url, clock)
    app = create_app(settings, database_url, BLUEPRINTS, services)
    pair = (str(tls.certificate), str(tls.key)) if tls else None
    server = make_server(
        "127.0.0.1", 0, app, threaded=True, request_handler=Quiet, ssl_context=pair
    )
    thread = threading.Thread(target=server.serve_forever, name="live server", daemon=True)
    thread.start()
    address = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    try:
        yield Live(address, app, engine, settings, services, accounts)
    finally:
        services.hub.stop()
        server.shutdown()
        server.server_close()
        thread.join(10)
        services.close()
        engine.dispose()
