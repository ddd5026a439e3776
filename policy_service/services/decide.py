"""Decide upon a customer: facts measured, both engines asked, effects and overrides applied, all recorded.

A decision is a function of the policy, the ledger as it was known, the day and the question; nothing here
reads a clock. The order of the day is that of a replay: the review sets the standing, the ladder's effects
change it, the order is checked under what results.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from policy_service.domain.amounts import from_scaled
from policy_service.domain.decisions import ChainResult, Override, Values
from policy_service.domain.entries import Ledger
from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import FALSE, UNKNOWN, Kind, scale
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import (
    Circumstances,
    MeasuredFact,
    exposure_by_component,
    measure_facts,
    open_items,
)
from policy_service.facts.open_items import OpenItem
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.language.rule_set_names import facts_read_by
from policy_service.services.code_book import CodeBook
from policy_service.services.engine_pair import EnginePair
from policy_service.services.ladder_cases import LadderCase, cases, effects_in_force
from policy_service.services.overrides import overridden
from policy_service.services.record import About, FactRead, record
from policy_service.services.request_facts import ORDER_AMOUNT, read_request
from policy_service.services.standings import (
    Standing,
    overridden_standing,
    recorded_standing,
    reviewed,
    stop_is_released,
    with_effects,
)

DAYS_PAST_DUE = "days_past_due"


@dataclass(frozen=True, slots=True)
class Question:
    """Upon whom, as of which day, and what the asking system says of its request, as texts by fact."""

    customer_id: str
    as_of: date
    request: Mapping[str, str] = field(default_factory=dict)
    includes_day: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What one chain came to, after overrides, with the facts it read and the result as recorded."""

    chain: ChainResult
    facts: tuple[FactRead, ...]
    values: Values
    result: Mapping[str, object]
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerDecisions:
    """The three decisions upon one customer; `order` is None where no order was asked about."""

    customer_id: str
    as_of: date
    review: Decision
    escalation: Decision
    cases: tuple[LadderCase, ...]
    standing: Standing
    order: Decision | None
    codes: CodeBook

    @property
    def results(self) -> dict[str, Mapping[str, object] | None]:
        """The recorded results by decision type."""
        return {
            "review": self.review.result,
            "escalation": self.escalation.result,
            "order": self.order.result if self.order else None,
        }


class Decider:
    """Decide under one policy over one ledger: the engines are compiled once."""

    def __init__(self, policy: Policy, ledger: Ledger, overrides: Sequence[Override] = ()) -> None:
        self.policy = policy
        self.hash = policy_hash(policy)
        self.ledger = ledger
        self.engines = EnginePair(policy)
        self._prepared = PreparedLedger(ledger)
        self._overrides = tuple(overrides)
        self._reads_of_groups = any(fact.group for fact in policy.facts.values())
        self._read_by = {kind: facts_read_by(policy, kind) for kind in DecisionType}

    def close(self) -> None:
        """Free the engines."""
        self.engines.close()

    def decide(self, question: Question) -> CustomerDecisions:
        """Return review, escalation and, where the request names an order, the order decision.

        RequestError R404 for an unknown customer, R405 for a ledger in another currency, R402 for a request fact
        that cannot be read, R403 for an override of what the policy does not set; FactError where the customer's
        facts cannot be measured.
        """
        if self.ledger.base_currency != self.policy.currency:
            raise RequestError(
                "R405",
                f"The ledger is in {self.ledger.base_currency.code}, the policy {self.policy.id} in "
                f"{self.policy.currency.code}.",
                remedy="Choose a policy in the ledger's base currency, or import the ledger with rates.",
            )
        if question.customer_id not in self.ledger.histories:
            raise RequestError(
                "R404", f"The ledger has no customer {question.customer_id!r}.", remedy="Check the customer id."
            )
        return _Sitting(self, question).decide()

    def measured(
        self, question: Question, decision_type: DecisionType, standing: Standing
    ) -> Mapping[str, MeasuredFact]:
        """Return the ledger, built-in and customer facts that decisions of that type read."""
        policy = self.policy
        circumstances = Circumstances(
            parameters=policy.parameters,
            exposure=policy.exposure,
            exposure_of_group=policy.exposure_of_group,
            terms=self._terms(question, standing),
        )
        knowledge = Knowledge(question.as_of, question.includes_day)
        definitions = self._read_by[decision_type]
        return measure_facts(self._prepared, question.customer_id, definitions, knowledge, circumstances)

    def _terms(self, question: Question, standing: Standing) -> Mapping[str, StandingTerms]:
        own = {question.customer_id: standing.terms()}
        if not self._reads_of_groups:
            return own
        members = self._prepared.group_of(question.customer_id, Knowledge(question.as_of))
        codes = CodeBook(self.policy)
        recorded = {one: recorded_standing(self.ledger.histories[one], question.as_of, codes) for one in members}
        return {one: standing.terms() for one, standing in recorded.items()} | own

    def latest_order(self, customer_id: str, day: date) -> dict[str, str]:
        """Return a request with the amount of the customer's latest invoice known on the day, in base currency.

        Empty without an invoice, for an unknown customer, and under a policy that reads no order amount.
        """
        if customer_id not in self.ledger.histories or ORDER_AMOUNT not in self.policy.facts:
            return {}
        amounts = self._prepared.customer_day(customer_id, Knowledge(day), OrderDecisions()).invoices.numbers["amount"]
        if not len(amounts):
            return {}
        return {ORDER_AMOUNT: from_scaled(int(amounts[-1]), scale(Kind.MONEY, self.policy.currency))}

    def exposure(self, customer_id: str, day: date) -> int:
        """Return the customer's exposure by the policy's components, in minor units of the base currency."""
        circumstances = Circumstances(exposure=self.policy.exposure, exposure_of_group=self.policy.exposure_of_group)
        parts = exposure_by_component(self._prepared, customer_id, Knowledge(day), circumstances)
        return sum(part.amount for part in parts.values())

    def open_items(self, question: Question, standing: Standing) -> tuple[OpenItem, ...]:
        """Return the customer's open invoices that a ladder climbs: those in dispute are left out."""
        grace = standing.values["grace_days"]
        knowledge = Knowledge(question.as_of, question.includes_day)
        items = open_items(self._prepared, question.customer_id, knowledge, 0 if grace == UNKNOWN else grace)
        return tuple(item for item in items if not item.is_disputed)

    def overrides_for(self, question: Question, decision_type: DecisionType) -> tuple[Override, ...]:
        """Return the overrides in force that day for the customer, the last to expire last: it is applied over all."""
        in_force = [
            override
            for override in self._overrides
            if override.customer_id == question.customer_id
            and override.decision_type is decision_type
            and override.expires_on >= question.as_of
        ]
        return tuple(sorted(in_force, key=lambda override: override.expires_on))

    def missing_request(self) -> NoReturn:
        """Say which facts of the request an order decision needs; RequestError R409."""
        needed = [fact.name for fact in self._read_by[DecisionType.ORDER] if fact.source is FactSource.REQUEST]
        raise RequestError(
            "R409",
            f"An order decision under {self.policy.id} needs facts of the request.",
            remedy=f"Add facts: {', '.join(needed) or 'this policy decides no orders'}.",
        )

    def facts_read(self, decision_type: DecisionType) -> tuple[FactDefinition, ...]:
        """Return the definitions of the facts that decisions of that type read."""
        return self._read_by[decision_type]


