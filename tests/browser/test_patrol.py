"""An inspector with a phone: position or pin, class, photo, receipt; and a network that fails."""

from __future__ import annotations

import dataclasses
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from support import city, pictures
from support.browser import INSECURE_HOST, Watch
from support.clusters import fresh_database, temporary_home
from support.live_server import MODEL_STREET, Live, live_server
from support.reporting import PEDLAR, RUBBISH, bearer, cases, report_body
from wanmi.platform.casework.evidence import photos_of, shooting_of
from wanmi.platform.casework.tables import Case
from wanmi.platform.kernel.local_authority import keep_fresh

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Request, Route

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-US",
}
FINGER_PX = 48
REPORTS, PHOTOS = "/api/v1/reports", "/api/v1/photos"
ON_STREET = (35, 12)
"""Metres from the centre: beside the model street."""

UNIT = re.compile("Laocheng|老城")
NOT_SENT = "Not sent yet, kept on this phone"


class Phone:
    """A phone with its page, all that went wrong on it, and what it has posted."""

    def __init__(self, page: Page, live: Live) -> None:
        self.page = page
        self.live = live
        self.watch = Watch()
        self.posts: list[str] = []
        self.watch.on(page)
        page.on("request", self._posted)

    def _posted(self, request: Request) -> None:
        if request.method == "POST":
            self.posts.append(urlsplit(request.url).path)

    def open(self, login: str = "inspector") -> Page:
        self.page.goto(self.live.login_link(login, "/patrol"))
        expect(self.page.locator("#favourites button").first).to_be_visible()
        return self.page

    def choose(self, code: str) -> None:
        self.page.locator(f'#favourites [data-class="{code}"]').tap()
        expect(self.page.locator("#send")).to_be_visible()

    def pick(self, code: str) -> None:
        """Choose a class that is no favourite, in two taps."""
        self.page.locator(f'#classes [data-major="{code[:2]}"]').tap()
        self.page.locator(f'#classes [data-class="{code}"]').tap()
        expect(self.page.locator("#send")).to_be_visible()

    def send(self) -> str:
        """Tap the button; return the number on the receipt."""
        self.page.locator("#send").tap()
        return self.receipt()

    def receipt(self) -> str:
        number = self.page.locator("#receipt .number-groups")
        expect(number).to_be_visible()
        return re.sub(r"\s", "", number.inner_text())

    def found_nothing_wrong(self) -> bool:
        ours = (self.live.address, "blob:", "data:")
        outside = [url for url in self.watch.requests if not url.startswith(ours)]
        assert self.watch.faults == []
        assert outside == []
        return True


@contextmanager
def phone_of(browser: Browser, live: Live, **more: Any) -> Iterator[Phone]:  # noqa: ANN401
    """A fresh phone that can reach our server and no other host."""
    context = browser.new_context(**{**PHONE, **more})
    context.set_default_timeout(60_000)

    def ours_only(route: Route) -> None:
        if route.request.url.startswith(live.address):
            route.fallback()
        else:
            route.abort()

    context.route("**/*", ours_only)
    yield Phone(context.new_page(), live)
    context.close()


@pytest.fixture
def phone(browser: Browser, live: Live) -> Iterator[Phone]:
    """A phone that knows where it is."""
    place = city.spot(*ON_STREET)
    where = {"longitude": place.lon, "latitude": place.lat, "accuracy": 8}
    with phone_of(browser, live, geolocation=where, permissions=["geolocation"]) as ready:
        yield ready


@pytest.fixture
def lost(browser: Browser, live: Live) -> Iterator[Phone]:
    """A phone that may not tell where it is."""
    with phone_of(browser, live) as ready:
        yield ready


def case_of(live: Live, number: str) -> dict[str, Any]:
    """The case as everybody finds it who may see it."""
    (case,) = cases(live.app.test_client(), live.token("operator"), q=number)
    return case


def photo_file(**more: Any) -> Any:  # noqa: ANN401
    content = pictures.photo(3000, 2000, **more)
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": content}


# The whole way


