"""Who asks: the account of a bearer token, or the one signed in with this browser?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request
from flask_login import current_user

from wanmi.platform.kernel.errors import NotSignedIn
from wanmi.platform.organisation.permits import viewer as viewer_of
from wanmi.platform.organisation.tokens import account_for_token, secret_hash
from wanmi.web.wiring.services import services
from wanmi.web.wiring.work import reading

if TYPE_CHECKING:
    from wanmi.platform.organisation.permits import Viewer

BEARER = "Bearer "


def find_viewer() -> Viewer | None:
    """Return who asks, or None when nobody is signed in.

    Raises:
        NotSignedIn: a token was given and is not, or no longer, good.
    """
    if "viewer" not in g:
        g.viewer = _by_token() if "Authorization" in request.headers else _by_session()
    found: Viewer | None = g.viewer
    return found


def need_viewer(permission: str | None = None) -> Viewer:
    """Return who asks; with `permission`, only if they have it.

    Raises:
        NotSignedIn: nobody is signed in.
        NotAllowed: their role does not have the permission.
    """
    found = find_viewer()
    if found is None:
        raise NotSignedIn("Sign in first.")
    if permission:
        found.must(permission)
    return found


def _by_token() -> Viewer:
    said = request.headers["Authorization"]
    token = said.removeprefix(BEARER).strip()
    if not said.startswith(BEARER) or not token:
        raise NotSignedIn("Send the token as Authorization: Bearer TOKEN.")
    at_hand = services()
    key = secret_hash(token)
    known = at_hand.remembered.get(key)
    if known is not None:
        return known
    with reading() as connection:
        account = account_for_token(connection, token, at_hand.clock())
    if account is None:
        raise NotSignedIn("This token is not good, or no longer; ask for a new one.")
    found = viewer_of(account, at_hand.office.roles, at_hand.office.register)
    at_hand.remembered.put(key, found)
    return found


def _by_session() -> Viewer | None:
    account = getattr(current_user, "account", None)
    if account is None:
        return None
    office = services().office
    return viewer_of(account, office.roles, office.register)
