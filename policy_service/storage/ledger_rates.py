"""One rate of the ledger, read without the others."""

import datetime as dt
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.domain.entries import Rate
from policy_service.ledger.columns import Table
from policy_service.storage.ledger_reading import in_force
from policy_service.storage.ledger_tables import ENTRY_TABLES

_KEPT: Final = ENTRY_TABLES[Table.RATES]


def rate_on(session: Session, currency: str, day: dt.date, through: int) -> Rate | None:
    """Return the currency's latest rate at or before the day, as it was known after that posting; none without one."""
    rates = _KEPT.rows.c
    known = select(rates.date, rates.rate).where(
        rates.currency == currency, rates.date <= day, in_force(_KEPT, through)
    )
    row = session.execute(known.order_by(rates.date.desc()).limit(1)).one_or_none()
    return Rate(row.date, currency, Decimal(row.rate)) if row else None
