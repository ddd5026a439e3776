"""One POST to an address that was checked: no redirect, no proxy, an end in time, no answer that fills memory."""

import select
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import httpcore

from policy_service.connectors.http.deadlines import Deadline
from policy_service.services.webhooks.addresses import Address, Target

SECONDS_TO_CONNECT: Final = 5.0
SECONDS_IN_ALL: Final = 10.0
#: More of an answer is not read.
ANSWER_BYTES: Final = 4 * 1024
_LONGEST_RETRY_AFTER: Final = 6


class NotSent(Exception):
    """No answer came, for the reason said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and how many seconds the receiver asks to wait (none: it does not say)."""

    status: int
    retry_after: int | None = None

    @property
    def is_received(self) -> bool:
        """Whether the receiver has it now."""
        return 200 <= self.status < 300


class Channel:
    """Posts to one target at the addresses that were checked; the connection is kept between posts."""

    def __init__(
        self, target: Target, addresses: Sequence[Address], trusted: ssl.SSLContext, clock: Callable[[], float]
    ) -> None:
        self._target = target
        self._deadline = Deadline(clock)
        self._url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted,
            max_connections=1,
            http1=True,
            http2=False,
            network_backend=_Checked(addresses, self._deadline),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the answer to the body; NotSent if none came in time.

        Its status is the answer: what comes behind it is only read so that the connection can be used again.
        """
        self._deadline.begin(SECONDS_IN_ALL)
        own = {"Host": self._target.authority, "Content-Length": str(len(body))}
        said: list[tuple[bytes | str, bytes | str]] = [*headers.items(), *own.items()]
        answer = None
        try:
            with self._pool.stream("POST", self._url, headers=said, content=body) as response:
                answer = Answer(response.status, _retry_after(response.headers))
                _read_some(response.iter_stream())
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, ssl.SSLError) as error:
            if answer is None:
                raise NotSent(f"{type(error).__name__}: {error}"[:300]) from error
        return answer


class _Checked(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, whatever host it is asked for."""

    def __init__(self, addresses: Sequence[Address], deadline: Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Return a connection to the first of the addresses that takes one."""
        refused: OSError | None = None
        for address in self._addresses:
            left = self._deadline.left(SECONDS_TO_CONNECT, httpcore.ConnectTimeout)
            try:
                connection = socket.create_connection((str(address), port), left)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return _Stream(connection, self._deadline)
            except OSError as error:
                refused = error
        raise httpcore.ConnectError(str(refused)) from refused

    def sleep(self, seconds: float) -> None:
        """Never come here: nothing is tried again within one post."""
        raise AssertionError(f"asked to sleep {seconds} s")


class _Stream(httpcore.NetworkStream):
    """A socket of which every step ends by the deadline."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what comes next."""
        self._connection.settimeout(self._deadline.left(timeout, httpcore.ReadTimeout))
        try:
            return self._connection.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout("the answer does not end in time") from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        rest = memoryview(buffer)
        try:
            while rest:
                self._connection.settimeout(self._deadline.left(timeout, httpcore.WriteTimeout))
                rest = rest[self._connection.send(rest) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout("the request is not taken in time") from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Close the socket."""
        self._connection.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the encrypted connection, once the certificate is the host's."""
        self._connection.settimeout(self._deadline.left(timeout, httpcore.ConnectTimeout))
        try:
            return _Stream(ssl_context.wrap_socket(self._connection, server_hostname=server_hostname), self._deadline)
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout("no encrypted connection in time") from error
        except (OSError, ValueError) as error:
            self.close()
            raise httpcore.ConnectError(str(error)) from error

    def get_extra_info(self, info: str) -> Any:
        """Return whether something has come unasked, such as the end: then the pool connects anew."""
        if info != "is_readable":
            return None
        waiting = select.poll()
        waiting.register(self._connection, select.POLLIN)
        return bool(waiting.poll(0))


def _read_some(chunks: Iterable[bytes]) -> None:
    read = 0
    for chunk in chunks:
        read += len(chunk)
        if read > ANSWER_BYTES:
            return


def _retry_after(headers: Sequence[tuple[bytes, bytes]]) -> int | None:
    given = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    return int(given) if given.isdigit() and len(given) <= _LONGEST_RETRY_AFTER else None
