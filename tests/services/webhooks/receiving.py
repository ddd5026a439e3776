"""A receiver that listens on this machine, and a world whose clock and names the test sets."""

import json
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Event, Thread
from typing import Final

from policy_service.connectors.http.deadlines import trusted_certificates
from policy_service.domain.acting import Act
from policy_service.domain.instants import SECOND, Instant
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor
from policy_service.services.announcing import announce
from policy_service.services.house import House
from policy_service.services.webhooks.delivering import Means, Passed, deliver
from policy_service.services.webhooks.managing import create_webhook
from policy_service.services.webhooks.signing import secret_text
from policy_service.storage.outbox import Delivery, Outbox

LOOPBACK: Final = ip_network("127.0.0.0/8")
SECRET: Final = secret_text(bytes(range(32)))
#: 1 March 2026, noon.
NOON: Final = 1_772_366_400 * SECOND


@dataclass(frozen=True, slots=True)
class Post:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    body: str


@dataclass(slots=True)
class Receiver:
    """What came, and the statuses to answer with: one after the other, then 204."""

    port: int = 0
    posts: list[Post] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"

    @property
    def ids(self) -> list[str]:
        return [post.headers["webhook-id"] for post in self.posts]


@contextmanager
def receiving(context: ssl.SSLContext | None = None, waits_for: Event | None = None) -> Iterator[Receiver]:
    """Give a receiver that listens until the block ends, and answers only after that event."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            receiver.connections += 1
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if waits_for is not None:
                waits_for.wait(60)
            receiver.posts.append(Post(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.answer)))
            self.end_headers()
            try:
                self.wfile.write(receiver.answer)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(slots=True)
class World:
    """An instant that stands still until moved, and names that the test gives addresses."""

    at: Instant = NOON
    names: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    elapsed: Callable[[], float] = lambda: 0.0

    def resolve(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self.names.get(host)
        if answers is None:
            return [host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def means(self, by: str = "process-1") -> Means:
        return Means(by, lambda: self.at, self.elapsed, lambda: 0.0, self.resolve, _trusted())

    def wait(self, seconds: int) -> None:
        self.at += seconds * SECOND


@cache
def _trusted() -> ssl.SSLContext:
    return trusted_certificates()


def act(at: Instant = NOON) -> Act:
    return Act("anna", at, "request-1")


def actor(*permissions: Permission) -> Actor:
    """Return Anna, who may manage webhooks unless other permissions are named."""
    return Actor("anna", "u1", frozenset(), frozenset(permissions or {Permission.WEBHOOKS_MANAGE}))


def webhook(house: House, url: str, world: World, *event_types: str) -> str:
    """Store a webhook for these types, orders held if none is named; return its id."""
    with house.database.writing() as session:
        wanted = event_types or ("order.held",)
        made = create_webhook(house, session, url, wanted, SECRET, actor(), act(), world.resolve)
    return made.webhook_id


def tell(house: House, *subjects: str, event_type: str = "order.held", at: Instant = NOON) -> None:
    """Announce an event about each of the subjects."""
    with house.database.writing() as session:
        for subject in subjects:
            announce(house, session, act(at), event_type, subject, {"order_id": subject})


def delivered(house: House, webhook_id: str, world: World, by: str = "process-1") -> Passed:
    """Let a process deliver what is next."""
    return deliver(house, webhook_id, world.means(by))


def deliveries(house: House, webhook_id: str) -> Sequence[Delivery]:
    """Return the events of a webhook in the order they were put in."""
    with house.database.reading() as session:
        return Outbox(session).page(webhook_id, None, None, 200)[::-1]


def subjects(receiver: Receiver) -> list[str]:
    """Return what the events were about, in the order in which they came."""
    return [json.loads(post.body)["subject"] for post in receiver.posts]


def states(house: House, webhook_id: str) -> list[tuple[str, int]]:
    """Return the state of each event of a webhook, and how often it was sent."""
    return [(one.state, one.attempts) for one in deliveries(house, webhook_id)]
