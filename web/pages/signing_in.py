"""How does a person come in and go out: password, one-time address, sign-out, language?"""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, session
from flask_babel import gettext

from wanmi.platform.kernel.errors import NotFound
from wanmi.platform.kernel.settings import LOCALES
from wanmi.platform.organisation.login_links import redeem_login_link
from wanmi.platform.organisation.signing_in import sign_in
from wanmi.web.wiring import language
from wanmi.web.wiring.frame import page
from wanmi.web.wiring.identity import find_viewer
from wanmi.web.wiring.services import services
from wanmi.web.wiring.sessions import let_in, let_out
from wanmi.web.wiring.work import writing

if TYPE_CHECKING:
    from datetime import timedelta

    from werkzeug.wrappers import Response

    from wanmi.platform.organisation.accounts import Account

blueprint = Blueprint("signing_in", __name__)

START = "/"
YEAR_SECONDS = 365 * 24 * 3600
MINUTE_SECONDS = 60
LONGEST_NEXT = 1000


@blueprint.get("/login")
def login_form() -> Response:
    """Ask for login and password; who is in already goes on."""
    following = page_after(request.args.get("next", START))
    if find_viewer() is not None:
        return _go(following)
    return page("login.html", following=following)


@blueprint.post("/login")
def log_in() -> Response:
    """Let in, or say what to do."""
    given = request.form
    following = page_after(given.get("next", START))
    login = given.get("login", "")
    at_hand = services()
    with writing() as connection:
        # Committed whatever comes of it: a failed try must be remembered.
        done = sign_in(
            connection,
            login,
            given.get("password", ""),
            address=request.remote_addr or "",
            now=at_hand.clock(),
        )
    if done.account is not None:
        _begin(done.account)
        return _go(following)
    status = HTTPStatus.TOO_MANY_REQUESTS if done.too_often else HTTPStatus.UNAUTHORIZED
    fault = _wait_words(done.wait) if done.too_often else gettext("Login or password is wrong.")
    answer = page("login.html", status, following=following, login=login[:63], fault=fault)
    if done.too_often:
        answer.headers["Retry-After"] = str(math.ceil(done.wait.total_seconds()))
    return answer


@blueprint.post("/logout")
def log_out() -> Response:
    """Sign this browser out."""
    let_out()
    session.clear()
    return _go(START)


@blueprint.get("/login/link/<string:secret>")
def one_time_address(secret: str) -> Response:
    """Sign in by the address that `wanmi login-link` has printed; it is good once."""
    following = page_after(request.args.get("next", START))
    if request.method == "HEAD":
        # A program that looks what is behind an address must not use it up.
        return page("login_link.html")
    with writing() as connection:
        account = redeem_login_link(connection, secret, services().clock())
    if account is None:
        return page("login_link.html", HTTPStatus.GONE)
    _begin(account)
    return _go(following)


@blueprint.get("/language/<string:code>")
def choose_language(code: str) -> Response:
    """Remember in which language this browser reads."""
    if code not in LOCALES:
        raise NotFound("There is no such language here; choose zh_CN or en.")
    answer = _go(local_path(request.args.get("next", START)))
    answer.set_cookie(
        language.COOKIE,
        code,
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=services().settings.address.startswith("https"),
    )
    return answer


def local_path(address: str) -> str:
    """Return `address` when it is a path on this server, else the start page.

    >>> local_path("/patrol?x=1")
    '/patrol?x=1'
    >>> local_path("//elsewhere.example/")
    '/'
    """
    odd = "\\" in address or any(ord(letter) <= ord(" ") for letter in address)
    if odd or len(address) > LONGEST_NEXT or not address.startswith("/"):
        return START
    try:
        parts = urlsplit(address)
    except ValueError:
        return START
    elsewhere = parts.scheme or parts.netloc or address.startswith("//")
    return START if elsewhere else address


def page_after(address: str) -> str:
    """Return where to go after the log-in: a path on this server, and not the log-in again."""
    path = local_path(address)
    return START if path.startswith(("/login", "/logout")) else path


def _begin(account: Account) -> None:
    # A session that somebody else may have begun in this browser ends here.
    session.clear()
    session.permanent = True
    let_in(account)


def _go(following: str) -> Response:
    answer = redirect(following, HTTPStatus.SEE_OTHER)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _wait_words(wait: timedelta) -> str:
    seconds = math.ceil(wait.total_seconds())
    if seconds < MINUTE_SECONDS:
        said = gettext("Too many tries. Wait %(seconds)d s, then try again.", seconds=seconds)
    else:
        minutes = math.ceil(seconds / MINUTE_SECONDS)
        said = gettext("Too many tries. Wait %(minutes)d min, then try again.", minutes=minutes)
    found: str = said
    return found
