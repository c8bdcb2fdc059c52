"""Citizens report and follow without an account; nobody learns anything about anybody else."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from support.clusters import fresh_database, temporary_home
from support.live_server import MODEL_STREET, Live, live_server
from support.reporting import bearer, cases, report_body
from wanmi.platform.casework.following import code_hash, follow_code
from wanmi.platform.casework.tables import Case
from wanmi.platform.kernel.settings import Settings
from wanmi.web.maps.links import STATIC
from wanmi.web.pages.home_words import HOME_WORDS
from wanmi.web.pages.patrol_words import PATROL_WORDS
from wanmi.web.resources import BLUEPRINTS
from wanmi.web.wiring.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

REPORTS = "/api/v1/public/reports"


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


def body(**more: object) -> dict:
    return report_body(**{"source": "citizen", **more})


def test_a_citizen_reports_and_follows(citizen: FlaskClient, live: Live) -> None:
    answer = citizen.post(REPORTS, json=body())
    assert answer.status_code == 201
    assert set(answer.json) == {"number", "code"}
    number, code = answer.json["number"], answer.json["code"]
    followed = citizen.get(
        f"/api/v1/public/cases/{number}?code={code}", headers={"Accept-Language": "en"}
    )
    assert followed.status_code == 200
    assert followed.json["number"] == number
    assert followed.json["status"] == "open"
    assert followed.json["words"] == "Received. A person looks at it."
    assert followed.json["received_at"]
    assert not {"location", "description", "unit", "account_id"} & set(followed.json)
    (case,) = cases(citizen, live.token("operator"), q=number)
    assert case["source"] == "citizen"
    assert case["reporter_id"] is None
    assert case["cell"]["match"] == "inside"


def test_the_start_page_is_the_citizens_and_asks_no_other_host(citizen: FlaskClient) -> None:
    page = citizen.get("/", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "Report a problem in the street" in page.text
    assert "Set-Cookie" not in page.headers, "a stranger is given no session"
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)
    found = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert len(found) > 15
    for address in found:
        assert (STATIC / address.removeprefix("/static/")).is_file(), address


def test_every_word_of_the_citizens_page_can_be_translated() -> None:
    scripts = (STATIC / "js" / "citizen").glob("*.js")
    spoken = set(re.findall(r"say\(\s*\"(\w+)\"", "".join(s.read_text("utf-8") for s in scripts)))
    assert set(HOME_WORDS) <= spoken | {"copied", "not_copied"}
    assert spoken <= set(HOME_WORDS) | set(PATROL_WORDS)


def test_the_map_for_the_pin_has_streets_and_no_cases(citizen: FlaskClient, live: Live) -> None:
    ground = citizen.get("/api/v1/public/ground")
    assert ground.status_code == 200
    assert MODEL_STREET in ground.text
    staffs = citizen.get("/api/v1/ground", headers=bearer(live.token("commander")))
    assert ground.json == staffs.json
    again = citizen.get("/api/v1/public/ground", headers={"If-None-Match": ground.headers["ETag"]})
    assert again.status_code == 304
    for closed in ("/api/v1/ground", "/api/v1/cases", "/api/v1/locate?lon=109&lat=32&datum=wgs84"):
        assert citizen.get(closed).status_code == 401


def test_the_source_is_citizen_whether_it_is_said_or_not(citizen: FlaskClient, live: Live) -> None:
    report = body()
    del report["source"]
    number = citizen.post(REPORTS, json=report).json["number"]
    (case,) = cases(citizen, live.token("operator"), q=number)
    assert case["source"] == "citizen"
    refused = citizen.post(REPORTS, json=body(source="inspector"))
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "source"


def test_an_account_makes_no_difference(citizen: FlaskClient, live: Live) -> None:
    report = body()
    answer = citizen.post(REPORTS, json=report, headers=bearer(live.token("inspector")))
    assert answer.status_code == 201
    (case,) = cases(citizen, live.token("operator"), q=answer.json["number"])
    assert case["reporter_id"] is None


def test_the_same_report_again_is_answered_the_same(citizen: FlaskClient) -> None:
    report = body()
    first = citizen.post(REPORTS, json=report)
    again = citizen.post(REPORTS, json={**report, "sent_at": report["observed_at"]})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json


def test_twenty_at_once_make_one_case(live: Live) -> None:
    report = body()

    def send(_: int) -> tuple[int, dict]:
        answer = live.app.test_client().post(REPORTS, json=report)
        return answer.status_code, answer.json

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(20)))
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len({(said["number"], said["code"]) for _, said in answers}) == 1
    with live.engine.connect() as connection:
        query = select(func.count()).where(Case.report_id == UUID(report["id"]))
        assert connection.execute(query).scalar_one() == 1


def test_a_used_id_tells_nothing_about_its_report(citizen: FlaskClient, live: Live) -> None:
    report = body()
    first = citizen.post(REPORTS, json=report).json
    other = citizen.post(REPORTS, json={**report, "description": "别的"})
    assert other.status_code == 409
    assert first["number"] not in other.text
    assert first["code"] not in other.text
    staffs = report_body()
    sent = citizen.post("/api/v1/reports", json=staffs, headers=bearer(live.token("inspector")))
    assert sent.status_code == 201
    taken = citizen.post(REPORTS, json={**staffs, "source": "citizen"})
    assert taken.status_code == 409
    assert sent.json["number"] not in taken.text


def test_a_wrong_code_and_a_wrong_number_are_answered_alike(
    citizen: FlaskClient, live: Live
) -> None:
    first, second = (citizen.post(REPORTS, json=body()).json for _ in range(2))
    staffs = citizen.post(
        "/api/v1/reports", json=report_body(), headers=bearer(live.token("inspector"))
    ).json
    answers = [
        citizen.get(f"/api/v1/public/cases/{number}", query_string={"code": code})
        for number, code in (
            (first["number"], second["code"]),
            (first["number"], "x"),
            ("610900202601010000000", first["code"]),
            (staffs["number"], first["code"]),
            (staffs["number"], ""),
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert citizen.get(f"/api/v1/public/cases/{first['number']}").status_code == 422


def test_a_code_is_read_as_people_write_it(citizen: FlaskClient) -> None:
    said = citizen.post(REPORTS, json=body()).json
    for written in (said["code"].lower(), said["code"].replace("-", ""), f" {said['code']} "):
        answer = citizen.get(
            f"/api/v1/public/cases/{said['number']}", query_string={"code": written}
        )
        assert answer.status_code == 200


def test_of_the_code_only_its_hash_is_kept(citizen: FlaskClient, live: Live) -> None:
    said = citizen.post(REPORTS, json=body()).json
    with live.engine.connect() as connection:
        kept = connection.execute(
            select(Case.follow_hash).where(Case.number == said["number"])
        ).scalar_one()
        row = connection.execute(
            select(func.row_to_json(Case.__table__.table_valued())).where(
                Case.number == said["number"]
            )
        ).scalar_one()
    assert kept.hex() == code_hash(said["code"])
    assert said["code"] not in str(row)
    assert said["code"].replace("-", "") not in str(row)


@given(st.uuids(), st.uuids(), st.binary(min_size=32, max_size=32))
def test_codes_of_different_reports_and_cities_differ(one: UUID, two: UUID, secret: bytes) -> None:
    assert (follow_code(secret, one) == follow_code(secret, two)) is (one == two)
    assert follow_code(secret, one) != follow_code(bytes(32), one) or secret == bytes(32)
    assert len(follow_code(secret, one).replace("-", "")) == 16


def test_photos_components_and_unknown_keys_are_refused(citizen: FlaskClient) -> None:
    for more in ({"photos": [str(uuid4())]}, {"contact": "13800000000"}, {"class_code": "00000"}):
        answer = citizen.post(REPORTS, json=body(**more))
        assert answer.status_code == 422, more
        assert answer.mimetype == "application/problem+json"


def test_a_large_body_is_refused(citizen: FlaskClient) -> None:
    answer = citizen.post(REPORTS, data=b" " * 70_000, content_type="application/json")
    assert answer.status_code == 413


def test_one_address_may_not_send_without_end(live: Live) -> None:
    environ = {"WANMI_HOME": str(live.settings.home), "WANMI_PUBLIC_LIMIT": "3 per minute"}
    url = live.engine.url.render_as_string(hide_password=False)
    client = create_app(Settings.from_environ(environ), url, BLUEPRINTS).test_client()

    def send(address: str) -> int:
        return client.post(
            REPORTS,
            json=body(),
            environ_base={"REMOTE_ADDR": address},
            # Without a proxy in front that is trusted, anybody could write this.
            headers={"X-Forwarded-For": str(uuid4().int % 256)},
        ).status_code

    assert [send("192.0.2.1") for _ in range(4)] == [201, 201, 201, 429]
    assert send("192.0.2.2") == 201
    answer = client.post(REPORTS, json=body(), environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert answer.mimetype == "application/problem+json"
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    one = environ | {"REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/healthz", environ_base=one).status_code == 200, "only strangers' resources"


def test_behind_a_proxy_the_senders_address_counts(live: Live) -> None:
    environ = {
        "WANMI_HOME": str(live.settings.home),
        "WANMI_PUBLIC_LIMIT": "1 per minute",
        "WANMI_TRUSTED_PROXIES": "1",
    }
    url = live.engine.url.render_as_string(hide_password=False)
    client = create_app(Settings.from_environ(environ), url, BLUEPRINTS).test_client()
    codes = [
        client.post(REPORTS, json=body(), headers={"X-Forwarded-For": address}).status_code
        for address in ("192.0.2.1", "192.0.2.2", "198.51.100.1, 192.0.2.2")
    ]
    assert codes == [201, 201, 429], (
        "what the sender writes before the proxy's entry is not believed"
    )
