"""A customer's ledger as it was in a run when an order was decided: entries that the service can measure.

What exists, with the dates it has there, without what prepayments displaced. Ids are places that sort as the recorded
ids do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

import numpy as np

from policy_service.domain.entries import (
    Adjustment,
    AdjustmentKind,
    CustomerHistory,
    Dispute,
    Invoice,
    Order,
    Payment,
    Promise,
)
from policy_service.facts.knowledge import NEVER
from policy_service.facts.postings import PostingKind
from simulations.ledger_snapshot.columns import Column
from simulations.replay.moment import Moment
from simulations.runs.codes_of_rates import CodesOfRates
from simulations.runs.entries_of_customer import EntriesOfCustomer, date_of, made_once
from simulations.runs.invoices_in_run import PostingsInRun, invoices_in_run, postings_in_run

#: Prepayments come before everything that was recorded upon an invoice.
_LONG_BEFORE: Final = 3_650
_KINDS: Final = {
    int(PostingKind.CREDIT_NOTE): AdjustmentKind.CREDIT_NOTE,
    int(PostingKind.WRITE_OFF): AdjustmentKind.WRITE_OFF,
}
_Entry = TypeVar("_Entry")


class HistoryInRun:
    """One customer's entries of a run, as known at the start of the moment's day."""

    def __init__(self, own: EntriesOfCustomer, moment: Moment, codes: CodesOfRates) -> None:
        self.own, self.moment, self._codes = own, moment, codes
        self.snapshot = own.snapshot
        self.customer_id = own.customer_id
        self.first_invoice = own.first_invoice
        self.invoices = invoices_in_run(own, moment)
        #: By the place of the order and the currency that it was recorded in.
        self._codes_of_orders: dict[tuple[int, str], str] = {}

    def code_of_order(self, place: int, day: int) -> str:
        """Return in which currency an order is written that is dated that day, empty for the base currency.

        Invoices of the order in its currency will be written in the same one.
        """
        rate = int(self.snapshot.orders.rate[place])
        if rate < 0:
            return ""
        own, rates = self._codes.currency_of(rate), self.own.invoices["rate"]
        of_order = np.flatnonzero(self.invoices.there & (self.own.invoices["order"] == place) & (rates >= 0))
        invoiced = zip(self.invoices.issued[of_order].tolist(), rates[of_order].tolist(), strict=True)
        code = self._codes.code([(day, rate), *(one for one in invoiced if self._codes.currency_of(one[1]) == own)])
        self._codes_of_orders[place, own] = code
        return code

    def history(self, orders: Sequence[Order], amounts: Mapping[int, int]) -> CustomerHistory:
        """Return all entries with these rows of the orders file; `amounts` stand for those of invoices at a place."""
        postings = postings_in_run(self.own, self.invoices, self.moment.day)
        are_payments = postings.kind == PostingKind.PAYMENT
        return CustomerHistory(
            self.customer_id,
            self.own.versions,
            self._invoices(amounts),
            self._payments(postings.chosen(are_payments)),
            self._adjustments(postings.chosen(~are_payments)),
            self._disputes(),
            self._promises(),
            self.own.events,
            tuple(sorted(orders, key=lambda one: (one.date, one.order_id))),
        )

    def _invoices(self, amounts: Mapping[int, int]) -> tuple[Invoice, ...]:
        run, said = self.invoices, self.own.invoices
        numbers = np.flatnonzero(run.there)
        numbers = numbers[np.lexsort((said["rank"][numbers], run.issued[numbers]))]
        in_run = (run.issued, run.due, run.known_from)
        recorded = (said[name] for name in ("ordered", "order", "written", "rate"))
        rows = _side_by_side(numbers, *(column[numbers] for column in (*in_run, *recorded)))
        found = made_once(self.own.made_invoices, rows, self._invoice)
        for place in np.flatnonzero(said["rate"][numbers] >= 0).tolist():
            _, issued, *_, order, _, rate = rows[place]
            found[place] = replace(found[place], currency=self._code_of_invoice(order, issued, rate))
        other = {place - self.first_invoice: amount for place, amount in amounts.items()}
        for place in np.flatnonzero(np.isin(numbers, list(other))).tolist():
            found[place] = replace(found[place], amount=other[int(numbers[place])])
        return tuple(found)

    def _invoice(self, *invoice: int) -> Invoice:
        number, issued, due, known_from, ordered, order, written, _ = invoice
        return Invoice(
            self.own.invoice_ids[number],
            self.customer_id,
            date_of(issued),
            date_of(due),
            written,
            "",
            date_of(known_from),
            self.snapshot.order_ids[order] if order >= 0 else "",
            date_of(ordered),
        )

    def _code_of_invoice(self, order: int, issued: int, rate: int) -> str:
        of_order = self._codes_of_orders.get((order, self._codes.currency_of(rate)))
        return self._codes.code([(issued, rate)]) if of_order is None else of_order

    def _payments(self, postings: PostingsInRun) -> tuple[Payment, ...]:
        run, own, made = self.invoices, self.own, self.own.made_payments
        prepaid = np.flatnonzero(run.there & (run.prepaid != 0))
        before = run.issued[prepaid] - _LONG_BEFORE
        cash = np.arange(len(own.cash))
        # By date, then id: those of prepayments come first, and what is upon no invoice last.
        return _in_order(
            [
                *made_once(made, _side_by_side(prepaid, before, run.prepaid[prepaid]), self._prepayment),
                *made_once(made, _side_by_side(*postings), self._payment),
                *own.cash,
            ],
            np.concatenate([before, postings.date, own.cash_dates]),
            np.repeat([0, 1, 2], [len(prepaid), len(postings.row), len(cash)]),
            np.concatenate([own.invoices["rank"][prepaid], postings.rank, cash]),
        )

    def _prepayment(self, number: int, before: int, amount: int) -> Payment:
        name, date = self.own.invoice_ids[number], date_of(before)
        return Payment(f"- prepaid {name}", date, amount, date, name, self.customer_id)

    def _payment(self, *posting: int) -> Payment:
        _, invoice, _, rank, date, known_from, amount, matures = posting
        return Payment(
            f"{rank:020}",
            date_of(date),
            amount,
            date_of(known_from),
            self.own.invoice_ids[invoice],
            self.customer_id,
            "",
            None if matures == -NEVER else date_of(matures),
        )

    def _adjustments(self, postings: PostingsInRun) -> tuple[Adjustment, ...]:
        found = [
            Adjustment(
                f"{kind} {rank:020}",
                self.own.invoice_ids[invoice],
                date_of(date),
                _KINDS[kind],
                amount,
                date_of(known_from),
            )
            for _, invoice, kind, rank, date, known_from, amount, _ in _side_by_side(*postings)
        ]
        return _in_order(found, postings.date, postings.kind, postings.rank)

    def _disputes(self) -> tuple[Dispute, ...]:
        run, upon = self.invoices, self.own.disputes
        rows = run.rows_there(upon)
        of, recorded, closed = upon.of[rows], upon.columns["opened"][rows], upon.columns["closed"][rows]
        opened = run.shifted(recorded, recorded, of)
        posted = opened + upon.columns["known_from"][rows] - recorded
        ended = np.where(closed == NEVER, NEVER, run.shifted(closed, closed, of))
        found = [
            Dispute(
                f"{upon.first + row:020}",
                self.own.invoice_ids[invoice],
                date_of(on),
                date_of(posted_on),
                None if until == NEVER else date_of(until),
            )
            for row, invoice, on, posted_on, until in _side_by_side(rows, of, opened, posted, ended)
        ]
        return _in_order(found, opened, rows)

    def _promises(self) -> tuple[Promise, ...]:
        run, upon = self.invoices, self.own.promises
        rows = run.rows_there(upon)
        of = upon.of[rows]
        recorded, promised, amounts = (upon.columns[name][rows] for name in ("made", "promised", "written"))
        made, until = run.shifted(recorded, recorded, of), run.shifted(promised, promised, of)
        posted = made + upon.columns["known_from"][rows] - recorded
        found = [
            Promise(
                f"{upon.first + row:020}",
                self.own.invoice_ids[invoice],
                date_of(on),
                date_of(by),
                date_of(posted_on),
                None if amount < 0 else amount,
            )
            for row, invoice, on, by, posted_on, amount in _side_by_side(rows, of, made, until, posted, amounts)
        ]
        return _in_order(found, made, rows)


def _side_by_side(*columns: Column) -> Sequence[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _in_order(entries: Sequence[_Entry], *keys: Column) -> tuple[_Entry, ...]:
    # By the first key, then the others.
    return tuple(map(entries.__getitem__, np.lexsort(keys[::-1]).tolist()))
