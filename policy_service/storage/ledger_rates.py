"""Rates of the ledger, read without the rest of it: one, some at a time, and what lacks one."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from policy_service.domain.entries import Rate
from policy_service.ledger.columns import Table
from policy_service.storage.ledger_reading import in_force
from policy_service.storage.ledger_tables import ENTRY_TABLES
from policy_service.storage.models.orders import AskedOrder

_KEPT: Final = ENTRY_TABLES[Table.RATES]


def rate_on(session: Session, currency: str, day: dt.date, through: int) -> Rate | None:
    """Return the currency's latest rate at or before the day, as it was known after that posting; none without one."""
    rates = _KEPT.rows.c
    known = select(rates.date, rates.rate).where(
        rates.currency == currency, rates.date <= day, in_force(_KEPT, through)
    )
    row = session.execute(known.order_by(rates.date.desc()).limit(1)).one_or_none()
    return Rate(row.date, currency, Decimal(row.rate)) if row else None


def page_of_rates(
    session: Session, currency: str, limit: int, after: tuple[dt.date, str] | None = None
) -> tuple[Rate, ...]:
    """Return rates, those of one currency if it is named, the latest first, behind the one of that day and currency."""
    rows = _KEPT.rows.c
    query = select(rows.date, rows.currency, rows.rate).where(in_force(_KEPT, None))
    if currency:
        query = query.where(rows.currency == currency)
    if after:
        query = query.where(tuple_(rows.date, rows.currency) < after)
    found = session.execute(query.order_by(rows.date.desc(), rows.currency.desc()).limit(limit))
    return tuple(Rate(row.date, row.currency, Decimal(row.rate)) for row in found)


def first_and_latest(session: Session, day: dt.date) -> Iterator[tuple[str, dt.date, Rate | None, int]]:
    """Yield, by currency, its first day with a rate, its latest rate at or before the day, and how many it has."""
    rows = _KEPT.rows.c
    counted = (
        select(rows.currency, func.min(rows.date), func.count())
        .where(in_force(_KEPT, None))
        .group_by(rows.currency)
        .order_by(rows.currency)
    )
    for code, first, count in session.execute(counted).all():
        latest = page_of_rates(session, code, 1, (day + dt.timedelta(days=1), ""))
        yield code, first, latest[0] if latest else None, count


def currencies_of_customers(session: Session) -> Mapping[str, int]:
    """Return in how many rows of the customer file each currency stands; where none stands it is the base currency."""
    kept = ENTRY_TABLES[Table.CUSTOMERS]
    rows = kept.rows.c
    counted = select(rows.currency, func.count()).where(in_force(kept, None), rows.currency != "")
    return {row[0]: row[1] for row in session.execute(counted.group_by(rows.currency))}


def held_without_rate(session: Session) -> Mapping[str, int]:
    """Return by currency how many held orders have no amount in the base currency, as no rate leads there."""
    counted = select(AskedOrder.currency, func.count()).where(
        AskedOrder.state == "held", AskedOrder.base_amount.is_(None)
    )
    return {row[0]: row[1] for row in session.execute(counted.group_by(AskedOrder.currency))}
