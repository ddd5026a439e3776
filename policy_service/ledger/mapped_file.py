"""A single file seen through its mapping: as the customers, invoices and payments that it stands for.

Whatever comes out is imported by the same rules as the ledger's own files.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from policy_service.domain.amounts import from_scaled
from policy_service.domain.values import MILLION
from policy_service.ledger.cells import shown
from policy_service.ledger.columns import Table
from policy_service.ledger.folder import open_source, refuse_missing_columns
from policy_service.ledger.mapped_columns import CellGetter, cell_getter
from policy_service.ledger.mapping import LedgerMapping
from policy_service.ledger.reasons import Reason, Refusal, Remark
from policy_service.ledger.report import LedgerWarning
from policy_service.ledger.sheets import BrokenRow, Position, Row, Sheet, refuse

#: The tables that a mapped file stands for.
MAPPED_TABLES: Final = (Table.CUSTOMERS, Table.INVOICES, Table.PAYMENTS)


@dataclass(frozen=True, slots=True)
class MappedFile:
    """The tables that the file stands for, and what was remarked on in reading it."""

    file: str
    sheets: Mapping[Table, Sheet]
    warnings: tuple[LedgerWarning, ...]


@dataclass(slots=True)
class _GatheredCustomer:
    line: int
    cells: list[str]
    rows: int = 0
    flagged: list[int] = field(default_factory=list)
    differing: set[int] = field(default_factory=set)


def open_mapped(folder: Path, mapping: LedgerMapping) -> MappedFile:
    """Return the mapped file in `folder` (or the file itself, given as `folder`).

    LedgerError D102 if it is missing, D105 if a column the mapping names is, and what refuses any file.
    """
    sheet = open_source(_find(folder, mapping), mapping.delimiter)
    refuse_missing_columns(sheet, sorted(mapping.columns_read), mapping.delimiter)
    reading = _MappedReading(sheet, mapping)
    warnings = (*_unknown_columns(sheet, mapping), *reading.survey())
    views = {Table.CUSTOMERS: reading.customers, Table.INVOICES: reading.invoices, Table.PAYMENTS: reading.payments}
    sheets = {
        table: replace(sheet, header=reading.header(table), rows=views[table])
        for table in MAPPED_TABLES
        if table in mapping.columns
    }
    return MappedFile(sheet.file, sheets, warnings)


class _MappedReading:
    """Reads the rows of one file through its mapping: once to survey it, then once for each table."""

    def __init__(self, sheet: Sheet, mapping: LedgerMapping) -> None:
        self._sheet = sheet
        self._mapping = mapping
        self._getters: dict[Table, list[CellGetter]] = {
            table: [
                cell_getter(column, source, sheet.header, mapping.date_format) for column, source in columns.items()
            ]
            for table, columns in mapping.columns.items()
        }
        self._invoice_id = self._getter(Table.INVOICES, "invoice_id")
        self._customer_id = self._getter(Table.CUSTOMERS, "customer_id")
        self._flags = [(flag, sheet.header.index(flag.column)) for flag in mapping.flags]
        self._customers: dict[str, _GatheredCustomer] = {}
        self._contradicted: dict[str, int] = {}

    def header(self, table: Table) -> tuple[str, ...]:
        """Return the ledger columns of one table."""
        facts = [name for flag in self._mapping.flags for name in (flag.count, flag.share) if name]
        return (*self._mapping.columns[table], *(facts if table is Table.CUSTOMERS else ()))

    def survey(self) -> Iterator[LedgerWarning]:
        """Gather the customers and the row keys that contradict themselves; yield what is worth a look."""
        first_of_key: dict[str, tuple[int, tuple[str, ...]]] = {}
        first_of_content: dict[tuple[str, ...], int] = {}
        content_getters = self._content_getters()
        for line, row in self._sheet.rows(_nowhere):
            if isinstance(row, BrokenRow):
                continue
            yield from self._gather_customer(line, row)
            key, content = self._invoice_id(row), tuple(get(row) for get in content_getters)
            before, known_content = first_of_key.setdefault(key, (line, content))
            if known_content != content:
                self._contradicted.setdefault(key, before)
            first = first_of_content.setdefault(content, line)
            if first != line and before == line:
                found = f"equals line {first} in all but its id"
                yield LedgerWarning(self._sheet.file, line, "", Remark.EQUAL_CONTENT, found)
        yield from self._flag_warnings()

    def customers(self, position: Position) -> Iterator[Row]:
        """Yield a row for every customer that a row names: its first values that are not empty, and its flags."""
        for customer in self._customers.values():
            facts = []
            for (flag, _), count in zip(self._flags, customer.flagged, strict=True):
                share = (2 * count * MILLION + customer.rows) // (2 * customer.rows)
                facts += [str(count)] if flag.count else []
                facts += [from_scaled(share, MILLION)] if flag.share else []
            yield customer.line, [*customer.cells, *facts]
        position(self._sheet.size)

    def invoices(self, position: Position) -> Iterator[Row]:
        """Yield every row as an invoice."""
        getters = self._getters[Table.INVOICES]
        for line, row in self._sheet.rows(position):
            if isinstance(row, BrokenRow):
                yield line, row
            else:
                yield line, self._broken(row) or [get(row) for get in getters]

    def payments(self, position: Position) -> Iterator[Row]:
        """Yield the payment of every row that has a payment date and is no broken invoice."""
        getters = self._getters[Table.PAYMENTS]
        paid_on = self._getter(Table.PAYMENTS, "date")
        for line, row in self._sheet.rows(position):
            if not isinstance(row, BrokenRow) and not self._broken(row) and paid_on(row):
                yield line, [get(row) for get in getters]

    def _broken(self, row: list[str]) -> BrokenRow | None:
        key = self._invoice_id(row)
        if key in self._contradicted:
            found = f"another row with the id {shown(key)} differs"
            return BrokenRow("invoice_id", Reason.CONFLICTING_ID, found, (key,))
        for flag, place in self._flags:
            if row[place] not in (flag.yes, flag.no):
                found = f"{flag.column} is {shown(row[place])}, not {flag.yes} or {flag.no}"
                return BrokenRow(flag.column, Reason.UNKNOWN_WORD, found, (key,))
        return None

    def _gather_customer(self, line: int, row: list[str]) -> Iterator[LedgerWarning]:
        cells = [get(row) for get in self._getters[Table.CUSTOMERS]]
        name = self._customer_id(row)
        if not name:
            return
        customer = self._customers.setdefault(name, _GatheredCustomer(line, cells, 0, [0] * len(self._flags)))
        customer.rows += 1
        for index, (flag, place) in enumerate(self._flags):
            customer.flagged[index] += row[place] == flag.yes
        for index, (kept, cell) in enumerate(zip(customer.cells, cells, strict=True)):
            if not kept:
                customer.cells[index] = cell
            elif cell and cell != kept and index not in customer.differing:
                customer.differing.add(index)
                column = str(list(self._mapping.columns[Table.CUSTOMERS].values())[index])
                found = f"customer {shown(name)} has {shown(cell)} here and {shown(kept)} before"
                yield LedgerWarning(self._sheet.file, line, column, Remark.SEVERAL_VALUES, found)

    def _flag_warnings(self) -> Iterator[LedgerWarning]:
        rows = sum(customer.rows for customer in self._customers.values())
        for index, (flag, _) in enumerate(self._flags):
            count = sum(customer.flagged[index] for customer in self._customers.values())
            facts = " and ".join(name for name in (flag.count, flag.share) if name)
            found = f"{count} of {rows} rows say {shown(flag.yes)}; customer facts: {facts}"
            yield LedgerWarning(self._sheet.file, 0, flag.column, Remark.UNDATED_FLAG, found)

    def _content_getters(self) -> list[CellGetter]:
        ids = ("invoice_id", "payment_id")
        return [
            getter
            for table in MAPPED_TABLES[1:]
            for column, getter in zip(self._mapping.columns.get(table, ()), self._getters.get(table, ()), strict=True)
            if column not in ids
        ]

    def _getter(self, table: Table, column: str) -> CellGetter:
        return self._getters[table][list(self._mapping.columns[table]).index(column)]


def _find(folder: Path, mapping: LedgerMapping) -> Path:
    if folder.is_file():
        return folder
    if not folder.is_dir():
        raise refuse(Refusal.NO_FOLDER, f"there is no folder {folder.name}.", "Correct the path.", folder.name)
    found: Sequence[Path] = sorted(folder.glob(mapping.file))
    if not found:
        remedy = "Put it there, or correct `file` in the mapping."
        raise refuse(Refusal.FILE_MISSING, f"the file {mapping.file} is missing.", remedy, folder.name)
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise refuse(Refusal.TABLE_TWICE, f"{mapping.file} names {names}.", "Keep one of them.", folder.name)
    return found[0]


def _unknown_columns(sheet: Sheet, mapping: LedgerMapping) -> Iterator[LedgerWarning]:
    for name in sheet.header:
        if name not in mapping.columns_read and name not in mapping.unread:
            found = f'the column "{name}" is neither mapped nor listed as unread'
            yield LedgerWarning(sheet.file, 1, name, Remark.UNKNOWN_COLUMN, found)


def _nowhere(_: int) -> None:
    return None
