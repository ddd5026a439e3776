"""Who wants an order: whoever asked for it, asked again or amended it, or an order that it stands for."""

from typing import Final

from sqlalchemy.orm import Session

from policy_service.services.orders.transitions import Cause
from policy_service.storage.order_store import OrderStore, StoredOrder

#: Only who asks takes these steps; a check that somebody wants of an order they look into is none of them.
_WANTS: Final = frozenset({Cause.DECISION, Cause.DECLINED, Cause.AMENDED})


def authors_of(session: Session, order: StoredOrder) -> frozenset[str]:
    """Return the persons who asked for the order, asked again or amended it, or an order that it stands for."""
    store, authors = OrderStore(session), set[str]()
    one: StoredOrder | None = order
    while one:
        authors |= {one.asked_by, *(step.person for step in store.steps(one.order_id) if step.cause in _WANTS)}
        one = store.find(one.replaces) if one.replaces else None
    return frozenset(authors)
