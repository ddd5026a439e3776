"""What a replay reads of a snapshot, as records for its kernels."""

from typing import NamedTuple

from simulations.ledger_snapshot.columns import Column, Rates


class Begins(NamedTuple):
    """By customer, and one more: where its rows begin in each table.

    `free` are the invoices that name no order, `asked` the orders of the file, or the invoices where there is none.
    """

    versions: Column
    invoices: Column
    unapplied: Column
    events: Column
    orders: Column
    free: Column
    asked: Column


class Upon(NamedTuple):
    """By invoice, and one more: where what came upon it begins in each table."""

    postings: Column
    disputes: Column
    promises: Column


class Version(NamedTuple):
    """What `ledger_snapshot.columns.Versions` says of a row."""

    counts_from: Column
    since: Column


class Invoice(NamedTuple):
    """What `ledger_snapshot.columns.Invoices` says of an invoice."""

    issued: Column
    due: Column
    ordered: Column
    known_from: Column
    written: Column
    amount: Column
    rate: Column
    rank: Column
    order: Column


class Posting(NamedTuple):
    """What `ledger_snapshot.columns.Postings` says of a posting."""

    date: Column
    known_from: Column
    kind: Column
    written: Column
    matures_on: Column
    rank: Column


class Unapplied(NamedTuple):
    """What `ledger_snapshot.columns.Unapplied` says of cash."""

    known_from: Column
    amount: Column


class Dispute(NamedTuple):
    """What `ledger_snapshot.columns.Disputes` says of a dispute."""

    opened: Column
    known_from: Column
    closed: Column


class Promise(NamedTuple):
    """What `ledger_snapshot.columns.Promises` says of a promise."""

    made: Column
    known_from: Column
    promised: Column
    written: Column


class Event(NamedTuple):
    """What `ledger_snapshot.columns.Events` says of an event."""

    date: Column
    known_from: Column
    kind: Column
    text: Column
    value: Column


class Order(NamedTuple):
    """What `ledger_snapshot.columns.Orders` says of an order."""

    date: Column
    known_from: Column
    written: Column
    amount: Column
    rate: Column


class History(NamedTuple):
    """What a replay reads of a snapshot; `has_orders_file` is 1 or 0.

    `naming` are the invoices that name each row of the orders file, divided by `naming_begins`; `free` those that name
    none, by customer: places in the snapshot. `in_order` are the orders of each customer, counted from 0, in the order
    in which they are decided: by order date, issue date, id.
    """

    has_orders_file: int
    begins: Begins
    upon: Upon
    versions: Version
    invoices: Invoice
    postings: Posting
    unapplied: Unapplied
    disputes: Dispute
    promises: Promise
    events: Event
    orders: Order
    rates: Rates
    naming_begins: Column
    naming: Column
    free: Column
    in_order: Column
