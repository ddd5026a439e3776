"""Where the time of a decision goes, by looking again and again at what the process is doing.

A timer interrupts the process a thousand times a second; the time since the last look is put down to the innermost
part of the service that is being run. So nothing is slowed down by being measured, and the shares add up.
"""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any, Final

from flask import Flask

import policy_service

HTTP, SERVICES, FACTS, ENGINES, STORAGE = "HTTP", "services", "facts", "engines", "storage"
PARTS: Final = (HTTP, SERVICES, FACTS, ENGINES, STORAGE)
_EVERY: Final = 0.001
_PACKAGE: Final = str(Path(policy_service.__file__).parent) + "/"
#: Of the package's folders and files, the first that fits; what others do, they do for who called them.
_PART_OF: Final = (
    ("storage/", STORAGE),
    ("facts/", FACTS),
    ("services/known_customers", FACTS),
    ("engines/", ENGINES),
    ("services/engine_pair", ENGINES),
    ("services/", SERVICES),
    ("api/", HTTP),
)


class Shares:
    """Seconds spent in each part while `counting`."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._last = 0.0
        self._known: dict[str, str] = {}

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count what this thread, the main one, does in the block."""
        before = signal.signal(signal.SIGALRM, self._look)
        self._last = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, _EVERY, _EVERY)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def of(self, part: str) -> float:
        """Return the share of a part."""
        return self.seconds[part] / sum(self.seconds.values())

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        now = time.perf_counter()
        self.seconds[self._part(frame)] += now - self._last
        self._last = now

    def _part(self, frame: FrameType | None) -> str:
        while frame is not None:
            part = self._part_of(frame.f_code.co_filename)
            if part:
                return part
            frame = frame.f_back
        return HTTP

    def _part_of(self, file: str) -> str:
        if file not in self._known:
            inside = file.removeprefix(_PACKAGE) if file.startswith(_PACKAGE) else ""
            self._known[file] = next((part for start, part in _PART_OF if inside.startswith(start)), "")
        return self._known[file]


def post(app: Flask, key: str, path: str, body: bytes) -> bytes:
    """Return what the application answers, asked without a server between."""
    said: list[str] = []
    environ: dict[str, Any] = {  # of WSGI
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {key}",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    answered = app.wsgi_app(environ, lambda status, _headers, _info=None: said.append(status))
    body = b"".join(answered)
    with suppress(AttributeError):
        answered.close()  # type: ignore[attr-defined]  # where it has one
    if not said[0].startswith("20"):
        raise RuntimeError(f"{said[0]}: {body[:2_000].decode()}")
    return body
