"""One line of the log, and one count, for every request that was answered."""

import re
import time
from functools import lru_cache
from typing import Final

import structlog
from flask import Flask, Request, Response, g
from flask.globals import request_ctx

from policy_service.api.metrics import Metrics

#: What is asked every few seconds by machines is counted, not logged, as long as it goes well.
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_NO_ENDPOINT: Final = "none"

#: With a name, as the one who logs would else be looked for each time.
log = structlog.get_logger(__name__)


def watch_requests(app: Flask, metrics: Metrics, below: str = "") -> None:
    """Log and count every answer of `app`, by the pattern of its address: an address may name a customer.

    `below` is the path below which another application hands requests on to this one.
    """

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(answer: Response) -> Response:
        present = time.perf_counter()
        seconds = present - g.get("began", present)
        sent = request_ctx.request
        endpoint = below + _pattern(sent.url_rule.rule) if sent.url_rule else _NO_ENDPOINT
        metrics.answered(endpoint, _method(sent), answer.status_code, seconds)
        if endpoint not in _QUIET or answer.status_code >= 400:
            log.info("request_answered", endpoint=endpoint, status=answer.status_code, took=round(seconds, 6))
        return answer

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        # The thread goes on with something else.
        structlog.contextvars.clear_contextvars()


@lru_cache(maxsize=1_000)
def _pattern(rule: str) -> str:
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule)


def _method(sent: Request) -> str:
    # Whatever somebody sends as a method would else become a series of its own.
    return sent.method if sent.method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS") else "other"
