"""Customers held for one decision at a time, so that two orders at once see each other's exposure."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.storage.models.ledger import Customer


def lock_customers(session: Session, ids: Collection[str]) -> None:
    """Hold these customers until the transaction ends; whoever asks for one of them waits that long.

    They are locked in one order, so that no two wait for each other. What is to be decided on is read after
    this. Imports and pushed entries are not kept waiting. On SQLite a writer is alone anyway.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    # Not FOR UPDATE: that would wait for every import under way, whose rows refer to the customer's.
    rows = select(Customer.customer_id).where(Customer.customer_id.in_(sorted(set(ids)))).order_by(Customer.customer_id)
    session.execute(rows.with_for_update(key_share=True)).all()
