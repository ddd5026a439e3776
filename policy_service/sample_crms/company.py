"""The company that all three systems keep the books of: a generated ledger, told as customers, orders and receipts."""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple, TypeVar

from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SEGMENTS, SampleCompany

TERMS: Final = {segment.name: segment.term_days for segment in SEGMENTS}
CURRENCY: Final = "CNY"
HOME: Final = "CN"
FOREIGN: Final = "USD"
RATE: Final = 7

Made = TypeVar("Made")

# Some hundred thousand of these are made before a stand-in can answer: tuples are made soonest.


class Customer(NamedTuple):
    """A customer; `number` counts from 1, `parent` is another's number, 0 for none."""

    number: int
    code: str
    name: str
    segment: str
    industry: str
    country: str
    since: dt.date
    parent: int

    @property
    def term_days(self) -> int:
        """The days that its invoices are given."""
        return TERMS[self.segment]


class Order(NamedTuple):
    """An order in minor units; a cancelled one was never invoiced."""

    number: int
    code: str
    customer: int
    day: dt.date
    amount: int
    is_cancelled: bool


class Invoice(NamedTuple):
    """An invoice in minor units, with all that became of it until the last day.

    `paid` is what receipts were applied to it, `touched` the last day on which anything happened to it.
    """

    number: int
    code: str
    customer: int
    order: str
    issued: dt.date
    due: dt.date
    amount: int
    paid: int
    credited: int
    written_off: int
    touched: dt.date

    @property
    def open(self) -> int:
        """What is still to be paid."""
        return max(0, self.amount - self.paid - self.credited - self.written_off)


class Allocation(NamedTuple):
    """What of a receipt was applied to an invoice, in minor units; `number` is no other allocation's."""

    number: int
    invoice: int
    amount: int


class Receipt(NamedTuple):
    """Money of one customer on one day; what is not allocated (an overpayment, say) is unapplied."""

    number: int
    customer: int
    day: dt.date
    posted: dt.date
    amount: int
    instrument: str
    allocations: tuple[Allocation, ...]


class Dispute(NamedTuple):
    """An invoice that its customer objected to, from a day to a day (none: it still does)."""

    number: int
    customer: int
    invoice: int
    opened: dt.date
    closed: dt.date | None


@dataclass(frozen=True, slots=True)
class Company:
    """All that is known of the company on its last day."""

    customers: tuple[Customer, ...]
    orders: tuple[Order, ...]
    invoices: tuple[Invoice, ...]
    receipts: tuple[Receipt, ...]
    disputes: tuple[Dispute, ...]
    last_day: dt.date
    #: Customers that are billed in dollars: the numbers of the ledger are then dollars, and worth seven times as much.
    in_dollars: frozenset[int] = frozenset()

    def currency(self, customer: int) -> tuple[str, int]:
        """Return what a customer is billed in, and how many of the company's own currency one is worth."""
        return (FOREIGN, RATE) if customer in self.in_dollars else (CURRENCY, 1)

    def with_dollars(self) -> "Company":
        """Return the company as if it billed its customers abroad in dollars."""
        abroad = frozenset(customer.number for customer in self.customers if customer.country != HOME)
        return replace(self, in_dollars=abroad)


