"""The built-in facts of the ledger, out of balances added up for a customer or its group."""

from typing import Final

import numpy as np

from policy_service.domain.values import UNKNOWN, UNLIMITED
from policy_service.facts.knowledge import NEVER
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.wide import rounded_quotient, times, widened
from simulations.replay.balances import (
    ASKS_BILLS,
    ASKS_INDEX,
    ASKS_OPEN_ITEMS,
    ASKS_OPEN_ORDERS,
    ASKS_ORDERS_YEAR,
    ASKS_OVERDUE,
    ASKS_SALES_QUARTER,
    ASKS_SALES_YEAR,
    BILLS,
    CASH,
    COUNTS_BILLS,
    COUNTS_OPEN_ORDERS,
    DISPUTED,
    EXPOSURE,
    INDEX,
    INDEX_WEIGHT,
    LIMIT,
    OLDEST,
    OPEN_BALANCE,
    OPEN_ORDERS,
    ORDERS_YEAR,
    OVERDUE,
    PARTS,
    PAST_DUE,
    SALES_QUARTER,
    SALES_YEAR,
    SINCE,
)
from simulations.replay.fact_rows import BUILT_IN, FACTOR
from simulations.replay.measuring import rounded
from simulations.replay.tally import civil

_MONTHS: Final = 12
_QUARTER: Final = 90


def _code(name: str) -> int:
    return BUILT_IN.index(name)


_AS_OF: Final = _code("as_of")
_HEADROOM: Final = _code("headroom")
_UTILISATION: Final = _code("utilisation")
MONTHS_AS_CUSTOMER: Final = _code("months_as_customer")
_MONTHLY_SALES: Final = _code("avg_monthly_sales_12m")
_MONTHLY_ORDERS: Final = _code("avg_monthly_orders_12m")
_DSO: Final = _code("days_sales_outstanding_90d")
_PAYMENT_INDEX: Final = _code("payment_index_12m")
#: Facts that are worked out of the exposure.
EXPOSED: Final = frozenset({"exposure", "headroom", "utilisation"})
#: The balance that a fact is, by the fact's code; -1 for one that is worked out of several.
_BALANCE: Final = np.array(
    [
        {
            "open_balance": OPEN_BALANCE,
            "overdue_balance": OVERDUE,
            "past_due_balance": PAST_DUE,
            "disputed_balance": DISPUTED,
            "unapplied_cash": CASH,
            "oldest_days_past_due": OLDEST,
            "open_orders": OPEN_ORDERS,
            "unmatured_bills": BILLS,
            "exposure": EXPOSURE,
            "sales_12m": SALES_YEAR,
        }.get(name, -1)
        for name in BUILT_IN
    ],
    dtype=np.int64,
)
_ASKS: Final = {
    "overdue_balance": ASKS_OVERDUE,
    "past_due_balance": ASKS_OPEN_ITEMS,
    "disputed_balance": ASKS_OPEN_ITEMS,
    "oldest_days_past_due": ASKS_OPEN_ITEMS,
    "open_orders": ASKS_OPEN_ORDERS,
    "unmatured_bills": ASKS_BILLS,
    "sales_12m": ASKS_SALES_YEAR,
    "avg_monthly_sales_12m": ASKS_SALES_YEAR,
    "avg_monthly_orders_12m": ASKS_ORDERS_YEAR,
    "days_sales_outstanding_90d": ASKS_SALES_QUARTER,
    "payment_index_12m": ASKS_INDEX,
}


def asked_for(names: set[str], components: int) -> int:
    """Return, as bits, what has to be added up for these facts, the exposure by these components."""
    asks = 0
    for name in names:
        asks |= _ASKS.get(name, 0)
        if name in EXPOSED:
            asks |= ASKS_OPEN_ORDERS if components & COUNTS_OPEN_ORDERS else 0
            asks |= ASKS_BILLS if components & COUNTS_BILLS else 0
    return asks


@lean_kernel
def built_in(code: int, balances: Numbers, exposure: int, day: int, row: Numbers) -> tuple[int, bool]:
    """Return a built-in fact and whether it fits; `exposure` is the customer's or that of its group."""
    if _BALANCE[code] >= 0:
        return rounded(exposure if _BALANCE[code] == EXPOSURE else balances[_BALANCE[code]], 1, row)
    limit = balances[LIMIT]
    if code == _AS_OF:
        return day, True
    if code == _HEADROOM:
        if limit in (UNKNOWN, UNLIMITED):
            return limit, True
        return limit - exposure, True
    if code == _UTILISATION:
        if limit == UNKNOWN:
            return UNKNOWN, True
        return (0, True) if limit == UNLIMITED else rounded(exposure, limit, row)
    if code == _DSO:
        return rounded(balances[OPEN_BALANCE] * _QUARTER, balances[SALES_QUARTER], row)
    if code == _PAYMENT_INDEX:
        return _payment_index(balances, row)
    months = months_between(balances[SINCE], day)
    if code == MONTHS_AS_CUSTOMER or months == UNKNOWN:
        return months, True
    amount = balances[SALES_YEAR] if code == _MONTHLY_SALES else balances[ORDERS_YEAR]
    return rounded(amount, min(_MONTHS, max(1, months)), row)


@lean_kernel
def _payment_index(balances: Numbers, row: Numbers) -> tuple[int, bool]:
    if balances[INDEX_WEIGHT] == 0:
        return UNKNOWN, True
    high, low = times(balances[INDEX], np.uint64(balances[INDEX + 1]), row[FACTOR])
    by_high, by_low = widened(balances[INDEX_WEIGHT])
    by_high, by_low = times(by_high, by_low, PARTS)
    return rounded_quotient(high, low, by_high, by_low)


@lean_kernel
def months_between(first: int, day: int) -> int:
    """Return the months between days, less 1 if the day of month is smaller, never below 0; UNKNOWN from none."""
    if first == NEVER:
        return UNKNOWN
    year, month, of_month = civil(day)
    first_year, first_month, first_of_month = civil(first)
    months = (year - first_year) * 12 + month - first_month
    return max(0, months - (1 if of_month < first_of_month else 0))


@lean_kernel
def month_may_end(first: int, day: int) -> int:
    """Return the first later day on which the months between days may be more; NEVER from none."""
    if first == NEVER:
        return NEVER
    of_month, first_of_month = civil(day)[2], civil(first)[2]
    in_next = day - of_month + 32
    next_month = in_next - civil(in_next)[2] + 1
    if of_month < first_of_month:
        return min(next_month, day + first_of_month - of_month)
    return next_month
