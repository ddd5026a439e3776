"""Business days of a ledger: up to when it says anything."""

from datetime import date, timedelta

from policy_service.domain.entries import CustomerHistory, Ledger
from policy_service.domain.errors import RequestError


def day_after_last_entry(ledger: Ledger) -> date:
    """Return the day after the last date that an invoice, payment or adjustment bears.

    RequestError R408 for a ledger without any.
    """
    last = max((day for history in ledger.histories.values() for day in _days(history)), default=None)
    if last is None:
        raise RequestError("R408", "The ledger has no entries.", remedy="Name a day with --as-of, or import a ledger.")
    return last + timedelta(days=1)


def _days(history: CustomerHistory) -> tuple[date, ...]:
    return (
        *(invoice.issue_date for invoice in history.invoices[-1:]),
        *(payment.date for payment in history.payments[-1:]),
        *(adjustment.date for adjustment in history.adjustments[-1:]),
    )
