"""A stand-in behind HTTP/1.1 on this machine: each connection in a thread of its own."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from policy_service.sample_crms.changing import touch
from policy_service.sample_crms.control import PREFIX, controlled
from policy_service.sample_crms.delivery import Deliverer, hold_back
from policy_service.sample_crms.faults import AFTER, DELIVERIES, INSTEAD, Fault
from policy_service.sample_crms.sending import post_all
from policy_service.sample_crms.speaking import Answer, Asked, answer
from policy_service.sample_crms.system import StandIn

_MOST_BODY: Final = 8_000_000
_IDLE_S: Final = 300


class CrmServer(ThreadingHTTPServer):
    """Serves one stand-in on 127.0.0.1."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, system: StandIn) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.system = system
        self.stops = Event()
        system.origin = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of callers that went away; tell faults of our own."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _IDLE_S
    server: CrmServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep standard error for faults of our own."""

    def _serve(self) -> None:
        asked = self._asked()
        if asked is None:
            return
        deliverer = Deliverer(self.connection, self.server.stops)
        if asked.path.startswith(PREFIX):
            deliverer.deliver(controlled(self.server.system, asked), None)
            return
        self.close_connection = not self._exchange(asked, deliverer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _asked(self) -> Asked | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit() or int(length) > _MOST_BODY:
            self.close_connection = True
            Deliverer(self.connection, self.server.stops).deliver(answer(413, {"message": "body refused"}), None)
            return None
        parts = urlsplit(self.path)
        return Asked(
            method=self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
        )

    def _exchange(self, asked: Asked, deliverer: Deliverer) -> bool:
        system = self.server.system
        with system.lock:
            # The journal may be begun anew while this call is still answered: it ends where it began.
            journal = system.journal
            number = journal.begin(asked.method, asked.path)
            query = urlsplit(self.path).query
            faults = system.script.striking(number, asked.method, asked.path, query)

        def ends() -> None:
            with system.lock:
                journal.active.discard(number)

        deliverer.ends = ends
        try:
            return self._answer(number, asked, faults, deliverer)
        finally:
            ends()
            post_all(system)

    def _answer(self, number: int, asked: Asked, faults: list[Fault], deliverer: Deliverer) -> bool:
        system = self.server.system
        instead = next((fault for fault in faults if fault.kind in INSTEAD), None)
        if instead is not None and instead.kind == "unanswered":
            system.journal.end(number, asked.method, asked.path, 0, "")
            return False
        given, reason = _replaced(system, instead) if instead else system.respond(asked, faults)
        for fault in faults:
            if fault.kind in AFTER:
                with system.lock:
                    touch(system, str(fault.options.get("object", "")), fault.options, system.clock.now())
        system.journal.end(number, asked.method, asked.path, given.status, reason)
        hold_back(given, self.server.stops)
        return deliverer.deliver(given, next((fault for fault in faults if fault.kind in DELIVERIES), None))


def _replaced(system: StandIn, fault: Fault) -> tuple[Answer, str]:
    options = fault.options
    match fault.kind:
        case "status":
            status = options.get("status", 500)
            given = answer(status if isinstance(status, int) else 500, options.get("body", {}))
        case "redirect":
            given = Answer(302, b"", {"Location": str(options.get("location", "http://169.254.169.254/latest/"))})
        case "not_modified":
            given = Answer(304)
        case "no_content":
            given = Answer(204)
        case "not_json":
            given = Answer(200, str(options.get("text", "<html>Sorry</html>")).encode(), {"Content-Type": "text/html"})
        case _:
            given = system.instead(fault)
    extra = options.get("headers")
    if isinstance(extra, dict):
        given.headers.update({str(name): str(value) for name, value in extra.items()})
    return given, f"fault {fault.kind}"
