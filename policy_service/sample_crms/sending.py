"""Notices sent to whoever listens on this machine; a stand-in talks to nobody else."""

from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import urlsplit

from policy_service.sample_crms.system import Notice, StandIn
from policy_service.sample_crms.table import Row

_TIME_OUT_S: Final = 3
_MOST_OF_AN_ANSWER: Final = 10_000
HERE: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def is_here(url: str) -> bool:
    """Tell whether a URL names a listener on this machine, by plain HTTP."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in HERE


def post_all(system: StandIn) -> None:
    """Send what is in the outbox, in order, whoever put it there, and note what becomes of each notice.

    The system is free for others meanwhile: whoever is told may ask it at once.
    """
    with system.posting:
        with system.lock:
            notices, system.outbox = system.outbox, []
            system.posted.extend(notices)
        for notice in notices:
            notice.became = send(notice)
            system.journal.sent.append(notice.became)


def send(notice: Notice) -> Row:
    """POST a notice, and return what became of it: the status, and the answer as text; 0 if there was none."""
    if not is_here(notice.url):
        return {**notice.told, "url": notice.url, "status": 0, "answer": "not sent: this is not on this machine"}
    tries = 1
    status, said = _post(notice)
    if notice.wants and said.strip() != notice.wants:
        tries = 2
        status, said = _post(notice)
    return {**notice.told, "url": notice.url, "status": status, "answer": said, "tries": tries}


def _post(notice: Notice) -> tuple[int, str]:
    parts = urlsplit(notice.url)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=_TIME_OUT_S)
    try:
        path = parts.path + ("?" + parts.query if parts.query else "")
        connection.request("POST", path or "/", notice.body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read(_MOST_OF_AN_ANSWER).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        return 0, type(error).__name__
    finally:
        connection.close()
