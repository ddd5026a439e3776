"""A stored decision as people read it: what it was decided on, and the tables of its policy with what was hit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import Title
from policy_service.language.policy import Policy
from policy_service.services.code_book import Plain
from policy_service.services.decisions.recorded import decided_again, recorded
from policy_service.services.decisions.showing_rule_sets import shown
from policy_service.services.decisions.shown_rule_sets import ShownRuleSet
from policy_service.services.explain import traces
from policy_service.services.house import House
from policy_service.storage.decision_store import StoredDecision


@dataclass(frozen=True, slots=True)
class ToldFact:
    """A fact as the decision read it, with what it is called and where it came from."""

    name: str
    title: Title
    unit: str
    kind: Kind
    value: Plain
    source: str


@dataclass(frozen=True, slots=True)
class ToldDecision:
    """A decision with its result as recorded, its facts, and the rule sets that ran, in their order.

    `titles` name facts and reasons by their names and codes, `kinds` tell how outputs are read.
    """

    stored: StoredDecision
    result: Mapping[str, Any]
    facts: tuple[ToldFact, ...]
    rule_sets: tuple[ShownRuleSet, ...]
    titles: Mapping[str, Title]
    kinds: Mapping[str, Kind]
    currency: str


def told(house: House, session: Session, stored: StoredDecision) -> ToldDecision:
    """Return a stored decision explained from what it was decided on, in the words of its policy version."""
    version = house.policies.version(session, stored.policy_id, stored.policy_version)
    found = recorded(stored)
    decision, codes = decided_again(found, version)
    hits = found.result.get("hits", {})
    rule_sets = tuple(
        shown(version.policy, trace, hits.get(trace.rule_set, ()), codes)
        for trace in traces(decision, version.explainer, codes)
    )
    policy = version.policy
    facts = tuple(_facts(found.result["facts"], policy))
    kinds = {**policy.outputs, **{fact.name: fact.kind for fact in facts}}
    return ToldDecision(stored, found.result, facts, rule_sets, titles_of(policy), kinds, policy.currency.code)


def titles_of(policy: Policy) -> Mapping[str, Title]:
    """Return what a policy calls its facts and reasons, by name and code."""
    facts = {name: definition.title for name, definition in policy.facts.items()}
    return {**facts, **{code: definition.title for code, definition in policy.reasons.items()}}


def _facts(said: Mapping[str, Mapping[str, Any]], policy: Policy) -> Iterator[ToldFact]:
    for name, fact in said.items():
        definition = policy.facts.get(name)
        title, unit = (definition.title, definition.unit) if definition else (Title(), "")
        yield ToldFact(name, title, unit, Kind(fact["type"]), fact["value"], fact["source"])
