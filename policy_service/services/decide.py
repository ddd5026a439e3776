"""Decide upon a customer: facts measured, both engines asked, effects and overrides applied, all recorded.

A decision is a function of the policy, the ledger as it was known, the day and the question; nothing here
reads a clock. The order of the day is that of a replay: the review sets the standing, the ladder's effects
change it, the order is checked under what results.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from policy_service.domain.amounts import from_scaled
from policy_service.domain.decisions import Override
from policy_service.domain.entries import Ledger
from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import Kind, scale
from policy_service.facts.customer_day import OrderDecisions
from policy_service.facts.debtor import StandingTerms
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, exposure_by_component
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.services.base_currency import other_currency
from policy_service.services.chain_decision import Decision, Grounds, judged, read
from policy_service.services.code_book import CodeBook
from policy_service.services.compiled_policy import compiled
from policy_service.services.ladder_cases import LadderCase, cases, effects_in_force
from policy_service.services.record import About
from policy_service.services.request_facts import (
    ORDER_AMOUNT,
    missing_request,
    read_request,
    request_lacks,
)
from policy_service.services.standings import Standing, after_review, recorded_standing, with_effects


@dataclass(frozen=True, slots=True)
class Question:
    """Upon whom, as of which day, and what the asking system says of its request, as texts by fact."""

    customer_id: str
    as_of: date
    request: Mapping[str, str] = field(default_factory=dict)
    includes_day: bool = False


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
        self.version = compiled(policy, policy_hash(policy))
        self.policy = policy
        self.hash = self.version.hash
        self.ledger = ledger
        self.prepared = PreparedLedger(ledger)
        self._overrides = tuple(overrides)

    def close(self) -> None:
        """Free the engines."""
        self.version.engines.close()

    def decide(self, question: Question) -> CustomerDecisions:
        """Return review, escalation and, where the request names an order, the order decision.

        RequestError R404 for an unknown customer, R405 for a ledger in another currency, R402 for a request fact
        that cannot be read, R403 for an override of what the policy does not set; FactError where the customer's
        facts cannot be measured.
        """
        if self.ledger.base_currency != self.policy.currency:
            raise other_currency(self.ledger.base_currency, self.policy)
        if question.customer_id not in self.ledger.histories:
            raise RequestError(
                "R404", f"The ledger has no customer {question.customer_id!r}.", remedy="Check the customer id."
            )
        return _Sitting(self, question).decide()

    def terms_of_group(self, question: Question) -> Mapping[str, StandingTerms]:
        """Return what the recorded standings of the customer's group say; empty where no fact is of the group."""
        if not self.version.reads_of_groups:
            return {}
        members = self.prepared.group_of(question.customer_id, Knowledge(question.as_of))
        codes = CodeBook(self.policy)
        histories = self.ledger.histories
        return {one: recorded_standing(histories[one], question.as_of, codes).terms() for one in members}

    def latest_order(self, customer_id: str, day: date) -> dict[str, str]:
        """Return a request with the amount of the customer's latest invoice known on the day, in base currency.

        Empty without an invoice, for an unknown customer, and under a policy that reads no order amount.
        """
        if customer_id not in self.ledger.histories or ORDER_AMOUNT not in self.policy.facts:
            return {}
        amounts = self.prepared.customer_day(customer_id, Knowledge(day), OrderDecisions()).invoices.numbers["amount"]
        if not len(amounts):
            return {}
        return {ORDER_AMOUNT: from_scaled(int(amounts[-1]), scale(Kind.MONEY, self.policy.currency))}

    def exposure(self, customer_id: str, day: date) -> int:
        """Return the customer's exposure by the policy's components, in minor units of the base currency."""
        circumstances = Circumstances(exposure=self.policy.exposure, exposure_of_group=self.policy.exposure_of_group)
        parts = exposure_by_component(self.prepared, customer_id, Knowledge(day), circumstances)
        return sum(part.amount for part in parts.values())

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
        raise missing_request(self.version)


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
        standing = after_review(self._policy, review.chain, review.overrides, before)
        escalation = self._decision(DecisionType.ESCALATION, standing)
        effects = effects_in_force(self._policy, escalation.chain, escalation.values)
        standing = with_effects(standing, effects, self._policy)
        order = self._decision(DecisionType.ORDER, standing) if self._asks_about_an_order else None
        return CustomerDecisions(
            customer_id=self._question.customer_id,
            as_of=self._question.as_of,
            review=review,
            escalation=escalation,
            cases=tuple(cases(self._policy, escalation.chain, escalation.values, escalation.items, self._codes)),
            standing=standing,
            order=order,
            codes=self._codes,
        )

    @property
    def _asks_about_an_order(self) -> bool:
        return not request_lacks(self._decider.version, self._request)

    def _decision(self, decision_type: DecisionType, standing: Standing) -> Decision:
        decider, question = self._decider, self._question
        grounds = Grounds(
            customer_id=question.customer_id,
            ledger=decider.prepared,
            knowledge=Knowledge(question.as_of, question.includes_day),
            standing=standing,
            terms=decider.terms_of_group(question),
            request=self._request,
        )
        about = About(decision_type, question.customer_id, question.as_of, decider.policy, decider.hash)
        reading = read(decider.version, decision_type, grounds, self._codes)
        overrides = decider.overrides_for(question, decision_type)
        return judged(decider.version, about, reading, overrides, self._codes)
