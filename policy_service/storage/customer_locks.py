"""Customers held for one decision at a time, so that two orders at once see each other's exposure."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.storage.models.ledger import Customer
from policy_service.storage.prepared import PreparedByIds

_CUSTOMER_ID: Final = Customer.metadata.tables["customers"].c.customer_id
# Not FOR UPDATE: that would wait for every import under way, whose rows refer to the customer's.
#: The statement that holds customers, on PostgreSQL.
HOLD: Final = PreparedByIds(
    lambda of_ids: (
        select(_CUSTOMER_ID).where(of_ids(_CUSTOMER_ID)).order_by(_CUSTOMER_ID).with_for_update(key_share=True)
    )
)


def lock_customers(session: Session, ids: Collection[str]) -> None:
    """Hold these customers until the transaction ends; whoever asks for one of them waits that long.

    They are locked in one order, so that no two wait for each other. What is to be decided on is read after
    this. Imports and pushed entries are not kept waiting. On SQLite a writer is alone anyway.
    """
    if session.get_bind().dialect.name != "sqlite":
        HOLD.rows(session, set(ids))
