"""Random ledgers, small and crowded: late postings, part payments, disputes, write-offs, currencies, deposits."""

import datetime as dt
from decimal import Decimal

from hypothesis import strategies as st

from policy_service.domain.entries import (
    Adjustment,
    AdjustmentKind,
    Customer,
    Dispute,
    Event,
    Invoice,
    Ledger,
    Order,
    Payment,
    Promise,
    Rate,
)
from policy_service.facts.live_orders import LiveOrder
from tests.facts.small_ledgers import CNY, CUSTOMER, Entry, history

START = dt.date(2025, 1, 1)
CURRENCIES = ("CNY", "USD", "JPY", "KWD", "")


def days(last: int) -> st.SearchStrategy[dt.date]:
    return st.integers(0, last).map(lambda after: START + dt.timedelta(days=after))


@st.composite
def invoices(draw: st.DrawFn, name: str) -> Invoice:
    issued = draw(days(8))
    due = issued + dt.timedelta(days=draw(st.integers(0, 10)))
    posted = issued + dt.timedelta(days=draw(st.sampled_from((0, 0, 0, 9))))
    ordered = draw(st.sampled_from((None, issued, issued - dt.timedelta(days=7))))
    order = draw(st.sampled_from(("", "O0", "O1")))
    amount = draw(st.integers(1, 9) | st.integers(900, 1100))
    return Invoice(name, CUSTOMER, issued, due, amount, draw(st.sampled_from(CURRENCIES)), posted, order, ordered)


def posted_after(draw: st.DrawFn, date: dt.date) -> dt.date:
    return date + dt.timedelta(days=draw(st.sampled_from((0, 0, 0, 1, 4, 12))))


@st.composite
def entries_on(draw: st.DrawFn, invoice: Invoice, number: int) -> Entry:
    name = f"{invoice.invoice_id}-{number}"
    date = invoice.issue_date + dt.timedelta(days=draw(st.integers(-2, 12)))
    posted = posted_after(draw, date)
    amount = draw(st.integers(1, 3) | st.just(invoice.amount) | st.just(max(1, invoice.amount // 3)))
    later = date + dt.timedelta(days=draw(st.integers(0, 8)))
    match draw(st.sampled_from(("payment", "payment", "payment", "bill", "credit", "off", "dispute", "promise"))):
        case "payment":
            return Payment(name, date, amount, posted, invoice.invoice_id, CUSTOMER)
        case "bill":
            return Payment(name, date, amount, posted, invoice.invoice_id, CUSTOMER, "bill", later)
        case "credit":
            return Adjustment(name, invoice.invoice_id, date, AdjustmentKind.CREDIT_NOTE, amount, posted)
        case "off":
            return Adjustment(name, invoice.invoice_id, date, AdjustmentKind.WRITE_OFF, amount, posted)
        case "dispute":
            date = max(date, invoice.issue_date)
            closed = draw(st.none() | st.just(max(later, date)))
            return Dispute(name, invoice.invoice_id, date, max(posted, date), closed)
        case _:
            date = max(date, invoice.issue_date)
            promised = draw(st.none() | st.just(amount))
            return Promise(name, invoice.invoice_id, date, max(later, date), max(posted, date), promised)


@st.composite
def free_entries(draw: st.DrawFn, number: int) -> Entry:
    date = draw(days(15))
    posted = posted_after(draw, date)
    match draw(st.sampled_from(("payment", "event", "order"))):
        case "payment":
            return Payment(f"P{number}", date, draw(st.integers(1, 50)), posted, "", CUSTOMER)
        case "event":
            value = draw(st.sampled_from(("", "0.5", "2", "-1.25", "BB+")))
            return Event(f"E{number}", CUSTOMER, date, draw(st.sampled_from(("contact", "rating"))), posted, value)
        case _:
            amount, code = draw(st.integers(1, 1500)), draw(st.sampled_from(CURRENCIES))
            state = draw(st.sampled_from(("", "released", "held", "cancelled")))
            return Order(f"O{number}", CUSTOMER, date, amount, code, posted, state)


@st.composite
def customers(draw: st.DrawFn) -> tuple[Customer, ...]:
    first = Customer(CUSTOMER, since=draw(st.none() | days(15)), currency=draw(st.sampled_from(("", "USD"))))
    second = Customer(CUSTOMER, currency="JPY", valid_from=draw(days(15)), posted_on=draw(st.none() | days(15)))
    return draw(st.sampled_from(((first,), (first, second))))


def fixed_rates() -> tuple[Rate, ...]:
    written = (("USD", "7.1", "6.95"), ("JPY", "0.0485", "0.0051"), ("KWD", "23.4567", "22"))
    early, late = START - dt.timedelta(days=900), START + dt.timedelta(days=4)
    rates = [Rate(early, code, Decimal(first)) for code, first, _ in written]
    return (*rates, *(Rate(late, code, Decimal(second)) for code, _, second in written))


@st.composite
def entries(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Return the entries of one customer, in no order."""
    own = [draw(invoices(f"I{number}")) for number in range(draw(st.integers(1, 3)))]
    hanging = [draw(entries_on(one, number)) for one in own for number in range(draw(st.integers(0, 7)))]
    free = [draw(free_entries(number)) for number in range(draw(st.integers(0, 3)))]
    return (*own, *hanging, *free)


def books_of(collected: tuple[Entry, ...], versions: tuple[Customer, ...], orders_file: bool) -> Ledger:
    """Return the ledger that holds the entries."""
    own = history(*collected, versions=versions)
    return Ledger(CNY, {CUSTOMER: own}, fixed_rates(), orders_file, {CUSTOMER: CUSTOMER})


def days_that_matter(collected: tuple[Entry, ...]) -> list[dt.date]:
    """Return the days on which, and some window's length after which, something happens, and the days after."""
    names = ("issue_date", "due_date", "date", "posted_on", "matures_on", "opened", "closed", "made", "promised")
    dates = {getattr(one, name) for one in collected for name in names if getattr(one, name, None) is not None}
    first, windows = min(dates, default=START), (30, 90, 180, 365)
    after = {first + dt.timedelta(days=window + extra) for window in windows for extra in (0, 8)}
    expired = [one.date + dt.timedelta(days=180) for one in collected if isinstance(one, Order)]
    dates |= {*after, *expired}
    return sorted(dates | {date + dt.timedelta(days=1) for date in dates})


@st.composite
def live_orders(draw: st.DrawFn) -> tuple[LiveOrder, ...]:
    """Return orders that the service was asked about: some are the ledger's, some are invoiced, some neither."""
    names = draw(st.sets(st.sampled_from(("O0", "O1", "O2", "I0", "I1", "new", "another")), max_size=4))
    return tuple(
        LiveOrder(
            name,
            draw(days(20)),
            draw(st.integers(1, 1500)),
            draw(st.sampled_from(CURRENCIES)),
            draw(st.sampled_from((0, 0, 1, 300))),
            draw(st.sampled_from((True, True, False))),
        )
        for name in sorted(names)
    )
