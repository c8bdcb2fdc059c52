"""GET /pair and /ca.crt: how a phone comes to trust this server's HTTPS, in three steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from flask import Blueprint, Response
from markupsafe import Markup

from wanmi.platform.kernel.errors import NotFound
from wanmi.platform.kernel.local_authority import fingerprint
from wanmi.web.wiring.frame import page
from wanmi.web.wiring.pairing import pairing

if TYPE_CHECKING:
    from wanmi.web.wiring.pairing import Pairing

blueprint = Blueprint("pairing", __name__)

KIND = "application/x-x509-ca-cert"
NAME = "wanmi-ca.crt"


@blueprint.get("/pair")
def pair() -> Response:
    """Explain the three steps, or what whoever runs this server has to do first."""
    found = pairing()
    if found.authority is None:
        return page("pair.html", ready=False)
    return page(
        "pair.html",
        ready=True,
        address=found.address,
        fingerprint=fingerprint(found.authority),
        code=_code(found),
    )


@blueprint.get("/ca.crt")
def authority() -> Response:
    """Return the authority's certificate; a phone offers to install it."""
    found = pairing().authority
    if found is None:
        raise NotFound("This server has no authority of its own; start it with wanmi up --lan.")
    answer = Response(found, mimetype=KIND)
    answer.headers["Content-Disposition"] = f'inline; filename="{NAME}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _code(found: Pairing) -> Markup:
    """Return the QR code of the pairing page as SVG; black on white in both themes."""
    svg = segno.make(found.page, error="m").svg_inline(scale=4, border=3, light="#ffffff")
    return Markup(svg)  # noqa: S704 - made of squares alone
