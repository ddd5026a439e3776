"""What is told of a standing that changes: the audit trail, the webhooks, and the orders that wait for it."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.services.announcing import announce
from policy_service.services.audit import note
from policy_service.services.house import House
from policy_service.services.orders.waking import wake
from policy_service.services.standings_in_force.comparing import Comparison
from policy_service.services.standings_in_force.texts import text_of
from policy_service.storage.standing_store import StoredStanding

#: Why held orders are decided again.
LIMIT_CHANGED: Final = "limit_changed"


def tell_of_a_change(
    house: House, session: Session, standing: StoredStanding, comparison: Comparison, cause: str, act: Act
) -> None:
    """Note that a standing came into force; announce it, and wake held orders, if it differs from the one before."""
    changed = changed_texts(comparison)
    told = {**_about(standing), "cause": cause, "changed": changed}
    note(house, session, act, "standing_in_force", "standing", standing.standing_id, told)
    if not changed:
        return
    announce(house, session, act, "standing.changed", _subject(standing), {**told, "outputs": dict(standing.outputs)})
    if comparison.rises() or "credit_limit" in changed:
        wake(house, session, [standing.customer_id], LIMIT_CHANGED, act)


def tell_of_a_proposal(
    house: House, session: Session, standing: StoredStanding, rises: Sequence[str], act: Act
) -> None:
    """Note and announce that a standing waits for somebody with authority over its rises."""
    told = {**_about(standing), "approval_role": standing.approval_role, "rises": list(rises)}
    note(house, session, act, "standing_proposed", "standing", standing.standing_id, told)
    announce(house, session, act, "standing.proposed", _subject(standing), {**told, "outputs": dict(standing.outputs)})


def changed_texts(comparison: Comparison) -> dict[str, dict[str, str | None]]:
    """Return what each item was and is, as texts; none for not set."""
    before, after = comparison.before.values, comparison.after.values
    return {
        name: {
            "from": text_of(name, before[name], comparison.codes) or None,
            "to": text_of(name, after[name], comparison.codes) or None,
        }
        for name in comparison.changes()
    }


def _about(standing: StoredStanding) -> Mapping[str, object]:
    return {
        "customer_id": standing.customer_id,
        "standing_id": standing.standing_id,
        "decision_id": standing.decision_id,
    }


def _subject(standing: StoredStanding) -> str:
    return f"customers/{standing.customer_id}"