def make_company(size: SampleCompany) -> Company:
    """Return the company whose ledger `policy generate` writes for the same size and seed."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "ledger"
        generate(size, folder)
        return _read(folder, size.last_day)


def _read(folder: Path, last_day: dt.date) -> Company:
    changes = _rows(folder, "adjustments", ("invoice_id", "date", "kind", "amount"), tuple)
    taken: dict[str, dict[int, int]] = {"credit_note": defaultdict(int), "write_off": defaultdict(int)}
    touched: dict[int, dt.date] = {}
    for invoice, day, kind, amount in changes:
        taken[kind][_number(invoice)] += _minor(amount)
        touched[_number(invoice)] = _day(day)
    billed = _rows(folder, "invoices", _INVOICE, tuple)
    room = {_number(cells[0]): _minor(cells[5]) for cells in billed}
    for number, credited in taken["credit_note"].items():
        room[number] -= credited
    receipts = _receipts(_rows(folder, "payments", _PAYMENT, tuple), room, touched)
    paid: dict[int, int] = defaultdict(int)
    for receipt in receipts:
        for allocation in receipt.allocations:
            paid[allocation.invoice] += allocation.amount
    invoices = tuple(_invoice(cells, paid, taken, touched) for cells in billed)
    of = [invoice.customer for invoice in invoices]
    return Company(
        tuple(_rows(folder, "customers", _CUSTOMER, _customer)),
        tuple(_order(number, cells) for number, cells in enumerate(_rows(folder, "orders", _ORDER, tuple), 1)),
        invoices,
        receipts,
        tuple(_dispute(cells, of) for cells in _rows(folder, "disputes", _DISPUTE, tuple)),
        last_day,
    )


_CUSTOMER: Final = ("customer_id", "name", "segment", "industry", "country", "since", "parent_id")
_ORDER: Final = ("order_id", "customer_id", "date", "amount", "state")
_INVOICE: Final = ("invoice_id", "customer_id", "order_id", "issue_date", "due_date", "amount")
_PAYMENT: Final = ("customer_id", "date", "instrument", "invoice_id", "amount", "posted_on")
_DISPUTE: Final = ("dispute_id", "invoice_id", "opened", "closed")


def _rows(folder: Path, name: str, columns: Sequence[str], make: Callable[[Sequence[str]], Made]) -> list[Made]:
    file = folder / f"{name}.csv"
    # A small company may have had no dispute, and then has no file of them.
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        read: Iterator[list[str]] = csv.reader(lines)
        header = next(read)
        places = [header.index(column) for column in columns]
        return [make([cells[place] for place in places]) for cells in read]


def _customer(cells: Sequence[str]) -> Customer:
    code, name, segment, industry, country, since, parent = cells
    return Customer(
        _number(code), code, name, segment, industry, country, _day(since), _number(parent) if parent else 0
    )


def _order(number: int, cells: Sequence[str]) -> Order:
    code, customer, day, amount, state = cells
    return Order(number, code, _number(customer), _day(day), _minor(amount), state == "cancelled")


def _invoice(
    cells: Sequence[str], paid: dict[int, int], taken: dict[str, dict[int, int]], touched: dict[int, dt.date]
) -> Invoice:
    code, customer, order, issued, due, amount = cells
    number = _number(code)
    return Invoice(
        number=number,
        code=code,
        customer=_number(customer),
        order=order,
        issued=_day(issued),
        due=_day(due),
        amount=_minor(amount),
        paid=paid[number],
        credited=taken["credit_note"][number],
        written_off=taken["write_off"][number],
        touched=max(_day(issued), touched.get(number, dt.date.min)),
    )


def _receipts(
    payments: Sequence[Sequence[str]], room: dict[int, int], touched: dict[int, dt.date]
) -> tuple[Receipt, ...]:
    # What a customer pays on one day by one means is one receipt: so some pay several invoices.
    together: dict[tuple[str, str, str], list[Sequence[str]]] = defaultdict(list)
    for cells in payments:
        together[cells[1], cells[0], cells[2]].append(cells)
    made = []
    allocated = 0
    for number, (day_text, customer, instrument) in enumerate(sorted(together), 1):
        parts = together[day_text, customer, instrument]
        day = _day(day_text)
        allocations = []
        received = 0
        for _, _, _, code, amount_text, _ in parts:
            amount = _minor(amount_text)
            received += amount
            invoice = _number(code) if code else 0
            applied = min(amount, room.get(invoice, 0))
            if applied > 0:
                allocated += 1
                room[invoice] -= applied
                allocations.append(Allocation(allocated, invoice, applied))
                touched[invoice] = max(day, touched.get(invoice, day))
        posted = _day(max(cells[5] for cells in parts))
        made.append(Receipt(number, _number(customer), day, posted, received, instrument, tuple(allocations)))
    return tuple(made)


def _dispute(cells: Sequence[str], customers: Sequence[int]) -> Dispute:
    code, invoice, opened, closed = cells
    customer = customers[_number(invoice) - 1]
    return Dispute(_number(code), customer, _number(invoice), _day(opened), _day(closed) if closed else None)


def _number(code: str) -> int:
    return int(code[1:])


def _minor(amount: str) -> int:
    return int(amount.replace(".", ""))


_day = dt.date.fromisoformat
