"""Every page in its main states, for what has to be true of all of them.

A state is how a reader comes to it: who, at which address, and what they do there.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from support import city
from support.reporting import PEDLAR, RUBBISH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page, Route

    from support.full_town import FullTown

DESK, WALL, PHONE = (1440, 900), (1920, 1080), (360, 740)
EVERYTHING = "ribbon,heat,schools,greening_points,inspection_routes,components_01,issues"


@dataclass(frozen=True, slots=True)
class State:
    """A page as somebody has it before them."""

    name: str
    path: str
    who: str | None = None
    size: tuple[int, int] = DESK
    act: Callable[[Page], None] = lambda _page: None
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Name it in the list of tests."""
        return self.name


def command_ready(page: Page) -> None:
    """Wait until list, figures, bars and trend show what was asked for."""
    page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")


def _card(page: Page) -> None:
    expect(page.locator("#card-body h2")).to_be_visible()


def _tree(page: Page) -> None:
    page.locator(".wanmi-tree-open").click()


def _export(page: Page) -> None:
    _filter(page)
    page.locator("#export summary").click()


def _filter(page: Page) -> None:
    if page.locator("#filter-open").is_visible():
        page.locator("#filter-open").click()


def _photo(page: Page) -> None:
    _card(page)
    page.locator("button.photo").click()
    expect(page.locator("#photo")).to_be_visible()


def _crowd(page: Page) -> None:
    page.locator(".wanmi-cluster").first.click()
    expect(page.locator(".wanmi-card")).to_be_visible()
    # It fades in; half seen its letters have half their contrast.
    expect(page.locator(".leaflet-popup")).to_have_css("opacity", "1")


def _what(page: Page) -> None:
    expect(page.locator("#favourites button").first).to_be_visible()


def _major(page: Page) -> None:
    _what(page)
    page.locator("#classes [data-major]").first.click()


def _report(page: Page, code: str = RUBBISH) -> None:
    _what(page)
    page.locator(f'#favourites [data-class="{code}"]').click()
    expect(page.locator("#where-accuracy")).to_contain_text("8")


def _unanswered(page: Page) -> None:
    _report(page, PEDLAR)
    page.locator("#send").click()
    expect(page.locator("#form-fault")).to_be_visible()


def _place(page: Page) -> None:
    _report(page)
    page.locator("#where-map").click()
    expect(page.locator("#pin-use")).to_be_enabled()


def _similar(page: Page) -> None:
    _report(page)
    page.locator("#similar-line").click()
    expect(page.locator("#similar-list .card").first).to_be_visible()


def _same(page: Page) -> None:
    _similar(page)
    page.locator("#similar-list .card button").first.click()
    expect(page.locator("#same-done")).to_be_visible()


def _done(page: Page) -> None:
    _report(page)
    page.locator("#send").click()
    expect(page.locator("#receipt .number-groups")).to_be_visible()


def _followed(page: Page) -> None:
    _done(page)
    page.locator("#kept-list button").first.click()
    expect(page.locator("#follow-answer")).not_to_be_empty()


def _menu(page: Page) -> None:
    _what(page)
    page.locator(".menu summary").click()


def _refused(page: Page) -> None:
    page.fill("#login", "nobody")
    page.fill("#password", "wrong words")
    page.keyboard.press("Enter")
    expect(page.locator("#fault")).to_be_visible()