def test_a_report_with_photo_and_text_is_made_with_one_thumb(phone: Phone, live: Live) -> None:
    page = phone.open()
    expect(page.locator("#where-sign")).to_contain_text("Position found")
    expect(page.locator("#where-accuracy")).to_have_text("± 8 m")
    expect(page.locator("#where-place")).to_contain_text(MODEL_STREET)
    phone.choose(RUBBISH)
    page.locator("#camera").set_input_files([photo_file()])
    expect(page.locator(".shot-state")).to_have_text("● sent")
    page.locator("#description").fill("一堆 <b>建筑垃圾</b> 🧱")
    for words in (MODEL_STREET, "610902001003", UNIT, "from dispatch"):
        expect(page.locator("#facts")).to_contain_text(words)
    expect(page.locator("#foot-unit")).to_contain_text(UNIT)
    number = phone.send()
    expect(page.locator("#receipt")).to_contain_text("Reported")
    expect(page.locator("#mine-list .card").first).to_contain_text("exposed refuse")

    case = case_of(live, number)
    assert case["description"] == "一堆 <b>建筑垃圾</b> 🧱"
    assert case["source"] == "inspector"
    assert case["street"]["name"] == MODEL_STREET
    original = case["location"]["original"]
    assert (original["datum"], original["accuracy_m"]) == ("wgs84", 8)
    assert phone.found_nothing_wrong()


def test_a_photo_is_sent_small_upright_and_with_its_place(phone: Phone, live: Live) -> None:
    page = phone.open()
    phone.choose(RUBBISH)
    page.locator("#camera").set_input_files(
        [photo_file(exif=pictures.camera_exif(orientation=6))],
    )
    expect(page.locator(".shot-state")).to_have_text("● sent")
    number = phone.send()
    with live.engine.connect() as connection:
        case = connection.execute(select(Case.id).where(Case.number == number)).scalar_one()
        (photo,) = photos_of(connection, [case])[case]
        shooting = shooting_of(connection, [photo.id])[photo.id]
    assert (photo.width, photo.height) == (1067, 1600), "turned upright, then made small"
    assert shooting.taken is not None
    assert shooting.taken.isoformat() == "2026-11-23T09:30:00+08:00"
    assert shooting.place is not None
    assert shooting.place.lon == pytest.approx(pictures.PLACE.lon)


def test_any_class_is_two_taps_away(phone: Phone, live: Live) -> None:
    page = phone.open()
    page.locator('[data-major="06"]').tap()
    page.locator('#classes [data-class="06029"]').tap()
    expect(page.locator("#report-title")).to_have_text(
        live.services.office.catalogue.matters["06029"].name_en,
    )
    page.go_back()
    page.locator("#search").fill("dust from")
    page.locator('#classes [data-class="08004"]').tap()
    expect(page.locator("#report-title")).to_have_text(
        live.services.office.catalogue.matters["08004"].name_en,
    )
    page.go_back()
    page.locator("#search").fill("xyzzy")
    expect(page.locator("#classes")).to_contain_text("Nothing is called that")


