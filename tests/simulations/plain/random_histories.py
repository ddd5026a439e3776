"""Random ledgers of a few customers, as an import would accept them: crowded, late, in dispute, in dollars, prepaid.

A seed makes the same ledger everywhere. Amounts are minor units; the window for them is `WINDOW`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from policy_service.domain.days import day_number
from policy_service.domain.entries import (
    Adjustment,
    AdjustmentKind,
    Customer,
    CustomerHistory,
    Dispute,
    Event,
    Invoice,
    Ledger,
    Order,
    Payment,
    Promise,
    Rate,
    RecordedStanding,
)
from policy_service.ledger.group_roots import roots_of
from tests.facts.small_ledgers import CNY, Entry, history

FIRST = dt.date(2026, 1, 1)
BEGINS, ENDS = FIRST + dt.timedelta(days=15), FIRST + dt.timedelta(days=75)
#: The window of the tests: what is older warms up, what is later does not count.
WINDOW = (day_number(BEGINS), day_number(ENDS))
ORDER_DAYS = 80
KINDS = ("pay", "pay", "pay", "bill", "credit", "off", "dispute", "promise")


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a random ledger is, and what it may hold.

    Where groups are `restless` anybody may be anybody's parent, and everybody's parent changes now and then.
    """

    customers: int = 3
    invoices: int = 7
    currencies: tuple[str, ...] = ("CNY", "CNY", "", "USD", "JPY")
    has_groups: bool = True
    restless: bool = False


USUAL_SHAPE = Shape()


def history_of(seed: int, shape: Shape = USUAL_SHAPE) -> Ledger:
    """Return the random ledger of that seed."""
    return _Making(Random(seed), shape).ledger()


