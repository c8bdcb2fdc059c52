"""What stands around every page: who reads it, where they may go, and what the page may load?"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app, g, make_response, render_template, request
from flask_babel import get_locale, gettext
from sqlalchemy.exc import SQLAlchemyError

from wanmi.platform.kernel.errors import WanmiError
from wanmi.web.maps.words import N_
from wanmi.web.presenters.cases import named
from wanmi.web.wiring.identity import find_viewer
from wanmi.web.wiring.services import services

if TYPE_CHECKING:
    from flask import Flask, Response

    from wanmi.platform.organisation.permits import Viewer

NONCE_BYTES = 16

HEADERS = {
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
    # A page shows what its reader may see; the next reader of this browser may see less.
    "Cache-Control": "no-store",
}
"""What a page says beside that which every answer says (`headers`)."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page in the navigation; shown to those with `permission`, once the page is there."""

    address: str
    label: str
    told: str
    permission: str


LINKS: tuple[PageLink, ...] = (
    PageLink("/command", N_("Command centre"), N_("Where it is bad now"), "case.see"),
    PageLink("/patrol", N_("Patrol"), N_("Report an issue on the spot"), "report.create"),
)


def install(app: Flask) -> None:
    """Give every template the frame of `base.html`."""
    app.context_processor(_frame)


def page(
    template: str,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - whatever the template takes
) -> Response:
    """Return a rendered page."""
    answer = make_response(render_template(template, **context), status)
    answer.headers.update(HEADERS)
    return answer


def nonce() -> str:
    """Return what the inline scripts of this answer carry (a page with a folium map has some)."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(NONCE_BYTES)
    found: str = g.nonce
    return found


def links(viewer: Viewer | None) -> list[dict[str, Any]]:
    """Return the pages that `viewer` may open: address, label, what it is for, whether current."""
    there = {rule.rule for rule in current_app.url_map.iter_rules()}
    return [
        {
            "address": link.address,
            "label": gettext(link.label),
            "told": gettext(link.told),
            "current": request.path == link.address,
        }
        for link in LINKS
        if viewer is not None and viewer.may(link.permission) and link.address in there
    ]


def _frame() -> dict[str, Any]:
    viewer = _reader()
    locale = get_locale()
    return {
        "lang": "en" if locale is not None and locale.language == "en" else "zh-CN",
        "nav": links(viewer),
        "person": _person(viewer),
        "nonce": nonce(),
        "here": request.full_path if request.query_string else request.path,
    }


def _reader() -> Viewer | None:
    """Return who reads; nobody when that cannot be told, as on the page that says so."""
    try:
        return find_viewer()
    except (WanmiError, SQLAlchemyError):
        return None


def _person(viewer: Viewer | None) -> dict[str, str] | None:
    if viewer is None:
        return None
    office = services().office
    unit = office.register.by_code.get(viewer.unit_code)
    return {
        "name": viewer.name,
        "login": viewer.login,
        "role": named(office.roles.by_code[viewer.role]),
        "unit": named(unit) if unit else viewer.unit_code,
    }
