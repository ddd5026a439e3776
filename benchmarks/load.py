"""Requests sent as fast as they are answered, by a process of its own: `python -m benchmarks.load` reads a `Plan`.

One thread serves all connections, which are kept open: so sending costs little of the processors that answer.
"""

import json
import os
import select
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count, islice

from benchmarks.served import ROOT

_NUMBERS = count()
_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """Orders asked about over some connections: each (customer, amount) in turn, under an order id of its own.

    With `lines` a request is a batch of so many of them.
    """

    port: int
    key: str
    name: str
    questions: Sequence[tuple[str, str]]
    orders: int
    connections: int = 8
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Answers:
    """How long everything took, each request in the order of its answer, in seconds; how many bytes an answer had."""

    seconds: float
    each: Sequence[float]
    size: float


def drive(plan: Plan) -> Answers:
    """Send what was planned from another process; RuntimeError if anything was not answered well."""
    command = [sys.executable, "-m", "benchmarks.load"]
    ran = subprocess.run(command, cwd=ROOT, input=json.dumps(asdict(plan)), capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2_000:])
    return Answers(**json.loads(ran.stdout))


def together(answers: Sequence[Answers]) -> Answers:
    """Return what was answered one after the other as one."""
    each = [seconds for one in answers for seconds in one.each]
    size = sum(one.size * len(one.each) for one in answers) / len(each)
    return Answers(sum(one.seconds for one in answers), each, size)


def unused_name() -> str:
    """Return how the ids of orders begin that nobody asked about yet."""
    return f"{os.getpid()}-{next(_NUMBERS)}"


def bodies(plan: Plan) -> Iterator[bytes]:
    """Yield the bodies of the requests, one after the other."""
    questions = (
        {
            "type": "order",
            "customer_id": customer,
            "order_id": f"{plan.name}-{number}",
            "facts": {"order_amount": amount},
            "explain": True,
        }
        for number in range(plan.orders)
        for customer, amount in (plan.questions[number % len(plan.questions)],)
    )
    if not plan.lines:
        yield from (json.dumps(question).encode() for question in questions)
        return
    while lines := [json.dumps(question).encode() + b"\n" for question in islice(questions, plan.lines)]:
        yield b"".join(lines)


class _Connection:
    def __init__(self, plan: Plan) -> None:
        self._port = plan.port
        self.open()
        path, kind = ("/v1/decisions/batch", "application/x-ndjson") if plan.lines else ("/v1/decisions", _JSON)
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {plan.key}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: %d\r\n\r\n"
        ).encode()
        self.began = self._answered = time.perf_counter()
        self._read = bytearray()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self._port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._asked = 0

    def is_dropped(self) -> bool:
        """Return whether the server has ended the connection, which it may while nothing is asked on it."""
        # Either its end, or something that nobody asked for. To peek at it would wait: the socket has a timeout.
        return bool(select.select([self.socket], [], [], 0)[0])

    def ask(self, body: bytes) -> None:
        self._read.clear()
        self._asked += 1
        self.began = time.perf_counter()
        try:
            self.socket.sendall(self._head % len(body) + body)
        except ConnectionError as error:
            raise self._broken(error) from error

    def answer(self) -> bytes | None:
        """Return the whole answer once it is there."""
        try:
            got = self.socket.recv(1 << 18)
        except ConnectionError as error:
            raise self._broken(error) from error
        if not got:
            raise self._broken("closed")
        self._read += got
        if not self._is_whole():
            return None
        self._answered = time.perf_counter()
        return bytes(self._read)

    def _broken(self, why: object) -> RuntimeError:
        # To ask again would be wrong: what was asked may have been done, and would be done twice.
        idle, waited = self.began - self._answered, time.perf_counter() - self.began
        return RuntimeError(
            f"the connection broke ({why}) {waited:.3f} s after request {self._asked} on it, asked {idle:.3f} s after "
            f"the answer before it; read until then: {bytes(self._read[:500])!r}"
        )

    def _is_whole(self) -> bool:
        head, found, body = self._read.partition(_END_OF_HEAD)
        if not found:
            return False
        if not head.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")):
            raise RuntimeError(bytes(self._read[:2_000]).decode())
        lowered = bytes(head).lower()
        if b"transfer-encoding: chunked" in lowered:
            return self._read.endswith(b"\r\n0\r\n\r\n")
        length = lowered.partition(b"content-length:")[2].partition(b"\r\n")[0]
        return len(body) >= int(length)


_JSON = "application/json"


def _send(plan: Plan) -> Answers:
    waiting, each, size = bodies(plan), list[float](), 0
    with selectors.DefaultSelector() as selector:
        connections = [_Connection(plan) for _ in range(plan.connections)]
        began = time.perf_counter()
        for connection, body in zip(connections, waiting, strict=False):
            connection.ask(body)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map():
            for key, _ in selector.select():
                connection = key.data
                answer = connection.answer()
                if answer is None:
                    continue
                each.append(time.perf_counter() - connection.began)
                size += len(answer)
                _check(plan, answer)
                body = next(waiting, b"")
                if not body:
                    selector.unregister(connection.socket)
                    continue
                if connection.is_dropped():
                    # Nothing has been sent on it, so nothing is asked twice.
                    selector.unregister(connection.socket)
                    connection.socket.close()
                    connection.open()
                    selector.register(connection.socket, selectors.EVENT_READ, connection)
                connection.ask(body)
        seconds = time.perf_counter() - began
    for connection in connections:
        connection.socket.close()
    return Answers(seconds, each, size / len(each))


def _check(plan: Plan, answer: bytes) -> None:
    if plan.lines and (b'"end":"complete"' not in answer or b'"problem"' in answer):
        raise RuntimeError(answer[-2_000:].decode())


if __name__ == "__main__":
    said = json.load(sys.stdin)
    json.dump(asdict(_send(Plan(**said))), sys.stdout)
