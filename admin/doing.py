"""How a page has a service do something: by whoever is signed in, told on the page that comes next."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import Flask, flash, redirect, request, session
from werkzeug.wrappers import Response

from admin.visitors import working
from admin.wording import said
from policy_service.api.problems import status_of
from policy_service.domain.errors import PolicyServiceError, RequestError

#: Under which the browser's session keeps what somebody wrote into a form that was refused.
_TYPED: Final = "typed"
_LONGEST: Final = 500
_NOT_KEPT: Final = frozenset({"csrf_token", "revision"})
_SERVER_ERROR: Final = 500


def keep_what_was_typed(console: Flask) -> None:
    """Let templates show again, by `typed(field)`, what somebody wrote into the form that was just refused."""
    console.context_processor(lambda: {"typed": _typed(session.pop(_TYPED, {}))})


def done(verb: Callable[..., Any], *what: Any, success: str, back: str) -> Response:
    """Have a service do something, `verb(house, session, *what, actor, act)`, and lead to the page `back`.

    A form names with `revision` what its reader saw: if anybody changed it since, nothing is done. What is refused is
    told there, beside what was written; what is the service's own fault is an error page.
    """
    named = request.form.get("revision", "")
    try:
        verb = partial(verb, revision=_revision(named)) if named else verb
        with working() as work:
            verb(work.house, work.session, *what, work.visitor.actor, work.act)
    except PolicyServiceError as error:
        if status_of(error) >= _SERVER_ERROR:
            raise
        flash(said(error), "error")
        session[_TYPED] = {name: text[:_LONGEST] for name, text in request.form.items() if name not in _NOT_KEPT}
    else:
        flash(success, "success")
    return redirect(back)


def _revision(named: str) -> int:
    if named.isascii() and named.isdecimal() and len(named) < 10:
        return int(named)
    raise RequestError("R414", "The form names no revision.", remedy="Open the page anew.")


def _typed(kept: dict[str, str]) -> Callable[[str], str]:
    return lambda field: kept.get(field, "")
