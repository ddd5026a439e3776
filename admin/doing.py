"""How a page has a service do something: by whoever is signed in, told on the page that comes next."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, flash, g, redirect, request, session
from werkzeug.wrappers import Response

from admin.visitors import working
from admin.wording import said
from policy_service.api.problems import status_of
from policy_service.domain.errors import PolicyServiceError, RequestError
from policy_service.domain.whole_numbers import parse_whole_number

#: Under which the browser's session keeps what somebody wrote into a form that was refused.
_TYPED: Final = "typed"
_LONGEST: Final = 500
#: The text of a file is longer than a cookie may be.
_NOT_KEPT: Final = frozenset({"csrf_token", "revision", "text"})
#: What fields are called that hold a secret: whoever has the cookie can read what it keeps.
SECRET_FIELD: Final = "secret."  # noqa: S105 - a name


def keep_what_was_typed(console: Flask) -> None:
    """Let templates show again, by `typed(field)`, what somebody wrote into the form that was just refused."""
    console.context_processor(lambda: {"typed": _typed})


def done(verb: Callable[..., Any], *what: Any, success: str, back: str, onward: str = "") -> Response:
    """Have a service do something, `verb(house, session, *what, actor, act)`, and lead to the page `back`.

    What is done leads to the page `onward` instead, if one is named.

    A form names with `revision` what its reader saw: if anybody changed it since, nothing is done. What is refused is
    told there, beside what was written; what is the service's own fault is an error page.
    """

    def told(_made: object) -> Response:
        flash(success, "success")
        return redirect(onward or back)

    answer: Response = shown(verb, *what, show=told, back=back)
    return answer


def shown(verb: Callable[..., Any], *what: Any, show: Callable[[Any], Any], back: str) -> Any:
    """Have a service do something as `done` does, and answer by what `show` makes of what came of it.

    That is how a secret is shown: once, by the page that answers, and kept nowhere.
    """
    try:
        named = named_revision() if "revision" in request.form else None
        with working() as work:
            given = {} if named is None else {"revision": named}
            made = verb(work.house, work.session, *what, work.visitor.actor, work.act, **given)
    except PolicyServiceError as error:
        return refused(error, back)
    return show(made)


def refused(error: PolicyServiceError, back: str) -> Response:
    """Lead to the page `back`, which says why something was not done, beside what was written."""
    if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise error
    flash(said(error), "error")
    session[_TYPED] = {name: text[:_LONGEST] for name, text in request.form.items() if _is_kept(name)}
    return redirect(back)


def named_revision() -> int:
    """Return the revision that the form was made for; RequestError R414 without one."""
    return revision_in(request.form.get("revision", ""))


def revision_in(text: str) -> int:
    """Return the revision that a text of a form writes; RequestError R414 for any other text."""
    revision = parse_whole_number(text)
    if revision is None:
        raise RequestError("R414", "The form names no revision.", remedy="Open the page anew.")
    return revision


def _is_kept(name: str) -> bool:
    return name not in _NOT_KEPT and not name.startswith(SECRET_FIELD)


def _typed(field: str) -> str:
    # Kept until a page asks: the one that comes next may have no form.
    if _TYPED not in g:
        g.typed = session.pop(_TYPED, {})
    return str(g.typed.get(field, ""))
