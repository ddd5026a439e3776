"""The built-in facts of the ledger, whose definition never varies."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec
import numpy as np

from policy_service.domain.values import UNKNOWN, UNLIMITED, Currency, Kind
from policy_service.facts.columns import Collection, Flags, join, take
from policy_service.facts.debtor import Debtor
from policy_service.facts.exposure import exposure
from policy_service.facts.payment_index import payment_index
from policy_service.facts.reading import NOT_KNOWN, Reading, unknown_from
from policy_service.language.definitions.built_in_facts import AS_OF
from policy_service.language.definitions.dictionary import EntrySource
from policy_service.language.policy import ExposureComponent

_YEAR: Final = 365
_QUARTER: Final = 90
_MONTHS: Final = 12


class Question(msgspec.Struct, frozen=True):
    """Of whom a built-in fact is asked: the `debtor`, and `exposed`, whose exposure counts (it or its group)."""

    debtor: Debtor
    exposed: Debtor
    components: Sequence[ExposureComponent]
    currency: Currency


def built_in(name: str, asked: Question) -> Reading | None:
    """Return the built-in fact of that name (without `group.`); none if there is no such fact."""
    read = _BUILT_IN.get(name)
    if read is None or name not in _OF_BOOKS or len(asked.debtor.members) != 1:
        return read(asked) if read else None
    # The same for all decisions of the day, as long as nothing is posted.
    readings = asked.debtor.members[0].customer.books.readings
    reading = readings.get(name)
    if reading is None:
        reading = readings[name] = read(asked)
    return reading


def months_between(first: dt.date, day: dt.date) -> int:
    """Return the months from `first` to `day`, less 1 if the day of month is smaller, never below 0."""
    months = (day.year - first.year) * 12 + day.month - first.month
    return max(0, months - (1 if day.day < first.day else 0))


def is_overdue(open_invoices: Collection, day: int, grace_days: int) -> Flags:
    """Return which open invoices are past their due date and grace, and in no dispute."""
    grace = 0 if grace_days == UNKNOWN else grace_days
    overdue: Flags = (open_invoices.numbers["due_date"] + grace < day) & (open_invoices.numbers["disputed"] == 0)
    return overdue


def _sum(entries: Collection, column: str = "amount") -> Reading:
    return Reading(entries.total_of(column), 1, Kind.MONEY, (entries,))


def _open(asked: Question) -> Collection:
    return asked.debtor.entries(EntrySource.OPEN_INVOICES)


def _as_of(asked: Question) -> Reading:
    return Reading(asked.debtor.knowledge.number, 1, Kind.DATE)


def _open_balance(asked: Question) -> Reading:
    return _sum(_open(asked), "open_amount")


def _overdue_balance(asked: Question) -> Reading:
    day = asked.debtor.knowledge.number
    overdue = [
        take(
            member.customer.books.open_invoices,
            is_overdue(member.customer.books.open_invoices, day, member.terms.grace_days),
        )
        for member in asked.debtor.members
    ]
    return _sum(join(overdue), "open_amount")


def _past_due_balance(asked: Question) -> Reading:
    invoices = _open(asked)
    return _sum(take(invoices, invoices.numbers["days_past_due"] > 0), "open_amount")


def _disputed_balance(asked: Question) -> Reading:
    invoices = _open(asked)
    return _sum(take(invoices, invoices.numbers["disputed"] == 1), "open_amount")


def _unapplied_cash(asked: Question) -> Reading:
    return _sum(asked.debtor.gathered(lambda customer: customer.books.surpluses))


def _oldest_days_past_due(asked: Question) -> Reading:
    invoices = _open(asked)
    past_due = np.where(invoices.numbers["disputed"] == 1, 0, invoices.numbers["days_past_due"])
    oldest = int(past_due.max()) if len(past_due) else 0
    return Reading(oldest, 1, Kind.DAYS, (take(invoices, past_due == oldest),) if oldest else ())


def _open_orders(asked: Question) -> Reading:
    return _sum(asked.debtor.gathered(lambda customer: customer.placed_orders.open_orders))


def _unmatured_bills(asked: Question) -> Reading:
    return _sum(asked.debtor.gathered(lambda customer: customer.books.unmatured_bills))


def _exposure(asked: Question) -> Reading:
    return exposure(asked.exposed, asked.components, asked.currency)


def _headroom(asked: Question) -> Reading:
    limit = _limit(asked)
    if limit == UNKNOWN:
        return NOT_KNOWN
    owed = _exposure(asked)
    return Reading(limit - owed.numerator, 1, Kind.MONEY, owed.behind, is_unlimited=limit == UNLIMITED)


def _utilisation(asked: Question) -> Reading:
    limit = _limit(asked)
    if limit == UNKNOWN:
        return NOT_KNOWN
    owed = _exposure(asked)
    if limit == UNLIMITED:
        return Reading(0, behind=owed.behind)
    return Reading(owed.numerator, limit, behind=owed.behind)


def _limit(asked: Question) -> int:
    limits = [member.terms.credit_limit for member in asked.debtor.members]
    if UNKNOWN in limits:
        return UNKNOWN
    return UNLIMITED if UNLIMITED in limits else sum(limits)


def _months_as_customer(asked: Question) -> Reading:
    since = asked.debtor.customer_since
    return Reading(months_between(since, asked.debtor.knowledge.day)) if since else NOT_KNOWN


def _sales(asked: Question) -> Reading:
    return _sum(asked.debtor.entries(EntrySource.INVOICES, _YEAR))


def _monthly(amount: Reading, asked: Question) -> Reading:
    months = _months_as_customer(asked)
    if not months.is_known:
        return unknown_from(amount.behind)
    return Reading(amount.numerator, min(_MONTHS, max(1, months.numerator)), Kind.MONEY, amount.behind)


def _monthly_sales(asked: Question) -> Reading:
    return _monthly(_sales(asked), asked)


def _monthly_orders(asked: Question) -> Reading:
    return _monthly(_sum(asked.debtor.entries(EntrySource.ORDERS, _YEAR)), asked)


def _days_sales_outstanding(asked: Question) -> Reading:
    balance, sales = _open_balance(asked), _sum(asked.debtor.entries(EntrySource.INVOICES, _QUARTER))
    return Reading(balance.numerator * _QUARTER, sales.numerator, behind=(*balance.behind, *sales.behind))


def _payment_index(asked: Question) -> Reading:
    return payment_index(asked.debtor.entries(EntrySource.PAYMENTS, _YEAR))


_BUILT_IN: Final[Mapping[str, Callable[[Question], Reading]]] = MappingProxyType(
    {
        AS_OF: _as_of,
        "open_balance": _open_balance,
        "overdue_balance": _overdue_balance,
        "past_due_balance": _past_due_balance,
        "disputed_balance": _disputed_balance,
        "unapplied_cash": _unapplied_cash,
        "oldest_days_past_due": _oldest_days_past_due,
        "open_orders": _open_orders,
        "unmatured_bills": _unmatured_bills,
        "exposure": _exposure,
        "headroom": _headroom,
        "utilisation": _utilisation,
        "months_as_customer": _months_as_customer,
        "sales_12m": _sales,
        "avg_monthly_sales_12m": _monthly_sales,
        "avg_monthly_orders_12m": _monthly_orders,
        "days_sales_outstanding_90d": _days_sales_outstanding,
        "payment_index_12m": _payment_index,
    }
)
#: Those that depend on nothing but the books of a day: not on orders, standings or the policy.
_OF_BOOKS: Final = frozenset(
    {
        AS_OF,
        "open_balance",
        "past_due_balance",
        "disputed_balance",
        "unapplied_cash",
        "oldest_days_past_due",
        "unmatured_bills",
        "sales_12m",
        "days_sales_outstanding_90d",
        "payment_index_12m",
    }
)
