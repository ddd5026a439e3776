"""A server on a real socket that answers with the very bytes it is told, and breaks off as it is told."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

#: Given a connection whose request has been read, answers on it.
Answering = Callable[[socket.socket], None]


@dataclass(slots=True)
class Served:
    """Where it listens, and the requests as they came."""

    origin: str
    requests: list[bytes] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)


@contextmanager
def serving(*answers: Answering) -> Iterator[Served]:
    """Give a server for one connection after the other: one answer each, the last one for good."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        served = Served(f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread = Thread(target=_serve, args=(listening, served, answers), daemon=True)
        thread.start()
        try:
            yield served
        finally:
            served.is_over.set()
            # What waits for a connection is given one.
            with suppress(OSError):
                socket.create_connection(listening.getsockname(), 60).close()
            thread.join(60)
            assert not thread.is_alive()


def _serve(listening: socket.socket, served: Served, answers: tuple[Answering, ...]) -> None:
    number = 0
    while not served.is_over.is_set():
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.settimeout(60)
            request = _read(connection)
            if request:
                served.requests.append(request)
                answers[min(number, len(answers) - 1)](connection)
                number += 1


def _read(connection: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found:
        part = connection.recv(65536)
        if not part:
            return b""
        found += part
    return found


def saying(head: bytes, body: bytes = b"") -> Answering:
    """Return what sends these bytes and hangs up."""
    return lambda connection: connection.sendall(head + b"\r\n\r\n" + body)
