"""A post goes to the checked address and nowhere else, and ends in time whatever the receiver does."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest

from policy_service.connectors.http.deadlines import trusted_certificates
from policy_service.services.webhooks import sending
from policy_service.services.webhooks.addresses import Target
from policy_service.services.webhooks.sending import Answer, Channel, NotSent
from tests.ports import reserved_port
from tests.services.webhooks.receiving import Receiver, receiving

CERTIFICATE = Path(__file__).parent / "hooks.example.test.pem"
HERE = (ip_address("127.0.0.1"),)


def channel(port: int, host: str = "hooks.example.test", scheme: str = "http", path: str = "/events") -> Channel:
    trusted = trusted_certificates()
    trusted.load_verify_locations(CERTIFICATE)
    return Channel(Target(scheme, host, port, path), HERE, trusted, time.monotonic)


@contextmanager
def serving(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Give the port of a server that talks like this to each that connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65536)
                        talk(connection)
                    except OSError:
                        pass

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(60)


def test_the_host_is_named_and_the_checked_address_connected_to(receiver: Receiver) -> None:
    """The name has no address at all: nobody asks for it again."""
    with channel(receiver.port) as opened:
        assert Answer(204) == opened.post(b"{}", {"X-Word": "1"})
    (post,) = receiver.posts
    assert ("/events", "{}", "1") == (post.path, post.body, post.headers["x-word"])
    assert f"hooks.example.test:{receiver.port}" == post.headers["host"]


def test_posts_share_a_connection_and_one_that_was_closed_is_made_anew(receiver: Receiver) -> None:
    with channel(receiver.port) as opened:
        opened.post(b"1", {})
        opened.post(b"2", {})
        assert 1 == receiver.connections
        receiver.headers["Connection"] = "close"
        opened.post(b"3", {})
        opened.post(b"4", {})
    assert ["1", "2", "3", "4"] == [post.body for post in receiver.posts]
    assert 2 == receiver.connections


def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    with receiving() as inside:
        receiver.headers["Location"] = inside.url
        receiver.statuses = [301, 302, 303, 307, 308]
        with channel(receiver.port) as opened:
            answers = [opened.post(b"{}", {}) for _ in range(5)]
        assert [301, 302, 303, 307, 308] == [answer.status for answer in answers]
        assert not any(answer.is_received for answer in answers)
        assert [] == inside.posts


def test_proxies_of_the_environment_are_not_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with channel(receiver.port) as opened:
            opened.post(b"{}", {})
        assert [] == proxy.posts
    assert 1 == len(receiver.posts)


@pytest.mark.parametrize(
    ("given", "wait"), [("120", 120), ("0", 0), ("-1", None), ("Fri, 31 Dec", None), ("9" * 9, None)]
)
def test_the_receiver_may_ask_to_be_left_alone(receiver: Receiver, given: str, wait: int | None) -> None:
    receiver.headers["Retry-After"] = given
    receiver.statuses = [503]
    with channel(receiver.port) as opened:
        assert Answer(503, wait) == opened.post(b"{}", {})


def test_a_huge_answer_is_not_read(receiver: Receiver) -> None:
    receiver.answer, receiver.statuses = b"x" * 50_000_000, [200, 200]
    with channel(receiver.port) as opened:
        assert opened.post(b"1", {}).is_received
        assert opened.post(b"2", {}).is_received
    assert 2 == receiver.connections


def test_an_endless_answer_ends() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")

    with serving(talk) as port, channel(port) as opened:
        assert opened.post(b"{}", {}).is_received


#: Each takes a fiftieth of a second: they last longer than a busy machine needs to look at the time.
_DROPS = 5_000


def _says_nothing(connection: socket.socket) -> None:
    connection.recv(1)


def _drips(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-A: ")
    for _ in range(_DROPS):
        connection.sendall(b"b")
        time.sleep(0.02)


def _drips_its_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    for _ in range(_DROPS):
        connection.sendall(b"x")
        time.sleep(0.02)


def test_an_answer_that_does_not_end_is_left_in_time_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS_IN_ALL", 0.3)
    with serving(_drips_its_body) as port, channel(port) as opened:
        began = time.monotonic()
        assert Answer(200) == opened.post(b"{}", {})
        assert time.monotonic() - began < 60


@pytest.mark.parametrize("talk", [_says_nothing, _drips])
def test_a_slow_receiver_is_left_in_time(
    talk: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SECONDS_IN_ALL", 0.3)
    with serving(talk) as port, channel(port) as opened:
        began = time.monotonic()
        with pytest.raises(NotSent):
            opened.post(b"{}", {})
        assert time.monotonic() - began < 60


def test_a_receiver_that_takes_no_more_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS_IN_ALL", 0.3)
    with serving(lambda _: time.sleep(1)) as port, channel(port) as opened, pytest.raises(NotSent):
        opened.post(b"x" * 20_000_000, {})


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1\r\n\r\n", b"not http at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: " + b"x" * 300_000]
)
def test_what_is_no_answer_is_none(answer: bytes) -> None:
    with (
        serving(lambda connection: connection.sendall(answer)) as port,
        channel(port) as opened,
        pytest.raises(NotSent, match=r"\w"),
    ):
        opened.post(b"{}", {})


def test_nobody_listening_is_said() -> None:
    with reserved_port() as port, channel(port) as opened, pytest.raises(NotSent, match="refused"):
        opened.post(b"{}", {})


def _certified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def test_the_certificate_must_be_the_names() -> None:
    """Encrypted to the checked address, with the certificate of the name, not of the address."""
    with receiving(_certified()) as receiver:
        with channel(receiver.port, scheme="https") as opened:
            assert opened.post(b"{}", {}).is_received
        with channel(receiver.port, "other.example.test", "https") as opened, pytest.raises(NotSent, match="mismatch"):
            opened.post(b"{}", {})
    assert 1 == len(receiver.posts)


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    with receiving(_certified()) as receiver:
        target = Target("https", "hooks.example.test", receiver.port, "/")
        opened = Channel(target, HERE, trusted_certificates(), time.monotonic)
        with opened, pytest.raises(NotSent, match="CERTIFICATE_VERIFY_FAILED"):
            opened.post(b"{}", {})
    assert [] == receiver.posts
