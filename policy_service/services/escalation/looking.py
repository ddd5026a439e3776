"""What the ladders of a policy say of a customer, before anything comes of it and without a record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from policy_service.domain.decisions import ChainResult, RuleSetResult, Values
from policy_service.domain.errors import EngineFault
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN
from policy_service.engines.conditions import Conjunctions, cells_of
from policy_service.engines.formulas import prepare, run
from policy_service.engines.parameters import parameters_of
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import open_items
from policy_service.facts.open_items import OpenItem
from policy_service.language.feel.expressions import Expression
from policy_service.language.policy import Policy
from policy_service.language.rule_sets import Ladder
from policy_service.services.chain_decision import Grounds, read
from policy_service.services.code_book import CodeBook
from policy_service.services.compiled_policy import CompiledPolicy
from policy_service.services.decisions.deciding import Given
from policy_service.services.decisions.in_force import in_force
from policy_service.services.decisions.weighing import Subject
from policy_service.services.known_customers import KnownLedger
from policy_service.storage.kept_together import Kept


@dataclass(frozen=True, slots=True)
class Rung:
    """One ladder with what it says of a customer, and the values that it was asked with."""

    ladder: Ladder
    result: RuleSetResult
    scope: Values
    policy: Policy

    def stands(self) -> bool:
        """Return whether the ladder is one for this customer, as of its oldest undisputed invoice."""
        matched, _ = Conjunctions([cells_of(self.ladder.when)], parameters_of(self.policy)).match(self.scope)
        return bool(matched)

    def value(self, expression: Expression, more: Values | None = None) -> int:
        """Return what a formula of the ladder comes to; unknown where it is outside the range of values."""
        try:
            return run(prepare(expression, parameters_of(self.policy)), {**self.scope, **(more or {})})
        except EngineFault:
            return UNKNOWN


@dataclass(frozen=True, slots=True)
class Look:
    """A customer on its ladders: what each says, and the open invoices.

    `items` are those that a ladder climbs, `open_invoices` all, also those in dispute. `fault` is the code and the
    words of what keeps everybody from knowing what the ladders say.
    """

    customer_id: str
    day: date
    rungs: tuple[Rung, ...]
    items: tuple[OpenItem, ...]
    open_invoices: frozenset[str]
    fault: tuple[str, str] | None = None


def ladders_of(policy: Policy) -> tuple[Ladder, ...]:
    """Return the ladders that escalations under the policy climb, in order."""
    return tuple(one for one in policy.chain(DecisionType.ESCALATION) if isinstance(one, Ladder))


def look(
    session: Session, version: CompiledPolicy, ledger: KnownLedger, customer_id: str, knowledge: Knowledge, kept: Kept
) -> Look:
    """Return what the ladders say; FactError for a fact that cannot be measured."""
    codes = CodeBook(version.policy)
    subject = Subject(DecisionType.ESCALATION, customer_id)
    counts = in_force(session, kept, version, ledger, knowledge, subject, codes)
    grounds = Grounds(customer_id, ledger, knowledge, counts.standing, counts.terms, {}, counts.orders)
    reading = read(version, DecisionType.ESCALATION, grounds, codes)
    chain = version.engines.decide(DecisionType.ESCALATION, reading.values)
    return _look(version.policy, ledger, customer_id, knowledge, chain, reading.values, reading.items)


def look_of(given: Given, ledger: KnownLedger, knowledge: Knowledge) -> Look:
    """Return the same of an escalation that was decided."""
    decision = given.decision
    chain = decision.chain
    return _look(given.version.policy, ledger, given.customer_id, knowledge, chain, decision.values, decision.items)


def _look(
    policy: Policy,
    ledger: KnownLedger,
    customer_id: str,
    knowledge: Knowledge,
    chain: ChainResult,
    values: Values,
    items: tuple[OpenItem, ...],
) -> Look:
    every = open_items(ledger, customer_id, knowledge)
    return Look(
        customer_id,
        knowledge.day,
        tuple(_rungs(policy, chain, values)),
        items,
        frozenset(item.invoice_id for item in every),
        _fault(policy, chain),
    )


def _rungs(policy: Policy, chain: ChainResult, values: Values) -> Iterator[Rung]:
    scope = dict(values)
    for result in chain.rule_sets:
        rule_set = next((one for one in policy.rule_sets if one.name == result.rule_set), None)
        if rule_set is None or result.ends_the_chain:
            return
        if isinstance(rule_set, Ladder):
            yield Rung(rule_set, result, dict(scope), policy)
        # As in the chain itself: an output that was not set is unknown to those behind.
        scope.update(dict.fromkeys(rule_set.output_names, UNKNOWN))
        scope.update({name: value for name, value in result.outputs.items() if isinstance(value, int)})


def _fault(policy: Policy, chain: ChainResult) -> tuple[str, str] | None:
    if chain.outcome is None or not ladders_of(policy) or not chain.reasons:
        return None
    first = chain.reasons[0]
    return first.code, first.detail or f"{first.rule_set}: {', '.join(first.facts) or first.code}"
