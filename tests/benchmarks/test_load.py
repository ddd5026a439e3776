"""The load is sent on connections that are kept open; no question is ever asked twice."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from benchmarks.load import Plan, drive

_ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
_AT_ONCE = struct.pack("ii", 1, 0)


@contextmanager
def _answered(answers: list[Callable[[socket.socket], None]]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answer in answers:
                connection, _ = server.accept()
                with connection:
                    answer(connection)

        thread = Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def _plan(port: int) -> Plan:
    return Plan(port, "key", "test", [("C1", "1.00")], orders=2, connections=1)


def _answer_and_end(connection: socket.socket) -> None:
    connection.recv(65_536)
    # So that the answer comes together with the end.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    connection.sendall(_ANSWER)
    connection.shutdown(socket.SHUT_WR)
    connection.recv(1)


def _answer_twice(connection: socket.socket) -> None:
    for _ in range(2):
        connection.recv(65_536)
        connection.sendall(_ANSWER)
    connection.recv(1)


def _end_unanswered(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)


def test_a_connection_that_the_server_ended_while_it_was_idle_is_opened_again() -> None:
    with _answered([_answer_and_end, _answer_and_end]) as port:
        assert 2 == len(drive(_plan(port)).each)


def test_a_connection_that_stays_open_is_asked_on_again() -> None:
    """Whether it is still open is told at once: nobody waits for what the server will not say."""
    with _answered([_answer_twice]) as port:
        assert 2 == len(drive(_plan(port)).each)


def test_what_may_have_been_done_is_not_asked_again() -> None:
    with (
        _answered([_end_unanswered]) as port,
        pytest.raises(RuntimeError, match=r"the connection broke .* after request 1 on it"),
    ):
        drive(_plan(port))
