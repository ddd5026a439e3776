"""`python -m policy_service.sample_crms zoho-crm|zoho-books|fxiaoke`: serve one stand-in until it is stopped.

The first line on standard output is a JSON object with its origin and with what one needs to sign in.
"""

import argparse
import datetime as dt
import gc
import json
import os
import signal
import sys
from threading import Thread
from typing import Final

from policy_service.sample_crms.books.books import ZohoBooks
from policy_service.sample_crms.company import make_company
from policy_service.sample_crms.crm.crm import ZohoCrm
from policy_service.sample_crms.fxiaoke.fxiaoke import Fxiaoke
from policy_service.sample_crms.server import CrmServer
from policy_service.sample_crms.system import StandIn
from policy_service.sample_crms.table import Row
from policy_service.sample_ledger.profile import SampleCompany

SYSTEMS: Final[dict[str, type[StandIn]]] = {"zoho-crm": ZohoCrm, "zoho-books": ZohoBooks, "fxiaoke": Fxiaoke}


def main(words: list[str] | None = None) -> int:
    """Serve until a signal ends it."""
    asked = _options().parse_args(words)
    size = SampleCompany(asked.customers, asked.invoices, asked.seed, asked.first_day, asked.last_day)
    # Of a company nothing is thrown away: to look for it after every 700 objects takes as long as to make them.
    gc.set_threshold(500_000, 50, 100)
    system = SYSTEMS[asked.system](make_company(size), _settings(asked.set))
    server = CrmServer(asked.port, system)
    _stop_upon_signal(server)
    if asked.supervised:
        _stop_with_standard_input(server)
    _say({"system": asked.system, "origin": system.origin, **system.credentials()})
    server.serve_forever(poll_interval=0.05)
    server.stops.set()
    return 0


def _stop_upon_signal(server: CrmServer) -> None:
    def stop(*_: object) -> None:
        # The server waits for this in its own thread: it is told from another.
        server.stops.set()
        Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _stop_with_standard_input(server: CrmServer) -> None:
    def wait() -> None:
        # Whoever began us holds the other end, and lets go of it however they end, by being killed too.
        while os.read(sys.stdin.fileno(), 1024):
            pass
        server.stops.set()
        server.shutdown()

    Thread(target=wait, daemon=True).start()


def _say(document: Row) -> None:
    try:
        sys.stdout.write(json.dumps(document) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody is there any more to be served; what was not written is not to be written again at the end.
        os._exit(1)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m policy_service.sample_crms", description=__doc__)
    parser.add_argument("system", choices=sorted(SYSTEMS))
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--customers", type=int, default=20)
    parser.add_argument("--invoices", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first-day", type=dt.date.fromisoformat, default=dt.date(2023, 1, 1))
    parser.add_argument("--last-day", type=dt.date.fromisoformat, default=dt.date(2025, 12, 31))
    parser.add_argument("--supervised", action="store_true", help="end when standard input does")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting, VALUE as JSON")
    return parser


def _settings(given: list[str]) -> Row:
    made: Row = {}
    for one in given:
        name, _, value = one.partition("=")
        made[name] = json.loads(value)
    return made


if __name__ == "__main__":
    sys.exit(main())