class _Sitting:
    """One question while it is decided."""

    def __init__(self, decider: Decider, question: Question) -> None:
        self._decider = decider
        self._policy = decider.policy
        self._question = question
        self._codes = CodeBook(decider.policy)
        self._request = read_request(question.request, decider.policy, self._codes)

    def decide(self) -> CustomerDecisions:
        history = self._decider.ledger.histories[self._question.customer_id]
        before = recorded_standing(history, self._question.as_of, self._codes)
        review = self._decision(DecisionType.REVIEW, before)
        standing = self._after_review(review, before)
        items = self._decider.open_items(self._question, standing)
        oldest = max((item.days_past_due for item in items), default=UNKNOWN)
        escalation = self._decision(DecisionType.ESCALATION, standing, {DAYS_PAST_DUE: oldest})
        effects = effects_in_force(self._policy, escalation.chain, escalation.values)
        standing = with_effects(standing, effects, self._policy)
        order = self._decision(DecisionType.ORDER, standing) if self._asks_about_an_order else None
        return CustomerDecisions(
            customer_id=self._question.customer_id,
            as_of=self._question.as_of,
            review=review,
            escalation=escalation,
            cases=tuple(cases(self._policy, escalation.chain, escalation.values, items, self._codes)),
            standing=standing,
            order=order,
            codes=self._codes,
        )

    def _after_review(self, review: Decision, before: Standing) -> Standing:
        outputs = review.chain.outputs
        said = {name for override in review.overrides for name in override.outputs if name in outputs}
        if not review.chain.rule_sets or review.chain.outcome is Outcome.REFER:
            # No rule found a standing: the one in force stays, but for what a person has said.
            return overridden_standing(before, {name: outputs[name] for name in said})
        standing = reviewed(outputs, before)
        if "stop_credit" not in said and stop_is_released(self._policy, review.chain):
            return overridden_standing(standing, {"stop_credit": FALSE})
        return standing

    @property
    def _asks_about_an_order(self) -> bool:
        needed = [fact.name for fact in self._decider.facts_read(DecisionType.ORDER) if fact.required]
        return bool(self._policy.chains.get(DecisionType.ORDER)) and self._request.keys() >= set(needed)

    def _decision(self, decision_type: DecisionType, standing: Standing, more: Values | None = None) -> Decision:
        measured = self._decider.measured(self._question, decision_type, standing)
        values = {**standing.facts(), **self._request, **(more or {})}
        values.update({name: self._value_of(fact) for name, fact in measured.items()})
        chain = self._decider.engines.decide(decision_type, values)
        overrides = self._decider.overrides_for(self._question, decision_type)
        for override in overrides:
            chain = overridden(chain, override, self._policy, self._codes)
        given = (FactRead(name, Kind.DAYS, value, FactSource.BUILT_IN) for name, value in (more or {}).items())
        facts = (*self._facts_read(decision_type, values, measured), *given)
        about = About(self._question.customer_id, self._question.as_of, self._policy, self._decider.hash)
        result = record(about, chain, facts, self._codes)
        return Decision(chain, facts, values, result, overrides)

    def _value_of(self, fact: MeasuredFact) -> int:
        if fact.kind is Kind.CATEGORY:
            return self._codes.code_of(fact.text) if fact.text else UNKNOWN
        return fact.value

    def _facts_read(
        self, decision_type: DecisionType, values: Values, measured: Mapping[str, MeasuredFact]
    ) -> Iterator[FactRead]:
        for definition in self._decider.facts_read(decision_type):
            entries = measured[definition.name].entries if definition.name in measured else ()
            value = values.get(definition.name, UNKNOWN)
            yield FactRead(definition.name, definition.kind, value, definition.source, entries)
