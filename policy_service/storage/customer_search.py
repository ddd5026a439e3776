"""Customers found by the beginning of their id, or by a part of their name."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from policy_service.ledger.columns import Table
from policy_service.storage.ledger_reading import in_force
from policy_service.storage.ledger_tables import ENTRY_TABLES
from policy_service.storage.models.ledger import Customer


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer with its latest name, and the root of its group."""

    customer_id: str
    name: str
    root_id: str


def find_customers(session: Session, search: str, after: str, limit: int) -> tuple[FoundCustomer, ...]:
    """Return customers whose id begins with, or a name of whom contains, what is searched for, in order of id."""
    query = select(Customer.customer_id, Customer.root_id).where(Customer.customer_id > after)
    rows = ENTRY_TABLES[Table.CUSTOMERS].rows.c
    kept = ENTRY_TABLES[Table.CUSTOMERS]
    if search:
        named = select(rows.customer_id).where(in_force(kept, None), rows.name.icontains(search, autoescape=True))
        begins = Customer.customer_id.startswith(search, autoescape=True)
        query = query.where(or_(begins, Customer.customer_id.in_(named)))
    found = session.execute(query.order_by(Customer.customer_id).limit(limit)).all()
    named_now = select(rows.customer_id, rows.name).where(
        in_force(kept, None), rows.customer_id.in_([row.customer_id for row in found])
    )
    # Of several versions the last one names the customer today.
    names = dict(map(tuple, session.execute(named_now.order_by(rows.valid_from.nulls_first()))))
    return tuple(FoundCustomer(row.customer_id, names.get(row.customer_id, ""), row.root_id) for row in found)
