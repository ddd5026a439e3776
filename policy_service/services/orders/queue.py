"""Orders as people look at them: for how long one is held, and everything about it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.instants import business_day
from policy_service.domain.permissions import Role
from policy_service.services.compiled_policies import NoPolicyInForce
from policy_service.services.higher_words import ALL_ORDERS, higher_word
from policy_service.services.house import House
from policy_service.services.orders.authority import as_seen, exposure_with
from policy_service.services.orders.supposing import with_prepaid_now
from policy_service.services.orders.transitions import OrderState
from policy_service.services.release_authority import roles_that_may_release
from policy_service.storage.decision_store import DecisionStore, StoredDecision
from policy_service.storage.order_store import OrderStore, StoredOrder, StoredStep

#: As many of the decisions upon an order are shown with it.
_DECISIONS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class OrderFile:
    """An order with its steps, the first one first, and its latest decisions, the latest first.

    Of a held one `exposure_if_released` is what the customer would owe then, in minor units of the base currency,
    none where nobody can say; `may_release` are the roles whose authority reaches so far.
    """

    order: StoredOrder
    steps: tuple[StoredStep, ...]
    decisions: tuple[StoredDecision, ...]
    exposure_if_released: int | None = None
    may_release: tuple[Role, ...] = ()


def days_held(house: House, order: StoredOrder, act: Act) -> int | None:
    """Return for how many business dates an order has been held; none for one that is not."""
    if order.held_since is None:
        return None
    zone = house.settings.zone
    return (business_day(act.at, zone) - business_day(order.held_since, zone)).days


def order_file(house: House, session: Session, order_id: str, act: Act) -> OrderFile:
    """Return everything about an order; NotStored S209 if nobody asked for it."""
    store = OrderStore(session)
    order = store.load(order_id)
    decisions = DecisionStore(session).page(order_id=order_id, purpose="live", limit=_DECISIONS_SHOWN).decisions
    if order.state != OrderState.HELD:
        return OrderFile(order, store.steps(order_id), decisions)
    try:
        situation = as_seen(house, session, order.customer_id, act)
    except NoPolicyInForce:
        # Where no policy counts, nobody can measure what it leads to, and so nobody may release it.
        return OrderFile(order, store.steps(order_id), decisions)
    exposure = exposure_with(with_prepaid_now(session, order, situation), situation)
    said, policy = situation.kept.overrides.get(order.customer_id, ()), situation.version.policy
    roles = tuple(
        role
        for role in roles_that_may_release(session, exposure, situation.ledger.currency)
        if not higher_word(said, {ALL_ORDERS, order_id}, [role], policy)
    )
    return OrderFile(order, store.steps(order_id), decisions, exposure, roles)
