"""A small town with everything that the main job needs: ground, people, and a server to talk to.

Sixty cells from west to east: Hanbin district (old town), the High-tech Zone, Hanyin county. It
lives in a database of its own; a test finds it without cases.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import shapely
from sqlalchemy import text

from support.clusters import fresh_database, temporary_home
from support.conformance import Conformance
from support.people import enrol
from support.town import SOUTH, STEP, WEST, cell_shapes, layer_file
from wanmi.gis.loading import load_layer
from wanmi.gis.points import Datum, LonLat, RawPoint
from wanmi.migrations import runner
from wanmi.platform.casework.case_queries import one_case
from wanmi.platform.casework.intake import Taken, sender_of, submit
from wanmi.platform.casework.moving import Asked, move
from wanmi.platform.casework.reports import Report
from wanmi.platform.kernel.database import make_engine
from wanmi.platform.kernel.settings import Settings
from wanmi.platform.organisation.accounts import account_by_login
from wanmi.platform.organisation.demo_accounts import create_demo_accounts
from wanmi.platform.organisation.permits import Viewer, viewer
from wanmi.platform.organisation.tokens import issue_token
from wanmi.web.resources import BLUEPRINTS
from wanmi.web.wiring.app import create_app
from wanmi.web.wiring.services import Services

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask_openapi3 import OpenAPI
    from sqlalchemy import Connection, Engine
    from werkzeug.test import TestResponse

    from wanmi.platform.casework.office import Office

LOCAL = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
"""A working Monday in the morning; it is always then unless a test says otherwise."""

COLUMNS, ROWS = 10, 6
SINCE = date(2024, 1, 1)
OLD_TOWN, HIGH_TECH, COUNTY = "610902", "610902-GX", "610921"
COMMUNITIES = {
    OLD_TOWN: "610902001003",
    HIGH_TECH: "610902001004",
    COUNTY: "610921100001",
}
LAMP = "61090201037000042"
REFUSE, LAMP_DEFECT, VENDING, WOODLAND = "06010", "01037", "09001", "04014"

CASES = ("case_photos", "photos", "case_counts", "clock_entries", "journal", "cases")
"""What a test leaves behind."""


def jurisdiction_of(column: int) -> str:
    """Return on whose ground a column of cells lies."""
    return OLD_TOWN if column < 6 else HIGH_TECH if column < 8 else COUNTY


def cell_of(column: int, row: int) -> str:
    """Return the code of a cell, counted from the south-west corner."""
    return f"{COMMUNITIES[jurisdiction_of(column)]}{row * COLUMNS + column + 1:03d}"


@cache
def middle_of(column: int, row: int) -> LonLat:
    """Return a place well inside a cell."""
    shape = cell_shapes(COLUMNS, ROWS)[row * COLUMNS + column]
    return LonLat(*shape.representative_point().coords[0])


def west_of_town(steps: float) -> LonLat:
    """Return a place so many steps west of the town's first cell."""
    west = cell_shapes(COLUMNS, ROWS)[0].bounds[0]
    return LonLat(west - steps * STEP, SOUTH + STEP / 2)


def spot(east: float, north: float) -> LonLat:
    """Return a place in steps of a cell (about 94 m and 111 m) from the south-west corner."""
    return LonLat(WEST + east * STEP, SOUTH + north * STEP)


