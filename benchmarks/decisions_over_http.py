"""How many stored, explained decisions about orders are given over HTTP, next to the least that Flask endpoints do."""

import json
import logging
import os
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import structlog

from benchmarks import bare_endpoint
from benchmarks.company import WORKERS, Company, company
from benchmarks.counts import Counts
from benchmarks.load import Answers, Plan, bodies, drive, together, unused_name
from benchmarks.report import Cells, Grid, Section, Target
from benchmarks.served import Served, served
from benchmarks.time_shares import PARTS, Shares, post
from policy_service.app import app_of
from policy_service.logs import set_up_logs

_CONNECTIONS = 8
#: Batches are over soon: so often as many orders are asked about in a round.
_OFTEN_IN_BATCHES, _OFTEN_IN_BATCHES_ALONE = 4, 2
#: Rounds are long already: the warm-up is not one of them.
_MOST_ROUNDS = 9
#: Orders asked about between two times at which they are taken back.
_AT_ONCE = 2_000
_BARE, _STORING, _SINGLE, _BATCH, _ALONE, _BATCH_ALONE = (
    "bare endpoint",
    "bare endpoint that stores its answer",
    "decisions, one a request",
    "decisions, in batches",
    "decisions of one caller, one a request",
    "decisions of one caller, in batches",
)


@dataclass(frozen=True, slots=True)
class _Round:
    orders: int
    answers: Answers

    @property
    def rate(self) -> float:
        return self.orders / self.answers.seconds


@dataclass(frozen=True, slots=True)
class _Growth:
    requests: int
    before: tuple[float, ...]
    after: tuple[float, ...]

    @property
    def most(self) -> float:
        return max((after - before for before, after in zip(self.before, self.after, strict=True)), default=0.0)


def run(counts: Counts) -> Section:
    """Serve a company and the bare endpoints by the same workers, and drive all by the same load, in turn."""
    with company(counts) as ours, TemporaryDirectory() as made:
        answer = Path(made) / "answer.json"
        shares = _shares(ours, counts, answer)
        bare_settings = {**ours.settings, bare_endpoint.ANSWER_FILE: str(answer)}
        bare_endpoint.make_table(ours.settings[bare_endpoint.DATABASE])
        with (
            served(ours.settings, Path(made) / "service.log") as service,
            served(bare_settings, Path(made) / "bare.log", "benchmarks.bare_endpoint:wsgi()") as bare,
            served(bare_settings, Path(made) / "storing.log", "benchmarks.bare_endpoint:storing()") as storing,
        ):
            rounds = _rounds(ours, service, bare, storing, counts)
            growth = _growth(ours, service, counts)
    return _section(counts, shares, rounds, growth)


def _shares(ours: Company, counts: Counts, answer: Path) -> Shares:
    # As the workers do, but to nowhere.
    set_up_logs(ours.house.settings)
    (handler,) = logging.getLogger().handlers
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        handler.setStream(nowhere)  # type: ignore[attr-defined]  # it is a StreamHandler
        app = app_of(ours.house)
        plan = Plan(0, ours.key, unused_name(), ours.orders, counts.requests + len(ours.orders))
        asked = bodies(plan)
        for body in islice(asked, len(ours.orders)):
            said = post(app, ours.key, "/v1/decisions", body)
        answer.write_text(json.dumps(json.loads(said)), "utf-8")
        shares = Shares()
        with shares.counting():
            for body in asked:
                post(app, ours.key, "/v1/decisions", body)
        logging.getLogger().handlers.clear()
        structlog.reset_defaults()
    ours.take_orders_back()
    return shares


def _rounds(ours: Company, service: Served, bare: Served, storing: Served, counts: Counts) -> dict[str, list[_Round]]:
    single = Plan(service.port, ours.key, "", ours.orders, counts.requests, _CONNECTIONS)
    # As many orders in all as one by one, and as many lines over each connection: so every question finds as many
    # open orders of its customer, and no connection is left over at the end.
    batch = replace(single, connections=WORKERS, lines=_lines(counts))
    plans = {
        _BARE: (replace(single, port=bare.port, orders=counts.requests * 3), 1),
        _STORING: (replace(single, port=storing.port, orders=counts.requests * 3), 1),
        _SINGLE: (single, 1),
        _BATCH: (batch, _OFTEN_IN_BATCHES),
        _ALONE: (replace(single, connections=1), 1),
        _BATCH_ALONE: (replace(batch, connections=1), _OFTEN_IN_BATCHES_ALONE),
    }
    measured: dict[str, list[_Round]] = {name: [] for name in plans}
    order = list(plans)
    for number in range(min(counts.rounds, _MOST_ROUNDS) + 1):
        for name in order:
            driven = _driven(ours, *plans[name])
            # In the first round every worker reads every customer for the first time.
            if number:
                measured[name].append(driven)
        order.append(order.pop(0))
    return measured


