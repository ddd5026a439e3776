"""Which forms are spoken under /v1: JSON in UTF-8, lines of it for batches, and files in the form of their names.

Neither is compressed or translated.

What asks for another form, or comes in one, is refused before anything is done.
"""

from collections.abc import Mapping
from typing import Final

from flask import Flask, current_app, request
from flask.globals import request_ctx
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType

from policy_service.api.ndjson import MEDIA_TYPE

_UNDER: Final = "/v1/"
_OF_BATCHES: Final = "/batch"
#: Other systems send them in whatever headers they like; each gets the answer that it knows.
_OF_NOTICES: Final = "/notices"
_JSON: Final = ("application/json", "application/problem+json")
#: What every client sends that does not care.
_ANYTHING: Final = frozenset({"", "*/*", "application/json"})
_UTF8: Final = frozenset({"utf-8", "utf8", "us-ascii"})
_PLAIN: Final = frozenset({"", "identity"})


def use_negotiation(app: Flask) -> None:
    """Let `app` refuse requests for, and in, another form: 406 and 415.

    A view of files has their media types by name in `forms` of its class, and the name in its address as `file`.
    """
    app.before_request(_refuse_other_forms)


def _refuse_other_forms() -> None:
    sent = request_ctx.request
    if not sent.path.startswith(_UNDER) or sent.path.endswith(_OF_NOTICES):
        return
    headers = sent.headers
    if headers.get("Accept", "") not in _ANYTHING:
        _refuse_unless_accepted()
    if headers.get("Content-Encoding", "").strip().lower() not in _PLAIN:
        raise UnsupportedMediaType("Send the body as it is, without Content-Encoding.")
    if "charset" in headers.get("Content-Type", ""):
        charset = request.mimetype_params.get("charset", "")
        if charset.lower() not in _UTF8:
            raise UnsupportedMediaType("Send the body in UTF-8; JSON has no other charset.")


def _refuse_unless_accepted() -> None:
    offered = _of_file() or ((MEDIA_TYPE,) if request.path.endswith(_OF_BATCHES) else _JSON)
    if not request.accept_mimetypes.best_match(offered):
        raise NotAcceptable(f"The answer would be {offered[0]}, which the header Accept leaves out.")


def _of_file() -> tuple[str, ...]:
    view = getattr(current_app.view_functions.get(request.endpoint or ""), "view_class", None)
    forms: Mapping[str, str] = getattr(view, "forms", {})
    form = forms.get((request.view_args or {}).get("file", ""))
    return (form,) if form else ()
