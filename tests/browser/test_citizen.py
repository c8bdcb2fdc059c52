"""A citizen without an account: report on a phone, keep number and code, follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from support import city, pictures
from support.browser import INSECURE_HOST, Watch
from support.clusters import fresh_database, temporary_home
from support.live_server import Live, live_server
from support.reporting import PEDLAR, RUBBISH, bearer, cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-US",
}
REPORTS = "/api/v1/public/reports"
WORDS = "一堆 <img src=x onerror=alert(1)> 垃圾"


@pytest.fixture(scope="module")
def live(server: str) -> Iterator[Live]:
    with (
        fresh_database(server) as url,
        temporary_home() as home,
        live_server(url, home, environ={"WANMI_PUBLIC_LIMIT": "30 per minute"}) as running,
    ):
        yield running


@pytest.fixture
def phone(browser: Browser, live: Live) -> Iterator[BrowserContext]:
    place = city.spot(35, 12)
    context = browser.new_context(
        **PHONE,
        geolocation={"longitude": place.lon, "latitude": place.lat, "accuracy": 8},
        permissions=["geolocation"],
    )
    context.set_default_timeout(60_000)
    ours = (live.address, live.address.replace("127.0.0.1", INSECURE_HOST))

    def ours_only(route: Route) -> None:
        if route.request.url.startswith(ours):
            route.fallback()
        else:
            route.abort()

    context.route("**/*", ours_only)
    yield context
    context.close()


def opened(context: BrowserContext, address: str, watch: Watch | None = None) -> Page:
    page = context.new_page()
    if watch:
        watch.on(page)
    page.goto(address)
    expect(page.locator("#favourites button").first).to_be_visible()
    return page


def choose(page: Page, code: str) -> None:
    page.locator(f'#favourites [data-class="{code}"]').tap()
    expect(page.locator("#send")).to_be_visible()


def kept(page: Page) -> tuple[str, str]:
    """Number and code as they stand on the receipt."""
    expect(page.locator("#done-code")).to_be_visible()
    number = re.sub(r"\s", "", page.locator("#done-number").inner_text())
    return number, page.locator("#done-code").inner_text()


def test_a_citizen_reports_and_follows_with_number_and_code(
    phone: BrowserContext, live: Live
) -> None:
    watch = Watch()
    page = opened(phone, live.address, watch)
    choose(page, RUBBISH)
    expect(page.locator("#where-accuracy")).to_have_text("± 8 m")
    page.locator("#description").fill(WORDS)
    page.locator("#send").tap()
    number, code = kept(page)
    (case,) = cases(live.app.test_client(), live.token("operator"), q=number)
    assert (case["source"], case["description"]) == ("citizen", WORDS)
    assert case["location"]["original"]["accuracy_m"] == 8

    page.locator("#follow-number").fill(number)
    page.locator("#follow-code").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="How far is it?").first.tap()
    answer = page.locator("#follow-answer")
    expect(answer).to_contain_text("Received. A person looks at it.")
    # Later, in the same browser: remembered, until the reader says otherwise.
    later = opened(phone, live.address, watch)
    later.locator("#kept-list button").tap()
    expect(later.locator("#follow-answer")).to_contain_text("Received.")
    later.get_by_role("button", name="Forget these here").tap()
    expect(later.locator("#kept")).to_be_hidden()
    later.locator("#follow-code").fill("XXXX")
    assert watch.faults == []
    later.get_by_role("button", name="How far is it?").tap()
    expect(later.locator("#follow-answer")).to_contain_text("do not belong together")
    paths = {urlsplit(url).path for url in watch.requests}
    assert not {path for path in paths if path.startswith("/api/")} - {
        "/api/v1/catalogue",
        REPORTS,
        f"/api/v1/public/cases/{number}",
    }, "nothing else is asked for without an account"


def test_number_and_code_can_be_copied(phone: BrowserContext, live: Live) -> None:
    insecure = live.address.replace("127.0.0.1", INSECURE_HOST)
    for address, permitted in (
        (live.address, ["clipboard-read", "clipboard-write"]),
        (insecure, []),
    ):
        if permitted:
            phone.grant_permissions(permitted, origin=address)
        page = opened(phone, address)
        choose(page, RUBBISH)
        page.locator("#where-map").tap()
        expect(page.locator("#pin-use")).to_be_enabled()
        page.locator("#pin-use").tap()
        page.locator("#send").tap()
        number, code = kept(page)
        page.locator("#copy").tap()
        expect(page.locator("#copy")).to_have_text("Copied")
        if permitted:
            text = page.evaluate("() => navigator.clipboard.readText()")
            assert number in text
            assert code in text


def test_on_an_insecure_origin_a_pin_is_enough(phone: BrowserContext, live: Live) -> None:
    watch = Watch()
    page = opened(phone, live.address.replace("127.0.0.1", INSECURE_HOST), watch)
    choose(page, PEDLAR)
    expect(page.locator("#where-sign")).to_contain_text("No position without HTTPS")
    page.get_by_label("Yes").check()
    page.locator("#send").tap()
    expect(page.locator("#form-fault")).to_contain_text("choose the place on the map")
    page.locator("#where-map").tap()
    expect(page.locator("#pin-map canvas").first).to_be_visible()
    page.locator("#pin-use").tap()
    page.locator("#send").tap()
    kept(page)
    assert watch.faults == []


def test_too_many_reports_are_kept_and_it_is_said_why(phone: BrowserContext, live: Live) -> None:
    page = opened(phone, live.address)
    problem = {"title": "Too Many Requests", "status": 429, "detail": "Wait a little."}
    page.route(f"**{REPORTS}", lambda route: route.fulfill(status=429, json=problem), times=1)
    choose(page, RUBBISH)
    page.locator("#description").fill("随后送达 sent later")
    expect(page.locator("#where-accuracy")).to_have_text("± 8 m")
    page.locator("#send").tap()
    expect(page.locator("#receipt")).to_contain_text("Wait a little. It is kept here")
    page.locator("#outbox-now").tap()
    expect(page.locator("#news")).to_contain_text("Sent: exposed refuse, number 6109")
    expect(page.locator("#kept-list")).to_contain_text("exposed refuse")
    assert len(cases(live.app.test_client(), live.token("operator"), q="随后送达")) == 1


def jpeg(quality: int) -> Any:  # noqa: ANN401 - as playwright takes files
    content = pictures.photo(2000, 1500, quality=quality, exif=pictures.camera_exif(orientation=6))
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": content}


def photos_on(live: Live, number: str) -> list[tuple[int, int]]:
    """Width and height of a case's photos."""
    headers = bearer(live.token("operator"))
    answer = live.app.test_client().get(f"/api/v1/cases/{number}/photos", headers=headers)
    return [(photo["width"], photo["height"]) for photo in answer.json["photos"]]


