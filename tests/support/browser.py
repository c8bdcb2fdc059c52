"""A browser without network, and pages served to it out of `web/static` without any server."""

from __future__ import annotations

import mimetypes
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Route,
    sync_playwright,
)

STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
ORIGIN = "http://localhost:9"
INSECURE_HOST = "phone.test"
"""This machine under a name that browsers do not take for safe over plain http."""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1",
)
Answer = Callable[[Route], None]

COMMAND_READY = """() => document.querySelector("#cases").getAttribute("aria-busy") === null
  && document.querySelector("#figures").getAttribute("aria-busy") === null"""
"""The command centre shows its first answers."""


def chromium() -> str:
    """Return where Chromium is; `./wanmi setup` installs it."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    raise FileNotFoundError("No Chromium: run ./wanmi setup.")


@contextmanager
def started() -> Iterator[Browser]:
    """Run a browser for the time of the block."""
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Watch:
    """Everything that went wrong on the pages of a context."""

    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def on(self, page: Page) -> Page:
        """Watch a page from now on."""
        for event, listener in self._listeners():
            page.on(event, listener)
        return page

    def off(self, page: Page) -> None:
        """Watch it no longer."""
        for event, listener in self._listeners():
            page.remove_listener(event, listener)

    def _listeners(self) -> tuple:
        return (
            ("console", self._said),
            ("pageerror", self._broke),
            ("requestfailed", self._failed),
            ("request", self._asked),
        )

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"{message.type}: {message.text}")

    def _broke(self, error: Error) -> None:
        self.faults.append(f"error: {error}")

    def _failed(self, request: Request) -> None:
        # What the page itself gives up, because a newer question has taken its place, is no fault.
        if request.failure == "net::ERR_ABORTED":
            return
        self.faults.append(f"failed: {request.url[:120]}")

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)


def serve(context: BrowserContext, answers: dict[str, Answer]) -> None:
    """Answer requests for ORIGIN: paths of `answers`, else files below /static/, else 404."""

    def handle(route: Route) -> None:
        parts = urlsplit(route.request.url)
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
            route.abort()
        elif parts.path in answers:
            answers[parts.path](route)
        else:
            file = STATIC / parts.path.removeprefix("/static/")
            if file.is_file():
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                route.fulfill(body=file.read_bytes(), content_type=kind)
            else:
                route.fulfill(status=404, body="")

    context.route("**/*", handle)


def body(content: str | bytes, kind: str, **headers: str) -> Answer:
    """Return an answer with this body."""
    return lambda route: route.fulfill(
        body=content,
        content_type=kind,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
