"""What is known of one customer at the start of a day of a run: every source of entries, and the balances."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from policy_service.domain.days import day_number
from policy_service.domain.entries import Customer
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.facts.customer_file import read_attribute
from policy_service.language.policy import ExposureComponent
from tests.simulations.plain.books import (
    CREDIT_NOTE,
    PAYMENT,
    WRITE_OFF,
    BookedInvoice,
    Posting,
    PromiseInRun,
    Settled,
    rounded,
    settle,
    share_of,
)
from tests.simulations.plain.customer_books import AskedOrder, CustomerBooks

EPOCH = dt.date(1970, 1, 1)
ADJUSTMENT_KINDS = {CREDIT_NOTE: "credit_note", WRITE_OFF: "write_off"}
DAYS_WITHOUT_INVOICE = 180


def day_of(number: int) -> dt.date:
    """Return the calendar day of that number."""
    return EPOCH + dt.timedelta(days=number)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of a source: its id, its date, its columns."""

    id: str
    date: int
    columns: Mapping[str, int | str]


class CustomerDay:
    """What is known of one customer at the start of day `d`; `limit` and `grace` are those of its standing."""

    def __init__(self, books: CustomerBooks, d: int, limit: int, grace: int) -> None:
        self.books, self.d, self.limit = books, d, limit
        self.grace = 0 if grace == UNKNOWN else grace

    @cached_property
    def invoices(self) -> dict[str, BookedInvoice]:
        return {name: one for name, one in sorted(self.books.invoices.items()) if one.is_known(self.d)}

    @cached_property
    def settled(self) -> dict[str, Settled]:
        def is_known(posting: Posting) -> bool:
            return posting.date < self.d and posting.posted < self.d

        return {name: settle(one, is_known) for name, one in self.invoices.items()}

    @cached_property
    def customer(self) -> Customer:
        """The version of the customer file in force: it counts from the day after, the earliest also before."""
        versions = sorted(self.books.history.versions, key=lambda one: one.valid_from or dt.date.min)
        day = day_of(self.d)
        counting = [
            one for one in versions[1:] if (one.valid_from or day.min) < day and (one.posted_on or day.min) < day
        ]
        return [versions[0], *counting][-1]

    def is_disputed(self, invoice: BookedInvoice) -> bool:
        return any(
            one.opened < self.d and one.posted < self.d and (one.closed is None or one.closed >= self.d)
            for one in invoice.disputes
        )

    @cached_property
    def open_invoices(self) -> list[Settled]:
        return [one for one in self.settled.values() if one.left > 0]

    def rows(self, source: str) -> list[Row]:
        """Return the known entries of a source."""
        return list(getattr(self, f"_{source}")())

    def _invoices(self) -> Iterator[Row]:
        for one in self.invoices.values():
            yield Row(one.id, one.issued, {"amount": one.base, "term_days": one.due - one.issued})

    def _open_invoices(self) -> Iterator[Row]:
        for one in self.open_invoices:
            invoice = one.invoice
            columns = {
                "amount": invoice.base,
                "open_amount": one.left_base,
                "due_date": invoice.due,
                "days_past_due": max(0, self.d - invoice.due),
                "disputed": int(self.is_disputed(invoice)),
            }
            yield Row(invoice.id, invoice.issued, columns)

    def _payments(self) -> Iterator[Row]:
        for one in self.settled.values():
            for part in one.parts:
                posting = part.posting
                if posting.kind == PAYMENT and part.own > 0 and posting.date >= one.invoice.issued:
                    late = posting.date - one.invoice.due
                    yield Row(posting.id, posting.date, {"amount": part.base, "days_late": late})

    def _adjustments(self) -> Iterator[Row]:
        for one in self.settled.values():
            for part in one.parts:
                if part.posting.kind != PAYMENT and part.own > 0:
                    kind = ADJUSTMENT_KINDS[part.posting.kind]
                    yield Row(part.posting.id, part.posting.date, {"amount": part.base, "kind": kind})

    def _disputes(self) -> Iterator[Row]:
        for invoice in self.invoices.values():
            for one in invoice.disputes:
                if one.opened < self.d and one.posted < self.d:
                    yield Row(one.id, one.opened, {"open": int(one.closed is None or one.closed >= self.d)})

    def _promises(self) -> Iterator[Row]:
        for one in self.settled.values():
            for promise in one.invoice.promises:
                if promise.made < self.d and promise.posted < self.d:
                    amount = one.invoice.convert(promise.amount)
                    columns = {
                        "promised": promise.promised,
                        "amount": amount,
                        "broken": int(self._broken(one, promise)),
                    }
                    yield Row(promise.id, promise.made, columns)

    def _broken(self, settled: Settled, promise: PromiseInRun) -> bool:
        if promise.promised >= self.d:
            return False
        # A prepayment comes before everything that is promised.
        came_before, came = settled.invoice.prepaid, 0
        for part in settled.parts:
            if part.posting.date < promise.made:
                came_before += part.exists
            elif part.posting.date <= promise.promised and part.posting.kind != WRITE_OFF:
                came += part.exists
        return came < min(promise.amount, settled.invoice.amount - came_before)

    def _events(self) -> Iterator[Row]:
        for one in self.books.history.events:
            if max(day_number(one.date), day_number(one.posted_on)) < self.d:
                yield Row(one.event_id, day_number(one.date), {"kind": one.kind, "value": one.value})

    def _orders(self) -> Iterator[Row]:
        for one in self.books.orders:
            if one.date < self.d and one.known_from < self.d:
                let_through = int(one.id in self.books.went_ahead)
                yield Row(one.id, one.date, {"amount": one.base, "let_through": let_through})

    @cached_property
    def open_orders(self) -> int:
        """What was let through and is not yet invoiced, what was let through earlier today included."""
        found = 0
        for order in self.books.orders:
            went_ahead = self.books.went_ahead.get(order.id)
            is_known = order.date < self.d and order.known_from < self.d
            if went_ahead is not None and (is_known or went_ahead == self.d):
                found += self._open_part(order)
        return found

    def _open_part(self, order: AskedOrder) -> int:
        naming = [self.invoices[one.invoice_id] for one in order.invoices if one.invoice_id in self.invoices]
        if not self.books.ledger.has_orders_file:
            left = order.amount - share_of(order.amount, self.books.percents[order.id])
            return 0 if naming else order.convert(left)
        if not naming and order.date < self.d - DAYS_WITHOUT_INVOICE:
            return 0
        left, elsewhere = order.amount - share_of(order.amount, self.books.percents[order.id]), 0
        for one in naming:
            if self._same_currency(one.recorded.currency, order.currency):
                left -= one.amount
            else:
                elsewhere += one.base
        return max(0, order.convert(left) - elsewhere) if left > 0 else 0

    def _same_currency(self, code: str, other: str) -> bool:
        base = self.books.ledger.base_currency.code
        return (code or base) == (other or base)

    @cached_property
    def unapplied_cash(self) -> int:
        found = sum(part.surplus for one in self.settled.values() for part in one.parts)
        for one in self.books.history.payments:
            if not one.invoice_id and max(day_number(one.date), day_number(one.posted_on)) < self.d:
                found += one.amount
        return found

    @cached_property
    def unmatured_bills(self) -> int:
        return sum(
            part.base
            for one in self.settled.values()
            for part in one.parts
            if part.posting.matures is not None and part.posting.matures >= self.d
        )

    @cached_property
    def since(self) -> int | None:
        """From when on it is a customer: what the file says, else its earliest order asked for."""
        said = self.customer.since
        return day_number(said) if said else min((row.date for row in self.rows("orders")), default=None)

    def exposure(self, components: Sequence[ExposureComponent]) -> int:
        """Return what is owed and committed, less cash and cover, never below 0."""
        owed = 0
        if ExposureComponent.OPEN_BALANCE in components:
            owed += sum(one.left_base for one in self.open_invoices)
        if ExposureComponent.OPEN_ORDERS in components:
            owed += self.open_orders
        if ExposureComponent.UNMATURED_BILLS in components:
            owed += self.unmatured_bills
        if ExposureComponent.UNAPPLIED_CASH in components:
            owed -= min(owed, self.unapplied_cash)
        if ExposureComponent.INSURED in components:
            owed -= self._insured(owed)
        return owed

    def _insured(self, rest: int) -> int:
        currency = self.books.ledger.base_currency
        limit = read_attribute(self.customer, "insured_limit", Kind.MONEY, currency)
        share = read_attribute(self.customer, "cover_share", Kind.NUMBER, currency)
        if UNKNOWN in (limit, share):
            return 0
        return max(0, min(rest, rounded(Fraction(share * max(0, min(rest, limit)), 10**6))))
