"""Reports as programs send them, for tests of whole servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from support import city

if TYPE_CHECKING:
    from flask.testing import FlaskClient

Json = dict[str, Any]
RUBBISH = "06010"
PEDLAR = "09001"


def report_body(east_m: float = 10, north_m: float = 10, **more: object) -> Json:
    """Return a report at a place in metres from the town's centre; `more` replaces keys."""
    place = city.spot(east_m, north_m)
    return {
        "id": str(uuid4()),
        "class_code": RUBBISH,
        "description": "路口有一堆垃圾",
        "location": {"lon": place.lon, "lat": place.lat, "datum": "cgcs2000", "accuracy_m": 8},
        "observed_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(),
        "source": "inspector",
        **more,
    }


def bearer(token: str) -> dict[str, str]:
    """Return the header with which a program shows who it is."""
    return {"Authorization": f"Bearer {token}", "Accept-Language": "en"}


def cases(client: FlaskClient, token: str, **asked: str) -> list[Json]:
    """Return the cases that the holder of the token finds."""
    answer = client.get("/api/v1/cases", query_string=asked, headers=bearer(token))
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json["cases"]
    return found