NEAR = "view=18/{lat:.5f}/{lon:.5f}"
COMMAND = (
    State("command", "/command", "commander"),
    State("command-filtered", "/command?class_code=09&cell=610902001003900", "commander"),
    State("command-hours", "/command?from=2026-01-01T09&to=2026-01-02T10", "commander"),
    State("command-place", "/command?at={lon:.6f},{lat:.6f}", "commander", act=_card),
    State("command-case", "/command?case={pictured}", "commander", act=_card),
    State("command-photo", "/command?case={pictured}", "commander", act=_photo),
    State("command-tree", "/command", "commander", act=_tree),
    State("command-export", "/command", "commander", act=_export),
    State("command-time", "/command?step=day", "commander"),
    State("command-compared", "/command?compare=before&period=30d&status=any", "commander"),
    State("command-layers", f"/command?layers={EVERYTHING}&{NEAR}", "commander"),
    State("command-crowd", "/command?view=20/{crowd}", "commander", act=_crowd),
    State("command-streets", "/command?by=street&worst=density", "commander"),
    State("command-left-out", "/command?cell=nonsense", "commander"),
)
WALLS = (
    State("wall", "/command?screen=wall", "commander", WALL),
    State("wall-case", "/command?screen=wall&case={pictured}", "commander", WALL, act=_card),
)
SMALL = (
    State("command-phone", "/command", "commander", PHONE, act=_filter),
    State("command-phone-case", "/command?case={pictured}", "commander", PHONE, act=_card),
)
PATROL = (
    State("patrol-what", "/patrol", "inspector", PHONE, act=_what),
    State("patrol-menu", "/patrol", "inspector", PHONE, act=_menu),
    State("patrol-major", "/patrol", "inspector", PHONE, act=_major),
    State("patrol-report", "/patrol", "inspector", PHONE, act=_report),
    State("patrol-unanswered", "/patrol", "inspector", PHONE, act=_unanswered),
    State("patrol-place", "/patrol", "inspector", PHONE, act=_place),
    State("patrol-similar", "/patrol", "inspector", PHONE, act=_similar),
    State("patrol-same", "/patrol", "inspector", PHONE, act=_same),
    State("patrol-done", "/patrol", "inspector", PHONE, act=_done),
    State("patrol-lost", "/patrol", "inspector", PHONE, act=_what, more={"permissions": []}),
)
CITIZEN = (
    State("citizen-what", "/", None, PHONE, act=_what),
    State("citizen-desk", "/", None, DESK, act=_what),
    State("citizen-report", "/", None, PHONE, act=_unanswered),
    State("citizen-place", "/", None, PHONE, act=_place),
    State("citizen-done", "/", None, PHONE, act=_done),
    State("citizen-followed", "/", None, PHONE, act=_followed),
)
DOORS = (
    State("home", "/", "inspector", PHONE),
    State("login", "/login", None, PHONE),
    State("login-refused", "/login", None, DESK, act=_refused),
    State("pair", "/pair", None, PHONE),
    State("not-found", "/nowhere", "inspector", DESK),
)
READ = tuple(
    state
    for state in (*COMMAND, *SMALL)
    if state.name
    in {
        "command",
        "command-hours",
        "command-case",
        "command-tree",
        "command-export",
        "command-phone",
        "command-layers",
        "command-place",
        "command-left-out",
    }
)
"""States of the command centre that differ in what is beside or over what."""

ALL = (*COMMAND, *WALLS, *SMALL, *PATROL, *CITIZEN, *DOORS)


MOVING = tuple(
    state
    for state in ALL
    if state.name
    in {
        "command",
        "command-case",
        "command-crowd",
        "command-layers",
        "wall",
        "patrol-what",
        "patrol-place",
        "citizen-done",
        "login",
    }
)
"""States in which something might move."""


@contextmanager
def opened(browser: Browser, town: FullTown, state: State, **more: Any) -> Iterator[Page]:  # noqa: ANN401
    """Bring a fresh browser to a state; it reaches no other host."""
    here, crowd, live = city.spot(0, 150), city.spot(150, -150), town.live
    where = city.spot(35, 60)
    width, height = state.size
    context = browser.new_context(
        **{
            "viewport": {"width": width, "height": height},
            "locale": "zh-CN",
            "geolocation": {"longitude": where.lon, "latitude": where.lat, "accuracy": 8},
            "permissions": ["geolocation"],
            **state.more,
            **more,
        }
    )
    context.set_default_timeout(30_000)

    def ours_only(route: Route) -> None:
        if route.request.url.startswith((live.address, "data:", "blob:")):
            route.fallback()
        else:
            route.abort()

    context.route("**/*", ours_only)
    page = context.new_page()
    if state.who:
        page.goto(live.login_link(state.who, "/healthz"))
    path = state.path.format(
        lon=here.lon,
        lat=here.lat,
        crowd=f"{crowd.lat:.5f}/{crowd.lon:.5f}",
        pictured=town.pictured,
    )
    page.goto(live.address + path)
    if state.path.startswith("/command"):
        command_ready(page)
    state.act(page)
    yield page
    context.close()
