"""Customers that this service has decided upon."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.storage.counted_orders import chunks
from policy_service.storage.models.decisions import DecisionRow

_DECISIONS: Final = DecisionRow.metadata.tables["decisions"]


def decided_upon(session: Session, customer_ids: Collection[str]) -> frozenset[str]:
    """Return those of the customers upon whom a decision was given that counts: no trial, none in the shadow."""
    found = set[str]()
    live = select(_DECISIONS.c.customer_id).where(_DECISIONS.c.purpose == "live").distinct()
    for some in chunks(sorted(customer_ids)):
        found.update(session.scalars(live.where(_DECISIONS.c.customer_id.in_(some))))
    return frozenset(found)
