"""Workers of one arbiter share connections evenly: one that has more of them lets the others accept first."""

import os
import selectors
import socket
from collections.abc import Iterator

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from policy_service import gunicorn_worker
from policy_service.gunicorn_worker import EvenWorker, OpenConnections


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> OpenConnections:
    connections = OpenConnections(places=3)
    monkeypatch.setattr(gunicorn_worker, "_connections", lambda: connections)
    return connections


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr(gunicorn_worker.time, "sleep", made.append)
    return made


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.setblocking(False)
        yield made


def _worker(listener: socket.socket, connections: int = 0) -> EvenWorker:
    config = Config()
    worker = EvenWorker(1, os.getppid(), [listener], None, 30, config, Logger(config))
    worker.tmp.close()
    worker.poller = selectors.DefaultSelector()
    worker.set_accept_enabled(True)
    worker.nr_conns = connections
    return worker


def test_one_with_more_connections_lets_the_others_accept_first(
    shared: OpenConnections, pauses: list[float], listener: socket.socket
) -> None:
    busy, _idle = _worker(listener, 2), _worker(listener, 1)
    busy.accept(listener)
    assert [0.002] == pauses


def test_one_with_as_few_as_the_others_accepts_at_once(
    shared: OpenConnections, pauses: list[float], listener: socket.socket
) -> None:
    one, _other = _worker(listener, 1), _worker(listener, 1)
    one.accept(listener)
    assert [] == pauses


def test_one_that_accepts_no_more_is_not_waited_for(
    shared: OpenConnections, pauses: list[float], listener: socket.socket
) -> None:
    busy, ending = _worker(listener, 2), _worker(listener)
    ending.set_accept_enabled(False)
    ending.nr_conns = 1
    busy.accept(listener)
    assert [] == pauses


def test_one_that_has_not_begun_to_accept_is_not_waited_for(
    shared: OpenConnections, pauses: list[float], listener: socket.socket
) -> None:
    busy = _worker(listener, 2)
    shared.take_place()
    busy.accept(listener)
    assert [] == pauses


def test_one_that_has_ended_is_not_waited_for_and_its_place_is_taken_anew(
    shared: OpenConnections, pauses: list[float], listener: socket.socket
) -> None:
    busy, killed, _third = _worker(listener, 2), _worker(listener, 0), _worker(listener, 2)
    killed.leave()
    busy.accept(listener)
    assert [] == pauses
    assert 1 == shared.take_place()


def test_one_without_a_place_accepts_at_once(
    shared: OpenConnections, pauses: list[float], listener: socket.socket
) -> None:
    for _ in range(3):
        _worker(listener)
    late = _worker(listener, 5)
    late.accept(listener)
    late.leave()
    assert [] == pauses
    assert shared.take_place() is None


def test_what_a_forked_process_tells_is_known_to_the_others() -> None:
    connections = OpenConnections()
    first, second = connections.take_place(), connections.take_place()
    assert first is not None
    assert second is not None
    connections.tell(first, 1)
    child = os.fork()
    if not child:
        connections.tell(second, 0)
        os._exit(0)
    os.waitpid(child, 0)
    assert connections.are_fewer_elsewhere(first)
    assert not connections.are_fewer_elsewhere(second)
