"""Citizens' photos: of whoever sent them, seen only through their case, gone when not claimed."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from support import pictures
from support.clusters import fresh_database, temporary_home
from support.live_server import Live, live_server
from support.reporting import bearer, cases, report_body
from wanmi.platform.casework.evidence_tables import photos
from wanmi.platform.casework.photo_claims import claim_of, claimed
from wanmi.platform.casework.pictures import PhotoSize
from wanmi.platform.casework.reports import MOST_PHOTOS
from wanmi.platform.kernel.errors import Invalid
from wanmi.platform.kernel.settings import Settings
from wanmi.web.api import public
from wanmi.web.resources import BLUEPRINTS
from wanmi.web.wiring.app import create_app
from wanmi.web.wiring.sweeping import sweep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PHOTOS, REPORTS = "/api/v1/public/photos", "/api/v1/public/reports"


@pytest.fixture(scope="module")
def live(server: str) -> Iterator[Live]:
    with (
        fresh_database(server) as url,
        temporary_home() as home,
        live_server(url, home, environ={"WANMI_PUBLIC_LIMIT": "10000 per minute"}) as running,
    ):
        yield running


@pytest.fixture
def citizen(live: Live) -> FlaskClient:
    return live.app.test_client()


def send(client: FlaskClient, data: bytes, name: str = "x.jpg", **how: object) -> TestResponse:
    form = {"photo": (BytesIO(data), name)}
    return client.post(PHOTOS, data=form, content_type="multipart/form-data", **how)


def claim(client: FlaskClient, data: bytes | None = None) -> str:
    answer = send(client, data or pictures.photo())
    assert answer.status_code == 201, answer.text
    return str(answer.json["claim"])


def report(client: FlaskClient, *claims: str, **more: object) -> TestResponse:
    return client.post(REPORTS, json=report_body(source="citizen", photos=list(claims), **more))


def faults(answer: TestResponse) -> list[str]:
    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    return [fault["field"] for fault in answer.json["errors"]]


def photos_of_case(live: Live, number: str) -> list[dict]:
    client = live.app.test_client()
    answer = client.get(f"/api/v1/cases/{number}/photos", headers=bearer(live.token("operator")))
    assert answer.status_code == 200, answer.text
    found: list[dict] = answer.json["photos"]
    return found


def contents(live: Live) -> list[str]:
    with live.engine.connect() as connection:
        return list(connection.scalars(select(photos.c.content).order_by(photos.c.offered_at)))


def test_a_citizens_photos_stand_on_the_case_in_their_order(
    citizen: FlaskClient, live: Live
) -> None:
    claims = [claim(citizen, pictures.photo(400 + i, 300)) for i in range(3)]
    claim(citizen, pictures.photo(500, 300))  # of a report that never comes
    body = report_body(source="citizen", photos=claims)
    first = citizen.post(REPORTS, json=body)
    assert first.status_code == 201, first.text
    again = citizen.post(REPORTS, json=body)
    assert (again.status_code, again.json) == (200, first.json)
    shown = photos_of_case(live, first.json["number"])
    assert [(photo["width"], photo["stage"]) for photo in shown] == [
        (400, "report"),
        (401, "report"),
        (402, "report"),
    ]


def test_it_is_re_encoded_and_shows_neither_place_nor_camera(
    citizen: FlaskClient, live: Live
) -> None:
    data = pictures.talkative_jpeg()
    number = report(citizen, claim(citizen, data)).json["number"]
    (photo,) = photos_of_case(live, number)
    shown = citizen.get(f"/api/v1/photos/{photo['id']}", headers=bearer(live.token("operator")))
    assert shown.status_code == 200
    assert not Image.open(BytesIO(shown.data)).getexif()
    for secret in (b"Exif", b"Li Wei", b"secret", b"PK\x03\x04", b"xmpmeta"):
        assert secret in data
        assert secret not in shown.data
    shown.close()


def test_nobody_without_an_account_sees_a_photo_not_even_with_the_code(
    citizen: FlaskClient, live: Live
) -> None:
    mine = claim(citizen)
    answer = citizen.post(REPORTS, json=report_body(source="citizen", photos=[mine]))
    number, code = answer.json["number"], answer.json["code"]
    (photo,) = photos_of_case(live, number)
    for address in (f"/api/v1/photos/{photo['id']}", f"/api/v1/cases/{number}/photos"):
        assert citizen.get(address).status_code == 401
    for suffix in ("", f"/{photo['id']}", f"/{mine}"):
        assert citizen.get(f"{PHOTOS}{suffix}?code={code}").status_code in {404, 405}
    followed = citizen.get(f"/api/v1/public/cases/{number}", query_string={"code": code})
    assert followed.status_code == 200
    assert photo["id"] not in followed.text
    assert "photo" not in followed.text
    # Before a case has it, nobody at all: it is no account's own.
    claim(citizen, pictures.photo(333, 222))
    with live.engine.connect() as connection:
        unclaimed = connection.scalar(select(photos.c.id).where(photos.c.width == 333))
    for login in ("operator", "inspector", "admin"):
        seen = citizen.get(f"/api/v1/photos/{unclaimed}", headers=bearer(live.token(login)))
        assert seen.status_code == 404, login


def test_an_id_is_no_claim_and_a_claim_of_elsewhere_is_none(
    citizen: FlaskClient, live: Live
) -> None:
    """Whoever knows or guesses the id of a stranger's photo still cannot put it on a report."""
    theirs = claim(citizen, pictures.photo(444, 333))
    with live.engine.connect() as connection:
        photo_id = connection.scalar(select(photos.c.id).where(photos.c.width == 444))
    assert isinstance(photo_id, UUID)
    assert faults(report(citizen, str(photo_id))) == ["photos[0]"]
    mine = claim(citizen)
    for forged in (claim_of(bytes(32), photo_id), theirs[:22] + mine[22:], claim_of(b"", uuid4())):
        assert faults(report(citizen, mine, forged)) == ["photos[1]"]
    staff = citizen.post(
        "/api/v1/reports",
        json=report_body(photos=[str(photo_id)]),
        headers=bearer(live.token("inspector")),
    )
    assert faults(staff) == ["photos[0]"]
    assert report(citizen, theirs).status_code == 201, "the claim itself is good all the while"


