"""Up to which exposure a person may release a held order: as far as their role answers for it."""

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError
from policy_service.domain.instants import business_day
from policy_service.domain.permissions import has_authority
from policy_service.facts.knowledge import Knowledge
from policy_service.services.actor import Actor
from policy_service.services.decisions.deciding import Situation
from policy_service.services.decisions.in_force import group_of, kept_of
from policy_service.services.house import House
from policy_service.services.orders.wording import money_text
from policy_service.services.release_authority import exposure_of, roles_that_may_release
from policy_service.storage.order_store import StoredOrder


def as_seen(house: House, session: Session, customer_id: str, act: Act) -> Situation:
    """Return the situation of a customer at this instant, with nobody held for it."""
    version = house.policies.effective(session, house.settings.default_policy, act.at)
    ledger, day = house.customers.at(session), business_day(act.at, house.settings.zone)
    knowledge = Knowledge(day, includes_day=True)
    kept = kept_of(session, group_of(version, ledger, customer_id, knowledge), day, ledger.head)
    return Situation(version, ledger, knowledge, act.at, kept)


def exposure_with(order: StoredOrder, situation: Situation) -> int | None:
    """Return the exposure in a situation if the order is let through, in minor units of the base currency.

    It is measured by the policy's components, of the group where the policy's exposure is the group's; what of the
    order is not prepaid counts in full. None where nobody can say what the order is worth in base currency.
    """
    if order.base_amount is None:
        return None
    # Prepaid is the same share of either amount.
    prepaid = order.base_amount * order.prepaid // order.amount if order.amount else 0
    return exposure_now(order.customer_id, situation, without=order.order_id) + order.base_amount - prepaid


def exposure_now(customer_id: str, situation: Situation, without: str = "") -> int:
    """Return what the customer owes and has been promised, in minor units of the base currency.

    `without` names an order that is left out, whatever became of it.
    """
    policy = situation.version.policy
    return exposure_of(customer_id, policy, situation.ledger, situation.knowledge, situation.kept, without)


def check_authority(session: Session, order: StoredOrder, actor: Actor, situation: Situation) -> None:
    """Return if one of the actor's roles may release the order now.

    AccessError A431 otherwise; it names the lowest role that may.
    """
    exposure, base = exposure_with(order, situation), situation.ledger.currency
    enough = roles_that_may_release(session, exposure, base)
    if any(has_authority(actor.roles, role) for role in enough):
        return
    amount = "an exposure that is not known" if exposure is None else f"{money_text(exposure, base.code)} {base.code}"
    raise AccessError(
        "A431",
        f"Releasing order {order.order_id[:60]} leads to {amount}, more than {actor.person} answers for.",
        remedy=f"Refer it to: {enough[0].value}." if enough else "No role may; see release_authority in the settings.",
    )
