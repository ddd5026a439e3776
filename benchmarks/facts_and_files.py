"""How fast facts are measured, ledgers imported and sample ledgers generated."""

import csv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace
from sqlalchemy.orm import Session

from benchmarks.counts import Counts
from benchmarks.measuring import Timing, interleaved
from benchmarks.report import Cells, Grid, Section, Target
from benchmarks.sample import SEED, default_policy
from policy_service.domain.entries import Ledger
from policy_service.domain.outcomes import DecisionType
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.live_orders import LiveOrder
from policy_service.facts.measure import Circumstances, measure_facts
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.rule_set_names import facts_read_by
from policy_service.ledger.importer import read_ledger
from policy_service.ledger.report import ImportResult
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.days import day_after_last_entry
from policy_service.services.decide import Decider, Question
from policy_service.storage.database import Database
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.migrate import upgrade

#: Each decision is taken as of another day, so that nothing kept for a day can be used again.
_DAYS = 30
_READ, _PREPARE, _MEASURE = "read the history from SQLite", "prepare it", "facts of all three"
_ORDER, _AGAIN, _DECIDE = "of an order", "of an order, same day", "decide and record"
_ASKED_HERE = 10
_GENERATE, _IMPORT, _CSV = "generate", "import", "csv.reader on the same files"


@dataclass(frozen=True, slots=True)
class _Origin:
    import_id: str = "benchmark"
    at: int = 1
    person: str = "benchmark"
    source: str = "generated"


def run(counts: Counts) -> Section:
    """Measure one customer of growing size, then the files of a whole ledger."""
    sizes = {invoices: _one_customer(invoices, counts.rounds) for invoices in counts.invoices_of_one}
    rows: list[Cells] = [
        (f"{invoices:,}", *(timing.microseconds / 1e3 for timing in timings.values()))
        for invoices, timings in sizes.items()
    ]
    smallest, largest = min(sizes), max(sizes)
    files, written = _files(counts)
    speeds = tuple((name, timing.per_second, timing.ratio_to(files[_CSV])) for name, timing in files.items())
    return Section(
        "Facts and ledger files",
        "One customer of the default policy, milliseconds. Its history is read and prepared once, and kept until "
        "something is posted of it. Facts of all three: of review, escalation and order, as of another day each time, "
        "as are the facts of an order alone. On the same day only what became of orders is new: here "
        f"{_ASKED_HERE} orders that the service was asked about. Deciding is the whole: facts, both engines, records. "
        f"Then a generated ledger of {written:,} rows in all its files.",
        (
            Grid(("invoices of the customer", *sizes[smallest]), tuple(rows)),
            Grid(("files", "rows a second", "of csv.reader"), speeds),
        ),
        targets=(
            Target(f"Facts of an order, {largest:,} invoices, ms", sizes[largest][_ORDER].microseconds / 1e3, 5.0),
            Target(f"Facts of an order, {smallest:,} invoices, ms", sizes[smallest][_ORDER].microseconds / 1e3, 0.3),
        ),
    )


def _one_customer(invoices: int, rounds: int) -> dict[str, Timing]:
    policy = default_policy()
    circumstances = Circumstances(policy.parameters, policy.exposure, policy.exposure_of_group)
    of_order = facts_read_by(policy, DecisionType.ORDER)
    of_all = [facts_read_by(policy, kind) for kind in DecisionType]
    with _generated(1, invoices) as folder:
        read = read_ledger(folder, policy.currency)
    ledger = read.ledger
    (customer_id,) = ledger.histories
    days = cycle(_days(ledger))
    prepared, decider = PreparedLedger(ledger), Decider(policy, ledger)
    same_day, live = Knowledge(_days(ledger)[0], includes_day=True), {customer_id: _asked_here(ledger)}
    request = {"order_amount": "10000.00"}

    def measure() -> None:
        known = Knowledge(next(days))
        for asked in of_all:
            measure_facts(prepared, customer_id, asked, known, circumstances)

    def measure_again() -> None:
        told = replace(circumstances, orders=OrderDecisions(live=live))
        measure_facts(prepared, customer_id, of_order, same_day, told)

    with closing(decider), _stored(read) as session:
        return interleaved(
            {
                _READ: lambda: LedgerStore(session).load_history(customer_id),
                _PREPARE: lambda: PreparedLedger(ledger).customer(customer_id).prepared,
                _MEASURE: measure,
                _ORDER: lambda: measure_facts(prepared, customer_id, of_order, Knowledge(next(days)), circumstances),
                _AGAIN: measure_again,
                _DECIDE: lambda: decider.decide(Question(customer_id, next(days), request)),
            },
            rounds,
            1,
        )


def _asked_here(ledger: Ledger) -> tuple[LiveOrder, ...]:
    return tuple(LiveOrder(f"asked-{place}", day, 10_000_00) for place, day in enumerate(_days(ledger)[:_ASKED_HERE]))


@contextmanager
def _stored(read: ImportResult) -> Iterator[Session]:
    with TemporaryDirectory() as made:
        database = Database(f"sqlite:///{made}/ledger.db")
        upgrade(database)
        with database.writing() as session:
            LedgerStore(session).store(read, _Origin())
        with closing(database), database.reading() as session:
            yield session


def _days(ledger: Ledger) -> list[date]:
    last = day_after_last_entry(ledger)
    return [last - timedelta(days=days) for days in range(_DAYS)]


def _files(counts: Counts) -> tuple[dict[str, Timing], int]:
    currency = default_policy().currency
    customers = max(counts.ledger_invoices // 200, 1)
    with _generated(customers, counts.ledger_invoices) as folder:
        written = sum(_rows_read(file) for file in folder.glob("*.csv"))

        def generate_again() -> None:
            with _generated(customers, counts.ledger_invoices):
                pass

        contenders = {
            _GENERATE: generate_again,
            _IMPORT: lambda: read_ledger(folder, currency),
            _CSV: lambda: [_rows_read(file) for file in folder.glob("*.csv")],
        }
        return interleaved(contenders, max(counts.rounds // 5, 1), written), written


@contextmanager
def _generated(customers: int, invoices: int) -> Iterator[Path]:
    with TemporaryDirectory() as made:
        folder = Path(made) / "ledger"
        generate(SampleCompany(customers, invoices, SEED), folder)
        yield folder


def _rows_read(file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as lines:
        return sum(1 for _ in csv.reader(lines)) - 1
