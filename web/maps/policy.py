"""What may a page with a map load and run?"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from wanmi.web.maps.tiles import TileAddress


def content_security_policy(nonce: str, tiles: TileAddress | None = None) -> str:
    """Return the Content-Security-Policy for a page of ours.

    Scripts and styles come from us, or carry the nonce of this answer. Only pictures may come from
    one other host, and only when a tile address is set.
    """
    pictures = "'self' data: blob:"
    if tiles is not None:
        pictures += " " + _host_of(tiles.template)
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' 'nonce-{nonce}'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "img-src": pictures,
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _host_of(template: str) -> str:
    """Return the tile host; a place-holder in it (`{s}`) allows its sub-domains."""
    parts = urlsplit(template)
    host = parts.netloc
    if "{" in host:
        host = "*." + host.split(".", 1)[1]
    return f"{parts.scheme}://{host}"
