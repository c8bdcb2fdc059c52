"""How does a browser stay signed in, and how is it kept from being used by another site?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from wanmi.platform.kernel.errors import NotAllowed, NotSignedIn
from wanmi.platform.organisation.accounts import account_for_session
from wanmi.web.wiring.secrets_file import session_secret
from wanmi.web.wiring.work import reading

if TYPE_CHECKING:
    from flask import Flask, Request, Response
    from flask.sessions import SecureCookieSession, SessionMixin

    from wanmi.platform.kernel.settings import Settings
    from wanmi.platform.organisation.accounts import Account

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
API_PREFIX = "/api/"
PUBLIC_PREFIX = "/api/v1/public/"
"""Citizens have no session, so there is none that another site could use."""

DAY_SECONDS = 24 * 3600


class SignedIn(UserMixin):  # type: ignore[misc]
    """An account as Flask-Login knows it: number and stamp, so that old sessions end."""

    def __init__(self, account: Account) -> None:
        """Take the account that a browser is signed in with."""
        self.account = account

    def get_id(self) -> str:
        """Return what the session cookie keeps."""
        return f"{self.account.id}:{self.account.session_stamp}"


class BrowserSessions(SecureCookieSessionInterface):
    """Sessions of browsers. A request with a token has none: nothing to read, sign or send."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie, unless a token says who asks."""
        return self.session_class() if by_token(request) else super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Keep the cookie to HTTPS wherever the browser has come by it, behind a proxy too."""
        return request.is_secure or super().get_cookie_secure(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie, unless a token said who asks."""
        if not by_token(request):
            super().save_session(app, session, response)


def by_token(request: Request) -> bool:
    """Say whether a request names its sender by a token."""
    return "Authorization" in request.headers


def install(app: Flask, settings: Settings) -> None:
    """Set up sessions and the protection of what they may change."""
    app.config.update(
        SECRET_KEY=session_secret(settings.home),
        SESSION_COOKIE_NAME="wanmi",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.address.startswith("https"),
        PERMANENT_SESSION_LIFETIME=DAY_SECONDS,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = BrowserSessions()
    # Templates learn who reads from `frame`, which also works while the database is away.
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = "basic"
    manager.user_loader(_load)
    csrf = CSRFProtect(app)

    @app.before_request
    def guard() -> None:
        """Ask for the CSRF token of every change that a browser session makes."""
        safe = request.method in SAFE_METHODS or by_token(request)
        if safe or request.path.startswith(PUBLIC_PREFIX):
            return
        try:
            csrf.protect()
        except CSRFError:
            if request.path.startswith(API_PREFIX) and not current_user.is_authenticated:
                raise NotSignedIn("Sign in first.") from None
            raise NotAllowed(
                "This page is too old, or the request came from elsewhere; load the page again.",
            ) from None


def _load(said: str) -> SignedIn | None:
    number, _, stamp = said.partition(":")
    if not number.isdecimal():
        return None
    with reading() as connection:
        account = account_for_session(connection, int(number), stamp)
    return SignedIn(account) if account else None


def let_in(account: Account) -> None:
    """Sign this browser in."""
    login_user(SignedIn(account))


def let_out() -> None:
    """Sign this browser out."""
    logout_user()
