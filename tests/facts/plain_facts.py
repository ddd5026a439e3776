"""The facts once more, in the plainest words: loops over lists, nothing prepared, nothing shared with the product.

It recomputes everything from the text of the ledger's contract for every question, so that the fast way can be
compared with it on random ledgers.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from policy_service.domain.entries import AdjustmentKind, Invoice, Ledger
from policy_service.domain.values import UNKNOWN
from policy_service.facts.live_orders import LiveOrder

DAY = dt.timedelta(days=1)
DECIMALS = {"CNY": 2, "USD": 2, "JPY": 0, "KWD": 3}
RANKS = {AdjustmentKind.CREDIT_NOTE: 1, AdjustmentKind.WRITE_OFF: 2}


def rounded(number: Fraction) -> int:
    """Round half away from zero."""
    doubled = abs(number) * 2 + 1
    whole = doubled.numerator // (2 * doubled.denominator)
    return whole if number >= 0 else -whole


@dataclass
class Row:
    """An entry of a source: its id, its date, its columns."""

    id: str
    date: dt.date
    columns: dict


@dataclass
class Asked:
    """An order asked for: a row of the orders file, or an order that the service was asked about."""

    id: str
    date: dt.date
    amount: int
    currency: str
    let_through: bool = True
    prepaid: LiveOrder | None = None


class PlainDay:
    """One customer at the start of day d, or during it; `live` are the orders that the service was asked about."""

    def __init__(
        self,
        books: Ledger,
        customer_id: str,
        d: dt.date,
        live: Sequence[LiveOrder] = (),
        includes_day: bool = False,
    ) -> None:
        self.books, self.d = books, d
        self.before = d + DAY if includes_day else d
        self.live = [one for one in live if one.date < self.before]
        self.history = books.histories[customer_id]
        self.invoices = {
            one.invoice_id: one for one in self.history.invoices if self.known(one.issue_date, one.posted_on)
        }
        self.payments, self.adjustments, self.bills = [], [], []
        self.surplus = Fraction(0)
        self.left_in_base = {}
        for invoice in self.invoices.values():
            self.apply(invoice)
        for one in self.history.payments:
            if not one.invoice_id and self.known(one.date, one.posted_on):
                self.surplus += one.amount

    def known(self, date: dt.date, posted_on: dt.date) -> bool:
        return date < self.before and posted_on < self.before

    def version(self, on: dt.date):
        versions = sorted(self.history.versions, key=lambda one: one.valid_from or dt.date.min)
        counting = [one for one in versions[1:] if one.valid_from < on and (one.posted_on or on.min) < on]
        return ([versions[0], *counting])[-1]

    def base(self, amount: int, code: str, on: dt.date) -> int:
        if code in ("", self.books.base_currency.code):
            return amount
        rates = [one for one in self.books.rates if one.currency == code and one.date <= on]
        latest = max(rates, key=lambda one: one.date)
        major = Fraction(amount, 10 ** DECIMALS[code]) * Fraction(latest.rate)
        return rounded(major * 10**self.books.base_currency.decimals)

    def entries_of(self, invoice: Invoice) -> list:
        entries = [
            (one.date, 0, one.payment_id, one)
            for one in self.history.payments
            if one.invoice_id == invoice.invoice_id and self.known(one.date, one.posted_on)
        ]
        entries += [
            (one.date, RANKS[one.kind], one.adjustment_id, one)
            for one in self.history.adjustments
            if one.invoice_id == invoice.invoice_id and self.known(one.date, one.posted_on)
        ]
        return sorted(entries, key=lambda entry: entry[:3])

    def apply(self, invoice: Invoice) -> None:
        left, whole = invoice.amount, self.base(invoice.amount, invoice.currency, invoice.issue_date)
        earlier = 0
        for date, rank, name, entry in self.entries_of(invoice):
            part = min(entry.amount, left)
            left = left - part
            amount = self.base(part, invoice.currency, invoice.issue_date)
            if left == 0 or amount > whole - earlier:
                amount = whole - earlier
            earlier += amount
            if rank != 2:
                self.surplus += self.base(entry.amount - part, invoice.currency, invoice.issue_date)
            if part == 0:
                continue
            if rank == 0 and entry.matures_on and entry.matures_on >= self.d:
                self.bills.append(amount)
            if rank == 0 and date >= invoice.issue_date:
                late = (date - invoice.due_date).days
                self.payments.append(Row(name, date, {"amount": amount, "days_late": late}))
            if rank != 0:
                self.adjustments.append(Row(name, date, {"amount": amount, "kind": entry.kind.value}))
        if left > 0:
            self.left_in_base[invoice.invoice_id] = whole - earlier

    def in_dispute(self, invoice_id: str) -> bool:
        return any(
            one.invoice_id == invoice_id
            and self.known(one.opened, one.posted_on)
            and (one.closed is None or one.closed >= self.before)
            for one in self.history.disputes
        )

    def is_broken(self, promise) -> bool:
        invoice = self.invoices[promise.invoice_id]
        if not promise.promised < self.d:
            return False
        came, before = 0, 0
        for date, rank, _, entry in self.entries_of(invoice):
            if date < promise.made:
                before += entry.amount
            elif date <= promise.promised and rank != 2:
                came += entry.amount
        asked = invoice.amount if promise.amount is None else promise.amount
        return came < min(asked, invoice.amount - before)

    def source(self, name: str) -> list[Row]:
        return getattr(self, f"rows_of_{name}")()

    def rows_of_invoices(self) -> list[Row]:
        return [
            Row(
                one.invoice_id,
                one.issue_date,
                {
                    "amount": self.base(one.amount, one.currency, one.issue_date),
                    "term_days": (one.due_date - one.issue_date).days,
                },
            )
            for one in self.invoices.values()
        ]

    def rows_of_open_invoices(self) -> list[Row]:
        rows = []
        for name, left in self.left_in_base.items():
            one = self.invoices[name]
            columns = {
                "amount": self.base(one.amount, one.currency, one.issue_date),
                "open_amount": left,
                "days_past_due": max(0, (self.d - one.due_date).days),
                "disputed": self.in_dispute(name),
            }
            rows.append(Row(name, one.issue_date, columns))
        return rows

    def rows_of_payments(self) -> list[Row]:
        return self.payments

    def rows_of_adjustments(self) -> list[Row]:
        return self.adjustments

    def rows_of_disputes(self) -> list[Row]:
        return [
            Row(one.dispute_id, one.opened, {"open": one.closed is None or one.closed >= self.before})
            for one in self.history.disputes
            if one.invoice_id in self.invoices and self.known(one.opened, one.posted_on)
        ]

    def rows_of_promises(self) -> list[Row]:
        rows = []
        for one in self.history.promises:
            if one.invoice_id in self.invoices and self.known(one.made, one.posted_on):
                invoice = self.invoices[one.invoice_id]
                asked = invoice.amount if one.amount is None else one.amount
                amount = self.base(asked, invoice.currency, invoice.issue_date)
                rows.append(Row(one.promise_id, one.made, {"amount": amount, "broken": self.is_broken(one)}))
        return rows

    def rows_of_events(self) -> list[Row]:
        return [
            Row(one.event_id, one.date, {"kind": one.kind, "value": one.value})
            for one in self.history.events
            if self.known(one.date, one.posted_on)
        ]

    def rows_of_orders(self) -> list[Row]:
        return [row for row in self.orders_known() if row.date < self.d]

    def orders_known(self) -> list[Row]:
        rows = [
            Row(
                one.id,
                one.date,
                {"amount": self.base(one.amount, one.currency, one.date), "let_through": one.let_through},
            )
            for one in self.asked()
        ]
        return rows + [
            Row(
                one.invoice_id,
                one.order_date or one.issue_date,
                {"amount": self.base(one.amount, one.currency, one.issue_date), "let_through": True},
            )
            for one in self.invoices_for_an_order()
        ]

    def asked(self) -> list[Asked]:
        found = {one.order_id: Asked(one.order_id, one.date, one.amount, one.currency) for one in self.live}
        if self.books.has_orders_file:
            for one in self.history.orders:
                if self.known(one.date, one.posted_on):
                    goes_ahead = one.state not in ("held", "cancelled")
                    found[one.order_id] = Asked(one.order_id, one.date, one.amount, one.currency, goes_ahead)
        for one in self.live:
            found[one.order_id] = replace(found[one.order_id], let_through=one.is_let_through, prepaid=one)
        return list(found.values())

    def invoices_for_an_order(self) -> list[Invoice]:
        if self.books.has_orders_file:
            return []
        return [
            one
            for one in self.history.invoices
            if (one.order_date or one.issue_date) < self.before
            and not any(self.is_for(one, live) for live in self.live)
        ]

    def is_for(self, invoice: Invoice, live: LiveOrder) -> bool:
        if invoice.order_id or self.books.has_orders_file:
            return invoice.order_id == live.order_id
        return invoice.invoice_id == live.order_id and invoice.issue_date >= live.date

    def open_orders(self) -> int:
        not_invoiced = [
            self.base(one.amount, one.currency, one.issue_date)
            for one in self.invoices_for_an_order()
            if one.invoice_id not in self.invoices
        ]
        return sum(not_invoiced) + sum(self.open_part(one) for one in self.asked() if one.let_through)

    def open_part(self, order: Asked) -> int:
        live = order.prepaid or LiveOrder(order.id, dt.date.max, 0)
        naming = [one for one in self.invoices.values() if one.order_id == order.id or self.is_for(one, live)]
        if not naming and order.date < self.d - 180 * DAY:
            return 0
        left, elsewhere = order.amount, 0
        for one in naming:
            if self.same(one.currency, order.currency):
                left -= one.amount
            else:
                elsewhere += self.base(one.amount, one.currency, one.issue_date)
        if self.same(live.currency, order.currency):
            left -= live.prepaid
        elif live.prepaid:
            elsewhere += self.base(live.prepaid, live.currency, live.date)
        return max(0, self.base(left, order.currency, order.date) - elsewhere) if left > 0 else 0

    def same(self, code: str, other: str) -> bool:
        base = self.books.base_currency.code
        return (code or base) == (other or base)

    def months(self) -> int:
        since = self.version(self.d).since or min((row.date for row in self.orders_known()), default=None)
        if since is None:
            return UNKNOWN
        months = (self.d.year - since.year) * 12 + (self.d.month - since.month)
        return max(0, months - (self.d.day < since.day))

    def within(self, source: str, days: int) -> list[Row]:
        return [row for row in self.source(source) if self.d - days * DAY <= row.date < self.d]

    def sales(self, days: int) -> int:
        return sum(row.columns["amount"] for row in self.within("invoices", days))

    def built_in(self, name: str, grace: int) -> int:
        """Return the built-in fact in the representation of its kind."""
        opened = self.rows_of_open_invoices()
        undisputed = [row for row in opened if not row.columns["disputed"]]
        match name:
            case "open_balance":
                return sum(row.columns["open_amount"] for row in opened)
            case "overdue_balance":
                past = [row for row in undisputed if self.invoices[row.id].due_date + grace * DAY < self.d]
                return sum(row.columns["open_amount"] for row in past)
            case "past_due_balance":
                return sum(row.columns["open_amount"] for row in opened if self.invoices[row.id].due_date < self.d)
            case "disputed_balance":
                return sum(row.columns["open_amount"] for row in opened if row.columns["disputed"])
            case "unapplied_cash":
                return int(self.surplus)
        return self.other_built_in(name, opened, undisputed)

    def other_built_in(self, name: str, opened: list[Row], undisputed: list[Row]) -> int:
        match name:
            case "oldest_days_past_due":
                return max((row.columns["days_past_due"] for row in undisputed), default=0)
            case "open_orders":
                return self.open_orders()
            case "unmatured_bills":
                return sum(self.bills)
            case "exposure":
                owed = sum(row.columns["open_amount"] for row in opened) + self.open_orders() + sum(self.bills)
                return max(0, owed - int(self.surplus))
            case "months_as_customer":
                return self.months()
            case "sales_12m":
                return self.sales(365)
            case "avg_monthly_sales_12m":
                return self.monthly(self.sales(365))
            case "avg_monthly_orders_12m":
                return self.monthly(sum(row.columns["amount"] for row in self.within("orders", 365)))
            case "days_sales_outstanding_90d":
                balance, sales = self.built_in("open_balance", 0), self.sales(90)
                return rounded(Fraction(balance * 90 * 10**6, sales)) if sales else UNKNOWN
            case "payment_index_12m":
                return self.index()
        raise AssertionError(name)

    def monthly(self, amount: int) -> int:
        months = self.months()
        return UNKNOWN if months == UNKNOWN else rounded(Fraction(amount, min(12, max(1, months))))

    def index(self) -> int:
        paid = self.within("payments", 365)
        weight = sum(row.columns["amount"] for row in paid)
        if not weight:
            return UNKNOWN
        points = sum(row.columns["amount"] * index_of(row.columns["days_late"]) for row in paid)
        return rounded(points / weight * 10**6)

    def measure(self, source: str, kind: str, column: str, weight: str, within: int | None, where) -> Fraction | None:
        """Return an exact measure in major units, whole days or a plain ratio; none if unknown."""
        rows = self.source(source) if within is None else self.within(source, within)
        rows = [row for row in rows if where(row.columns)]
        values = [major(row, column) for row in rows] if column else []
        dates = sorted(row.date for row in rows)
        match kind:
            case "count":
                return Fraction(len(rows))
            case "count_distinct":
                return Fraction(len({(date.year, date.month) for date in dates}))
            case "sum":
                return sum(values, Fraction(0))
            case "min":
                return min(values, default=None)
            case "max":
                return max(values, default=None)
            case "mean":
                weights = [Fraction(row.columns[weight]) if weight else Fraction(1) for row in rows]
                whole = sum(weights, Fraction(0))
                weighted = sum((one * by for one, by in zip(values, weights, strict=True)), Fraction(0))
                return weighted / whole if whole else None
            case "days_since_last":
                return Fraction((self.d - dates[-1]).days) if dates else None
            case "days_since_first":
                return Fraction((self.d - dates[0]).days) if dates else None
            case "slope":
                return slope([(row.date, one) for row, one in zip(rows, values, strict=True)])
        raise AssertionError(kind)


def major(row: Row, column: str) -> Fraction:
    return Fraction(row.columns[column], 100) if column in ("amount", "open_amount") else Fraction(row.columns[column])


def slope(points: list) -> Fraction | None:
    if len({date for date, _ in points}) < 2:
        return None
    days = [Fraction(date.toordinal()) for date, _ in points]
    mean_day, mean_value = sum(days) / len(days), sum(value for _, value in points) / len(points)
    over = sum((one - mean_day) * (value - mean_value) for one, (_, value) in zip(days, points, strict=True))
    return 30 * over / sum((one - mean_day) ** 2 for one in days)


def index_of(late: int) -> Fraction:
    points = [(-30, 100), (-20, 90), (0, 80), (15, 70), (22, 60), (30, 50), (60, 40), (90, 30), (120, 20), (240, 0)]
    if late <= -30:
        return Fraction(100)
    for (left, top), (right, bottom) in pairwise(points):
        if late <= right:
            return top - Fraction((late - left) * (top - bottom), right - left)
    return Fraction(0)
