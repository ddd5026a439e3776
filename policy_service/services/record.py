"""The result of a decision as it is recorded: plain data whose canonical bytes are the same when replayed."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from policy_service.domain.decisions import ChainResult, Override, Reason, SetAside
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.engines.version import ENGINE_VERSION
from policy_service.language.definitions.dictionary import FactSource
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import LADDER_KINDS
from policy_service.services.code_book import CodeBook, Plain
from policy_service.services.standings import Standing


class FactRead(msgspec.Struct, frozen=True):
    """A fact as a decision read it, with where it came from."""

    name: str
    kind: Kind
    value: int
    source: FactSource


class About(msgspec.Struct, frozen=True):
    """What a decision is about, besides what was read for it.

    `known_until` is the instant up to which entries were known, as text; none: those dated and posted before the
    day. `ledger_head` is the last posting that was known, none for a ledger of files. `request` is what the asking
    system said, as it said it, its amount in `currency` (empty: not said). `standing` is what was in force, by name.
    `substituted` are the texts, by fact, that were put in the place of what would be read. `set_aside` is what persons
    said that does not count for it. `fault` says why nothing
    could be decided; `missing` names the facts that have no value, where that is why.
    """

    decision_type: DecisionType
    customer_id: str
    as_of: date
    policy: Policy
    policy_hash: str
    version: int = 0
    order_id: str = ""
    known_until: str = ""
    ledger_head: int | None = None
    request: Mapping[str, str] = msgspec.field(default_factory=dict)
    currency: str = ""
    standing: Mapping[str, Plain] = msgspec.field(default_factory=dict)
    substituted: Mapping[str, str] = msgspec.field(default_factory=dict)
    set_aside: Sequence[SetAside] = ()
    fault: str = ""
    missing: tuple[str, ...] = ()


def record(
    about: About, chain: ChainResult, facts: Sequence[FactRead], codes: CodeBook, overrides: Sequence[Override] = ()
) -> dict[str, object]:
    """Return everything that led to the decision and what it came to; values as the API writes them."""
    more = {
        "order_id": about.order_id,
        "request": dict(about.request),
        "currency": about.currency,
        "standing": dict(about.standing),
        "substituted": dict(about.substituted),
        "overrides": [_override(one) for one in overrides],
        "set_aside": [_set_aside(one) for one in about.set_aside],
        "fault": about.fault,
        "missing": list(about.missing),
    }
    # A ledger of files has no postings; that nothing was posted yet is another thing.
    head = {} if about.ledger_head is None else {"ledger_head": about.ledger_head}
    return {
        "policy": _policy(about),
        "engine_version": ENGINE_VERSION,
        "type": chain.decision_type.value,
        "customer_id": about.customer_id,
        "as_of": about.as_of.isoformat(),
        # A day: entries dated and posted before it were known.
        "known_until": about.known_until or about.as_of.isoformat(),
        "facts": {fact.name: _fact(fact, codes) for fact in facts},
        "outputs": outputs_of(about.policy, chain, codes),
        "outcome": chain.outcome.value if chain.outcome else None,
        "reasons": [_reason(reason, about.policy) for reason in chain.reasons],
        "hits": {result.rule_set: list(result.hits) for result in chain.rule_sets},
        **head,
        **{key: value for key, value in more.items() if value},
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


def _policy(about: About) -> dict[str, object]:
    number = {"version": about.version} if about.version else {}
    return {"id": about.policy.id, "hash": about.policy_hash, **number}


def _fact(fact: FactRead, codes: CodeBook) -> dict[str, object]:
    return {"value": codes.plain(fact.value, fact.kind), "type": str(fact.kind), "source": str(fact.source)}


def _override(override: Override) -> dict[str, object]:
    said: dict[str, object] = {
        "person": override.person,
        "reason": override.reason,
        "expires_on": override.expires_on.isoformat(),
        "outputs": dict(override.outputs),
    }
    return {"id": override.override_id, **said} if override.override_id else said


def _set_aside(one: SetAside) -> dict[str, object]:
    return {**_override(one.override), "type": one.override.decision_type.value, "why": one.why}


def _reason(reason: Reason, policy: Policy) -> dict[str, object]:
    definition = policy.reasons.get(reason.code)
    said: dict[str, object] = {"code": reason.code, "rule_set": reason.rule_set}
    if definition:
        said["title"] = {"en": definition.title.en, "zh": definition.title.zh}
    more = {"row": reason.row, "facts": list(reason.facts), "detail": reason.detail}
    return said | {key: value for key, value in more.items() if value}


def standing_plain(standing: Standing, codes: CodeBook) -> dict[str, Plain]:
    """Return what of a standing is set, by name, as the API writes it."""
    return {
        name: codes.plain(standing.values[name], kind)
        for name, kind in STANDING_OUTPUTS.items()
        if standing.values[name] != UNKNOWN
    }


def lines_of(results: Mapping[str, Mapping[str, object] | None]) -> str:
    """Return the recorded results of one customer by decision type as one line of JSON."""
    return msgspec.json.encode(results, order="sorted").decode()
