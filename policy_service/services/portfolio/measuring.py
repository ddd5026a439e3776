"""What each customer of a pool owes as of a day, by the same books that facts are read off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from policy_service.domain.values import UNKNOWN, Currency
from policy_service.facts.application import apply_postings
from policy_service.facts.built_in import is_overdue
from policy_service.facts.columns import Flags, Integers, Positions, dated, sums_by
from policy_service.facts.exposure import insured_part
from policy_service.facts.postings import postings_upon
from policy_service.facts.prepared_history import version_in_force
from policy_service.language.policy import ExposureComponent
from policy_service.services.portfolio.months import Flow, Months, add_flow, no_flows, stored
from policy_service.services.portfolio.pooling import Pool
from policy_service.services.standings import Standing

#: The last day of each bucket of the ageing but the last, in days past due.
_ENDS: Final = (0, 30, 60, 90)
_AMOUNTS: Final = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90")
_NUMBERS: Final = ("invoices_not_due", "invoices_1_30", "invoices_31_60", "invoices_61_90", "invoices_over_90")
_QUARTER: Final = 90


@dataclass(frozen=True, slots=True)
class Measuring:
    """How customers are measured: by which components of the exposure, in which currency, with which standings."""

    components: Sequence[ExposureComponent]
    currency: Currency
    standings: Mapping[str, Standing]


def measured(pool: Pool, by: Measuring) -> Iterator[tuple[dict[str, int], bytes]]:
    """Yield for each customer its amounts and numbers by the name they are stored under, and its months."""
    columns = {name: column.tolist() for name, column in _columns(pool, by)}
    flows = _flows(pool)
    for owner, history in enumerate(pool.histories):
        own = {name: int(column[owner]) for name, column in columns.items()}
        version = version_in_force(history, pool.day.books.knowledge.day)
        owed = {component: own[name] for component, name in _OWED.items() if component in by.components}
        rest = sum(owed.values())
        if ExposureComponent.UNAPPLIED_CASH in by.components:
            rest -= min(rest, own["unapplied_cash"])
        if ExposureComponent.INSURED in by.components:
            rest -= insured_part(version, rest, by.currency)
        yield {**own, "exposure": rest}, stored(flows[owner])


_OWED: Final = {
    ExposureComponent.OPEN_BALANCE: "open_balance",
    ExposureComponent.OPEN_ORDERS: "open_orders",
    ExposureComponent.UNMATURED_BILLS: "unmatured_bills",
}


def _columns(pool: Pool, by: Measuring) -> Iterator[tuple[str, Integers]]:
    books, length = pool.day.books, len(pool.histories)
    day, invoices = books.knowledge.number, books.open_invoices
    owners, amounts = pool.owners_of_invoices(invoices), invoices.numbers["open_amount"]
    added = partial(_added, owners, amounts, length)
    yield "open_balance", sums_by(owners, amounts, length)
    yield "disputed", added(invoices.numbers["disputed"] == 1)
    yield "overdue", added(_overdue(pool, by, owners))
    buckets = np.searchsorted(_ENDS, invoices.numbers["days_past_due"])
    for bucket, (amount, number) in enumerate(zip(_AMOUNTS, _NUMBERS, strict=True)):
        yield amount, added(buckets == bucket)
        yield number, np.bincount(owners[buckets == bucket], minlength=length)
    yield "unapplied_cash", _unapplied_cash(pool)
    bills, orders = books.unmatured_bills, pool.day.placed_orders.open_orders
    yield "unmatured_bills", sums_by(pool.of_payments[bills.numbers["position"]], bills.numbers["amount"], length)
    yield "open_orders", sums_by(pool.owners_of_orders(orders), orders.numbers["amount"], length)
    yield "sales_90d", _sales(pool, day - _QUARTER, day)


def _added(owners: Positions, amounts: Integers, length: int, chosen: Flags) -> Integers:
    return sums_by(owners[chosen], amounts[chosen], length)


def _overdue(pool: Pool, by: Measuring, owners: Positions) -> Flags:
    invoices, day = pool.day.books.open_invoices, pool.day.books.knowledge.number
    given = (by.standings[history.customer_id].values["grace_days"] for history in pool.histories)
    graces = np.array([0 if grace == UNKNOWN else grace for grace in given], dtype=np.int64)[owners]
    overdue: Flags = np.zeros(len(owners), dtype=bool)
    for grace in np.unique(graces).tolist():
        overdue |= is_overdue(invoices, day, grace) & (graces == grace)
    return overdue


def _unapplied_cash(pool: Pool) -> Integers:
    surpluses = pool.day.books.surpluses
    return sums_by(pool.owners_of_surpluses(surpluses), surpluses.numbers["amount"], len(pool.histories))


def _sales(pool: Pool, first: int, before: int) -> Integers:
    sold = dated(pool.day.books.invoices, first, before)
    return sums_by(pool.owners_of_invoices(sold), sold.numbers["amount"], len(pool.histories))


def _flows(pool: Pool) -> Integers:
    prepared, owners = pool.day.books.prepared, pool.of_invoices
    months, flows = Months.until(pool.day.books.knowledge.day), no_flows(len(pool.histories))
    invoices = prepared.invoices.entries
    issued, due, amounts = invoices.dates, invoices.numbers["due_date"], invoices.numbers["amount"]
    add_flow(flows, Flow.SOLD, owners, issued, amounts, months)
    add_flow(flows, Flow.FELL_DUE, owners, due, amounts, months)
    postings = postings_upon(prepared.history, prepared.invoices.position_of, invoices.numbers["known_from"])
    # All entries by their own date, whenever they became known: so do the figures of a replay.
    parts, of = apply_postings(postings, prepared.invoices.amounts).amount, postings.invoice
    settled = np.maximum(postings.dates, issued[of])
    add_flow(flows, Flow.SETTLED, owners[of], settled, parts, months)
    add_flow(flows, Flow.SETTLED_OF_DUE, owners[of], np.maximum(settled, due[of]), parts, months)
    return flows
