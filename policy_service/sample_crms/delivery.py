"""How an answer gets to the caller: whole and at once, or slowly, in part, too large, or as something else."""

import gzip
import socket
import time
from collections.abc import Callable
from http import HTTPStatus
from threading import Event
from typing import Final

from policy_service.sample_crms.faults import Fault
from policy_service.sample_crms.speaking import Answer

_NEVER_WITH_BODY: Final = frozenset({204, 304})
_CHUNK: Final = 65_536


def _nobody_counts() -> None:
    pass


class Deliverer:
    """Writes answers to one connection; `stops` ends what stalls."""

    def __init__(self, connection: socket.socket, stops: Event) -> None:
        self._connection = connection
        self._stops = stops
        #: Called before the last bytes of an answer: who has them may call again, and finds that the call has ended.
        self.ends: Callable[[], None] = _nobody_counts

    def deliver(self, given: Answer, fault: Fault | None) -> bool:
        """Send an answer, and tell whether the connection can go on; OSError if the caller went away."""
        body = b"" if given.status in _NEVER_WITH_BODY else given.body
        headers = dict(given.headers)
        if given.status not in _NEVER_WITH_BODY:
            headers["Content-Length"] = str(len(body))
        if fault is None:
            self._last(_head(given.status, headers) + body)
            return headers.get("Connection") != "close"
        match fault.kind:
            case "slow":
                return self._drip(_head(given.status, headers), body, fault)
            case "stalled":
                self._connection.sendall(_head(given.status, headers) + body[: len(body) // 2])
                self._stops.wait(_number(fault, "seconds", 60.0))
            case "broken":
                self._connection.sendall(_head(given.status, headers) + body[: len(body) // 2])
                self._reset()
            case "truncated":
                half = body[: len(body) // 2]
                self._last(_head(given.status, headers | {"Content-Length": str(len(half))}) + half)
                return True
            case "oversized":
                return self._oversized(given.status, headers, body, fault)
            case "compressed_bomb":
                packed = _bomb(body, int(_number(fault, "bytes", 50_000_000)))
                extra = {"Content-Encoding": "gzip", "Content-Length": str(len(packed))}
                self._last(_head(given.status, headers | extra) + packed)
                return True
            case "wrong_content_type":
                kind = str(fault.options.get("content_type", "text/html"))
                self._last(_head(given.status, headers | {"Content-Type": kind}) + body)
                return True
            case other:
                raise ValueError(other)
        return False

    def _drip(self, head: bytes, body: bytes, fault: Fault) -> bool:
        pieces = max(1, int(_number(fault, "pieces", 10)))
        size = max(1, -(-len(body) // pieces))
        (self._connection.sendall if body else self._last)(head)
        for start in range(0, len(body), size):
            self._stops.wait(_number(fault, "seconds", 1.0) / pieces)
            (self._connection.sendall if start + size < len(body) else self._last)(body[start : start + size])
        return True

    def _oversized(self, status: int, headers: dict[str, str], body: bytes, fault: Fault) -> bool:
        # Spaces after the document: it is right JSON, only far too long; without a length nobody is warned.
        rest = int(_number(fault, "bytes", 50_000_000))
        if fault.options.get("says_length", True):
            headers["Content-Length"] = str(len(body) + rest)
        else:
            headers.pop("Content-Length")
            headers["Connection"] = "close"
        self._connection.sendall(_head(status, headers) + body)
        while rest > 0 and not self._stops.is_set():
            (self._connection.sendall if rest > _CHUNK else self._last)(b" " * min(rest, _CHUNK))
            rest -= _CHUNK
        return "Connection" not in headers

    def _last(self, data: bytes) -> None:
        self.ends()
        self._connection.sendall(data)

    def _reset(self) -> None:
        # With nothing to linger for, closing resets the connection.
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def hold_back(given: Answer, stops: Event) -> None:
    """Wait as long as the answer is to take."""
    if given.delay:
        stops.wait(given.delay)


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {_phrase(status)}",
        f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime())}",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _bomb(body: bytes, size: int) -> bytes:
    return gzip.compress(body + b" " * size, compresslevel=9)


def _number(fault: Fault, name: str, default: float) -> float:
    found = fault.options.get(name, default)
    return float(found) if isinstance(found, int | float) else default
