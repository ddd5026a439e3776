"""What other systems are told of a decision."""

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.services.announcing import announce
from policy_service.services.chain_decision import Decision
from policy_service.services.house import House


def tell_of(house: House, session: Session, decision_id: str, decision: Decision, act: Act) -> None:
    """Tell other systems of a live decision."""
    result = decision.result
    said = {name: result[name] for name in ("type", "customer_id", "as_of", "outcome", "policy")}
    reasons = [reason.code for reason in decision.chain.reasons]
    told = {"decision_id": decision_id, "order_id": result.get("order_id", ""), "reasons": reasons, **said}
    announce(house, session, act, "decision.given", f"decisions/{decision_id}", told)
