"""The rows of the ledger files that a batch of invoices makes, up to the last day."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from policy_service.sample_ledger import profile
from policy_service.sample_ledger.behaviour import Behaviour
from policy_service.sample_ledger.columns import Integers, amounts, blank_where, days, ids, names
from policy_service.sample_ledger.customers import NEVER, Customers
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.sample_ledger.trade import Invoices

EVENT_KINDS: Final = ("insolvency_notice", "rating_change", "refusal_to_pay", "contract_breach", "contact")
#: For the first three kinds: how often a failing customer shows it, and between which days of its failure.
AFTER_FAILURE: Final = ((0.8, 20, 61), (0.5, -40, -9), (0.25, 5, 31))


def entry_tables(
    customers: Customers,
    invoices: Invoices,
    behaviour: Behaviour,
    company: SampleCompany,
    random: np.random.Generator,
) -> Iterator[tuple[str, pa.Table]]:
    """Return each file's name with the rows of this batch; nothing dated after the last day is in them."""
    start, end = company.first_day_number, company.days
    yield "invoices", _invoice_rows(invoices, start)
    yield "orders", _order_rows(invoices, start, random)
    yield "payments", _payment_rows(invoices, behaviour, start, end, random)
    yield "adjustments", _adjustment_rows(invoices, behaviour, start, end)
    yield "disputes", _dispute_rows(invoices, behaviour, start, end)
    yield "promises", _promise_rows(invoices, behaviour, start, end)
    yield "events", _event_rows(customers, invoices, behaviour, company, random)


def _invoice_rows(invoices: Invoices, start: int) -> pa.Table:
    columns = {
        "invoice_id": ids("I", invoices.number),
        "customer_id": ids("C", invoices.customer + 1),
        "issue_date": days(start + invoices.issued),
        "due_date": days(start + invoices.due),
        "amount": amounts(invoices.amount),
        "order_id": ids("O", invoices.number),
        "order_date": days(start + invoices.ordered),
    }
    return pa.table(columns)


def _order_rows(invoices: Invoices, start: int, random: np.random.Generator) -> pa.Table:
    asked_in_vain = random.random(len(invoices)) < profile.NEVER_INVOICED_SHARE
    number = np.concatenate([invoices.number, invoices.number[asked_in_vain]])
    prefix = np.concatenate([np.zeros(len(invoices), np.int64), np.ones(int(asked_in_vain.sum()), np.int64)])
    number_text = pc.if_else(pa.array(prefix == 1), ids("X", number), ids("O", number))
    repeated = np.concatenate([np.arange(len(invoices)), np.flatnonzero(asked_in_vain)])
    columns = {
        "order_id": number_text,
        "customer_id": ids("C", invoices.customer[repeated] + 1),
        "date": days(start + invoices.ordered[repeated]),
        "amount": amounts(invoices.amount[repeated]),
        "state": names(("invoiced", "cancelled"), prefix),
    }
    return pa.table(columns)


def _payment_rows(
    invoices: Invoices, behaviour: Behaviour, start: int, end: int, random: np.random.Generator
) -> pa.Table:
    first = np.flatnonzero(behaviour.paid < end)
    second = np.flatnonzero(behaviour.paid_rest < end)
    of = np.concatenate([first, second])
    part = np.concatenate([np.ones(len(first), np.int64), np.full(len(second), 2)])
    day = np.concatenate([behaviour.paid[first], behaviour.paid_rest[second]])
    amount = np.concatenate([behaviour.first_part[first], behaviour.rest[second]])
    count = len(of)
    is_bill = random.random(count) < profile.BILL_SHARE
    is_unapplied = random.random(count) < profile.UNAPPLIED_SHARE
    lag = np.where(random.random(count) < profile.POSTED_LATE_SHARE, random.integers(1, 5, count), 0)
    lag = np.minimum(lag, end - 1 - day)
    columns = {
        "payment_id": ids("P", invoices.number[of] * 2 + part - 1),
        "date": days(start + day),
        "amount": amounts(amount),
        "invoice_id": blank_where(ids("I", invoices.number[of]), is_unapplied),
        "customer_id": ids("C", invoices.customer[of] + 1),
        "instrument": names(("transfer", "acceptance_bill"), is_bill.astype(np.int64)),
        "matures_on": days(start + day + 90, is_bill),
        "posted_on": days(start + day + lag),
    }
    return pa.table(columns)