def _driven(ours: Company, plan: Plan, times: int) -> _Round:
    answers = []
    for _ in range(times):
        answers.append(drive(replace(plan, name=unused_name())))
        ours.take_orders_back()
    return _Round(plan.orders * times, together(answers))


def _lines(counts: Counts) -> int:
    return counts.requests // WORKERS


def _growth(ours: Company, service: Served, counts: Counts) -> _Growth:
    _send(ours, service, max(counts.requests_for_memory // 10, 1))
    before = service.resident_megabytes()
    _send(ours, service, counts.requests_for_memory)
    return _Growth(counts.requests_for_memory, before, service.resident_megabytes())


def _send(ours: Company, service: Served, requests: int) -> None:
    for begun in range(0, requests, _AT_ONCE):
        some = min(_AT_ONCE, requests - begun)
        drive(Plan(service.port, ours.key, unused_name(), ours.orders, some, _CONNECTIONS))
        ours.take_orders_back()


def _section(counts: Counts, shares: Shares, rounds: dict[str, list[_Round]], growth: _Growth) -> Section:
    rates = Grid(
        (
            "",
            "decisions a second",
            "of the bare endpoint",
            "of the one that stores",
            "p50, ms",
            "p99, ms",
            "answer, KB",
        ),
        tuple(_row(name, of_one, rounds) for name, of_one in rounds.items()),
    )
    single, batch = _ratio(rounds[_SINGLE], rounds[_BARE]), _ratio(rounds[_BATCH], rounds[_SINGLE])
    of_caller = _ratio(rounds[_BATCH_ALONE], rounds[_ALONE])
    parts = Grid(
        ("part of a decision", "share of its time"),
        tuple((part, f"{shares.of(part):.0%}") for part in PARTS),
    )
    memory = Grid(
        ("worker", "after warm-up, MB", f"after {growth.requests:,} requests more, MB"),
        tuple(
            (f"{number}", before, after)
            for number, (before, after) in enumerate(zip(growth.before, growth.after, strict=True), 1)
        ),
    )
    return Section(
        "Decisions over HTTP",
        f"Questions about orders of {counts.customers:,} customers with {counts.invoices:,} invoices, each order under "
        f"an id of its own: decided, explained, stored and chained on PostgreSQL, under gunicorn with {WORKERS} "
        "workers. The bare endpoint reads the same body and answers JSON of the same content, under the same gunicorn "
        "configuration; so does the second one, which stores its answer as one row and commits before it sends it; all "
        f"in turn in every round. {_CONNECTIONS} connections, kept open, ask without a pause; batches come over "
        f"{WORKERS} connections, {_lines(counts)} lines each. One caller has one connection, and asks when it has its "
        f"answer. After every {counts.requests:,} orders all of them are taken back: so questions one by one and in "
        "batches find as many open orders of a customer.",
        (rates, parts, memory),
        (
            f"Batches decide {batch:.2g} times as many as single requests; one caller who asks one question after "
            f"the other gets {of_caller:.2g} times as many decided by sending them in batches.",
            "What the endpoint that stores falls short of the bare one is the least that any stored answer costs on "
            "this machine, however quickly it is found: one insert and one commit in a request of its own. What "
            "decisions fall short of it is the deciding, the chain, the order and its state, and the rest of the edge.",
            "The load comes from a third process, PostgreSQL is a fourth: they share the processors with the workers.",
            "PostgreSQL runs without fsync, as nothing here measures a disk.",
            "A share is the time in that part of the service and the libraries it calls, seen a thousand times a "
            "second in one process, without a server between; services are records, orders, standings and cases.",
        ),
        (
            Target("The bare endpoint's rate over that of decisions", 1 / single, 1 / 0.4),
            Target("Single requests' rate over that of batches", 1 / batch, 1 / 5),
            Target(f"Growth of a worker over {growth.requests:,} requests, MB", growth.most, 8.0),
        ),
    )


def _row(name: str, rounds: list[_Round], every: dict[str, list[_Round]]) -> Cells:
    each = [seconds * 1e3 for one in rounds for seconds in one.answers.each]
    hundredths = quantiles(each, n=100) if len(each) > 1 else each * 99
    size = rounds[-1].answers.size / 1024
    return (
        name,
        median(one.rate for one in rounds),
        _ratio(rounds, every[_BARE]),
        _ratio(rounds, every[_STORING]),
        hundredths[49],
        hundredths[98],
        size,
    )


def _ratio(ours: list[_Round], theirs: list[_Round]) -> float:
    return median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))
