"""GET /api/v1/events: what happens, to those who may see it, with nothing lost in between."""

from __future__ import annotations

import threading
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from werkzeug.serving import make_server

from support.live_server import Quiet
from support.problems import refused
from support.small_town import REFUSE, a_report, a_report_body, middle_of, small_town
from support.streams import Screen
from wanmi.web.api import events
from wanmi.web.wiring import streams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.small_town import Person, SmallTown


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams that notice within moments that somebody has left."""
    monkeypatch.setattr(events, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(events, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(streams, "RETRY_SECONDS", 0.2)


def number_of(person: Person, **changes: object) -> str:
    answer = person.reports(**changes)  # type: ignore[arg-type]
    assert answer.status_code == 201
    return str(answer.json["number"])


def test_a_report_and_its_moves_are_heard(town: SmallTown) -> None:
    with Screen(town.commander) as screen:
        assert screen.next().kind == "hello"
        assert screen.answer.content_type.startswith("text/event-stream")
        assert screen.answer.headers["Cache-Control"] == "no-store"
        number = number_of(town.inspector, at=middle_of(1, 2))
        came = screen.next()
        assert (came.kind, came.data["number"]) == ("reported", number)
        assert came.data["status"] == "reported"
        assert came.data["cell_code"] == "610902001003022"
        town.shift_leader.moves(number, "file", condition="exposed-refuse")
        came = screen.next()
        assert (came.kind, came.data["move"], came.data["to_state"]) == ("moved", "file", "filed")


def test_no_text_of_anybody_travels(town: SmallTown) -> None:
    with Screen(town.commander) as screen:
        screen.next()
        number_of(town.inspector, description="<script>秘密</script>")
        assert "秘密" not in str(screen.next())


def test_who_was_away_hears_what_was_missed(town: SmallTown) -> None:
    with Screen(town.commander) as screen:
        screen.next()
        first = number_of(town.inspector)
        came = screen.next()
        assert came.data["number"] == first
    missed = [number_of(town.inspector, at=middle_of(place, 1)) for place in range(3)]
    with Screen(town.commander, last=came.id) as screen:
        assert screen.next()[:2] == ("hello", came.id)
        assert [screen.next().data["number"] for _ in missed] == missed
        late = number_of(town.inspector)
        assert screen.next().data["number"] == late
        assert screen.is_silent()


def test_whoever_is_cut_off_at_the_first_word_misses_nothing(town: SmallTown) -> None:
    with Screen(town.commander) as screen:
        start = screen.next().id
    missed = number_of(town.inspector)
    with Screen(town.commander, last=start) as screen:
        hello = screen.next()
    with Screen(town.commander, last=hello.id) as screen:
        screen.next()
        assert screen.next().data["number"] == missed


def test_the_place_can_also_be_said_in_the_address(town: SmallTown) -> None:
    with Screen(town.commander) as screen:
        start = screen.next().id
    missed = number_of(town.inspector)
    answer = town.commander.get("/events", last=start)
    said = "".join(
        part.decode() if isinstance(part, bytes) else part
        for part, _ in zip(answer.response, range(2), strict=False)
    )
    answer.close()
    assert missed in said


def test_each_hears_only_of_what_they_may_see(town: SmallTown) -> None:
    listeners = (town.county_leader, town.zone_operator, town.south_cleaner)
    screens = [Screen(person).__enter__() for person in listeners]
    county, zone, south = screens
    try:
        for screen in screens:
            screen.next()
        here = number_of(town.inspector, at=middle_of(1, 2))
        there = number_of(town.inspector, at=middle_of(9, 2))
        zoned = number_of(town.inspector, at=middle_of(6, 2))
        assert county.next().data["number"] == there
        assert zone.next().data["number"] == zoned
        town.shift_leader.moves(here, "file", condition="exposed-refuse")
        town.dispatcher.moves(here, "dispatch", unit="CO-HW1")
        # Who is told is decided by how the case stands: now it is theirs.
        came = south.next()
        while came.data["move"] != "dispatch":
            came = south.next()
        assert (came.data["number"], came.data["unit_code"]) == (here, "CO-HW1")
        assert county.is_silent()
        assert zone.is_silent(0.1)
    finally:
        for screen in screens:
            screen.__exit__()


def test_what_was_missed_is_filtered_too(town: SmallTown) -> None:
    with Screen(town.commander) as screen:
        start = screen.next().id
    number_of(town.inspector, at=middle_of(1, 2))
    there = number_of(town.inspector, at=middle_of(9, 2))
    with Screen(town.county_leader, last=start) as screen:
        screen.next()
        assert screen.next().data["number"] == there
        assert screen.is_silent(0.2)


@pytest.mark.parametrize("last", ["9223372036854775807-1", "99999999999-5"])
def test_a_place_that_is_not_there_yet_means_load_anew(town: SmallTown, last: str) -> None:
    with Screen(town.commander, last=last) as screen:
        assert screen.next().kind == "reload"


def test_too_much_missed_means_load_anew(town: SmallTown, monkeypatch: pytest.MonkeyPatch) -> None:
    with Screen(town.commander) as screen:
        start = screen.next().id
    body = [a_report_body(at=middle_of(place, 2)) for place in range(8)]
    town.inspector.post("/reports/batch", body)
    monkeypatch.setattr(events, "LONGEST_BACKLOG", 5)
    with Screen(town.commander, last=start) as screen:
        assert screen.next().kind == "reload"


@pytest.mark.parametrize("last", ["nonsense", "-", "1-2-3", "é"])
def test_a_place_of_somebody_else_is_no_place(town: SmallTown, last: str) -> None:
    with Screen(town.commander, last=last) as screen:
        assert screen.next().kind == "hello"


def test_a_late_commit_is_heard(town: SmallTown) -> None:
    """The older transaction commits after the younger: both are heard, in their order."""
    with Screen(town.commander) as screen, town.engine.connect() as slow:
        screen.next()
        old = town.inspector.sends(slow, a_report(at=middle_of(3, 3))).case["number"]
        young = number_of(town.inspector, at=middle_of(1, 2))
        assert screen.is_silent(0.3)
        slow.commit()
        assert [screen.next().data["number"] for _ in range(2)] == [old, young]


def test_the_listener_outlives_its_connection(town: SmallTown) -> None:
    with Screen(town.commander) as screen:
        screen.next()
        first = number_of(town.inspector)
        assert screen.next().data["number"] == first
        with town.engine.begin() as connection:
            ended = connection.execute(
                text("""
                    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            ).scalar_one()
        assert ended >= 1
        # The requests' own connections are gone as well: the first is told to come again.
        answers = [town.inspector.post("/reports", a_report_body(REFUSE)) for _ in range(3)]
        numbers = [answer.json["number"] for answer in answers if answer.status_code == 201]
        assert numbers
        assert [screen.next().data["number"] for _ in numbers] == numbers