def test_an_inspectors_photo_cannot_be_claimed(citizen: FlaskClient, live: Live) -> None:
    form = {"photo": (BytesIO(pictures.photo(321, 240)), "x.jpg")}
    sent = citizen.post("/api/v1/photos", data=form, headers=bearer(live.token("inspector")))
    secret = (live.settings.home / "secrets" / "follow.key").read_bytes()
    # Even signed as a citizen's would be: it belongs to an account.
    stolen = claim_of(secret, UUID(sent.json["id"]))
    assert faults(report(citizen, stolen)) == ["photos[0]"]


def test_a_photo_stands_on_one_report_and_once(citizen: FlaskClient) -> None:
    mine = claim(citizen)
    assert faults(report(citizen, mine, mine)) == ["photos[1]"]
    assert report(citizen, mine).status_code == 201
    assert faults(report(citizen, mine)) == ["photos[0]"]


def test_the_same_picture_of_two_citizens_is_two_photos(citizen: FlaskClient, live: Live) -> None:
    """Nobody learns from the answer that somebody else has sent it; nobody can block another."""
    data = pictures.photo(345, 234)
    first, second = send(citizen, data), send(citizen, data)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["claim"] != second.json["claim"]
    assert report(citizen, first.json["claim"]).status_code == 201
    assert report(citizen, second.json["claim"]).status_code == 201
    assert len(set(contents(live))) < len(contents(live))


def test_too_many_photos_are_refused(citizen: FlaskClient) -> None:
    mine = claim(citizen)
    assert report(citizen, *[mine] * (MOST_PHOTOS + 1)).status_code == 422


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 422),
        (b"MZ\x90\x00 an executable that is called photo.jpg", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422),
        (pictures.photo()[:2000], 422),
        (pictures.png_bomb(), 413),
        (pictures.jpeg_of_size(60_000, 60_000), 413),
    ],
    ids=["empty", "executable", "svg", "torn", "bomb", "claims to be huge"],
)
def test_what_is_no_photo_is_refused(
    citizen: FlaskClient, live: Live, data: bytes, status: int
) -> None:
    before = contents(live)
    answer = send(citizen, data)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert contents(live) == before


def test_a_file_too_large_is_refused_and_a_report_stays_small(
    citizen: FlaskClient, live: Live
) -> None:
    def send_bytes(count: int) -> int:
        head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="x.jpg"\r\n\r\n'
        body = head + b"\xff\xd8" + bytes(count - 2) + b"\r\n--x--\r\n"
        kind = "multipart/form-data; boundary=x"
        return citizen.post(PHOTOS, data=body, content_type=kind).status_code

    most = live.settings.photo_bytes
    assert [send_bytes(most), send_bytes(most + 1), send_bytes(most + 10_000)] == [422, 413, 413]
    large = citizen.post(REPORTS, data=b" " * 70_000, content_type="application/json")
    assert large.status_code == 413
    form = {"file": (BytesIO(pictures.photo()), "x.jpg")}
    assert citizen.post(PHOTOS, data=form).status_code == 422


def limited(live: Live, limit: str) -> FlaskClient:
    environ = {"WANMI_HOME": str(live.settings.home), "WANMI_PUBLIC_LIMIT": limit}
    url = live.engine.url.render_as_string(hide_password=False)
    return create_app(Settings.from_environ(environ), url, BLUEPRINTS).test_client()