def test_every_target_is_large_enough_for_a_glove(phone: Phone) -> None:
    page = phone.open()
    phone.choose(PEDLAR)
    small = """(least) => [...document.querySelectorAll(
        "button, a, input:not(.only-read), select, textarea, summary, label.camera, label.choice")]
      .filter((one) => one.checkVisibility() && !one.closest("label.choice > *, .skip"))
      .filter((one) => !one.matches(".choice input, .skip, .brand, .leaflet-control a"))
      .map((one) => [one.outerHTML.slice(0, 60), one.getBoundingClientRect()])
      .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
      .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    assert page.evaluate(small, FINGER_PX) == []
    page.locator(".menu summary").tap()
    assert page.evaluate(small, FINGER_PX) == []
    page.goto(f"{phone.live.address}/patrol#what")
    expect(page.locator("#favourites button").first).to_be_visible()
    assert page.evaluate(small, FINGER_PX) == []
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= PHONE["viewport"]["width"], "nothing to scroll sideways"


# Before it is sent


def test_a_question_of_the_class_has_to_be_answered(phone: Phone, live: Live) -> None:
    page = phone.open()
    phone.choose(PEDLAR)
    page.locator("#send").tap()
    expect(page.locator("#form-fault")).to_contain_text("Please answer: Is food sold?")
    assert phone.posts == []
    page.get_by_label("Yes").check()
    number = phone.send()
    answer = live.app.test_client().get(
        f"/api/v1/cases/{number}", headers=bearer(live.token("operator"))
    )
    assert answer.json["answers"] == {"food": True}


def test_what_is_forbidden_here_is_said_before(browser: Browser, live: Live) -> None:
    gate = city.spot(150, 90)
    where = {"longitude": gate.lon, "latitude": gate.lat, "accuracy": 5}
    with phone_of(browser, live, geolocation=where, permissions=["geolocation"]) as phone:
        page = phone.open()
        phone.choose(PEDLAR)
        flags = page.locator("#flags")
        expect(flags).to_contain_text("To be checked")
        page.get_by_label("Yes").check()
        expect(flags).to_contain_text("Not allowed here")
        expect(flags).to_contain_text("no food stalls within 100 m")
        page.get_by_label("No").check()
        expect(flags.locator("li")).to_have_count(0)


def open_cases_around(live: Live, *east_m: float, code: str) -> list[str]:
    """Report something so many metres east of the phone; return the numbers."""
    client = live.app.test_client()
    numbers = []
    for east in east_m:
        report = report_body(ON_STREET[0] + east, ON_STREET[1], class_code=code)
        sent = client.post(REPORTS, json=report, headers=bearer(live.token()))
        numbers.append(sent.json["number"])
    return numbers


def test_open_cases_nearby_are_pointed_out_and_block_nothing(phone: Phone, live: Live) -> None:
    open_cases_around(live, 40, 20, 80, code="07001")
    page = phone.open()
    phone.choose("07001")
    line = page.locator("#similar-line")
    expect(line).to_contain_text("2 of this kind nearby; the nearest 20 m, this minute")
    line.tap()
    cards = page.locator("#similar-list .card")
    expect(cards).to_have_count(2)
    expect(cards.nth(0)).to_contain_text("20 m from here")
    expect(cards.nth(1)).to_contain_text("40 m from here")
    page.get_by_role("link", name="None of these").tap()
    assert phone.send(), "it is sent all the same"
    page.get_by_role("link", name="Report another").tap()
    phone.choose("06012")
    expect(page.locator("#facts")).to_contain_text(UNIT)
    expect(line).to_be_hidden()


def test_the_same_case_is_shown_instead_of_sending(phone: Phone, live: Live) -> None:
    (number,) = open_cases_around(live, 10, code="07002")
    page = phone.open()
    phone.pick("07002")
    page.locator("#description").fill("typed before")
    page.locator("#similar-line").tap()
    page.get_by_role("button", name="It is the same").tap()
    card = page.locator("#same-card")
    expect(card).to_contain_text("Not sent: this case has it already")
    expect(card.locator(".number-groups")).to_contain_text(number[-7:])
    expect(card).to_contain_text(UNIT)
    expect(page.locator("#same-title")).to_be_focused()
    assert REPORTS not in phone.posts
    # One who has tapped the wrong one has lost nothing.
    page.get_by_role("link", name="Report it all the same").tap()
    expect(page.locator("#description")).to_have_value("typed before")
    page.locator("#similar-line").tap()
    page.get_by_role("button", name="It is the same").tap()
    page.get_by_role("button", name="Report another").tap()
    expect(page.locator("#favourites")).to_be_visible()
    page.go_back()
    expect(page.locator("#favourites")).to_be_visible()
    assert phone.posts.count(REPORTS) == 0


def test_cases_that_the_reader_may_not_see_are_not_pointed_out(phone: Phone, live: Live) -> None:
    """The viewer's rights hold here as anywhere: a company sees what it was given."""
    open_cases_around(live, 10, code="07003")
    page = phone.open("handler")
    phone.pick("07003")
    expect(page.locator("#facts")).to_contain_text(UNIT)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#similar-line")).to_be_hidden()


# Without a position


def test_without_a_position_the_place_is_chosen_on_the_map(lost: Phone, live: Live) -> None:
    page = lost.open()
    expect(page.locator("#where-sign")).to_contain_text("Position is not allowed")
    lost.choose(RUBBISH)
    page.locator("#send").tap()
    expect(page.locator("#form-fault")).to_contain_text("choose the place on the map")
    assert lost.posts == []
    page.locator("#where-map").tap()
    expect(page.locator("#pin-map canvas").first).to_be_visible()
    expect(page.locator("#pin-place")).to_contain_text("Cell")
    page.locator("#pin-use").tap()
    expect(page.locator("#where-sign")).to_contain_text("Place chosen on the map")
    number = lost.send()
    location = case_of(live, number)["location"]
    assert location["original"]["datum"] == "cgcs2000"
    assert location["original"]["accuracy_m"] is None
    middle = live.settings.city.centre
    assert location["stored"]["lon"] == pytest.approx(middle.lon, abs=0.001)
    assert location["stored"]["lat"] == pytest.approx(middle.lat, abs=0.001)
    assert lost.found_nothing_wrong()