def test_photos_from_the_gallery_are_shown_taken_out_and_sent(
    phone: BrowserContext, live: Live
) -> None:
    watch = Watch()
    page = opened(phone, live.address, watch)
    choose(page, RUBBISH)
    camera = page.locator("#camera")
    assert camera.get_attribute("capture") is None, "camera or gallery, as the citizen likes"
    camera.set_input_files([jpeg(60), jpeg(61), jpeg(62)])
    expect(page.locator(".shot-state")).to_have_text(["● sent"] * 3)
    expect(page.get_by_alt_text("Photo 3")).to_be_visible()
    page.get_by_role("button", name="Remove photo 2").tap()
    expect(page.locator(".shot")).to_have_count(2)
    page.locator("#send").tap()
    number, _ = kept(page)
    assert photos_on(live, number) == [(1200, 1600)] * 2, "turned upright and made small"
    expect(page.locator("#news")).to_be_empty()
    assert watch.faults == []


def test_photos_wait_with_the_report_until_there_is_a_network(
    phone: BrowserContext, live: Live
) -> None:
    page = opened(phone, live.address)
    choose(page, RUBBISH)
    expect(page.locator("#where-accuracy")).to_have_text("± 8 m")
    phone.set_offline(True)
    page.locator("#camera").set_input_files([jpeg(63)])
    expect(page.locator(".shot-state")).to_have_text("▲ kept here")
    page.locator("#send").tap()
    expect(page.locator("#receipt")).to_contain_text("Not sent yet")
    phone.set_offline(False)
    expect(page.locator("#news")).to_contain_text("Sent: exposed refuse, number 6109")
    kept_here = page.evaluate("() => JSON.parse(localStorage['wanmi-citizen-reports'])")
    assert len(photos_on(live, kept_here[0]["number"])) == 1


def test_a_photo_taken_before_the_page_was_lost_is_sent_all_the_same(
    phone: BrowserContext, live: Live
) -> None:
    """A phone short of memory forgets the page while its camera is open."""
    watch = Watch()
    page = opened(phone, live.address, watch)
    choose(page, RUBBISH)
    page.locator("#camera").set_input_files([jpeg(64)])
    expect(page.locator(".shot-state")).to_have_text("● sent")
    page.reload()
    expect(page.locator(".shot")).to_contain_text("Photo 1")
    expect(page.locator("#where-accuracy")).to_have_text("± 8 m")
    page.locator("#send").tap()
    number, _ = kept(page)
    assert len(photos_on(live, number)) == 1
    assert watch.faults == []


def test_what_is_no_photo_and_what_was_removed_meanwhile_holds_up_no_report(
    phone: BrowserContext, live: Live
) -> None:
    page = opened(phone, live.address)
    choose(page, RUBBISH)
    program = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"MZ no photo"}
    page.locator("#camera").set_input_files([program, jpeg(65)])
    expect(page.locator(".shot-state")).to_have_text(["■ not taken", "● sent"])
    expect(page.locator("#form-fault")).to_contain_text("not a photo that can be read")
    expect(page.locator("#where-accuracy")).to_have_text("± 8 m")
    with live.engine.begin() as connection:
        connection.execute(
            text("DELETE FROM photos WHERE id NOT IN (SELECT photo_id FROM case_photos)")
        )
    page.locator("#send").tap()
    number, _ = kept(page)
    expect(page.locator("#news")).to_contain_text("Sent without 1 photos")
    assert photos_on(live, number) == []


def test_every_target_is_large_and_nothing_scrolls_sideways(
    phone: BrowserContext, live: Live
) -> None:
    page = opened(phone, live.address)
    small = """(least) => [...document.querySelectorAll(
        "button, a, input:not(.only-read), label.camera, textarea")]
      .filter((one) => one.checkVisibility() && !one.matches(".skip, .brand"))
      .filter((one) => one.getBoundingClientRect().height < least - 0.5)
      .map((one) => one.outerHTML.slice(0, 60))"""
    for step in ("what", "report"):
        if step == "report":
            choose(page, RUBBISH)
        assert page.evaluate(small, 48) == []
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_who_is_signed_in_finds_their_pages(phone: BrowserContext, live: Live) -> None:
    page = phone.new_page()
    page.goto(live.login_link("inspector", "/"))
    expect(page.get_by_role("link", name="Patrol").first).to_be_visible()
    expect(page.locator("#favourites")).to_have_count(0)
