"""The pages on which people sign in and out, choose their password and their language."""

import secrets
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin.languages import CHOSEN, LANGUAGES
from admin.visitors import TOKEN, the_act, the_house, visitor_or_nobody, working
from admin.wording import said
from policy_service.api.rate_limits import MinuteCounts
from policy_service.domain.errors import AccessError, RequestError
from policy_service.services.sign_in.passwords import change_own_password
from policy_service.services.sign_in.signing_in import Attempt, choose_language, sign_in, sign_out

#: Of one address in one process.
ATTEMPTS_PER_MINUTE: Final = 30
_BYTES: Final = 32
_EXTENSION: Final = "policy_service.attempts"


def sign_in_blueprint() -> Blueprint:
    """Return the blueprint of these pages; attempts are counted by address."""
    blueprint = Blueprint("sign_in", __name__)
    _add(blueprint, "GET", "/sign-in", "show", form)
    _add(blueprint, "POST", "/sign-in", "enter", _enter)
    _add(blueprint, "POST", "/sign-out", "leave", _leave)
    _add(blueprint, "GET", "/password", "show_password", lambda: render_template("console/password.html"))
    _add(blueprint, "POST", "/password", "change_password", _change_password)
    _add(blueprint, "POST", "/language/<chosen>", "language", _choose)
    return blueprint


def count_attempts(console: Flask) -> None:
    """Count attempts to sign in from now on."""
    console.extensions[_EXTENSION] = MinuteCounts()


def count_attempt(address: str) -> None:
    """Count an attempt from an address; TooOften A429 if it was one too many in this minute."""
    counts: MinuteCounts = current_app.extensions[_EXTENSION]
    counts.count(("sign-in", address), ATTEMPTS_PER_MINUTE)


def _add(blueprint: Blueprint, method: str, path: str, name: str, view: Callable[..., Any]) -> None:
    blueprint.add_url_rule(path, name, view, methods=[method])


def form(refused: str = "") -> tuple[str, int]:
    """Return the sign-in page, with why somebody was refused."""
    page = render_template(
        "console/sign_in.html",
        refused=refused,
        next=where_to(),
        login=request.form.get("login", ""),
        by_company=bool(the_house().settings.oidc_issuer),
    )
    return page, 403 if refused else 200


def _enter() -> Response | tuple[str, int]:
    address = request.remote_addr or ""
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    token = secrets.token_urlsafe(_BYTES)
    try:
        count_attempt(address)
        attempt = Attempt(login, password, token, address, request.headers.get("User-Agent", ""))
        sign_in(the_house(), attempt, the_act(login or "?"))
    except AccessError as error:
        return form(said(error))
    begin_anew()
    session[TOKEN] = token
    return redirect(where_to() or url_for("admin.index"))


def begin_anew() -> None:
    """Let the browser forget all but the language."""
    # What the browser held before signing in, the token against forged forms above all, is not what it holds after.
    language = session.get(CHOSEN)
    session.clear()
    if language:
        session[CHOSEN] = language


def _leave() -> Response:
    found = visitor_or_nobody()
    if found is not None:
        with working() as work:
            sign_out(work.house, work.session, session[TOKEN], found.actor, work.act)
    begin_anew()
    return redirect(url_for("sign_in.show"))


def _change_password() -> Response | tuple[str, int]:
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    try:
        if new != again:
            raise RequestError("R488", gettext("The two new passwords differ."), remedy="")
        with working() as work:
            change_own_password(work.house, work.session, old, new, work.visitor.actor, work.act)
    except (AccessError, RequestError) as error:
        return render_template("console/password.html", refused=said(error)), 422
    begin_anew()
    g.visitor = None
    flash(gettext("The password is changed. Sign in with it."), "success")
    return redirect(url_for("sign_in.show"))


def _choose(chosen: str) -> Response:
    locale = LANGUAGES.get(chosen)
    if locale is None:
        raise BadRequest("There is no such language here.")
    session[CHOSEN] = locale
    if visitor_or_nobody() is not None:
        with working() as work:
            choose_language(work.session, locale, work.visitor.actor)
    return redirect(where_to() or url_for("admin.index"))


def where_to() -> str:
    """Return where somebody was going, if that is a page of the console: nobody is sent anywhere else."""
    asked = request.values.get("next", "")
    parts = urlsplit(asked)
    is_here = asked.startswith("/") and not asked.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return request.script_root + asked if is_here and "\\" not in asked and asked.isprintable() else ""
