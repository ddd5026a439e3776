"""One customer's recorded entries, read off a snapshot once for all orders of the customer that are decided again."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from policy_service.domain.entries import Customer, Event, Invoice, Payment
from policy_service.facts.knowledge import NEVER
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot

_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_Made = TypeVar("_Made")
_OWN_COLUMNS: Final = ("name", "segment", "industry", "country", "currency")


class UponInvoices(NamedTuple):
    """What came upon a customer's invoices, by column: the `first` row at that place of the snapshot.

    `of` are the numbers of the invoices that the rows belong to.
    """

    first: int
    of: Column
    columns: Mapping[str, Column]


class EntriesOfCustomer:
    """What the snapshot has of one customer, and the entries of runs that were made of it so far.

    `invoices` are columns; entries that are the same in every run are made. `made_invoices` and `made_payments` are by
    whatever a run may change of them: moments of one run have most in common.
    """

    def __init__(self, snapshot: Snapshot, customer: int) -> None:
        self.snapshot, self.customer = snapshot, customer
        self.customer_id = snapshot.customer_ids[customer]
        first, last = snapshot.invoices.begins[customer : customer + 2].tolist()
        self.first_invoice = first
        self.invoices = _columns(snapshot.invoices, first, last)
        self.invoice_ids = list(snapshot.invoice_ids[first:last])
        self.postings = _upon_invoices(snapshot.postings, first, last)
        self.disputes = _upon_invoices(snapshot.disputes, first, last)
        self.promises = _upon_invoices(snapshot.promises, first, last)
        self.versions = tuple(self._versions())
        self.events = tuple(self._events())
        self.cash_dates, self.cash = self._cash()
        self.made_invoices: dict[tuple[int, ...], Invoice] = {}
        self.made_payments: dict[tuple[int, ...], Payment] = {}

    def _versions(self) -> list[Customer]:
        versions, words = self.snapshot.versions, self.snapshot.words
        first, last = versions.begins[self.customer : self.customer + 2].tolist()
        found = []
        for row in range(first, last):
            said = {name: words[int(column[row])] for name, column in self.snapshot.attributes.items()}
            since = int(versions.since[row])
            found.append(
                Customer(
                    self.customer_id,
                    name=said.get("name", ""),
                    segment=said.get("segment", ""),
                    industry=said.get("industry", ""),
                    country=said.get("country", ""),
                    currency=said.get("currency", ""),
                    since=None if since == -NEVER else date_of(since),
                    # What a row says counts from the day after.
                    valid_from=None if row == first else date_of(int(versions.counts_from[row]) - 1),
                    attributes={name: text for name, text in said.items() if name not in _OWN_COLUMNS and text},
                )
            )
        return found

    def _events(self) -> list[Event]:
        events, words = self.snapshot.events, self.snapshot.words
        found = []
        for place in range(*events.begins[self.customer : self.customer + 2].tolist()):
            kind, value = words[int(events.kind[place])], words[int(events.text[place])]
            date, posted_on = date_of(int(events.date[place])), date_of(int(events.known_from[place]))
            found.append(Event(f"{place:020}", self.customer_id, date, kind, posted_on, value))
        return found

    def _cash(self) -> tuple[Column, list[Payment]]:
        cash = self.snapshot.unapplied
        first, last = cash.begins[self.customer : self.customer + 2].tolist()
        found = []
        for place in range(first, last):
            date, posted_on = date_of(int(cash.date[place])), date_of(int(cash.known_from[place]))
            found.append(Payment(f"cash {place:020}", date, int(cash.amount[place]), posted_on, "", self.customer_id))
        return cash.date[first:last], found


def made_once(
    made: dict[tuple[int, ...], _Made], keys: Sequence[tuple[int, ...]], make: Callable[..., _Made]
) -> list[_Made]:
    """Return what was made of each key, or else make it of the key's numbers and keep it."""
    found = []
    for key, one in zip(keys, map(made.get, keys), strict=True):
        if one is None:
            one = made[key] = make(*key)  # noqa: PLW2901 - it was not made yet
        found.append(one)
    return found


@cache
def date_of(day: int) -> dt.date:
    """Return the day of that number as a date."""
    return dt.date.fromordinal(day + _EPOCH)


def _columns(table: Any, first: int, last: int) -> Mapping[str, Column]:
    return {name: getattr(table, name)[first:last] for name in table._fields if name != "begins"}


def _upon_invoices(table: Any, first: int, last: int) -> UponInvoices:
    begins = table.begins[first : last + 1]
    begin, end = int(begins[0]), int(begins[-1])
    return UponInvoices(begin, np.repeat(np.arange(last - first), np.diff(begins)), _columns(table, begin, end))
