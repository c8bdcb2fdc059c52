"""Where does a one-time address lead?"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from wanmi.platform.kernel.settings import Settings

LOGIN_LINK = "/login/link/"
"""The page that redeems a link (`wanmi.web.pages.signing_in`); its secret follows."""


def login_address(settings: Settings, secret: str, onward: str | None = None) -> str:
    """Return the address that signs a browser in with `secret` and shows the page `onward` then."""
    query = f"?{urlencode({'next': onward})}" if onward else ""
    return f"{settings.address}{LOGIN_LINK}{secret}{query}"