def test_one_address_may_not_send_photos_without_end(live: Live) -> None:
    client = limited(live, "2 per minute")

    def status(address: str) -> int:
        return send(client, pictures.photo(), environ_base={"REMOTE_ADDR": address}).status_code

    assert [status("192.0.2.1") for _ in range(3)] == [201, 201, 429]
    assert status("192.0.2.2") == 201


def test_each_rate_of_the_setting_counts(live: Live) -> None:
    client = limited(live, "1000 per minute; 2 per day")
    assert [report(client).status_code for _ in range(3)] == [201, 201, 429]


def test_strangers_never_take_the_inspectors_turn(
    citizen: FlaskClient, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So few of them may wait for the decoder that whoever works on the street gets through."""
    monkeypatch.setattr(public, "TURN_SECONDS", 0)
    for _ in range(public.STRANGERS_AT_ONCE):
        assert public._strangers.acquire(blocking=False)
    try:
        busy = send(citizen, pictures.photo())
        assert busy.status_code == 503
        form = {"photo": (BytesIO(pictures.photo(222, 111)), "x.jpg")}
        headers = bearer(live.token("inspector"))
        assert citizen.post("/api/v1/photos", data=form, headers=headers).status_code == 201
    finally:
        for _ in range(public.STRANGERS_AT_ONCE):
            public._strangers.release()
    assert send(citizen, pictures.photo()).status_code == 201
    assert send(citizen, b"no photo").status_code == 422
    assert send(citizen, pictures.photo()).status_code == 201, "a refused photo gives its turn back"


def files(live: Live, content: str) -> list[Path]:
    paths = [live.services.pictures.path(content, size) for size in PhotoSize]
    return [path for path in paths if path.exists()]


def test_a_photo_that_no_report_claims_is_removed_and_no_other(
    citizen: FlaskClient, live: Live
) -> None:
    claimed_one, late = (
        claim(citizen, pictures.photo(610, 90)),
        claim(citizen, pictures.photo(611, 90)),
    )
    claim(citizen, pictures.photo(612, 90))
    assert report(citizen, claimed_one).status_code == 201
    # An inspector's phone may be without network for days; and this file a citizen has sent too.
    form = {"photo": (BytesIO(pictures.photo(612, 90)), "x.jpg")}
    staff = citizen.post("/api/v1/photos", data=form, headers=bearer(live.token("inspector")))
    assert staff.status_code == 201
    with live.engine.connect() as connection:
        rows = connection.execute(
            select(photos.c.width, photos.c.account_id, photos.c.content).where(
                photos.c.height == 90
            )
        ).all()
    content = {row.width: row.content for row in rows}
    long_ago = datetime(2020, 1, 1, tzinfo=UTC).timestamp()
    for path in (path for one in content.values() for path in files(live, one)):
        os.utime(path, (long_ago, long_ago))

    hours = live.settings.public_photo_hours
    soon = replace(live.services, clock=lambda: datetime.now(UTC) + timedelta(hours=hours - 1))
    sweep(soon)
    assert len(files(live, content[611])) == len(PhotoSize), "it may still be claimed"
    later = replace(live.services, clock=lambda: datetime.now(UTC) + timedelta(hours=hours + 1))
    assert sweep(later) >= 2
    assert sweep(later) == 0
    with live.engine.connect() as connection:
        left = connection.execute(
            select(photos.c.width, photos.c.account_id.is_(None)).where(photos.c.height == 90)
        ).all()
    assert sorted(map(tuple, left)) == [(610, True), (612, False)]
    assert files(live, content[611]) == []
    assert len(files(live, content[610])) == len(files(live, content[612])) == len(PhotoSize)
    assert faults(report(citizen, late)) == ["photos[0]"]


@given(st.binary(min_size=32, max_size=32), st.lists(st.uuids(), max_size=4))
def test_claims_are_read_back_and_nothing_else_is(secret: bytes, ids: list[UUID]) -> None:
    claims = [claim_of(secret, photo_id) for photo_id in ids]
    assert claimed(secret, claims) == tuple(ids)
    for one in claims:
        changed = one[:-5] + ("A" if one[-5] != "A" else "B") + one[-4:]
        with pytest.raises(Invalid):
            claimed(secret, [changed])


@given(st.text(max_size=60))
def test_any_text_is_answered_with_a_refusal(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        claimed(b"secret", ["", text])
    assert [fault.field for fault in caught.value.errors] == ["photos[0]", "photos[1]"]


def test_the_case_says_that_its_photos_came_from_a_citizen(
    citizen: FlaskClient, live: Live
) -> None:
    number = report(citizen, claim(citizen)).json["number"]
    (case,) = cases(citizen, live.token("operator"), q=number)
    assert (case["source"], case["reporter_id"]) == ("citizen", None)
    with live.engine.connect() as connection:
        shown = photos_of_case(live, number)[0]["id"]
        owner = connection.scalar(select(photos.c.account_id).where(photos.c.id == UUID(shown)))
    assert owner is None
