"""Under both servers: ids with a slash are reached, and what a server itself refuses is a problem like any other."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from policy_service.domain.permissions import Role
from tests.api.hostile import Hostile, hostile_requests, misfit
from tests.api.house import store_key, store_person
from tests.api.over_sqlite import furnished_house
from tests.docs.documents import ROOT
from tests.ports import reserved_port
from tests.running.gunicorn import until_ready

COMMANDS: Final = {
    "waitress": ["-c", "from policy_service.cli.main import main; main()", "serve"],
    "gunicorn": ["-m", "gunicorn", "--config", "python:policy_service.gunicorn_conf"],
}
REQUESTS: Final = hostile_requests()


@dataclass(frozen=True, slots=True)
class Served:
    """A service behind a server: where it listens, the key of somebody who may do everything, and what it logs."""

    port: int
    key: str
    log: Path

    def send(self, request: bytes) -> tuple[int, Message, bytes]:
        """Return status, headers and body of the answer to these bytes on their own connection; 0 if it is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            # A server need not read on what it has refused.
            with suppress(OSError):
                connection.sendall(request)
            answer = b""
            while not is_whole(answer) and (more := received(connection)):
                answer += more
        if not answer:
            return 0, Message(), b""
        line, headers, body = parts(answer)
        return int(line.split()[1]), headers, body

    def ask(self, method: str, path: str, said: object = None) -> tuple[int, dict[str, object]]:
        """Return status and body of the answer to JSON."""
        headers = {"Content-Type": "application/json"} if said is not None else {}
        body = None if said is None else json.dumps(said).encode()
        status, told, answer = self.send(Hostile(method, path.encode(), headers, body, ()).on_the_wire(self.key))
        if told.get("Transfer-Encoding") == "chunked":
            answer = answer.partition(b"\r\n")[2].rpartition(b"\r\n0\r\n")[0]
        return status, json.loads(answer)


def parts(answer: bytes) -> tuple[bytes, Message, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    line, _, headers = head.partition(b"\r\n")
    return line, BytesHeaderParser().parsebytes(headers), body


def is_whole(answer: bytes) -> bool:
    """Return whether nothing more is to come, though the connection may stay open; where it does not say, it closes."""
    _, headers, body = parts(answer)
    return b"\r\n\r\n" in answer and len(body) >= int(headers.get("Content-Length", sys.maxsize))


def received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except ConnectionResetError:
        return b""


@pytest.fixture(scope="module", params=COMMANDS)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated_file: Path
) -> Iterator[Served]:
    """Give the service behind each server."""
    folder = tmp_path_factory.mktemp("served")
    with furnished_house(migrated_file, folder) as house:
        store_person(house, "ada", *Role)
        key = store_key(house, "ada", requests_per_minute=100_000)
    settings = {"DATABASE_URL": f"sqlite:///{folder / 'policy.db'}", "DEFAULT_POLICY": "house"}
    settings |= {"LOG_FORMAT": "json", "WEB_CONCURRENCY": "1", "UPLOAD_DIR": str(folder / "uploads")}
    command = [sys.executable, *COMMANDS[request.param]]
    log = folder / "log"
    with (
        reserved_port() as port,
        log.open("wb") as errors,
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings, "PORT": str(port)}, stderr=errors) as server,
    ):
        try:
            until_ready(f"http://127.0.0.1:{port}")
            yield Served(port, key, log)
            server.terminate()
            server.wait(60)
        finally:
            server.kill()


def test_every_hostile_request_is_answered_as_the_file_says(served: Served) -> None:
    wrong = {}
    for name, each in REQUESTS.items():
        status, headers, body = served.send(each.on_the_wire(served.key))
        if found := misfit(each, status, headers, body):
            wrong[name] = found
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())


@pytest.mark.parametrize(
    "line",
    [b"Authorization: Bearer KEY\r", b"Authorization: Bearer KEY\nmore", b"Authorization Bearer KEY", b" Bearer KEY"],
    ids=["ends in a carriage return", "is broken", "lacks its colon", "begins with a space"],
)
def test_a_key_in_a_header_that_cannot_be_read_is_not_said_again(served: Served, line: bytes) -> None:
    """A key that was read from a file of Windows ends in a carriage return."""
    sent = line.replace(b"KEY", served.key.encode())
    status, _, body = served.send(b"GET /v1/orders HTTP/1.1\r\n" + sent + b"\r\nHost: here\r\n\r\n")
    assert 400 == status, body
    assert served.key.encode()[:20] not in body + served.log.read_bytes()


@pytest.mark.parametrize("order_id", ["2026/0815", "50%", "%2F", "a b/ü?#;&", "客户/1", "/", "~1", "//"])
def test_an_order_is_reached_whatever_its_id(served: Served, order_id: str) -> None:
    question = {"type": "order", "customer_id": "C1", "order_id": order_id, "facts": {"order_amount": "100.00"}}
    status, made = served.ask("POST", "/v1/decisions", question)
    assert 201 == status, made
    address = f"/v1/orders/{quote(order_id, safe='')}"
    status, found = served.ask("GET", address)
    assert (200, order_id) == (status, found.get("order_id"))
    status, ended = served.ask("POST", f"{address}/cancellation", {"reason": "Nobody wants it."})
    assert (200, order_id, "cancelled") == (status, ended.get("order_id"), ended.get("state"))


def test_an_entry_and_a_customer_are_reached_whatever_their_ids(served: Served) -> None:
    address = quote("DE/100%", safe="")
    status, became = served.ask("PUT", f"/v1/ledger/customers/{address}", {"cells": {"name": "Slash"}})
    assert (200, "DE/100%") == (status, became.get("key")), became
    status, file = served.ask("GET", f"/v1/customers/{address}/facts")
    assert (200, "DE/100%") == (status, file.get("customer_id"))
