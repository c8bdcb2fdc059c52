"""The other side of the HTTP benchmarks: what one writes first with Flask-SQLAlchemy.

The same look-ups (cell, street, zones) and the same rows (case with its trace, journal, clock
entry, counter), each by the ORM and by SQL. `hello` is the limit: an endpoint that does nothing.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from geoalchemy2 import WKTElement
from sqlalchemy import func, select

from wanmi.gis.tables import Cell, Street, Zone, ZoneCell
from wanmi.platform.casework.tables import Case, CaseCount, ClockEntry, JournalEntry

STREET_M, PLANE = 30, 4545


def hello() -> Flask:
    """Return an application with one empty endpoint."""
    app = Flask("hello")

    @app.get("/hello")
    @app.post("/hello")
    def nothing() -> str:
        return "hello"

    return app


def naive() -> Flask:
    """Return the application that is measured against."""
    app = hello()
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BENCH_DATABASE"]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 16}
    db = SQLAlchemy(app)

    @app.post("/reports")
    def report() -> Any:  # noqa: ANN401 - a Flask answer
        body = request.get_json()
        case = _case(db, body)
        db.session.add(case)
        db.session.flush()
        now = case.received_at
        db.session.add(
            JournalEntry(
                case_id=case.id,
                version=1,
                at=now,
                role="inspector",
                move="report",
                to_state="reported",
                given={},
                after={},
            ),
        )
        db.session.add(
            ClockEntry(
                case_id=case.id,
                clock="accept",
                kind="start",
                at=now,
                rule="move.report",
                amount=0.25,
                unit="urgent_hour",
            ),
        )
        key = (case.cell_code or "", case.street_code or "", "06", "open", "610902")
        count = db.session.get(CaseCount, key, with_for_update=True)
        if count is None:
            count = CaseCount(
                cell_code=key[0],
                street_code=key[1],
                major=key[2],
                state_type=key[3],
                jurisdiction_code=key[4],
                cases=0,
            )
            db.session.add(count)
        count.cases += 1
        try:
            db.session.commit()
        except Exception:  # noqa: BLE001 - two made the same counter: a naive endpoint tries again
            db.session.rollback()
            return report()
        return jsonify({"number": case.number, "cell": case.cell_code}), 201

    return app


def _case(db: SQLAlchemy, body: dict[str, Any]) -> Case:
    place = body["location"]
    point = WKTElement(f"POINT({place['lon']} {place['lat']})", srid=4490)
    cell = db.session.scalars(
        select(Cell)
        .where(Cell.valid_to.is_(None), func.ST_Covers(Cell.shape, point))
        .order_by(Cell.code)
        .limit(1),
    ).first()
    line, here = func.ST_Transform(Street.shape, PLANE), func.ST_Transform(point, PLANE)
    far = func.ST_Distance(line, here)
    street = db.session.execute(
        select(Street, far).where(func.ST_DWithin(line, here, STREET_M)).order_by(far).limit(1),
    ).first()
    zones = []
    if cell is not None:
        zones = db.session.scalars(
            select(Zone)
            .join(ZoneCell, ZoneCell.zone_code == Zone.code)
            .where(
                ZoneCell.cell_code == cell.code,
            ),
        ).all()
    now = datetime.now(UTC)
    identity = UUID(body["id"])
    return Case(
        # Of another city than ours, whose numbers are in the same table.
        number=f"610999{now:%Y%m%d}{identity.int % 10**7:07d}",
        report_id=identity,
        content_hash=b"",
        class_code=body["class_code"],
        edition="",
        source=body["source"],
        description=body["description"],
        answers={},
        original_lon=place["lon"],
        original_lat=place["lat"],
        original_datum=place["datum"],
        accuracy_m=place["accuracy_m"],
        shape=point,
        cell_code=cell.code if cell else None,
        cell_match="inside" if cell else "none",
        grid_edition=1,
        street_code=street[0].code if street else None,
        street_name=street[0].name if street else None,
        street_distance_m=street[1] if street else None,
        zones=[{"kind": zone.kind, "code": zone.code, "name": zone.name} for zone in zones],
        jurisdiction_code="610902",
        territorial_unit="HB-GOV",
        suggested_unit="AK-CGJ",
        trace=json.loads('[{"rule": "zone", "outcome": "won", "unit": "AK-CGJ"}]'),
        flags=[],
        priority=0,
        observed_at=datetime.fromisoformat(body["observed_at"]),
        received_at=now,
        clock_suspect=False,
        state="reported",
        state_type="open",
        version=1,
        due_provisional=False,
        moved_at=now,
    )


def wanmi() -> Any:  # noqa: ANN401 - a Flask application
    """Return our own application, as a worker of `wanmi up` makes it."""
    from wanmi.platform.kernel.settings import Settings  # noqa: PLC0415 - only our side needs it
    from wanmi.web.resources import BLUEPRINTS  # noqa: PLC0415
    from wanmi.web.wiring.app import create_app  # noqa: PLC0415
    from wanmi.web.wiring.services import Services  # noqa: PLC0415
    from wanmi.web.wiring.warming import warm_up  # noqa: PLC0415

    settings = Settings.from_environ({"WANMI_HOME": os.environ["WANMI_HOME"]})
    services = Services.open(settings, os.environ["BENCH_DATABASE"])
    warm_up(services)
    app = create_app(settings, os.environ["BENCH_DATABASE"], BLUEPRINTS, services)
    app.add_url_rule("/hello", "hello", lambda: "hello")
    return app


def wanmi_cold() -> Any:  # noqa: ANN401 - a Flask application
    """Return our own application when it keeps no tile: each is made anew."""
    from wanmi.web.wiring import drawings  # noqa: PLC0415

    drawings.TILE_BYTES = 0
    return wanmi()
