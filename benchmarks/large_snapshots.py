"""Snapshots of any size, made by numpy in seconds: the same seed gives the same snapshot.

Sizes of customers are log-normal (median 49 orders; of 100,000 customers the largest has some thousands). Half of the
invoices are paid late, one in twenty by more than 30 days, 1.2 % never; a twentieth is paid in two parts, one in a
hundred each is credited in part, disputed or promised, and of the unpaid ones a fifth is written off. The history has
four years; what would happen after it is not in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from policy_service.domain.values import UNKNOWN, Currency
from policy_service.facts.knowledge import NEVER
from policy_service.facts.postings import PostingKind
from simulations.ledger_snapshot.columns import (
    Column,
    Disputes,
    Events,
    Groups,
    Invoices,
    Orders,
    Postings,
    Promises,
    Rates,
    Standings,
    Unapplied,
    Versions,
    read_only,
)
from simulations.ledger_snapshot.content import content_hash
from simulations.ledger_snapshot.flattened import begins_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.ledger_snapshot.texts import Texts, text_column
from simulations.ledger_snapshot.version_rows import OF_EVERY_LEDGER

SEED: Final = 11
#: 2022-01-01, and the days from then on that have a history.
FIRST_DAY: Final = 18_993
DAYS: Final = 1_461
_MEDIAN, _MEAN, _LARGEST = 49, 100, 6_450
_SPREAD: Final = float(np.sqrt(2 * np.log(_MEAN / _MEDIAN)))
_SEGMENTS: Final = ("key", "large", "medium", "small")
_EVENTS: Final = ("contact", "insolvency_notice", "rating_change")
_TERMS: Final = (14, 30, 30, 60, 90)
_NOTHING: Final = np.empty(0, dtype=np.int64)


class _Posted(NamedTuple):
    """Entries upon invoices: which invoice, when, of which kind, and over how much."""

    invoice: Column
    date: Column
    kind: Column
    amount: Column


def large_snapshot(invoices: int, seed: int = SEED, *, with_hash: bool = True) -> Snapshot:
    """Return a snapshot of so many invoices, each its own order, of a hundredth as many customers.

    To hash it takes as long as to make it: without, its hash is empty.
    """
    random = np.random.default_rng(seed)
    customers = max(1, invoices // _MEAN)
    words = sorted({"", *_SEGMENTS, *_EVENTS})
    sales, invoice_ids = _sales(random, customers, invoices)
    made = Snapshot(
        currency=Currency("EUR", 2),
        hash="",
        has_orders_file=False,
        quarantined=0,
        customer_ids=Texts(_numbered("C", np.arange(customers))),
        invoice_ids=invoice_ids,
        order_ids=Texts(text_column(())),
        words=Texts(text_column(words)),
        versions=_versions(random, customers),
        attributes=_attributes(random, customers, words),
        invoices=sales,
        postings=_postings(random, sales),
        unapplied=_unapplied(random, customers),
        disputes=_disputes(random, sales),
        promises=_promises(random, sales),
        events=_events(random, customers, words),
        orders=Orders(_none(customers), *[read_only(_NOTHING)] * 6),
        standings=Standings(_none(customers), *[read_only(_NOTHING)] * 5),
        rates=Rates(*[read_only(_NOTHING)] * 3),
        groups=_groups(customers),
    )
    return replace(made, hash=content_hash(made)) if with_hash else made


def _sales(random: np.random.Generator, customers: int, invoices: int) -> tuple[Invoices, Texts]:
    weights = np.minimum(random.lognormal(np.log(_MEDIAN), _SPREAD, customers), _LARGEST)
    ends = np.rint(np.cumsum(weights) / weights.sum() * invoices).astype(np.int64)
    begins = np.concatenate([[0], ends])
    customer = np.repeat(np.arange(customers), np.diff(begins))
    # Customer and day are sorted as one number.
    issued = FIRST_DAY + np.sort(customer * DAYS + random.integers(0, DAYS, invoices)) % DAYS
    # Numbers are given out day by day, to whichever customer buys.
    number = _places(issued)
    term = np.array(_TERMS)[random.integers(0, len(_TERMS), customers)][customer]
    amount = np.rint(random.lognormal(11.5, 1.0, invoices)).astype(np.int64) + 1
    columns = Invoices(
        begins,
        customer,
        issued,
        issued + term,
        issued - _in_some(random, invoices, 0.3, 10),
        issued + _in_some(random, invoices, 0.01, 10),
        amount,
        amount,
        np.full(invoices, -1),
        number,
        np.full(invoices, -1),
    )
    return Invoices(*map(read_only, columns)), Texts(_numbered("I", number))


def _postings(random: np.random.Generator, sales: Invoices) -> Postings:
    posted = _happened(_all_posted(random, sales))
    order = np.argsort((posted.invoice * (4 * DAYS) + posted.date - FIRST_DAY) * 4 + posted.kind)
    posted = _Posted(*(column[order] for column in posted))
    rank = np.empty(len(order), dtype=np.int64)
    for kind in PostingKind:
        rank[posted.kind == kind] = _places(posted.date[posted.kind == kind])
    columns = Postings(
        begins_of(posted.invoice, len(sales.issued)),
        posted.date,
        posted.date + _in_some(random, len(order), 0.01, 10),
        posted.kind,
        posted.amount,
        np.full(len(order), -NEVER),
        rank,
    )
    return Postings(*map(read_only, columns))


def _all_posted(random: np.random.Generator, sales: Invoices) -> _Posted:
    invoices = len(sales.issued)
    paid_on, is_paid = sales.due + _days_late(random, invoices), random.random(invoices) >= 0.012
    paid_on = np.maximum(paid_on, sales.issued)
    is_in_two = random.random(invoices) < 0.05
    credited = np.where(random.random(invoices) < 0.01, sales.amount // 10, 0)
    first = np.where(is_in_two, sales.amount * 2 // 5, sales.amount - credited)
    every = np.arange(invoices)
    paid = _chosen(every, paid_on, PostingKind.PAYMENT, first, is_paid)
    rest_on = paid_on + random.integers(1, 41, invoices)
    rest = _chosen(every, rest_on, PostingKind.PAYMENT, sales.amount - credited - first, is_paid & is_in_two)
    credited_on = sales.issued + random.integers(1, 21, invoices)
    notes = _chosen(every, credited_on, PostingKind.CREDIT_NOTE, credited, credited > 0)
    written_off = ~is_paid & (random.random(invoices) < 0.2)
    offs = _chosen(every, sales.due + 180, PostingKind.WRITE_OFF, sales.amount - credited, written_off)
    return _Posted(*map(np.concatenate, zip(paid, rest, notes, offs, strict=True)))


def _chosen(invoice: Column, date: Column, kind: PostingKind, amount: Column, choice: Column) -> _Posted:
    places = (choice & (amount > 0)).nonzero()[0]
    return _Posted(invoice[places], date[places], np.full(len(places), int(kind)), amount[places])


def _happened(posted: _Posted) -> _Posted:
    places = (posted.date < FIRST_DAY + DAYS).nonzero()[0]
    return _Posted(*(column[places] for column in posted))


def _days_late(random: np.random.Generator, length: int) -> Column:
    chance = random.random(length)
    late = random.integers(-10, 1, length)
    late = np.where(chance < 0.5, random.integers(1, 31, length), late)
    return np.where(chance < 0.05, 31 + random.exponential(30, length).astype(np.int64) % 150, late)


def _disputes(random: np.random.Generator, sales: Invoices) -> Disputes:
    invoice, opened = _once_in_a_hundred(random, sales)
    closed = np.where(random.random(len(invoice)) < 0.8, opened + random.integers(0, 60, len(invoice)), NEVER)
    closed[closed >= FIRST_DAY + DAYS] = NEVER
    columns = Disputes(begins_of(invoice, len(sales.issued)), opened, opened, closed)
    return Disputes(*map(read_only, columns))


def _promises(random: np.random.Generator, sales: Invoices) -> Promises:
    invoice, made = _once_in_a_hundred(random, sales)
    written = np.where(random.random(len(invoice)) < 0.5, sales.written[invoice] // 2 + 1, -1)
    promised = made + random.integers(0, 30, len(invoice))
    columns = Promises(begins_of(invoice, len(sales.issued)), made, made, promised, written)
    return Promises(*map(read_only, columns))


def _once_in_a_hundred(random: np.random.Generator, sales: Invoices) -> tuple[Column, Column]:
    invoice = (random.random(len(sales.issued)) < 0.01).nonzero()[0]
    day = sales.issued[invoice] + random.integers(0, 90, len(invoice))
    has_happened = day < FIRST_DAY + DAYS
    return invoice[has_happened], day[has_happened]


def _events(random: np.random.Generator, customers: int, words: Sequence[str]) -> Events:
    counts = random.poisson(0.5, customers)
    begins, total = np.concatenate([[0], np.cumsum(counts)]), int(counts.sum())
    owner = np.repeat(np.arange(customers), counts)
    date = FIRST_DAY + np.sort(owner * DAYS + random.integers(0, DAYS, total)) % DAYS
    kinds = np.array([words.index(word) for word in _EVENTS])[random.integers(0, len(_EVENTS), total)]
    columns = Events(begins, date, date, kinds, np.zeros(total), np.full(total, UNKNOWN))
    return Events(*map(read_only, columns))


def _unapplied(random: np.random.Generator, customers: int) -> Unapplied:
    owner = (random.random(customers) < 0.05).nonzero()[0]
    date = FIRST_DAY + random.integers(0, DAYS, len(owner))
    columns = Unapplied(begins_of(owner, customers), date, date, random.integers(1, 1_000_000, len(owner)))
    return Unapplied(*map(read_only, columns))


def _versions(random: np.random.Generator, customers: int) -> Versions:
    since = FIRST_DAY - random.integers(0, 3_650, customers)
    return Versions(*map(read_only, (np.arange(customers + 1), np.full(customers, -NEVER), since)))


def _attributes(random: np.random.Generator, customers: int, words: Sequence[str]) -> Mapping[str, Column]:
    segments = np.array([words.index(word) for word in _SEGMENTS])
    nothing = dict.fromkeys(OF_EVERY_LEDGER, read_only(np.zeros(customers)))
    return {**nothing, "segment": read_only(segments[random.integers(0, len(segments), customers)])}


def _groups(customers: int) -> Groups:
    every = np.arange(customers)
    return Groups(*map(read_only, (np.array([-NEVER]), every.reshape(1, -1), every)))


def _none(length: int) -> Column:
    return read_only(np.zeros(length + 1))


def _in_some(random: np.random.Generator, length: int, share: float, most: int) -> Column:
    return np.where(random.random(length) < share, random.integers(1, most + 1, length), 0)


def _places(days: Column) -> Column:
    places = np.empty(len(days), dtype=np.int64)
    # Numpy sorts short integers by counting, which takes a tenth of the time.
    places[np.argsort((days - FIRST_DAY).astype(np.int16), kind="stable")] = np.arange(len(days))
    return places


def _numbered(letter: str, numbers: Column) -> pa.LargeStringArray:
    digits = 9
    characters = np.empty((len(numbers), digits + 1), dtype=np.uint8)
    characters[:, 0] = ord(letter)
    for place in range(digits):
        characters[:, digits - place] = ord("0") + numbers // 10**place % 10
    ends = np.arange(len(numbers) + 1, dtype=np.int64) * (digits + 1)
    return pa.LargeStringArray.from_buffers(len(numbers), pa.py_buffer(ends), pa.py_buffer(characters))
