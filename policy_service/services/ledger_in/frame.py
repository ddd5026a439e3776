"""What entries are read with: the ledger's base currency, and the facts that its customer file may hold."""

from sqlalchemy.orm import Session

from policy_service.domain.errors import RequestError
from policy_service.domain.instants import Instant
from policy_service.domain.values import Currency
from policy_service.language.definitions.dictionary import FactDictionary
from policy_service.language.definitions.dictionary_files import load_dictionary
from policy_service.language.policy import Policy
from policy_service.services.house import House
from policy_service.storage.ledger_known import base_currency_of
from policy_service.storage.policy_store import PolicyStore


def base_currency_for(house: House, session: Session, at: Instant) -> Currency:
    """Return the currency that the ledger is kept in; of an empty one that of the policy that counts.

    RequestError R484 where neither says one.
    """
    kept = base_currency_of(session)
    if kept:
        return kept
    policy = _policy_in_force(house, session, at)
    if policy is None:
        raise RequestError(
            "R484", "Nothing says in which currency the ledger is kept.", remedy="Activate a policy, then import."
        )
    return policy.currency


def declared_facts(house: House, session: Session, at: Instant) -> FactDictionary:
    """Return the facts that ship and those of the policy that counts, which a customer file is held to."""
    policy = _policy_in_force(house, session, at)
    return {**load_dictionary(house.settings.rules_dir).facts, **(policy.facts if policy else {})}


def _policy_in_force(house: House, session: Session, at: Instant) -> Policy | None:
    store = PolicyStore(session)
    version = store.effective(house.settings.default_policy, at)
    return store.policy(version.policy_id, version.number) if version else None
