"""Events reach every tab through one stream, go on where they stopped, and a loss is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.browser import ORIGIN, body, serve

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

PAGE = """<!DOCTYPE html><title>live</title><span data-live data-live-live="实时"
data-live-lost="未连接" data-live-polling="轮询" data-live-starting="连接中"></span>"""

START = """async (lastId) => {
  const { Live, showState } = await import("/static/js/live.js");
  window.heard = [];
  window.states = [];
  window.polls = 0;
  window.live = new Live("/events", {
    poll: () => { window.polls += 1; }, silence: 3000, lastId,
  });
  live.addEventListener("event", ({ detail }) => heard.push(detail));
  live.addEventListener("state", ({ detail }) => states.push(detail.state));
  showState(live, document.querySelector("[data-live]"));
  live.start();
}"""


class Server:
    """Answers /events: each connection gets the events after the one that it names, then ends."""

    def __init__(self, events: list[str]) -> None:
        self.events = events
        self.asked: list[str] = []
        self.status = 200

    def __call__(self, route: Route) -> None:
        last = route.request.headers.get("last-event-id", "")
        self.asked.append(last)
        if self.status != 200:
            route.fulfill(status=self.status, body="")
            return
        after = int(last) if last else 0
        rows = [
            f"id: {number}\nevent: moved\ndata: {data}\n\n"
            for number, data in enumerate(self.events, 1)
            if number > after
        ]
        route.fulfill(body=": hello\n\n" + "".join(rows), content_type="text/event-stream")


@pytest.fixture
def server(context: BrowserContext) -> Server:
    server = Server(['{"number": "1"}', '{"number": "2"}'])
    page = body(PAGE, "text/html; charset=utf-8")
    serve(context, {"/": page, "/other": page, "/events": server})
    return server


def open_page(context: BrowserContext, path: str = "/", *, last_id: str = "") -> Page:
    """Open a page that the server made after the event `last_id`."""
    page = context.new_page()
    page.goto(ORIGIN + path)
    page.evaluate(START, last_id)
    return page


def numbers(page: Page) -> list[str]:
    return page.evaluate("heard.map((event) => event.data.number)")


def test_events_are_heard_once_and_go_on_after_the_last(
    context: BrowserContext,
    server: Server,
) -> None:
    page = open_page(context)
    page.wait_for_function("heard.length === 2")
    server.events.append('{"number": "3"}')
    page.wait_for_function("heard.length === 3")
    assert page.evaluate("heard.map((event) => event.data.number)") == ["1", "2", "3"]
    assert page.evaluate("heard[0].event") == "moved"
    assert server.asked[:2] == ["", "2"]


def test_two_tabs_share_one_stream_and_the_second_takes_over(
    context: BrowserContext,
    server: Server,
) -> None:
    first = open_page(context)
    first.wait_for_function("heard.length === 2")
    second = open_page(context, "/other")
    server.events.append('{"number": "3"}')
    second.wait_for_function("heard.length === 1")
    first.wait_for_function("heard.length === 3")
    assert server.asked.count("") == 1, "the second tab never opened a stream of its own"
    first.close()
    server.events.append('{"number": "4"}')
    second.wait_for_function("heard.length === 2")
    assert second.evaluate("heard.map((event) => event.data.number)") == ["3", "4"]


def test_a_tab_hears_what_happened_while_it_opened(
    context: BrowserContext,
    server: Server,
) -> None:
    first = open_page(context)
    first.wait_for_function("heard.length === 2")
    second = open_page(context, "/other", last_id="1")
    second.wait_for_function("heard.length === 1")
    server.events.append('{"number": "3"}')
    second.wait_for_function("heard.length === 2")
    assert numbers(second) == ["2", "3"]
    assert numbers(first) == ["1", "2", "3"], "what a tab is told again no other hears twice"
    assert server.asked.count("") == 1
    first.close()
    server.events.append('{"number": "4"}')
    second.wait_for_function("heard.length === 3")
    assert "1" not in server.asked, "it goes on after what it heard, not where its page stood"


def test_a_tab_that_missed_nothing_is_told_nothing(
    context: BrowserContext,
    server: Server,
) -> None:
    first = open_page(context)
    first.wait_for_function("heard.length === 2")
    second = open_page(context, "/other", last_id="2")
    second.wait_for_function("live.state === 'live' || live.state === 'lost'")
    server.events.append('{"number": "3"}')
    second.wait_for_function("heard.length >= 1")
    assert numbers(second) == ["3"]


def test_a_tab_of_which_nobody_knows_what_it_missed_loads_anew(
    context: BrowserContext,
    server: Server,
) -> None:
    first = open_page(context)
    first.wait_for_function("heard.length === 2")
    second = open_page(context, "/other", last_id="0")
    second.wait_for_function("heard.length === 1")
    assert second.evaluate("heard[0].event") == "reload"
    assert first.evaluate("heard.length") == 2


def test_a_full_server_is_polled_and_tried_again(context: BrowserContext, server: Server) -> None:
    server.status = 503
    page = open_page(context)
    page.wait_for_function("polls === 1")
    assert page.locator("[data-live]").inner_text() == "▲ 轮询"
    server.status = 200
    page.wait_for_function("heard.length === 2")
    assert page.evaluate("states.slice(0, 2)") == ["polling", "live"]


def test_a_lost_stream_is_shown_with_shape_and_word(
    context: BrowserContext,
    server: Server,
) -> None:
    server.status = 500
    page = open_page(context)
    page.wait_for_function("live.state === 'lost'")
    sign = page.locator("[data-live]")
    assert sign.inner_text() == "■ 未连接"
    assert sign.get_attribute("data-state") == "lost"
    assert sign.get_attribute("title")


def test_a_stopped_page_asks_no_more(context: BrowserContext, server: Server) -> None:
    page = open_page(context)
    page.wait_for_function("heard.length === 2")
    page.evaluate("live.stop()")
    asked = len(server.asked)
    page.wait_for_timeout(2500)
    assert len(server.asked) == asked


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_cut_anywhere_are_read_whole(
    context: BrowserContext,
    server: Server,
    size: int,
) -> None:
    stream = (
        ": heartbeat\r\n\r\nid: 7\r\ndata: 一\r\ndata:二\r\n\r\n"
        "retry: 250\n\nevent: moved\ndata: {}\nid\n\n\ndata: cut off"
    )
    page = context.new_page()
    page.goto(ORIGIN)
    events = page.evaluate(
        """async ([stream, size]) => {
          const { Parser } = await import("/static/js/sse.js");
          const parser = new Parser();
          const events = [];
          for (let i = 0; i < stream.length; i += size) {
            events.push(...parser.push(stream.slice(i, i + size)));
          }
          return [events, parser.retry];
        }""",
        [stream, size],
    )
    assert events == [
        [
            {"id": "7", "event": "message", "data": "一\n二"},
            {"id": "", "event": "moved", "data": "{}"},
        ],
        250,
    ]