class _Making:
    def __init__(self, random: Random, shape: Shape) -> None:
        self.random, self.shape = random, shape
        self.has_orders_file = random.random() < 0.3
        self.names = [f"C{number}" for number in range(1, shape.customers + 1)]

    def ledger(self) -> Ledger:
        histories = {name: self._history(name) for name in self.names}
        roots = roots_of({name: one.versions[-1].parent_id for name, one in histories.items()})
        return Ledger(CNY, histories, _rates(), self.has_orders_file, roots)

    def _history(self, name: str) -> CustomerHistory:
        entries: list[Entry] = []
        for number in range(self.random.randint(1, self.shape.invoices)):
            entries += self._sale(name, f"{name}-{number}")
        entries += [self._event(name, number) for number in range(self.random.randint(0, 3))]
        if self.random.random() < 0.3:
            date = self._day(ORDER_DAYS)
            entries.append(Payment(f"{name}-free", date, self._amount(), self._posted(date), "", name))
        own = history(*entries, of=name, versions=self._versions(name))
        standings = self._standings(name)
        return CustomerHistory(
            own.customer_id,
            own.versions,
            own.invoices,
            own.payments,
            own.adjustments,
            own.disputes,
            own.promises,
            own.events,
            own.orders,
            standings,
        )

    def _versions(self, name: str) -> Iterable[Customer]:
        if self.shape.restless:
            since = self._chosen(None, dt.date(2025, 3, 31))
            days = sorted({self._day(80) for _ in range(self.random.randint(0, 3))})
            return [Customer(name, since=since, parent_id=self._parent(name), valid_from=day) for day in (None, *days)]
        parent = self._chosen("", "", self.names[0]) if self.shape.has_groups and name != self.names[0] else ""
        segment = self._chosen("", "retail", "wholesale")
        first = Customer(name, segment=segment, parent_id=parent, since=self._chosen(None, dt.date(2025, 3, 31)))
        if self.random.random() < 0.7:
            return (first,)
        parent = self._chosen("", self.names[0]) if self.shape.has_groups and name != self.names[0] else ""
        return (first, Customer(name, segment="retail", parent_id=parent, valid_from=self._day(60)))

    def _parent(self, name: str) -> str:
        return self._chosen("", *(one for one in self.names if one != name))

    def _standings(self, name: str) -> tuple[RecordedStanding, ...]:
        days = sorted({self._day(60) for _ in range(self.random.randint(0, 2))})
        return tuple(RecordedStanding(name, day, self._chosen("", "A", "B"), self._amount()) for day in days)

    def _sale(self, customer: str, name: str) -> Iterable[Entry]:
        ordered = self._day(ORDER_DAYS)
        code, amount = self._chosen(*self.shape.currencies), self._amount()
        if not self.has_orders_file:
            issued = ordered + dt.timedelta(days=self._chosen(0, 0, 0, 2, 9))
            order_date = self._chosen(ordered, None if issued == ordered else ordered)
            yield from self._invoice(customer, name, issued, amount, code, order_date=order_date)
            return
        yield Order(f"R{name}", customer, ordered, amount, code, self._posted(ordered), self._chosen("", "cancelled"))
        for part in range(self._chosen(0, 1, 1, 2)):
            issued = ordered + dt.timedelta(days=self._chosen(0, 0, 3, 8))
            names = self._chosen(f"R{name}", f"R{name}", f"R{name}", "")
            share = max(1, amount // self._chosen(1, 2, 3))
            yield from self._invoice(customer, f"{name}{part}", issued, share, code, order_id=names)

    def _invoice(
        self,
        customer: str,
        name: str,
        issued: dt.date,
        amount: int,
        code: str,
        order_id: str = "",
        order_date: dt.date | None = None,
    ) -> Iterable[Entry]:
        due = issued + dt.timedelta(days=self._chosen(0, 5, 10, 20, 30))
        invoice = Invoice(name, customer, issued, due, amount, code, self._posted(issued), order_id, order_date)
        yield invoice
        for number in range(self._chosen(0, 1, 1, 2, 3)):
            yield self._entry(invoice, f"{name}.{number}")

    def _entry(self, invoice: Invoice, name: str) -> Entry:
        of, kind = invoice.invoice_id, self._chosen("pay", *KINDS)
        date = invoice.issue_date + dt.timedelta(days=self.random.choice((-4, -1, 0, 1, 6, 12, 17, 25, 33, 50)))
        amount = self._chosen(invoice.amount, invoice.amount, max(1, invoice.amount // 3), invoice.amount + 50)
        later = date + dt.timedelta(days=self.random.randint(0, 20))
        if kind in ("dispute", "promise"):
            date = max(date, invoice.issue_date)
            later = max(date, later)
        posted = self._posted(date)
        match kind:
            case "pay":
                return Payment(name, date, amount, posted, of, invoice.customer_id)
            case "bill":
                return Payment(name, date, amount, posted, of, invoice.customer_id, "bill", later)
            case "credit":
                return Adjustment(name, of, date, AdjustmentKind.CREDIT_NOTE, max(1, amount // 2), posted)
            case "off":
                return Adjustment(name, of, date, AdjustmentKind.WRITE_OFF, amount, posted)
            case "dispute":
                return Dispute(name, of, date, posted, self._chosen(later, None))
            case _:
                return Promise(name, of, date, later, posted, self._chosen(None, max(1, amount // 2)))

    def _event(self, customer: str, number: int) -> Event:
        date = self._day(ORDER_DAYS)
        kind = self._chosen("contact", "contact", "insolvency_notice")
        return Event(f"{customer}-E{number}", customer, date, kind, self._posted(date))

    def _day(self, last: int) -> dt.date:
        return FIRST + dt.timedelta(days=self.random.randint(0, last))

    def _posted(self, date: dt.date) -> dt.date:
        return date + dt.timedelta(days=self._chosen(0, 0, 0, 0, 0, 1, 3, 10))

    def _amount(self) -> int:
        usual = (self.random.randint(5_000, 40_000) for _ in range(4))
        return self._chosen(*usual, self.random.randint(1, 99), 30_000, 70_000, self._chosen(90_000, 160_000))

    def _chosen(self, *choices: object) -> object:
        return self.random.choice(choices)


def _rates() -> tuple[Rate, ...]:
    written = (("USD", "7.1", "6.95"), ("JPY", "0.0485", "0.0491"))
    early, late = FIRST - dt.timedelta(days=900), FIRST + dt.timedelta(days=30)
    return (
        *(Rate(early, code, Decimal(first)) for code, first, _ in written),
        *(Rate(late, code, Decimal(second)) for code, _, second in written),
    )
