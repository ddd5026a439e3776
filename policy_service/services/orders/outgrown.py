"""What was said of an order before it was amended to more, or to another currency: it ends."""

from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.outcomes import DecisionType
from policy_service.services.audit import note
from policy_service.services.decisions.deciding import Asked, Situation
from policy_service.services.decisions.order_amounts import amount_asked
from policy_service.services.house import House
from policy_service.services.override_limits import lets_order_go
from policy_service.services.request_facts import ORDER_AMOUNT
from policy_service.storage.order_store import StoredOrder
from policy_service.storage.override_store import OverrideStore


def end_outgrown(
    house: House, session: Session, order: StoredOrder, asked: Asked, situation: Situation, act: Act
) -> Situation:
    """End what persons said of the order if it is amended to what they did not vouch for; return the situation then.

    That is an amount in another currency, or a larger one where its amount in base currency does not tell. What
    keeps the order back stays.
    """
    if not _is_outgrown(order, asked, situation.ledger.currency.code):
        return situation
    store = OverrideStore(session)
    said = store.open_of(order.customer_id, DecisionType.ORDER.value, order.order_id, situation.knowledge.day)
    policy = situation.version.policy
    ended = [one for one in said if order.order_id and lets_order_go(one.outputs, policy)]
    for one in ended:
        why = f"Order {order.order_id[:60]} was amended beyond it."
        store.change(one, state="ended", ended_at=act.at, ended_by=act.person, end_reason=why)
        detail = {"customer_id": one.customer_id, "order_id": one.order_id, "state": "ended", "end_reason": why}
        note(house, session, act, "override_ended", "override", one.override_id, detail)
    gone = {one.override_id for one in ended}
    left = {
        customer_id: tuple(one for one in theirs if one.override_id not in gone)
        for customer_id, theirs in situation.kept.overrides.items()
    }
    return replace(situation, kept=replace(situation.kept, overrides=left))


def _is_outgrown(order: StoredOrder, asked: Asked, base: str) -> bool:
    code = asked.currency or base
    if code != order.currency:
        return True
    amount = amount_asked(asked.request.get(ORDER_AMOUNT, "0"), code)
    # In base currency each override knows what it was given for.
    is_told_by_base = code == base and order.base_amount is not None
    return amount is None or (amount[0] > order.amount and not is_told_by_base)
