"""Every request has an id: the asker's own where it has one, else one made here; every answer bears it."""

import re
from typing import Final

import structlog
from flask import Flask, Response, g, has_request_context
from flask.globals import request_ctx

from policy_service.running import new_id

HEADER: Final = "X-Request-Id"
_TAKEN: Final = re.compile(r"[\x20-\x7e]{1,100}")


def use_request_ids(app: Flask) -> None:
    """Give every request of `app` its id, bind it to the log, and put it on the answer."""
    app.before_request(_begin)
    app.after_request(_tell)


def request_id() -> str:
    """Return the id of the request under way; empty outside of one."""
    return g.get("request_id", "") if has_request_context() else ""


def _begin() -> None:
    # Itself: what stands for it looks for it at each question.
    sent = request_ctx.request
    asked = sent.headers.get(HEADER, "")
    name = g.request_id = asked if _TAKEN.fullmatch(asked) else new_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=name, method=sent.method, path=sent.path)


def _tell(answer: Response) -> Response:
    answer.headers[HEADER] = request_id()
    return answer
