"""What the servers answer where a request never reaches the application: the same problems as everywhere.

waitress has plain text for a request that it cannot read, gunicorn a page of HTML.
"""

from http import HTTPStatus
from typing import Any, Final

import msgspec
from gunicorn import util
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from policy_service.api.problems import PROBLEM_TYPE, http_problem_body
from policy_service.api.request_ids import HEADER
from policy_service.logs import without_header_values
from policy_service.running import new_id

#: What a server says of a request is made of it: some of it is enough.
_LONGEST: Final = 300


def answer_unread_under_waitress() -> None:
    """Let waitress answer problems in this process."""
    HTTPChannel.error_task_class = _ProblemTask


def answer_unread_under_gunicorn() -> None:
    """Let gunicorn answer problems in this process and those that it forks."""
    util.write_error = _write_problem


class _ProblemTask(ErrorTask):  # type: ignore[misc]  # waitress says nothing of its types
    def execute(self) -> None:
        error = self.request.error
        headers, body = _answer(error.code, error.body)
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend(headers.items())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


def _write_problem(sock: Any, status: int, _reason: str, message: str) -> None:
    headers, body = _answer(status, message)
    headers |= {"Connection": "close", "Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {each}" for name, each in headers.items())]
    head = "".join(f"{line}\r\n" for line in [*lines, ""])
    util.write_nonblock(sock, head.encode("latin-1") + body)


def _answer(status: int, said: str) -> tuple[dict[str, str], bytes]:
    request_id = new_id()
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED
    printable = "".join(each if each.isprintable() else "?" for each in without_header_values(said)[:_LONGEST])
    detail = "The service failed." if is_ours else printable or HTTPStatus(status).phrase
    body = msgspec.json.encode(http_problem_body(status, detail, request_id), order="sorted")
    return {"Content-Type": PROBLEM_TYPE, HEADER: request_id}, body
