"""What a posting sets in motion: other systems are told, and held orders of its customers are decided again."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.services.announcing import announce
from policy_service.services.house import House
from policy_service.services.orders.waking import wake
from policy_service.storage.ledger_changes import changes_since
from policy_service.storage.models.ledger import PostedCustomer
from policy_service.storage.order_store import OrderStore

#: The cause written into the steps of orders that a posting wakes.
CAUSE: Final = "ledger_posted"
#: The cause where an entry took the place of a stored one.
CORRECTED: Final = "ledger_corrected"


def tell_of_posting(house: House, session: Session, posting: int, act: Act, *, is_correction: bool) -> None:
    """Announce the posting, and wake the held orders of the customers it speaks of, in the session's transaction.

    Rates wake those of every customer. A correction, in which an entry took the place of a stored one, also has
    looked at again what was let through.
    """
    of_posting = select(PostedCustomer.customer_id).where(PostedCustomer.posting == posting)
    customers = session.scalars(of_posting.order_by(PostedCustomer.customer_id)).all()
    wake(house, session, customers, CORRECTED if is_correction else CAUSE, act, is_correction=is_correction)
    if changes_since(session, posting - 1).has_rates:
        # An order in that currency, and whoever owes in it, may be any customer's.
        held = dict.fromkeys(customer_id for customer_id, _ in OrderStore(session).held_in_order())
        wake(house, session, [one for one in held if one not in set(customers)], CAUSE, act)
    announce(
        house, session, act, "ledger.posted", f"postings/{posting}", {"posting": posting, "customers": len(customers)}
    )
