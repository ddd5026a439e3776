"""How fast facts are measured, ledgers imported and sample ledgers generated."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.counts import Counts
from benchmarks.measuring import Timing, interleaved
from benchmarks.report import Cells, Grid, Section
from benchmarks.sample import SEED, default_policy
from policy_service.domain.entries import Ledger
from policy_service.domain.outcomes import DecisionType
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, measure_facts
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.rule_set_names import facts_read_by
from policy_service.ledger.importer import read_ledger
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.days import day_after_last_entry
from policy_service.services.decide import Decider, Question

#: Each decision is taken as of another day, so that nothing kept for a day can be used again.
_DAYS = 30
_PREPARE, _MEASURE, _DECIDE = "prepare the history", "measure the facts", "decide and record"
_GENERATE, _IMPORT, _CSV = "generate", "import", "csv.reader on the same files"


def run(counts: Counts) -> Section:
    """Measure one customer of growing size, then the files of a whole ledger."""
    sizes = {invoices: _one_customer(invoices, counts.rounds) for invoices in counts.invoices_of_one}
    rows: list[Cells] = [
        (f"{invoices:,}", *(timing.microseconds / 1e3 for timing in timings.values()))
        for invoices, timings in sizes.items()
    ]
    files, written = _files(counts)
    speeds = tuple((name, timing.per_second, timing.ratio_to(files[_CSV])) for name, timing in files.items())
    return Section(
        "Facts and ledger files",
        "One customer of the default policy, milliseconds. Its history is prepared once and kept; measuring gives the "
        "facts of review, escalation and order as of a day; deciding is the whole: facts, both engines, records. Then "
        f"a generated ledger of {written:,} rows in all its files.",
        (
            Grid(("invoices of the customer", _PREPARE, _MEASURE, _DECIDE), tuple(rows)),
            Grid(("files", "rows a second", "of csv.reader"), speeds),
        ),
    )


def _one_customer(invoices: int, rounds: int) -> dict[str, Timing]:
    policy = default_policy()
    definitions = [facts_read_by(policy, kind) for kind in DecisionType]
    circumstances = Circumstances(policy.parameters, policy.exposure, policy.exposure_of_group)
    with _generated(1, invoices) as folder:
        ledger = read_ledger(folder, policy.currency).ledger
    (customer_id,) = ledger.histories
    days = cycle(_days(ledger))
    prepared = PreparedLedger(ledger)
    decider = Decider(policy, ledger)
    request = {"order_amount": "10000.00"}

    def prepare() -> None:
        measure_facts(PreparedLedger(ledger), customer_id, (), Knowledge(next(days)), circumstances)

    def measure() -> None:
        known = Knowledge(next(days))
        for asked in definitions:
            measure_facts(prepared, customer_id, asked, known, circumstances)

    try:
        return interleaved(
            {
                _PREPARE: prepare,
                _MEASURE: measure,
                _DECIDE: lambda: decider.decide(Question(customer_id, next(days), request)),
            },
            rounds,
            1,
        )
    finally:
        decider.close()


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
