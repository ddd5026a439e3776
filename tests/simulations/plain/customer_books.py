"""One customer in a run: the orders that it asked for, and what exists of it up to now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from policy_service.domain.days import day_number
from policy_service.domain.entries import CustomerHistory, Invoice, Ledger
from tests.simulations.plain.booking import AS_RECORDED, Departure, book
from tests.simulations.plain.books import BookedInvoice, Conversion, conversion


@dataclass(frozen=True, slots=True)
class AskedOrder:
    """An order that was asked for: a row of the orders file, or without one what an invoice stands for.

    `invoices` are those that exist if it goes ahead, `place` says in which order those of one day are decided.
    """

    id: str
    customer_id: str
    date: int
    known_from: int
    amount: int
    base: int
    convert: Conversion
    currency: str
    invoices: tuple[Invoice, ...]
    place: tuple[int, int, str]


@dataclass(slots=True)
class CustomerBooks:
    """What exists of one customer in the run, up to now.

    `percents` hold the prepaid share of each order that went ahead, by id, and `went_ahead` the day it did.
    """

    ledger: Ledger
    history: CustomerHistory
    orders: tuple[AskedOrder, ...] = ()
    invoices: dict[str, BookedInvoice] = field(default_factory=dict)
    went_ahead: dict[str, int] = field(default_factory=dict)
    percents: dict[str, int] = field(default_factory=dict)

    def let_through(self, order: AskedOrder, day: int, departure: Departure = AS_RECORDED) -> None:
        """Let the order go ahead on the day."""
        self.went_ahead[order.id] = day
        self.percents[order.id] = departure.percent
        for invoice in order.invoices:
            self.invoices[invoice.invoice_id] = book(self.ledger, self.history, invoice, departure)


def opened_books(ledger: Ledger, ends: int) -> dict[str, CustomerBooks]:
    """Return every customer's books with what no order decides about; orders dated `ends` or later are in none."""
    found = {}
    for customer_id, history in sorted(ledger.histories.items()):
        orders = tuple(one for one in orders_asked_for(ledger, history) if one.date < ends)
        found[customer_id] = books = CustomerBooks(ledger, history, orders)
        for invoice in invoices_without_order(ledger, history):
            books.invoices[invoice.invoice_id] = book(ledger, history, invoice)
    return found


def orders_asked_for(ledger: Ledger, history: CustomerHistory) -> tuple[AskedOrder, ...]:
    """Return the customer's orders in the order in which they are decided."""
    found = _rows(ledger, history) if ledger.has_orders_file else _read_off_invoices(ledger, history)
    return tuple(sorted(found, key=lambda one: one.place))


def invoices_without_order(ledger: Ledger, history: CustomerHistory) -> Sequence[Invoice]:
    """Return the invoices that no order decides about: beside an orders file those that name none of its rows."""
    if not ledger.has_orders_file:
        return ()
    rows = {one.order_id for one in history.orders}
    return [one for one in history.invoices if one.order_id not in rows]


def _rows(ledger: Ledger, history: CustomerHistory) -> Iterable[AskedOrder]:
    for row in history.orders:
        date, convert = day_number(row.date), conversion(ledger, row.currency, row.date)
        naming = tuple(one for one in history.invoices if one.order_id == row.order_id)
        known_from = max(date, day_number(row.posted_on))
        place = (date, 0, row.order_id)
        base = convert(row.amount)
        yield AskedOrder(
            row.order_id, row.customer_id, date, known_from, row.amount, base, convert, row.currency, naming, place
        )


def _read_off_invoices(ledger: Ledger, history: CustomerHistory) -> Iterable[AskedOrder]:
    for invoice in history.invoices:
        issued = day_number(invoice.issue_date)
        date = day_number(invoice.order_date) if invoice.order_date else issued
        convert = conversion(ledger, invoice.currency, invoice.issue_date)
        yield AskedOrder(
            invoice.invoice_id,
            invoice.customer_id,
            date,
            date,
            invoice.amount,
            convert(invoice.amount),
            convert,
            invoice.currency,
            (invoice,),
            (date, issued, invoice.invoice_id),
        )
