"""One decision: what was read, what both engines say of it, what a person's word changes, and how it is recorded.

Everything that decides comes through here (the service, a day over a folder, a replay), so that none of them can
answer otherwise than the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec.structs import replace

from policy_service.domain.decisions import ChainResult, Override, Values
from policy_service.domain.errors import FactError, MissingFact
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import MILLION, UNKNOWN, Kind
from policy_service.engines.arithmetic import divide, subtract
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, MeasuredFact, measure_facts, open_items
from policy_service.facts.open_items import OpenItem
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.definitions.built_in_facts import LADDER_INPUT
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from policy_service.services.code_book import CodeBook
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.engine_pair import referred_chain
from policy_service.services.overrides import overridden, overridden_where_stricter
from policy_service.services.record import About, FactRead, record
from policy_service.services.standings import Standing

NOTHING: Final[Values] = MappingProxyType({})


class Grounds(msgspec.Struct, frozen=True):
    """What a decision is measured from, besides the policy; nothing else is looked at.

    `terms` are what the standings of the customer's group say, `request` the values of what the asking system
    said. `substituted` values, by fact, stand in the place of what would be read.
    """

    customer_id: str
    ledger: PreparedLedger
    knowledge: Knowledge
    standing: Standing
    terms: Mapping[str, StandingTerms]
    request: Values
    orders: OrderDecisions = msgspec.field(default_factory=OrderDecisions)
    substituted: Values = msgspec.field(default_factory=lambda: NOTHING)


class Reading(msgspec.Struct, frozen=True):
    """What a decision is decided on: every value by name, those of them that count as facts, and the open items.

    Only an escalation has items: the open invoices that a ladder climbs.
    """

    values: Values
    facts: tuple[FactRead, ...]
    items: tuple[OpenItem, ...] = ()


class Decision(msgspec.Struct, frozen=True):
    """What one chain came to, after overrides, with the facts it read and the result as recorded.

    `fault` says why nothing could be decided; the chain is a refer then.
    """

    chain: ChainResult
    facts: tuple[FactRead, ...]
    values: Values
    result: Mapping[str, object]
    overrides: tuple[Override, ...] = ()
    items: tuple[OpenItem, ...] = ()
    fault: str = ""


def read(version: CompiledPolicy, decision_type: DecisionType, grounds: Grounds, codes: CodeBook) -> Reading:
    """Return what decisions of that type read; FactError for a fact that cannot be measured."""
    definitions = version.reads[decision_type]
    measured = _measured(version, definitions, grounds)
    items = _on_the_ladder(grounds) if decision_type is DecisionType.ESCALATION else ()
    values = {**grounds.standing.facts(), **grounds.request}
    if decision_type is DecisionType.ESCALATION:
        values[LADDER_INPUT] = max((item.days_past_due for item in items), default=UNKNOWN)
    values.update({name: _value_of(fact, codes) for name, fact in measured.items()})
    values.update({**_what_follows(grounds.substituted, values), **grounds.substituted})
    return Reading(values, tuple(_facts(decision_type, definitions, values)), items)


def read_without_measuring(version: CompiledPolicy, decision_type: DecisionType, grounds: Grounds) -> Reading:
    """Return what decisions of that type read and nobody has to measure: request, standing, substituted values."""
    values = {**grounds.standing.facts(), **grounds.request, **grounds.substituted}
    known = [definition for definition in version.reads[decision_type] if definition.name in values]
    facts = tuple(FactRead(one.name, one.kind, values[one.name], one.source) for one in known)
    return Reading(values, facts)


def judged(
    version: CompiledPolicy, about: About, reading: Reading, overrides: Sequence[Override], codes: CodeBook
) -> Decision:
    """Return what both engines say of these values, under the overrides, as it is recorded.

    RequestError R403 for an override of what the policy does not set.
    """
    chain = version.engines.decide(about.decision_type, reading.values)
    chain = _under_what_is_set_aside(chain, about, version, codes)
    for override in overrides:
        chain = overridden(chain, override, version.policy, codes)
    return _recorded(about, chain, reading, tuple(overrides), codes)


def unmeasured(about: About, error: FactError) -> About:
    """Return what a decision is about, with why its facts have no value."""
    return replace(about, fault=str(error), missing=error.facts if isinstance(error, MissingFact) else ())


def referred(
    version: CompiledPolicy, about: About, reading: Reading, overrides: Sequence[Override], codes: CodeBook
) -> Decision:
    """Return the refer of a question that no engine could be asked, for the reason that `about` names as its fault.

    It is a `missing_fact` where `about` names what is missing, else an `engine_fault`. A person's word stands over it
    too.
    """
    chain = referred_chain(about.decision_type, about.fault, missing=about.missing)
    chain = _under_what_is_set_aside(chain, about, version, codes)
    for override in overrides:
        chain = overridden(chain, override, version.policy, codes)
    return _recorded(about, chain, reading, tuple(overrides), codes)


def _under_what_is_set_aside(chain: ChainResult, about: About, version: CompiledPolicy, codes: CodeBook) -> ChainResult:
    for one in about.set_aside:
        # What was said of the standing is in the standing already.
        if one.override.decision_type is DecisionType.ORDER:
            chain = overridden_where_stricter(chain, one.override, version.policy, codes)
    return chain


def _recorded(
    about: About, chain: ChainResult, reading: Reading, overrides: tuple[Override, ...], codes: CodeBook
) -> Decision:
    result = record(about, chain, reading.facts, codes, overrides)
    return Decision(chain, reading.facts, reading.values, result, overrides, reading.items, about.fault)


def _measured(
    version: CompiledPolicy, definitions: Sequence[FactDefinition], grounds: Grounds
) -> Mapping[str, MeasuredFact]:
    policy = version.policy
    circumstances = Circumstances(
        parameters=policy.parameters,
        exposure=policy.exposure,
        exposure_of_group=policy.exposure_of_group,
        terms={**grounds.terms, grounds.customer_id: grounds.standing.terms()},
        orders=grounds.orders,
    )
    return measure_facts(grounds.ledger, grounds.customer_id, definitions, grounds.knowledge, circumstances)


def _on_the_ladder(grounds: Grounds) -> tuple[OpenItem, ...]:
    grace = grounds.standing.values["grace_days"]
    items = open_items(grounds.ledger, grounds.customer_id, grounds.knowledge, 0 if grace == UNKNOWN else grace)
    return tuple(item for item in items if not item.is_disputed)


def _what_follows(substituted: Values, values: Values) -> Values:
    # What is left of a limit follows from the exposure that somebody puts in.
    if "exposure" not in substituted:
        return NOTHING
    limit, exposure = values.get("credit_limit", UNKNOWN), substituted["exposure"]
    derived = {"headroom": subtract(limit, exposure), "utilisation": divide(exposure, limit, MILLION)}
    return {name: value for name, value in derived.items() if name in values}


def _value_of(fact: MeasuredFact, codes: CodeBook) -> int:
    if fact.kind is Kind.CATEGORY:
        return codes.code_of(fact.text) if fact.text else UNKNOWN
    return fact.value


def _facts(
    decision_type: DecisionType,
    definitions: Sequence[FactDefinition],
    values: Values,
) -> Iterator[FactRead]:
    for definition in definitions:
        yield FactRead(definition.name, definition.kind, values.get(definition.name, UNKNOWN), definition.source)
    if decision_type is DecisionType.ESCALATION:
        yield FactRead(LADDER_INPUT, Kind.DAYS, values[LADDER_INPUT], FactSource.BUILT_IN)