def test_the_pin_begins_where_the_phone_is_and_can_be_left_alone(phone: Phone) -> None:
    page = phone.open()
    expect(page.locator("#where-place")).to_contain_text(MODEL_STREET)
    page.locator("#where-map").tap()
    expect(page.locator("#pin-place strong")).to_have_text(MODEL_STREET)
    page.locator("#pin-map").press("ArrowUp")
    expect(page.locator("#pin-place strong")).not_to_have_text(MODEL_STREET)
    page.locator("#pin-cancel").tap()
    expect(page.locator("#where-sign")).to_contain_text("Position found")


def test_on_an_insecure_origin_the_page_says_so_and_sends(browser: Browser, live: Live) -> None:
    """Plain http under another name than localhost: no position, whatever is permitted."""
    insecure = dataclasses.replace(live, address=live.address.replace("127.0.0.1", INSECURE_HOST))
    with phone_of(browser, insecure) as phone:
        page = phone.open()
        assert page.evaluate("() => isSecureContext") is False
        expect(page.locator("#where-sign")).to_contain_text("No position without HTTPS")
        expect(page.locator("#where-help")).to_contain_text("Choose the place on the map")
        expect(page.get_by_role("link", name="Set this phone up")).to_be_visible()
        page.locator("#where-map").tap()
        expect(page.locator("#pin-place")).to_contain_text("Cell")
        page.locator("#pin-use").tap()
        phone.choose(RUBBISH)
        page.locator("#camera").set_input_files([photo_file(quality=65)])
        expect(page.locator(".shot-state")).to_have_text("● sent")
        assert phone.send()
        assert phone.found_nothing_wrong()


def test_over_https_a_phone_has_position_and_camera(
    browser: Browser, server: str, tmp_path: Path
) -> None:
    """As `wanmi up --lan` serves it: under a name that is safe by its certificate alone."""
    names, here = (INSECURE_HOST, "localhost"), (IPv4Address("127.0.0.1"),)
    tls = keep_fresh(tmp_path / "tls", names, here, datetime.now(UTC))
    place = city.spot(*ON_STREET)
    more: dict[str, Any] = {
        "geolocation": {"longitude": place.lon, "latitude": place.lat, "accuracy": 8},
        "permissions": ["geolocation"],
        "ignore_https_errors": True,  # the browser of the tests is not paired
    }
    with (
        fresh_database(server) as url,
        temporary_home() as home,
        live_server(url, home, tls=tls) as running,
    ):
        address = running.address.replace("127.0.0.1", INSECURE_HOST)
        secure = dataclasses.replace(running, address=address)
        with phone_of(browser, secure, **more) as phone:
            page = phone.open()
            assert page.evaluate("() => isSecureContext && 'mediaDevices' in navigator") is True
            expect(page.locator("#where-sign")).to_contain_text("Position found")
            expect(page.locator("#where-place")).to_contain_text(MODEL_STREET)
            expect(page.locator("#where-pair")).to_be_hidden()
            phone.choose(RUBBISH)
            page.locator("#camera").set_input_files([photo_file(quality=55)])
            expect(page.locator(".shot-state")).to_have_text("● sent")
            expect(page.locator("#facts")).to_contain_text(UNIT)
            assert phone.send()
            cookies = {cookie["name"]: cookie["secure"] for cookie in page.context.cookies()}
            assert cookies["wanmi"] is True
            assert phone.found_nothing_wrong()


def test_a_phone_whose_clock_is_ahead_is_told_so(phone: Phone, live: Live) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=5)
    phone.page.clock.install(time=ahead)
    page = phone.open()
    phone.choose(RUBBISH)
    number = phone.send()
    expect(page.locator("#receipt")).to_contain_text("set the phone's clock right")
    (flag,) = case_of(live, number)["flags"]
    assert flag["code"] == "clock_suspect"


def test_after_a_hopeless_clock_is_set_right_the_report_goes_through(phone: Phone) -> None:
    now = datetime.now(UTC)
    phone.page.clock.install(time=now + timedelta(days=40))
    page = phone.open()
    phone.choose(RUBBISH)
    page.locator("#description").fill("keep me")
    page.locator("#send").tap()
    expect(page.locator("#form-fault")).to_contain_text("set the clock right")
    expect(page.locator("#description")).to_have_value("keep me")
    page.clock.set_system_time(now)
    assert phone.send()


# The network fails


def test_two_taps_send_once(phone: Phone) -> None:
    page = phone.open()
    phone.choose(RUBBISH)
    expect(page.locator("#facts")).to_contain_text(UNIT)
    page.evaluate("() => { const b = document.getElementById('send'); b.click(); b.click(); }")
    phone.receipt()
    page.go_back()
    expect(page.locator("#favourites")).to_be_visible()
    assert phone.posts.count(REPORTS) == 1


