"""Take the screenshots that the READMEs show, from a running `wanmi up` with demonstration data.

    python docs/take_screenshots.py http://127.0.0.1:8000 STATE_FOLDER/secrets/accounts.json

Needs Chromium at /usr/bin/chromium. Every other host is blocked.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parent / "screenshots"
SETTLED_MS = 10_000
PLACE = {"longitude": 109.0260, "latitude": 32.6873}

SHOTS: dict[str, dict[str, Any]] = {
    "command": {"who": "commander", "path": "/command", "size": (1440, 900)},
    "command-wall": {
        "who": "commander",
        "path": "/command?screen=wall",
        "size": (1920, 1080),
        "dark": True,
    },
    "patrol": {"who": "inspector", "path": "/patrol", "size": (360, 740), "phone": True},
}


def take(browser: Browser, base: str, password: str, name: str, shot: dict[str, Any]) -> None:
    """Sign in, open one page, and keep what it shows."""
    width, height = shot["size"]
    phone = shot.get("phone", False)
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        color_scheme="dark" if shot.get("dark") else "light",
        geolocation=PLACE,
        permissions=["geolocation"],
        is_mobile=phone,
        has_touch=phone,
        device_scale_factor=2 if phone else 1,
    )
    host = urlsplit(base).netloc
    context.route(
        "**/*",
        lambda route: (
            route.continue_() if urlsplit(route.request.url).netloc == host else route.abort()
        ),
    )
    page = context.new_page()
    page.goto(f"{base}/login?{urlencode({'next': shot['path']})}")
    page.fill("input[name=login]", shot["who"])
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == urlsplit(shot["path"]).path)
    page.wait_for_timeout(SETTLED_MS)
    if phone:
        page.locator("#favourites button").nth(4).click()
        page.wait_for_timeout(SETTLED_MS // 2)
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def main() -> None:
    """Take them all."""
    base, accounts = sys.argv[1], json.loads(Path(sys.argv[2]).read_text("utf-8"))
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-quic", "--disable-background-networking"],
        )
        for name, shot in SHOTS.items():
            take(browser, base, accounts[shot["who"]], name, shot)
        browser.close()


if __name__ == "__main__":
    main()
