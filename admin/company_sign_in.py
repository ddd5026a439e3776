"""Signing in with the company's account: to its sign-in service, and back with who somebody is."""

import secrets
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

import structlog
from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from admin.signing_in import begin_anew, count_attempt, form, where_to
from admin.visitors import TOKEN, the_act, the_house
from admin.wording import said
from policy_service.domain.errors import AccessError
from policy_service.services.sign_in.provider import Begun, Returned, begin, login_of
from policy_service.services.sign_in.signing_in import Attempt, sign_in_named

#: Under which the browser's session keeps the sign-in that it began, and where somebody was going.
_BEGUN: Final = "company"
_GOING: Final = "going"
_BYTES: Final = 32
_NOBODY: Final = "?"

log = structlog.get_logger()


def add_company_sign_in(blueprint: Blueprint) -> None:
    """Add the two addresses to the pages of signing in; they are counted with those."""
    begun = _counted(_begin)
    blueprint.add_url_rule("/sign-in/company", "company", begun, methods=["GET"])
    back = _counted(_back)
    blueprint.add_url_rule("/sign-in/company/back", "company_back", back, methods=["GET"])


def _counted(view: Callable[[], Any]) -> Callable[[], Any]:
    def counted() -> Any:
        try:
            count_attempt(request.remote_addr or "")
            return view()
        except AccessError as error:
            log.warning("company_sign_in_refused", code=error.code, found=error.message)
            return form(said(error))

    return counted


def _begin() -> Response:
    # By a link, not by a form: so no page of the console may send a form anywhere but here.
    address, begun = begin(the_house().settings, _address(), the_act(_NOBODY).at)
    session[_BEGUN], session[_GOING] = asdict(begun), where_to()
    return redirect(address)


def _back() -> Response:
    held, going = session.pop(_BEGUN, None), session.pop(_GOING, "")
    given = {name: request.args.get(name, "") for name in ("state", "code", "error")}
    returned = Returned(_address(), **given, issuer=request.args.get("iss", ""))
    act = the_act(_NOBODY)
    login = login_of(the_house().settings, Begun(**held) if held else None, returned, act.at)
    token = secrets.token_urlsafe(_BYTES)
    attempt = Attempt(login, "", token, request.remote_addr or "", request.headers.get("User-Agent", ""))
    sign_in_named(the_house(), attempt, act)
    begin_anew()
    session[TOKEN] = token
    return redirect(going or url_for("admin.index"))


def _address() -> str:
    return url_for("sign_in.company_back", _external=True)