def _adjustment_rows(invoices: Invoices, behaviour: Behaviour, start: int, end: int) -> pa.Table:
    credited = np.flatnonzero(behaviour.credit_day < end)
    written = np.flatnonzero(behaviour.written_off < end)
    paid_first = np.where(behaviour.paid[written] < NEVER, behaviour.first_part[written], 0)
    lost = invoices.amount[written] - behaviour.credited[written] - paid_first
    of = np.concatenate([credited, written])
    kind = np.concatenate([np.zeros(len(credited), np.int64), np.ones(len(written), np.int64)])
    columns = {
        "adjustment_id": ids("A", invoices.number[of] * 2 + kind),
        "invoice_id": ids("I", invoices.number[of]),
        "date": days(start + np.concatenate([behaviour.credit_day[credited], behaviour.written_off[written]])),
        "kind": names(("credit_note", "write_off"), kind),
        "amount": amounts(np.maximum(np.concatenate([behaviour.credited[credited], lost]), 1)),
    }
    return pa.table(columns)


def _dispute_rows(invoices: Invoices, behaviour: Behaviour, start: int, end: int) -> pa.Table:
    of = np.flatnonzero(behaviour.disputed < end)
    closed = behaviour.dispute_closed[of]
    columns = {
        "dispute_id": ids("D", invoices.number[of]),
        "invoice_id": ids("I", invoices.number[of]),
        "opened": days(start + behaviour.disputed[of]),
        "closed": days(start + closed, closed < end),
    }
    return pa.table(columns)


def _promise_rows(invoices: Invoices, behaviour: Behaviour, start: int, end: int) -> pa.Table:
    of = np.flatnonzero((behaviour.promise_made < end) & (behaviour.promised < NEVER))
    columns = {
        "promise_id": ids("R", invoices.number[of]),
        "invoice_id": ids("I", invoices.number[of]),
        "made": days(start + behaviour.promise_made[of]),
        "promised": days(start + behaviour.promised[of]),
    }
    return pa.table(columns)


def _event_rows(
    customers: Customers, invoices: Invoices, behaviour: Behaviour, company: SampleCompany, random: np.random.Generator
) -> pa.Table:
    kind, customer, day = _what_happened(customers, invoices, behaviour, company, random)
    happened = (day >= 0) & (day < company.days)
    # One event of a kind per customer and day, so that its id can be made of the three.
    _, unique = np.unique(np.stack([customer, day, kind])[:, happened], axis=1, return_index=True)
    chosen = np.flatnonzero(happened)[unique]
    columns = {
        "event_id": ids("E", (customer[chosen] * company.days + day[chosen]) * len(EVENT_KINDS) + kind[chosen]),
        "customer_id": ids("C", customer[chosen] + 1),
        "date": days(company.first_day_number + day[chosen]),
        "kind": names(EVENT_KINDS, kind[chosen]),
    }
    return pa.table(columns)


def _what_happened(
    customers: Customers, invoices: Invoices, behaviour: Behaviour, company: SampleCompany, random: np.random.Generator
) -> tuple[Integers, Integers, Integers]:
    own = np.unique(invoices.customer)
    fails = customers.fails[own]
    drawn: list[tuple[int, Integers, Integers]] = []
    for number, (chance, from_day, to_day) in enumerate(AFTER_FAILURE):
        happens = (fails < NEVER) & (random.random(len(own)) < chance)
        drawn.append((number, own[happens], fails[happens] + random.integers(from_day, to_day, int(happens.sum()))))
    breaches = random.random(len(own)) < profile.BREACH_SHARE
    drawn.append((3, own[breaches], random.integers(0, company.days, int(breaches.sum()))))
    chased = (behaviour.paid > invoices.due + 12) & (random.random(len(invoices)) < profile.CONTACT_SHARE)
    drawn.append((4, invoices.customer[chased], invoices.due[chased] + 12))
    return (
        np.concatenate([np.full(len(who), number, np.int64) for number, who, _ in drawn]),
        np.concatenate([who for _, who, _ in drawn]),
        np.concatenate([when for _, _, when in drawn]),
    )
