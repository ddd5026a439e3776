"""Connections of which every step ends by one deadline, also when an answer comes a byte at a time."""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import httpcore
import httpx

from policy_service.connectors.http.deadlines import Deadline, trusted_certificates
from policy_service.connectors.http.limits import Limits

_BY_KIND: Final = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.TimeoutException, httpx.ReadTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.NetworkError, httpx.ReadError),
    (httpcore.ProtocolError, httpx.RemoteProtocolError),
)


class BoundedTransport(httpx.BaseTransport):
    """One connection to one origin, verified, direct, and held to the deadline.

    A name is resolved by the system, within the time that the system allows.
    """

    def __init__(self, limits: Limits, deadline: Deadline) -> None:
        self._limits = limits
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusted(),
            max_connections=1,
            http1=True,
            http2=False,
            network_backend=_Hurried(deadline),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer as soon as its headers are there."""
        limits = self._limits
        steps = {"connect": limits.seconds_to_connect, "pool": limits.seconds_to_connect}
        steps |= {"read": limits.seconds_of_step, "write": limits.seconds_of_step}
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions={"timeout": steps},
        )
        with _as_httpx():
            answer = self._pool.handle_request(asked)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer))

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    """The body of an answer as it travels."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        with _as_httpx():
            self._answer.close()


class _Hurried(httpcore.NetworkBackend):
    """Connects and shortens the time of each step to what is left."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        return _HurriedStream(
            self._sockets.connect_tcp(host, port, left, local_address, socket_options), self._deadline
        )

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"asked to sleep {seconds} s")


class _HurriedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        return _HurriedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Let what goes wrong be the error of httpx that it is."""
    try:
        yield
    except ssl.SSLError as error:
        raise httpx.ReadError(type(error).__name__) from error
    except tuple(ours for ours, _ in _BY_KIND) as error:
        kind = next(theirs for ours, theirs in _BY_KIND if isinstance(error, ours))
        raise kind(type(error).__name__) from error


@cache
def _trusted() -> ssl.SSLContext:
    # Read once for all connections of the process: that takes forty times as long as a short question.
    return trusted_certificates()
