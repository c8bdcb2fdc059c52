"""What do so many open screens cost the database when one case changes?

Each screen holds an event stream and, when told of a change, asks all that the page asks: figures,
case, counts and heaps of the cells, worst places, bars, trend, comparison. Statements are counted
as the database's transactions, since every reading statement is one of its own; what is asked
without any change is taken off.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from sqlalchemy import text

from benchmarks.served import report_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.screen import Served

CHANGES = 5
SETTLE_S = 4.0
GOAL_PER_SCREEN = 1.0
STATEMENTS = """
SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()
"""


class Screen(threading.Thread):
    """A screen without a picture."""

    def __init__(self, store: Served, token: str, refresh: tuple[str, ...]) -> None:
        """Take where to listen and what to ask after a change; `{number}`, `{id}` are filled in."""
        super().__init__(daemon=True)
        self._host = urlsplit(store.address).netloc
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        self._refresh = refresh
        self.late_ms: list[float] = []
        self.ready = threading.Event()

    def run(self) -> None:
        """Listen for ever, and ask again after each event."""
        stream = http.client.HTTPConnection(self._host, timeout=120)
        stream.request("GET", "/api/v1/events", headers=self._headers)
        answer = stream.getresponse()
        wire = http.client.HTTPConnection(self._host, timeout=120)
        said = {"id": "", "event": ""}
        while line := answer.readline():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name in said:
                said[name] = value
            if name == "data":
                self.ready.set()
                if said["event"] in {"reported", "moved"}:
                    self._ask(wire, json.loads(value)["number"], said["id"])

    def _ask(self, wire: http.client.HTTPConnection, number: str, event: str) -> None:
        time.sleep(0.15)  # the page waits as long for more events
        start = time.perf_counter()
        for path in self._refresh:
            address = path.format(number=number, id=quote(event))
            wire.request("GET", address, headers=self._headers)
            answer = wire.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{address}: {answer.status}")
        self.late_ms.append(1000 * (time.perf_counter() - start))


def screen_cost(store: Served, screens: int, say: Callable[..., None]) -> None:
    """Open the screens, change some cases, print the cost."""
    refresh = (
        "/api/v1/figures?after={id}",
        "/api/v1/cases/points?status=open&number={number}&after={id}",
        "/api/v1/grid/counts?status=open&after={id}",
        "/api/v1/grid/heaps?status=open&after={id}",
        "/api/v1/breakdown?by=cell&criterion=overdue&limit=5&status=open&after={id}",
        "/api/v1/breakdown?by=unit&limit=5&status=open&after={id}",
        "/api/v1/breakdown?by=major&limit=5&status=open&after={id}",
        "/api/v1/breakdown?by=model_street&limit=12&status=open&after={id}",
        "/api/v1/figures/compared?after={id}",
        "/api/v1/trend?bin=day&after={id}",
    )
    token = store.token("commander")
    open_ = [Screen(store, token, refresh) for _ in range(screens)]
    for screen in open_:
        screen.start()
    for screen in open_:
        screen.ready.wait(30)
    quiet = _statements(store, lambda: None)
    reporter = store.token("inspector")
    changed = _statements(store, lambda: _report(store, reporter))
    each = max(0.0, changed - quiet) / CHANGES
    say(f"statements a change and screen, {screens} screens", each / screens, GOAL_PER_SCREEN, "")
    late = sorted(took for screen in open_ for took in screen.late_ms)
    if late:
        print(f"    {each:.0f} statements a change, all screens together")
        print(f"    a screen is up to date after {late[len(late) // 2]:.0f} ms (median)")


def _statements(store: Served, work: Callable[[], Any]) -> float:
    before = _count(store)
    for _ in range(CHANGES):
        work()
        time.sleep(SETTLE_S)
    return _count(store) - before


def _count(store: Served) -> int:
    time.sleep(1.5)  # the database tells its statistics with some delay
    with store.engine.connect() as connection:
        return int(connection.execute(text(STATEMENTS)).scalar_one())


def _report(store: Served, token: str) -> None:
    wire = http.client.HTTPConnection(urlsplit(store.address).netloc, timeout=30)
    body = report_body(time.time_ns() // 1000 % 2**47, 109.0301, 32.6902)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    wire.request("POST", "/api/v1/reports", body, headers)
    answer = wire.getresponse()
    if answer.status != 201:
        raise RuntimeError(answer.read().decode())
    wire.close()
