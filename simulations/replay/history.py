"""What a replay reads of a snapshot, as records for its kernels."""

from typing import NamedTuple

from simulations.ledger_snapshot.columns import (
    Column,
    Disputes,
    Events,
    Invoices,
    Orders,
    Postings,
    Promises,
    Rates,
    Unapplied,
    Versions,
)


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


class History(NamedTuple):
    """What a replay reads of a snapshot; `has_orders_file` is 1 or 0.

    `naming` are the invoices that name each row of the orders file, divided by `naming_begins`; `free` those that name
    none, by customer: places in the snapshot. `in_order` are the orders of each customer, counted from 0, in the order
    in which they are decided: by order date, issue date, id.
    """

    has_orders_file: int
    begins: Begins
    upon: Upon
    versions: Versions
    invoices: Invoices
    postings: Postings
    unapplied: Unapplied
    disputes: Disputes
    promises: Promises
    events: Events
    orders: Orders
    rates: Rates
    naming_begins: Column
    naming: Column
    free: Column
    in_order: Column
