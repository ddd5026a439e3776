"""How a customer pays: what was paid month by month, and how late."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import business_day
from policy_service.facts.columns import Collection, Flags, total, total_product
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.knowledge import Knowledge
from policy_service.language.definitions.dictionary import EntrySource
from policy_service.services.house import House

#: So many months back, the one that has begun included.
MONTHS: Final = 24


@dataclass(frozen=True, slots=True)
class MonthPaid:
    """What a customer paid in a month that begins on `month`: `paid` in minor units of the base currency.

    Deposits, which came before their invoice, are left out. `days_late` is the mean over the payments, weighted by
    their amounts, as the fact avg_days_late_12m weighs them (negative: early; none: nothing was paid), `latest` that
    of the latest of them, `on_time` the share of the money that came by its due date.
    """

    month: dt.date
    payments: int = 0
    paid: int = 0
    days_late: float | None = None
    latest: int | None = None
    on_time: float | None = None


def payment_habit(house: House, session: Session, customer_id: str, act: Act) -> tuple[MonthPaid, ...]:
    """Return the customer's last months, the earliest first; RequestError R404 for an unknown customer."""
    day = business_day(act.at, house.settings.zone)
    ledger = house.customers.at(session)
    ledger.history(customer_id)
    known = ledger.customer_day(customer_id, Knowledge(day, includes_day=True), OrderDecisions())
    return tuple(_months(known.entries(EntrySource.PAYMENTS), day))


def _months(payments: Collection, day: dt.date) -> Iterator[MonthPaid]:
    this = day.year * 12 + day.month - 1
    of_each = payments.dates.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    for number in range(this - MONTHS + 1, this + 1):
        yield _month(dt.date(number // 12, number % 12 + 1, 1), payments, of_each == number)


def _month(month: dt.date, payments: Collection, is_in_it: Flags) -> MonthPaid:
    amounts, days = payments.numbers["amount"][is_in_it], payments.numbers["days_late"][is_in_it]
    paid = total(amounts)
    if paid <= 0:
        return MonthPaid(month)
    late = total_product(days, amounts)
    on_time = total(amounts[days <= 0])
    return MonthPaid(
        month,
        len(amounts),
        paid,
        float(Fraction(late, paid)),
        int(days.max()),
        float(Fraction(on_time, paid)),
    )
