"""What a browser is told to refuse: scripts and styles from anywhere but here, frames, and cookies read by scripts."""

import secrets
from collections.abc import Callable
from typing import Final

from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from policy_service.domain.instants import Instant
from policy_service.services.house import House
from policy_service.storage.errors import StorageError
from policy_service.storage.sign_in_store import SignInStore

#: Nothing from elsewhere, and no script and no style in a page itself.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
#: Under which the installation keeps what cookies are signed with.
_COOKIES: Final = "console cookies"
_BYTES: Final = 32
_FILES: Final = frozenset({"static", "admin.static", "simulations_report.part"})


class _Cookies(SecureCookieSessionInterface):
    """Cookies that are sent back over HTTPS alone where they came over HTTPS, and to the console alone."""

    def __init__(self, house: House, clock: Callable[[], Instant]) -> None:
        self._house = house
        self._clock = clock

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        # Not before somebody comes: a database may get its tables after the program began.
        if app.secret_key is None:
            try:
                app.secret_key = _secret(self._house, self._clock)
            except StorageError as error:
                g.unreachable = error
                return None
        return super().open_session(app, request)

    def get_cookie_path(self, app: Flask) -> str:  # noqa: ARG002 - Flask's own signature
        return request.script_root or "/"

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's own signature
        return request.is_secure


def protect(console: Flask) -> None:
    """Put what protects a page on every answer."""
    console.config.update(
        SESSION_COOKIE_NAME="console",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    console.before_request(_refuse_without_a_database)
    console.after_request(_protect)


def sign_cookies(console: Flask, house: House, clock: Callable[[], Instant]) -> None:
    """Sign cookies with the installation's own secret."""
    console.secret_key = None
    console.session_interface = _Cookies(house, clock)


def _secret(house: House, clock: Callable[[], Instant]) -> str:
    with house.database.reading() as session:
        known = SignInStore(session).secret(_COOKIES)
    if known is not None:
        return known
    made = secrets.token_urlsafe(_BYTES)
    try:
        with house.database.writing() as session:
            SignInStore(session).keep_secret(_COOKIES, made, clock())
    except StorageError:
        # Another process has made it at the same time.
        with house.database.reading() as session:
            known = SignInStore(session).secret(_COOKIES)
        if known is None:
            raise
        return known
    return made


def _refuse_without_a_database() -> None:
    error: StorageError | None = g.get("unreachable")
    if error is not None:
        raise error


def _protect(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint not in _FILES:
        # What one person saw is not shown to the next one at this browser.
        answer.headers["Cache-Control"] = "no-store"
    return answer
