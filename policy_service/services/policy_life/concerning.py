"""Whom the findings of a check concern, over the stored ledger where that is small enough to look at while asked."""

from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from policy_service.services.affected import Affected, affected
from policy_service.services.decide import Decider
from policy_service.services.policy_life.check import Check
from policy_service.storage.ledger_store import LedgerStore
from policy_service.storage.models.ledger import Customer
from policy_service.storage.models.ledger_entries import InvoiceRow

#: A larger ledger is counted by the command line, which has all the time it takes.
MOST_CUSTOMERS: Final = 500
MOST_INVOICES: Final = 20_000


def concerned(session: Session, check: Check, day: date) -> tuple[Affected | None, ...] | None:
    """Return for each finding how many customers it concerns as of the day, none where it speaks of no region.

    None altogether for an empty ledger, one of more than 500 customers or 20,000 invoices, or a text that cannot be
    read. R405 if the policy is in another base currency than the ledger.
    """
    if check.policy is None or not _is_of_a_size(session):
        return None
    decider = Decider(check.policy, LedgerStore(session).load_ledger())
    try:
        return affected(check.findings, decider, day)
    finally:
        decider.close()


def _is_of_a_size(session: Session) -> bool:
    customers = session.scalar(select(func.count()).select_from(Customer)) or 0
    invoices = session.scalar(select(func.count()).select_from(InvoiceRow)) or 0
    return 0 < customers <= MOST_CUSTOMERS and invoices <= MOST_INVOICES
