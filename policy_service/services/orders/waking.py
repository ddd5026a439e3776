"""Held orders woken: something changed for their customers, so they are to be decided again."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.services.house import House
from policy_service.services.orders.transitions import OrderState, is_let_through
from policy_service.storage.booked_orders import BookedOrders
from policy_service.storage.job_store import JobStore
from policy_service.storage.order_store import OrderStore

#: The kind of the jobs that do it.
RECHECK_ORDERS: Final = "recheck_orders"
#: In these states an order may be delivered on credit.
LET_THROUGH: Final = tuple(str(state) for state in OrderState if is_let_through(state))


def wake(
    house: House,  # noqa: ARG001  (every service is handed the house)
    session: Session,
    customer_ids: Iterable[str],
    cause: str,
    act: Act,
    *,
    is_correction: bool = False,
) -> None:
    """Have the held orders of these customers, and of whoever is in a group with them, decided again soon.

    The job is stored in the session's transaction; none is where no order waits. `cause` is a word: payment, limit.
    After a correction what the rules let through for them is looked at again as well.
    """
    customers = tuple(customer_ids)
    store = OrderStore(session)
    woken = {
        *store.waiting(customers),
        *(customer_id for customer_id, _ in BookedOrders(session).booked_in_ledger(customers)),
    }
    doubtful = store.waiting(customers, LET_THROUGH) if is_correction else ()
    if woken or doubtful:
        said = {"customers": sorted(woken), "cause": cause, "corrected": list(doubtful)}
        JobStore(session).add(RECHECK_ORDERS, said, act)
