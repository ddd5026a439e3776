"""A stored decision decided again: under its own version to prove it, under another to see the difference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.services.canonical_json import canonical_bytes
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.differences import differences
from policy_service.services.decisions.recorded import decided_again, recorded
from policy_service.services.decisions.rejudging import decided_under
from policy_service.services.explain import explanation
from policy_service.services.house import House
from policy_service.storage.decision_store import DecisionStore, StoredDecision


@dataclass(frozen=True, slots=True)
class Replay:
    """What deciding again came to: `result` as it is recorded, whether its bytes are those stored, what differs.

    `is_same_version` tells a proof, which must be identical, from a comparison.
    """

    decision_id: str
    is_same_version: bool
    is_identical: bool
    result: Mapping[str, Any]
    difference: Mapping[str, object]


def replay(
    house: House, session: Session, decision_id: str, act: Act, policy_id: str = "", version: int | None = None
) -> Replay:
    """Decide a stored decision again on the facts it was decided on, and store nothing.

    Under another version (of another policy without a number the one that counts now) facts that the record lacks,
    or that the version measures otherwise, are measured in the ledger as it was known then. NotStored S209 for a
    decision or version that there is not; RequestError R405 for a policy in another currency, R421 for one of which
    no version counts.
    """
    stored = DecisionStore(session).load(decision_id)
    chosen = _version(house, session, stored, policy_id, version, act)
    wanted = (chosen.policy.id, chosen.number, chosen.hash)
    is_same = wanted == (stored.policy_id, stored.policy_version, stored.policy_hash)
    if is_same:
        decision, _ = decided_again(recorded(stored), chosen)
    else:
        decision = decided_under(house, session, recorded(stored), chosen)
    result = canonical_bytes(decision.result)
    again = msgspec.json.decode(result)
    is_identical = result == stored.result
    difference = {} if is_identical else differences(msgspec.json.decode(stored.result), again)
    return Replay(decision_id, is_same, is_identical, again, difference)


def explained(house: House, session: Session, stored: StoredDecision) -> Mapping[str, object]:
    """Return the explanation of a stored decision, as it was or would have been given with it."""
    version = house.policies.version(session, stored.policy_id, stored.policy_version)
    decision, codes = decided_again(recorded(stored), version)
    return explanation(decision, version.explainer, codes)


def _version(
    house: House, session: Session, stored: StoredDecision, policy_id: str, number: int | None, act: Act
) -> CompiledPolicy:
    of_policy = policy_id or stored.policy_id
    if number is not None:
        return house.policies.version(session, of_policy, number)
    if of_policy == stored.policy_id:
        return house.policies.version(session, of_policy, stored.policy_version)
    return house.policies.effective(session, of_policy, act.at)
