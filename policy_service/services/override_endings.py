"""Who may end an override early: to end one that keeps orders back lets orders go."""

from collections.abc import Mapping

from msgspec.structs import replace
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.domain.errors import AccessError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.permissions import has_authority
from policy_service.domain.values import UNKNOWN
from policy_service.services.actor import Actor
from policy_service.services.code_book import CodeBook
from policy_service.services.compiled_policies import NoPolicyInForce
from policy_service.services.decisions.deciding import Situation
from policy_service.services.decisions.in_force import in_force
from policy_service.services.decisions.weighing import Subject
from policy_service.services.house import House
from policy_service.services.orders.authority import as_seen
from policy_service.services.orders.authors import own_order_that_waits
from policy_service.services.override_limits import loosening_outputs
from policy_service.services.standings import Standing
from policy_service.services.standings_in_force.comparing import Comparison
from policy_service.storage.override_store import StoredOverride


def check_ends(house: House, session: Session, override: StoredOverride, actor: Actor, act: Act) -> None:
    """Return if the actor may end an override that is in force; anybody may whose end lets no order go.

    AccessError A432 while an order waits that the actor is an author of and the end could let go, A435 for somebody
    with less authority than its giver.
    """
    if not _keeps_back(house, session, override, act):
        return
    waiting = own_order_that_waits(session, override.customer_id, actor, override.order_id)
    if waiting:
        raise AccessError(
            "A432",
            f"{actor.person} asked for order {waiting[:60]} or amended it, and so cannot end what keeps it back.",
            remedy="Let another person end the override.",
        )
    needed = override.authority
    if actor.person != override.person and needed and not has_authority(actor.roles, needed):
        raise AccessError(
            "A435",
            f"{override.person} gave the override {override.override_id} as {needed}, which {actor.person} is not.",
            remedy=f"Let {override.person} end it, or a person with the role {needed} or one above it.",
        )


def _keeps_back(house: House, session: Session, override: StoredOverride, act: Act) -> bool:
    if override.decision_type == DecisionType.ORDER:
        return override.outputs != {"outcome": Outcome.APPROVE.value}
    try:
        situation = as_seen(house, session, override.customer_id, act)
    except NoPolicyInForce:
        # What the policy to come will make of it nobody knows.
        return True
    policy = situation.version.policy
    if len(loosening_outputs(override.decision_type, override.outputs, policy)) < len(override.outputs):
        return True
    now, then = (_standing(session, override, situation, stays=stays) for stays in (True, False))
    codes = CodeBook(policy)
    # Of what no review has set yet, and of a share to prepay, nobody can tell what is stricter.
    is_untold = any(name == "prepay_percent" or then.values[name] == UNKNOWN for name in override.outputs)
    return is_untold or bool(Comparison(now, then, policy, codes).rises())


def _standing(session: Session, override: StoredOverride, situation: Situation, *, stays: bool) -> Standing:
    # Without what ladders lay over it: that ends by itself.
    kept, version = situation.kept, situation.version
    overrides: Mapping[str, tuple[StoredOverride, ...]] = {
        customer_id: tuple(one for one in theirs if stays or one.override_id != override.override_id)
        for customer_id, theirs in kept.overrides.items()
    }
    alone = replace(kept, effects={}, overrides=overrides)
    subject = Subject(DecisionType.ESCALATION, override.customer_id)
    codes = CodeBook(version.policy)
    return in_force(session, alone, version, situation.ledger, situation.knowledge, subject, codes).standing