def _line(*corners: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([spot(*corner).lonlat for corner in corners])


def _box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(*spot(west, south).lonlat, *spot(east, north).lonlat)


SCHOOL = _box(2.3, 3.3, 2.7, 3.7)
"""Its outline, inside the cell (2, 3)."""


def load_ground(connection: Connection, *, now: datetime = MONDAY) -> None:
    """Load every layer that the town has."""
    cells = [(column, row) for row in range(ROWS) for column in range(COLUMNS)]
    shapes = cell_shapes(COLUMNS, ROWS)
    files = [
        layer_file("jurisdictions", _jurisdictions()),
        layer_file(
            "cells",
            [
                (
                    {
                        "code": cell_of(column, row),
                        "valid_from": SINCE,
                        "jurisdiction_code": jurisdiction_of(column),
                    },
                    shape,
                )
                for (column, row), shape in zip(cells, shapes, strict=True)
            ],
        ),
        _zones(cells),
        *(layer_file(name, rows) for name, rows in _other_layers().items()),
    ]
    for file in files:
        assert not load_layer(connection, file, now=now).complaints


def _jurisdictions() -> list[tuple[dict[str, Any], Any]]:
    names = {OLD_TOWN: "汉滨区", HIGH_TECH: "高新区", COUNTY: "汉阴县"}
    boxes = {OLD_TOWN: (-9, 6.0), HIGH_TECH: (6.0, 8.0), COUNTY: (8.0, 20)}
    rows: list[tuple[dict[str, Any], Any]] = [
        ({"code": "610900", "name": "安康市", "kind": "city"}, _box(-9, -9, 20, 20)),
    ]
    for code, name in names.items():
        west, east = boxes[code]
        values = {"code": code, "name": name, "kind": "district", "parent_code": "610900"}
        rows.append((values, _box(west, -9, east, 20)))
    return rows


def _zones(cells: list[tuple[int, int]]) -> Any:  # noqa: ANN401
    def zone(code: str, kind: str, unit: str) -> tuple[dict[str, Any], None]:
        values = {"code": code, "name": f"{code} 区", "kind": kind, "shift": "", "unit_code": unit}
        return values, None

    members = []
    for column, row in cells:
        code = cell_of(column, row)
        members.append((f"I{column // 2}", code))
        if column < 8:
            members.append((f"SAN{column // 5}", code))
            members.append(("ORDER", code))
    return layer_file(
        "zones",
        [
            *(zone(f"I{number}", "inspection", "AK-CGJ") for number in range(5)),
            zone("SAN0", "sanitation", "CO-HW1"),
            zone("SAN1", "sanitation", "CO-HW2"),
            zone("ORDER", "street_order", "AK-CGJ"),
        ],
        members=members,
    )


def _other_layers() -> dict[str, list[tuple[dict[str, Any], Any]]]:
    return {
        "streets": [
            (
                {
                    "code": "S-YC",
                    "name": "育才路",
                    "grade": "main",
                    "programme": "美丽示范街",
                    "unit_code": "CO-SZ",
                },
                _line((0, 0.5), (10, 0.5)),
            ),
            ({"code": "S-XJ", "name": "小巷", "grade": "lane"}, _line((0.5, 0), (0.5, 6))),
            # One that nobody is near.
            ({"code": "S-FAR", "name": "远路", "grade": "branch"}, _line((0, 30), (10, 30))),
        ],
        "schools": [({"code": "SCH-1", "name": "第一小学", "kind": "primary"}, SCHOOL)],
        "areas": [
            (
                {
                    "code": "STALL-1",
                    "name": "夜市疏导点",
                    "kind": "stall_area",
                    "hours": "06:00-08:30;18:30-22:00",
                },
                _box(4.2, 4.2, 4.8, 4.8),
            ),
        ],
        "frontages": [
            (
                {
                    "code": "F-1",
                    "name": "安康饭店门前",
                    "duties": "hygiene;order",
                    "unit_code": "C610902001003",
                },
                _line((5.2, 2.5), (5.6, 2.5)),
            ),
        ],
        "places": [
            (
                {"code": "P-1", "name": "育才路12号", "kind": "doorplate"},
                shapely.Point(*spot(3.5, 0.6).lonlat),
            ),
        ],
        "components": [
            (
                {
                    "code": LAMP,
                    "name": "路灯",
                    "competent_code": "AK-CGJ",
                    "owner_code": "AK-ZJJ",
                    "maintainer_code": "CO-LD",
                    "cell_code": cell_of(1, 1),
                    "state": "完好",
                    "valid_from": SINCE,
                },
                shapely.Point(*spot(1.5, 1.5).lonlat),
            ),
        ],
    }


def a_report(
    class_code: str = REFUSE,
    at: LonLat | RawPoint | None = None,
    **changes: Any,  # noqa: ANN401
) -> Report:
    """Return a report as the casework room takes it: refuse in the cell (1, 2), unless said."""
    place = at or middle_of(1, 2)
    location = place if isinstance(place, RawPoint) else RawPoint(*place.lonlat, Datum.CGCS2000)
    said: dict[str, Any] = {
        "id": uuid.uuid4(),
        "class_code": class_code,
        "description": "垃圾外溢",
        "location": location,
        "observed_at": MONDAY,
        "source": "inspector",
        **changes,
    }
    return Report(**said)


def a_report_body(
    class_code: str = REFUSE,
    at: LonLat | RawPoint | None = None,
    **changes: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Return a report as it is sent."""
    place = at or middle_of(1, 2)
    datum = place.datum.value if isinstance(place, RawPoint) else "cgcs2000"
    return {
        "id": str(uuid.uuid4()),
        "class_code": class_code,
        "description": "垃圾外溢",
        "location": {"lon": place.lon, "lat": place.lat, "datum": datum},
        "observed_at": MONDAY.isoformat(),
        "source": "inspector",
        **changes,
    }


@dataclass
class Clock:
    """The town's clock: it stands still until somebody sets it."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


@dataclass(frozen=True)
class Person:
    """Somebody with an account: what they do in the rooms, and what they send to the server."""

    town: SmallTown
    viewer: Viewer
    token: str

    # In the rooms, inside a transaction of the test's.

    def sends(self, connection: Connection, report: Report | None = None) -> Taken:
        """Hand in a report in the room."""
        report = report or a_report()
        return submit(
            connection, self.town.office, report, sender_of(self.viewer), self.town.clock()
        )

    def does(
        self,
        connection: Connection,
        number: str,
        name: str,
        *,
        version: int | None = None,
        id: uuid.UUID | None = None,  # noqa: A002 - as in the API
        **given: object,
    ) -> dict[str, Any]:
        """Move a case in the room, on the version that it has now unless said."""
        if version is None:
            version = one_case(connection, number, self.town.people["commander"].viewer)["version"]
        asked = Asked(name, version, given, id)
        return move(connection, self.town.office, number, asked, self.viewer, self.town.clock())

    # Over HTTP.

    @property
    def headers(self) -> dict[str, str]:
        """What every request of theirs carries."""
        return {"Authorization": f"Bearer {self.token}"}

    def get(
        self,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **query: object,
    ) -> TestResponse:
        """Ask for a resource below /api/v1."""
        asked = {name.rstrip("_"): str(value) for name, value in query.items()}
        with self.town.app.test_client() as client:
            answer = client.get(
                f"/api/v1{path}", query_string=asked, headers={**self.headers, **(headers or {})}
            )
        return self._held(answer)

    def post(self, path: str, body: object = None, **how: Any) -> TestResponse:  # noqa: ANN401
        """Send a body (JSON, unless `data` says otherwise) to a resource below /api/v1."""
        if body is not None:
            how["json"] = body
        headers = {**self.headers, **how.pop("headers", {})}
        with self.town.app.test_client() as client:
            answer = client.post(f"/api/v1{path}", headers=headers, **how)
        return self._held(answer)

    def _held(self, answer: TestResponse) -> TestResponse:
        """Return an answer that is as the API's document says."""
        self.town.conformance.hold(answer)
        return answer

    def reports(
        self,
        class_code: str = REFUSE,
        at: LonLat | RawPoint | None = None,
        **changes: Any,  # noqa: ANN401
    ) -> TestResponse:
        """Report an issue."""
        return self.post("/reports", a_report_body(class_code, at, **changes))

    def moves(self, number: str, name: str, **given: object) -> TestResponse:
        """Move a case, on the version that it has now unless `version` is given."""
        if "version" not in given:
            given["version"] = self.town.people["commander"].get(f"/cases/{number}").json["version"]
        return self.post(f"/cases/{number}/moves", {"move": name, **given})


@dataclass
class SmallTown:
    """The town: its database, its office, its people, its server."""

    url: str
    settings: Settings
    clock: Clock = field(default_factory=Clock)
    people: dict[str, Person] = field(default_factory=dict)

    @cached_property
    def engine(self) -> Engine:
        """An engine of the test's own."""
        return make_engine(self.url)

    @cached_property
    def services(self) -> Services:
        """The services of the town's server."""
        return Services.open(self.settings, self.url, self.clock)

    @cached_property
    def app(self) -> OpenAPI:
        """The town's server."""
        return create_app(self.settings, self.url, BLUEPRINTS, self.services)

    @cached_property
    def conformance(self) -> Conformance:
        """The document of the town's server."""
        return Conformance(self.app)

    @property
    def office(self) -> Office:
        """The office of the town's server."""
        return self.services.office

    def __getattr__(self, login: str) -> Person:
        """Return somebody by login."""
        try:
            return self.__dict__["people"][login]
        except KeyError:
            raise AttributeError(login) from None

    def enrol(self, login: str, role: str, unit: str, jurisdiction: str = "610900") -> Person:
        """Give somebody an account."""
        with self.engine.begin() as connection:
            enrol(connection, login, role, unit=unit, jurisdiction=jurisdiction)
            return self._known(connection, login)

    def _known(self, connection: Connection, login: str) -> Person:
        account = account_by_login(connection, login)
        token = issue_token(
            connection, account, label="tests", lifetime=timedelta(days=300), now=MONDAY
        )
        seen = viewer(account, self.office.roles, self.office.register)
        self.people[login] = Person(self, seen, token)
        return self.people[login]

    def settle(self) -> None:
        """Load the ground and let people in."""
        runner.upgrade(self.engine)
        with self.engine.begin() as connection:
            # What a test commits need not outlive the machine.
            name = connection.execute(text("SELECT current_database()")).scalar_one()
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit TO off"))
        self.engine.dispose()
        with self.engine.begin() as connection:
            load_ground(connection)
            passwords = create_demo_accounts(
                connection,
                roles=self.office.roles,
                register=self.office.register,
                now=MONDAY,
            )
            for login in passwords:
                self._known(connection, login)
        self.enrol("south_cleaner", "handler", "CO-HW1")
        self.enrol("north_cleaner", "handler", "CO-HW2")
        self.enrol("county_leader", "commander", "G610921", COUNTY)
        self.enrol("zone_operator", "operator", "GX-GWH", HIGH_TECH)
        self.enrol("second_inspector", "inspector", "AK-CGJ")

    def empty(self) -> None:
        """Take away what an earlier test has left behind."""
        self.clock.now = MONDAY
        # A test may have ended every session of the database: begin with fresh ones.
        self.services.close()
        self.engine.dispose()
        with self.engine.begin() as connection:
            for table in CASES:
                connection.execute(text(f"DELETE FROM {table}"))
        # Nothing else takes counters away one by one.
        self.services.tally.forget()

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        with self.engine.connect() as connection:
            return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()

    def leave(self) -> None:
        """Close everything."""
        self.services.hub.stop()
        self.services.close()
        self.engine.dispose()


@contextmanager
def small_town(server: str, **environ: str) -> Iterator[SmallTown]:
    """A settled town on `server`, for the time of the block."""
    with fresh_database(server) as url, temporary_home() as home:
        settings = Settings.from_environ({"WANMI_HOME": str(home), **environ})
        town = SmallTown(url, settings)
        town.settle()
        try:
            yield town
        finally:
            town.leave()