def test_sixty_open_screens_hear_a_report_that_still_goes_through(town: SmallTown) -> None:
    """Over sockets: each stream holds a thread of the server, none a database session."""
    server = make_server("127.0.0.1", 0, town.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    headers = {**town.commander.headers}
    screens = []
    try:
        for _ in range(town.settings.event_streams):
            line = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
            line.request("GET", "/api/v1/events", headers=headers)
            screens.append((line, line.getresponse()))
        assert {answer.status for _, answer in screens} == {200}
        number = number_of(town.inspector)
        for _, answer in screens:
            heard = b""
            while number.encode() not in heard:
                part = answer.readline()
                assert part, "the stream has ended"
                heard += part
        assert len(screens) == 60
        assert town.commander.get("/events").status_code == 503
    finally:
        for line, answer in screens:
            answer.close()
            line.close()
        patience = time.monotonic() + 10
        while town.services.hub._streams and time.monotonic() < patience:
            time.sleep(0.05)
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_a_stream_ends_after_its_time(town: SmallTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LONGEST_SECONDS", 0.3)
    with Screen(town.commander) as screen:
        screen.next()
        assert screen.ended()


def test_a_stream_that_cannot_follow_ends(town: SmallTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BACKLOG", 0)  # a queue of no end
    stream = streams.Stream()
    assert stream.next(0.01) is None
    monkeypatch.setattr(streams, "BACKLOG", 1)
    stream = streams.Stream()
    stream.put(None)
    assert not stream.overrun
    stream.put(None)
    assert stream.overrun


@pytest.mark.parametrize("who", ["gisadmin", "admin"])
def test_who_has_no_right_to_events_gets_none(town: SmallTown, who: str) -> None:
    refused(town.people[who].get("/events"), 403)


def test_nobody_gets_none(town: SmallTown) -> None:
    refused(town.app.test_client().get("/api/v1/events"), 401)


@pytest.fixture(scope="module")
def narrow_town(server: str) -> Iterator[SmallTown]:
    """A town whose server keeps three streams open."""
    with small_town(server, WANMI_EVENT_STREAMS="3") as town:
        yield town


def test_one_stream_too_many_is_told_to_ask_again(narrow_town: SmallTown) -> None:
    town = narrow_town
    screens = [Screen(town.commander).__enter__() for _ in range(3)]
    try:
        for screen in screens:
            screen.next()
        answer = town.commander.get("/events")
        refused(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
        # Reports go on: a stream holds no database session.
        assert town.inspector.reports().status_code == 201
    finally:
        for screen in screens:
            screen.__exit__()
    with Screen(town.commander) as screen:
        assert screen.next().kind == "hello"


def test_streams_end_at_once_when_the_server_stops(narrow_town: SmallTown) -> None:
    town = narrow_town
    with Screen(town.commander) as screen:
        screen.next()
        threading.Timer(0.1, town.services.hub.stop).start()
        began = time.monotonic()
        assert screen.ended()
        assert time.monotonic() - began < 3
    refused(town.commander.get("/events"), 503)
