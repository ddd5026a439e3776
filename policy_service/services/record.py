"""The result of a decision as it is recorded: plain data whose canonical bytes are the same when replayed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from policy_service.domain.decisions import ChainResult, Reason
from policy_service.domain.values import Kind
from policy_service.language.definitions.dictionary import FactSource
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import LADDER_KINDS
from policy_service.services.code_book import CodeBook, Plain
from policy_service.services.engine_pair import ENGINE_VERSION


@dataclass(frozen=True, slots=True)
class FactRead:
    """A fact as a decision read it, with where it came from and the ledger entries behind it."""

    name: str
    kind: Kind
    value: int
    source: FactSource
    entries: tuple[str, ...] = ()


def canonical_bytes(result: Mapping[str, object]) -> bytes:
    """Return the result as JSON with sorted keys and no white space."""
    return msgspec.json.encode(result, order="sorted")


@dataclass(frozen=True, slots=True)
class About:
    """Upon whom, as of which day, under which policy text a decision was made."""

    customer_id: str
    as_of: date
    policy: Policy
    policy_hash: str


def record(about: About, chain: ChainResult, facts: Sequence[FactRead], codes: CodeBook) -> dict[str, object]:
    """Return everything that led to the decision and what it came to; values as the API writes them."""
    return {
        "policy": {"id": about.policy.id, "hash": about.policy_hash},
        "engine_version": ENGINE_VERSION,
        "type": chain.decision_type.value,
        "customer_id": about.customer_id,
        "as_of": about.as_of.isoformat(),
        # Entries dated and posted before this day were known.
        "known_until": about.as_of.isoformat(),
        "facts": {fact.name: _fact(fact, codes) for fact in facts},
        "outputs": outputs_of(about.policy, chain, codes),
        "outcome": chain.outcome.value if chain.outcome else None,
        "reasons": [_reason(reason, about.policy) for reason in chain.reasons],
        "hits": {result.rule_set: list(result.hits) for result in chain.rule_sets},
    }


def outputs_of(policy: Policy, chain: ChainResult, codes: CodeBook) -> dict[str, Plain | list[Plain]]:
    """Return the chain's outputs as the API writes them."""
    kinds = {**policy.outputs, **LADDER_KINDS}
    return {
        name: [codes.plain(one, kinds[name]) for one in value]
        if isinstance(value, tuple)
        else codes.plain(value, kinds[name])
        for name, value in chain.outputs.items()
    }


def _fact(fact: FactRead, codes: CodeBook) -> dict[str, object]:
    return {"value": codes.plain(fact.value, fact.kind), "type": fact.kind.value, "source": fact.source.value}


def _reason(reason: Reason, policy: Policy) -> dict[str, object]:
    definition = policy.reasons.get(reason.code)
    said: dict[str, object] = {"code": reason.code, "rule_set": reason.rule_set}
    if definition:
        said["title"] = {"en": definition.title.en, "zh": definition.title.zh}
    more = {"row": reason.row, "facts": list(reason.facts), "detail": reason.detail}
    return said | {key: value for key, value in more.items() if value}


def lines_of(results: Mapping[str, Mapping[str, object] | None]) -> str:
    """Return the recorded results of one customer by decision type as one line of JSON."""
    return msgspec.json.encode(results, order="sorted").decode()
