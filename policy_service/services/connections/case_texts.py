"""What the words in braces of a task say of a case: who owes how much for which orders, and where the case stands."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.amounts import from_scaled
from policy_service.domain.instants import business_day
from policy_service.domain.values import Kind, scale
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import open_items
from policy_service.facts.prepared_history import version_in_force
from policy_service.ledger.columns import Table
from policy_service.services.house import House
from policy_service.settings import Settings
from policy_service.storage.case_store import CaseStore
from policy_service.storage.ledger_reading import in_force
from policy_service.storage.ledger_tables import ENTRY_TABLES
from policy_service.storage.stored_cases import CaseNow

#: So many orders are named; of more it says how many there are besides.
MOST_ORDERS: Final = 10
_INVOICES: Final = ENTRY_TABLES[Table.INVOICES]


def case_words(house: House, session: Session, case: CaseNow, act: Act) -> Mapping[str, str]:
    """Return what each placeholder of a task says of a case; amounts are in the ledger's base currency.

    `amount` and `order` are of the open invoices for which its level fired, or of all past due where it fired for none.
    `link` is "" where the service does not know its own address.
    """
    ledger = house.customers.at(session)
    knowledge = Knowledge(business_day(act.at, house.settings.zone), includes_day=True)
    opened = open_items(ledger, case.customer_id, knowledge)
    past = [one for one in opened if one.days_past_due > 0]
    steps = CaseStore(session).steps(case.case_id)
    fired_for = {one.invoice_id for one in steps if one.level == case.level and one.invoice_id}
    meant = [one for one in opened if one.invoice_id in fired_for] or past

    def money(amounts: Iterable[int]) -> str:
        return from_scaled(sum(amounts), scale(Kind.MONEY, ledger.currency))

    return {
        "customer_id": case.customer_id,
        "customer": version_in_force(ledger.history(case.customer_id), knowledge.day).name or case.customer_id,
        "action": case.action or case.level,
        "reason": f"{case.ladder} {case.level}",
        "due": case.deadline.isoformat() if case.deadline else "",
        "case": case.case_id,
        "order": _named(_orders_of(session, {one.invoice_id for one in meant})),
        "amount": money(one.open_amount for one in meant),
        "overdue": money(one.open_amount for one in past),
        "currency": ledger.currency.code,
        "days_past_due": str(max((one.days_past_due for one in past), default=0)),
        "link": case_link(house.settings, case.case_id),
    }


def case_link(settings: Settings, case_id: str) -> str:
    """Return where the console shows a case; "" where the service does not know its own address."""
    origin = settings.connections_public_url
    return f"{origin}/console/cases/case/{case_id}" if origin else ""


def _orders_of(session: Session, invoice_ids: Collection[str]) -> list[str]:
    kept = _INVOICES.rows.c
    asked = select(kept.order_id).where(in_force(_INVOICES, None), kept.invoice_id.in_(sorted(invoice_ids)))
    return [str(order_id) for order_id in session.scalars(asked.distinct().order_by(kept.order_id)) if order_id]


def _named(orders: list[str]) -> str:
    more = len(orders) - MOST_ORDERS
    return ", ".join(orders[:MOST_ORDERS]) + (f" (+{more})" if more > 0 else "")
