"""The channel against a real socket: bodies that break off, trickle, never end, or unpack to too much."""

import gzip
import socket
import ssl
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Semaphore, Thread

import pytest

from policy_service.connectors.errors import ConnectorError
from policy_service.connectors.http.channel import Call, Channel
from policy_service.connectors.http.limits import Limits
from policy_service.connectors.means import Means
from tests.connectors.http.serving import Answering, Served, saying, serving
from tests.connectors.standing_in import World
from tests.ports import reserved_port

ONCE = Limits(tries=1, bytes_of_answer=100_000)
OK = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2", b"{}")
CERTIFICATE = Path(__file__).parents[2] / "services/webhooks/hooks.example.test.pem"


def asked(served: Served, limits: Limits = ONCE, *, clock: Callable[[], float] | None = None) -> object:
    means: Means = World(origins=(served.origin,)).means
    if clock is not None:
        means = replace(means, monotonic=clock)
    with Channel(served.origin, (), means, limits) as channel:
        return channel.ask(Call("GET", "/rows")).json()


def code_of(answering: Answering, limits: Limits = ONCE) -> str:
    with serving(answering) as served, pytest.raises(ConnectorError) as caught:
        asked(served, limits)
    return caught.value.code


def test_an_answer_comes_over_a_real_connection() -> None:
    with serving(OK) as served:
        assert asked(served) == {}
    assert served.requests[0].startswith(b"GET /rows HTTP/1.1\r\n")


def test_settings_of_the_environment_lead_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(OK) as served:
        assert asked(served) == {}


@pytest.mark.parametrize(
    "answering",
    [
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100", b"{"),
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"5\r\n{"),
        lambda connection: connection.sendall(b"HTTP/1.1 200"),
        saying(b"no HTTP at all"),
        lambda connection: None,
    ],
)
def test_an_answer_that_breaks_off_is_asked_for_again(answering: Answering) -> None:
    with serving(answering, OK) as served:
        assert asked(served, replace(ONCE, tries=2)) == {}
    assert len(served.requests) == 2
    assert code_of(answering) == "X102"


def test_nobody_who_listens_is_told_by_its_kind() -> None:
    with (
        reserved_port() as port,
        pytest.raises(ConnectorError, match=r"\(ConnectionRefusedError\)") as caught,
    ):
        asked(Served(f"http://127.0.0.1:{port}"))
    assert (caught.value.code, caught.value.is_passing) == ("X102", True)


def test_a_silent_server_is_not_waited_for_beyond_the_time_of_a_step() -> None:
    def silent(connection: socket.socket) -> None:
        connection.recv(1)

    assert code_of(silent, replace(ONCE, seconds_of_step=0.2)) == "X102"


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_byte_at_a_time_ends_by_the_time_of_the_try(head: bytes) -> None:
    """Each byte comes at once, one for each look at the clock; the clock goes on with each look."""
    looks, sent, is_over = Semaphore(0), 0, Event()

    def look() -> float:
        looks.release()
        return float(sent)

    def trickling(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(head)
        for _ in range(5_000):
            if looks.acquire(timeout=60) and is_over.is_set():
                return
            sent += 1
            connection.sendall(b"H")

    with serving(trickling) as served:
        with pytest.raises(ConnectorError, match="ReadTimeout"):
            asked(served, replace(ONCE, seconds_of_try=30), clock=look)
        is_over.set()
        looks.release()
    assert sent < 100


def test_a_body_beyond_the_bound_is_not_read_on() -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b" " * 65536)

    assert code_of(endless) == "X107"


def test_a_body_that_unpacks_to_too_much_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 100_000_000)
    assert len(bomb) < ONCE.bytes_of_answer
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d" % len(bomb)
    tracemalloc.start()
    try:
        assert code_of(saying(head, bomb)) == "X107"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", b"no gzip"),
        (b"gzip", gzip.compress(b"{}" * 1000)[:-9]),
        (b"br", b"{}"),
        (b"gzip, gzip", gzip.compress(gzip.compress(b"{}"))),
    ],
    # A packed body holds the second it was packed in: workers that compare their lists of tests must not meet it.
    ids=["not packed", "broken off", "unknown packing", "packed twice"],
)
def test_a_body_that_cannot_be_unpacked_is_told(encoding: bytes, body: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %b\r\nContent-Length: %d" % (encoding, len(body))
    assert code_of(saying(head, body)) == "X105"


def test_no_body_need_not_be_unpacked() -> None:
    head = b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip"
    with serving(saying(head)) as served:
        means = World(origins=(served.origin,)).means
        with Channel(served.origin, (), means, ONCE) as channel:
            assert channel.ask(Call("GET", "/rows")).body == b""


def test_endless_headers_are_not_read_on() -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X: " + b"y" * 60_000 + b"\r\n")

    assert code_of(endless) == "X102"


def test_a_certificate_that_nobody_vouches_for_is_not_trusted() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        origin = f"https://127.0.0.1:{listening.getsockname()[1]}"

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except OSError:
                    return

        thread = Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(ConnectorError, match=r"SSLCertVerificationError") as caught:
            asked(Served(origin))
        thread.join(60)
    assert caught.value.code == "X102"
