"""Write a sample ledger folder, customers in batches, so that memory does not grow with its size.

The same company gives the same bytes: every batch draws from its own child of the seed.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from pyarrow import csv

from policy_service.domain.errors import RequestError
from policy_service.sample_ledger.behaviour import behave
from policy_service.sample_ledger.columns import Integers
from policy_service.sample_ledger.customers import Customers, customer_rows, make_customers
from policy_service.sample_ledger.files import entry_tables
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.sample_ledger.trade import make_invoices

#: So many invoices are held in memory at once (a larger customer is a batch of its own).
BATCH: Final = 250_000

MOST_CUSTOMERS: Final = 10_000_000
MOST_INVOICES: Final = 999_999_999
LEAST_DAYS: Final = 30
MOST_DAYS: Final = 36_525
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999

Progress = Callable[[int, int], None]


def generate(company: SampleCompany, folder: Path, progress: Progress | None = None) -> Mapping[str, int]:
    """Write the company's ledger into the new `folder` and return the number of rows of each file.

    RequestError R501 for impossible numbers, R502 if `folder` already holds something. Nothing is left
    behind if the writing fails half-way.
    """
    _refuse_impossible(company)
    folder = folder.resolve()
    if folder.exists() and any(folder.iterdir()):
        raise RequestError("R502", f"{folder} is not empty.", remedy="Name a new or an empty folder.")
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        rows = _write(company, unfinished, progress)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    if not folder.exists():
        unfinished.rename(folder)
        return rows
    # An empty folder may be where somebody stands: it is filled, not replaced.
    for file in unfinished.iterdir():
        file.rename(folder / file.name)
    unfinished.rmdir()
    return rows


def _refuse_impossible(company: SampleCompany) -> None:
    for what, value, least, most in (
        ("customers", company.customers, 1, MOST_CUSTOMERS),
        ("invoices", company.invoices, 1, MOST_INVOICES),
        ("days of history", company.days, LEAST_DAYS, MOST_DAYS),
        ("as the seed", company.seed, 0, 2**63 - 1),
    ):
        if not least <= value <= most:
            raise RequestError("R501", f"{value:,} {what} cannot be.", remedy=f"Ask for {least:,} to {most:,}.")
    if company.first_day.year < FIRST_YEAR or company.last_day.year > LAST_YEAR:
        found = f"The history goes from {company.first_day} to {company.last_day}."
        raise RequestError("R501", found, remedy=f"Choose days from {FIRST_YEAR} to {LAST_YEAR}.")


def _write(company: SampleCompany, folder: Path, progress: Progress | None) -> dict[str, int]:
    seeds = np.random.SeedSequence(company.seed)
    random = np.random.default_rng(seeds.spawn(1)[0])
    customers = make_customers(company, random)
    rows: dict[str, int] = {}
    with ExitStack() as files:
        writers: dict[str, csv.CSVWriter] = {}

        def append(name: str, table: pa.Table) -> None:
            if name not in writers:
                file = files.enter_context((folder / f"{name}.csv").open("wb"))
                writers[name] = files.enter_context(csv.CSVWriter(file, table.schema))
            writers[name].write_table(table)
            rows[name] = rows.get(name, 0) + table.num_rows

        append("customers", customer_rows(customers, company, random))
        done = 0
        for chosen in _batches(customers):
            own = np.random.default_rng(seeds.spawn(1)[0])
            invoices = make_invoices(customers, chosen, done + 1, company, own)
            behaviour = behave(customers, invoices, company, own)
            for name, table in entry_tables(customers, invoices, behaviour, company, own):
                append(name, table)
            done += len(invoices)
            if progress:
                progress(done, company.invoices)
    return rows


def _batches(customers: Customers) -> Iterator[Integers]:
    cumulated = np.cumsum(customers.invoices)
    batch = cumulated // BATCH
    edges = np.flatnonzero(np.diff(batch)) + 1
    for chosen in np.split(np.arange(len(customers), dtype=np.int64), edges):
        if customers.invoices[chosen].sum():
            yield chosen
