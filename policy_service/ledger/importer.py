"""The import: all files of a folder, or one mapped file, become a ledger and a report on all that is not in it."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

from policy_service.domain.entries import Invoice, Ledger, Payment, Rate
from policy_service.domain.values import Currency
from policy_service.language.definitions.dictionary import FactDictionary
from policy_service.ledger.cascade import spread_quarantine
from policy_service.ledger.cells import Known, RowReading, shown
from policy_service.ledger.columns import REQUIRED_TABLES, Table
from policy_service.ledger.folder import open_folder
from policy_service.ledger.groups import group_customers
from policy_service.ledger.histories import histories
from policy_service.ledger.mapped_file import MAPPED_TABLES, open_mapped
from policy_service.ledger.mapped_report import counts_by_row, report_by_row
from policy_service.ledger.mapping import LedgerMapping
from policy_service.ledger.places import places_of
from policy_service.ledger.reasons import EXPLANATIONS, Refusal, Remark
from policy_service.ledger.repeated_rows import settle_repeated_keys, warn_of_equal_content
from policy_service.ledger.report import FileCounts, ImportResult, LedgerWarning, Quarantined
from policy_service.ledger.rows import (
    customer_reader,
    read_adjustment,
    read_dispute,
    read_event,
    read_invoice,
    read_order,
    read_payment,
    read_promise,
    read_rate,
    read_standing,
)
from policy_service.ledger.sheets import Sheet, refuse
from policy_service.ledger.spooled import Spooled
from policy_service.ledger.tables import (
    AnyRows,
    EntryReader,
    LedgerTables,
    State,
    TableRows,
    further_columns,
    read_table,
)

Entry = TypeVar("Entry")
#: Told how many bytes are read, and of how many.
Progress: TypeAlias = Callable[[int, int], None]

_NOTHING_DECLARED: Final[FactDictionary] = MappingProxyType({})

_REMEDY_OF_RATE: Final = (
    "Write units of the base currency as digits with at most one point, above zero: 7.1234; of itself it is 1."
)

_CONTENT: Final[Mapping[Table, Callable[[object], Hashable]]] = MappingProxyType(
    {
        Table.ORDERS: attrgetter("customer_id", "date", "amount", "currency", "posted_on", "state"),
        Table.INVOICES: attrgetter(
            "customer_id", "issue_date", "due_date", "amount", "currency", "posted_on", "order_id", "order_date"
        ),
        Table.PAYMENTS: attrgetter(
            "invoice_id", "date", "amount", "posted_on", "customer_id", "instrument", "matures_on"
        ),
        Table.ADJUSTMENTS: attrgetter("invoice_id", "date", "kind", "amount", "posted_on"),
        Table.DISPUTES: attrgetter("invoice_id", "opened", "posted_on", "closed"),
        Table.PROMISES: attrgetter("invoice_id", "made", "promised", "posted_on", "amount"),
        Table.EVENTS: attrgetter("customer_id", "date", "kind", "posted_on", "value"),
    }
)


def read_ledger(
    folder: Path,
    base_currency: Currency,
    mapping: LedgerMapping | None = None,
    progress: Progress | None = None,
    declared: FactDictionary = _NOTHING_DECLARED,
) -> ImportResult:
    """Return the ledger in `folder`, with a report on every row that is not in it.

    With a mapping, its file stands for customers, invoices and payments, and the mapping's base currency, if it
    states one, counts instead of `base_currency`; other tables of the ledger may lie beside it. Raise LedgerError
    (D1xx) if nothing can be imported. The result depends on the files alone; `progress` is told of bytes. A cell
    of a customer fact among the `declared` must be a value of it.
    """
    if mapping is None:
        sheets, warnings = open_folder(folder, REQUIRED_TABLES)
        return _Import(base_currency, sheets, warnings, progress, declared=declared).result()
    mapped = open_mapped(folder, mapping)
    sheets, warnings = open_folder(folder, (), {mapped.file}) if folder.is_dir() else ({}, ())
    for table in mapped.sheets:
        if table in sheets:
            found = f"{sheets[table].file} and the mapped {mapped.file} both hold {table.value}."
            raise refuse(Refusal.TABLE_TWICE, found, "Keep one of the two.", sheets[table].file)
    base = mapping.base_currency or base_currency
    if base != base_currency:
        found = f"the mapping {mapping.name} says {base.code}, asked for was {base_currency.code}"
        warnings = (*warnings, LedgerWarning(mapped.file, 0, "", Remark.OTHER_BASE_CURRENCY, found))
    sheets, warnings = {**mapped.sheets, **sheets}, (*warnings, *mapped.warnings)
    return _Import(base, sheets, warnings, progress, mapping, declared).result()


def read_sheets(
    sheets: Mapping[Table, Sheet], base_currency: Currency, declared: FactDictionary = _NOTHING_DECLARED
) -> ImportResult:
    """Return the ledger in tables that are open already, as `read_ledger` returns that of a folder."""
    return _Import(base_currency, sheets, (), None, declared=declared).result()


def in_order_of_place(warnings: Iterable[LedgerWarning]) -> tuple[LedgerWarning, ...]:
    """Return the warnings as a report has them, each once."""
    return tuple(sorted(dict.fromkeys(warnings), key=attrgetter("file", "line", "reason", "column", "found")))


def by_place(one: Quarantined) -> tuple[int, str, int]:
    """Return by what a report sorts the rows left out."""
    return (list(Table).index(one.table), one.file, one.line)


class _Import:
    """One import under way: what is known so far, and what was remarked on."""

    def __init__(
        self,
        base_currency: Currency,
        sheets: Mapping[Table, Sheet],
        warnings: Iterable[LedgerWarning],
        progress: Progress | None,
        mapping: LedgerMapping | None = None,
        declared: FactDictionary = _NOTHING_DECLARED,
    ) -> None:
        self._base_currency = base_currency
        self._sheets = sheets
        self._warnings = list(warnings)
        self._progress = progress
        self._mapping = mapping
        self._bytes_done = 0
        self._known = Known(base_currency, declared, has_orders_file=Table.ORDERS in sheets)
        self._reading = RowReading(self._known)

    def result(self) -> ImportResult:
        tables = self._read_all()
        spread_quarantine(tables)
        grouped = group_customers(tables.customers)
        self._warnings += [*grouped.warnings, *_payment_warnings(tables.payments, self._known.invoices)]
        ledger = Ledger(
            self._base_currency,
            histories(grouped.versions, tables),
            tuple(sorted(tables.rates.accepted(), key=attrgetter("date", "currency"))),
            self._known.has_orders_file,
            grouped.roots,
        )
        return self._report(ledger, tables.with_a_file)

    def _read_all(self) -> LedgerTables:
        known = self._known
        rates = self._read(Table.RATES, read_rate)
        _refuse_faulty_rate(rates)
        known.rates = _rates_by_currency(rates)
        known.first_rates = {code: of_currency[0].date for code, of_currency in known.rates.items()}
        customers = self._read(Table.CUSTOMERS, customer_reader(self._further_customer_columns()))
        known.customers = frozenset(customer.customer_id for customer in customers.accepted())
        orders = self._read(Table.ORDERS, read_order)
        known.orders = {key: orders.entries[index] for key, index in orders.by_key().items()}
        known.unsound_orders = orders.unsound_names()
        invoices = self._read(Table.INVOICES, read_invoice)
        known.invoices = {key: invoices.entries[index] for key, index in invoices.by_key().items()}
        known.unsound_invoices = invoices.unsound_names()
        return LedgerTables(
            rates,
            customers,
            orders,
            invoices,
            self._read(Table.PAYMENTS, read_payment),
            self._read(Table.ADJUSTMENTS, read_adjustment),
            self._read(Table.DISPUTES, read_dispute),
            self._read(Table.PROMISES, read_promise),
            self._read(Table.EVENTS, read_event),
            self._read(Table.STANDINGS, read_standing),
        )

    def _read(self, table: Table, reader: EntryReader[Entry]) -> TableRows[Entry]:
        sheet = self._sheets.get(table)
        if sheet is None:
            return TableRows(table)
        rows = read_table(table, sheet, reader, self._reading, self._report_position)
        self._bytes_done += sheet.size
        self._report_position(0)
        repetitions = settle_repeated_keys(rows)
        if table is Table.INVOICES or not self._is_mapped(table):
            self._warnings += repetitions
        # A mapped row is compared whole when its file is surveyed.
        if table in _CONTENT and not self._is_mapped(table):
            self._warnings += warn_of_equal_content(rows, _CONTENT[table])
        return rows

    def _report(self, ledger: Ledger, tables: tuple[AnyRows, ...]) -> ImportResult:
        own = [rows for rows in tables if not self._is_mapped(rows.table)]
        mapped = [rows for rows in tables if self._is_mapped(rows.table)]
        # Each table stands in one file, and its reports come in order of its lines.
        reports = [rows.quarantined() for rows in own]
        counts = [_counts(rows) for rows in own]
        if self._mapping:
            by_row = Spooled(Quarantined, report_by_row([rows.quarantined() for rows in mapped], self._mapping))
            counts.append(counts_by_row(mapped, by_row))
            reports.append(iter(by_row))
        return ImportResult(
            ledger,
            Spooled(Quarantined, merge(*reports, key=by_place)),
            in_order_of_place(self._warnings),
            tuple(counts),
            places_of(tables),
        )

    def _is_mapped(self, table: Table) -> bool:
        return self._mapping is not None and table in MAPPED_TABLES

    def _further_customer_columns(self) -> tuple[str, ...]:
        return further_columns(self._sheets[Table.CUSTOMERS].header, Table.CUSTOMERS)

    def _report_position(self, position: int) -> None:
        if self._progress:
            self._progress(self._bytes_done + position, sum(sheet.size for sheet in self._sheets.values()))


def _refuse_faulty_rate(rates: TableRows[Rate]) -> None:
    faulty = min(rates.quarantined(), key=lambda one: one.line, default=None)
    if faulty:
        if faulty.column == "rate":
            # What is said of amounts, such as credit notes, has no meaning here.
            message, remedy = f"a rate is faulty: {faulty.found}.", _REMEDY_OF_RATE
        else:
            explanation = EXPLANATIONS[faulty.reason]
            message, remedy = f"a rate is faulty: {faulty.found}. {explanation.meaning}", explanation.remedy
        raise refuse(Refusal.FAULTY_RATE, message, remedy, faulty.file, faulty.line)


def _rates_by_currency(rates: TableRows[Rate]) -> Mapping[str, Sequence[Rate]]:
    by_currency = defaultdict[str, list[Rate]](list)
    for rate in sorted(rates.accepted(), key=attrgetter("date")):
        by_currency[rate.currency].append(rate)
    return dict(by_currency)


def _payment_warnings(payments: TableRows[Payment], invoices: Mapping[str, Invoice]) -> Iterator[LedgerWarning]:
    for payment, line, state in zip(payments.entries, payments.lines, payments.states, strict=True):
        if state != State.ACCEPTED:
            continue
        if payment.matures_on and payment.matures_on < payment.date:
            found = f"matures {payment.matures_on}, received {payment.date}"
            yield LedgerWarning(payments.file, line, "matures_on", Remark.MATURES_BEFORE_RECEIPT, found)
        if payment.customer_id and payment.invoice_id:
            owner = invoices[payment.invoice_id].customer_id
            if owner != payment.customer_id:
                found = f"customer_id is {shown(payment.customer_id)}, the invoice is of {shown(owner)}"
                yield LedgerWarning(payments.file, line, "customer_id", Remark.PAID_BY_ANOTHER, found)


def _counts(rows: AnyRows) -> FileCounts:
    quarantined = len(rows.faulty) + len(rows.causes)
    repeated = rows.states.count(State.REPEATED)
    accepted = rows.states.count(State.ACCEPTED)
    return FileCounts(rows.file, rows.table, rows.count, accepted, quarantined, repeated)