def test_a_lost_answer_makes_no_second_case(phone: Phone, live: Live) -> None:
    page = phone.open()
    phone.choose(RUBBISH)
    said = "一次就够 lost answer"
    page.locator("#description").fill(said)
    ids = []

    def lose(route: Route) -> None:
        ids.append(route.request.post_data_json["id"])
        route.fetch()
        route.abort()

    page.route(f"**{REPORTS}", lose, times=1)
    page.locator("#send").tap()
    expect(page.locator("#receipt")).to_contain_text(NOT_SENT)
    expect(page.locator("#outbox")).to_contain_text("1 report waits to be sent")
    page.locator("#outbox-now").tap()
    expect(page.locator("#news")).to_contain_text("Sent: exposed refuse, number 6109")
    expect(page.locator("#outbox")).to_be_hidden()
    (case,) = cases(live.app.test_client(), live.token("operator"), q=said)
    assert case["id"] == ids[0]


def test_without_a_network_nothing_is_lost(phone: Phone, live: Live) -> None:
    page = phone.open()
    expect(page.locator("#where-place")).to_contain_text(MODEL_STREET)
    page.context.set_offline(True)
    phone.choose(RUBBISH)
    expect(page.locator("#facts")).to_contain_text("not known without network")
    page.locator("#camera").set_input_files([photo_file(quality=70)])
    expect(page.locator(".shot-state")).to_have_text("▲ kept here")
    said = "没有信号 no network"
    page.locator("#description").fill(said)
    page.locator("#send").tap()
    expect(page.locator("#receipt")).to_contain_text(NOT_SENT)
    # The phone runs out of battery; a new tab begins with what was kept.
    other = page.context.new_page()
    page.close()
    page.context.set_offline(False)
    other.goto(f"{live.address}/patrol")
    expect(other.locator("#news")).to_contain_text("Sent: exposed refuse")
    (found,) = cases(live.app.test_client(), live.token("operator"), q=said)
    with live.engine.connect() as connection:
        case = connection.execute(
            select(Case.id).where(Case.number == found["number"])
        ).scalar_one()
        assert len(photos_of(connection, [case])[case]) == 1
    assert other.evaluate("() => Object.keys(localStorage).join()") == ""


def test_a_session_that_has_ended_is_taken_up_after_signing_in(phone: Phone, live: Live) -> None:
    page = phone.open()
    phone.choose(RUBBISH)
    said = "会话过期 session ended"
    page.locator("#description").fill(said)
    page.context.clear_cookies()
    page.locator("#send").tap()
    expect(page.locator("#receipt")).to_contain_text("Sign in again")
    phone.open()
    expect(page.locator("#news")).to_contain_text("Sent:")
    assert len(cases(live.app.test_client(), live.token("operator"), q=said)) == 1


def test_what_is_refused_stays_as_it_was_typed(phone: Phone) -> None:
    page = phone.open()
    phone.choose(RUBBISH)
    page.locator("#description").fill("keep me")
    problem = {
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "no",
        "errors": [{"field": "observed_at", "message": "Set the clock right."}],
    }
    page.route(f"**{REPORTS}", lambda route: route.fulfill(status=422, json=problem), times=1)
    page.locator("#send").tap()
    expect(page.locator("#form-fault")).to_contain_text("Set the clock right.")
    expect(page.locator("#description")).to_have_value("keep me")
    assert phone.send()


def test_what_was_typed_survives_the_page(phone: Phone) -> None:
    page = phone.open()
    phone.choose(PEDLAR)
    page.get_by_label("No").check()
    page.locator("#description").fill("half a sentence")
    page.locator("#camera").set_input_files([photo_file(quality=60)])
    expect(page.locator(".shot-state")).to_have_text("● sent")
    page.reload()
    expect(page.locator("#description")).to_have_value("half a sentence")
    expect(page.get_by_label("No")).to_be_checked()
    expect(page.locator(".shot img")).to_have_count(1)
    assert phone.send()
    page.reload()
    expect(page.locator("#favourites")).to_be_visible()


# Without a thumb


def test_a_keyboard_is_enough(phone: Phone) -> None:
    page = phone.open()
    expect(page.locator("#where-place")).to_contain_text(MODEL_STREET)
    page.locator(f'#favourites [data-class="{PEDLAR}"]').press("Enter")
    expect(page.locator("#report-title")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Change")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("Yes")).to_be_checked()
    page.locator("#send").press("Enter")
    phone.receipt()
    expect(page.locator("#done-title")).to_be_focused()
