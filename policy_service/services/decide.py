"""Decide upon a customer: facts measured, both engines asked, effects and overrides applied, all recorded.

A decision is a function of the policy, the ledger as it was known, the day and the question; nothing here
reads a clock. The order of the day is that of a replay: the review sets the standing, the ladder's effects
change it, the order is checked under what results.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn

from policy_service.domain.decisions import ChainResult, Override, Values
from policy_service.domain.entries import Ledger
from policy_service.domain.errors import RequestError
from policy_service.domain.outcomes import DecisionType, Outcome
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.engines.formulas import prepare, run
from policy_service.engines.interpreter import parameters_of
from policy_service.facts.knowledge import Knowledge
from policy_service.facts.measure import Circumstances, MeasuredFact, measure_facts, open_items
from policy_service.facts.open_items import OpenItem
from policy_service.facts.prepared_ledger import PreparedLedger
from policy_service.language.canonical import policy_hash
from policy_service.language.dictionary import FactDefinition, FactSource
from policy_service.language.policy import Ladder, Level, Output, Policy, Trigger
from policy_service.language.rule_set_names import facts_read_by
from policy_service.services.code_book import CodeBook
from policy_service.services.engine_pair import EnginePair
from policy_service.services.overrides import overridden
from policy_service.services.record import About, FactRead, record
from policy_service.services.standings import Standing, recorded_standing, reviewed, with_effects

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
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class LadderCase:
    """A customer's climb of one ladder: the highest level reached and the open invoices that are on the ladder."""

    ladder: str
    level: Level | None
    triggers: tuple[Trigger, ...]
    items: tuple[OpenItem, ...]


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
        self._read_by = {kind: facts_read_by(policy, kind) for kind in DecisionType}

    def close(self) -> None:
        """Free the engines."""
        self.engines.close()

    def decide(self, question: Question) -> CustomerDecisions:
        """Return review, escalation and, where the request names an order, the order decision.

        RequestError R404 for an unknown customer, R402 for a request fact that the policy does not read as
        one or that cannot be read; FactError where the customer's facts cannot be measured.
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
            terms={question.customer_id: standing.terms()},
        )
        knowledge = Knowledge(question.as_of, question.includes_day)
        definitions = self._read_by[decision_type]
        return measure_facts(self._prepared, question.customer_id, definitions, knowledge, circumstances)

    def open_items(self, question: Question, standing: Standing) -> tuple[OpenItem, ...]:
        """Return the customer's open invoices that a ladder climbs: those in dispute are left out."""
        grace = standing.values["grace_days"]
        knowledge = Knowledge(question.as_of, question.includes_day)
        items = open_items(self._prepared, question.customer_id, knowledge, 0 if grace == UNKNOWN else grace)
        return tuple(item for item in items if not item.is_disputed)

    def override_for(self, question: Question, decision_type: DecisionType) -> Override | None:
        """Return the override in force that day for the customer, the latest to expire first."""
        in_force = [
            override
            for override in self._overrides
            if override.customer_id == question.customer_id
            and override.decision_type is decision_type
            and override.expires_on >= question.as_of
        ]
        return max(in_force, key=lambda override: override.expires_on, default=None)

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
        self._request = dict(self._read_request())

    def decide(self) -> CustomerDecisions:
        history = self._decider.ledger.histories[self._question.customer_id]
        before = recorded_standing(history, self._question.as_of, self._codes)
        review = self._decision(DecisionType.REVIEW, before)
        standing = before if review.chain.outcome is Outcome.REFER else reviewed(review.chain.outputs)
        items = self._decider.open_items(self._question, standing)
        oldest = max((item.days_past_due for item in items), default=UNKNOWN)
        escalation = self._decision(DecisionType.ESCALATION, standing, {DAYS_PAST_DUE: oldest})
        standing = with_effects(standing, self._effects(escalation))
        order = self._decision(DecisionType.ORDER, standing) if self._asks_about_an_order else None
        return CustomerDecisions(
            customer_id=self._question.customer_id,
            as_of=self._question.as_of,
            review=review,
            escalation=escalation,
            cases=tuple(self._cases(escalation, items)),
            standing=standing,
            order=order,
            codes=self._codes,
        )

    @property
    def _asks_about_an_order(self) -> bool:
        needed = [fact.name for fact in self._decider.facts_read(DecisionType.ORDER) if fact.required]
        return bool(self._policy.chains.get(DecisionType.ORDER)) and self._request.keys() >= set(needed)

    def _read_request(self) -> Iterator[tuple[str, int]]:
        known = {fact.name: fact for fact in self._policy.facts.values() if fact.source is FactSource.REQUEST}
        for name, text in self._question.request.items():
            if name not in known:
                raise RequestError(
                    "R402",
                    f"The policy {self._policy.id} reads no fact {name!r} from the request.",
                    remedy=f"It reads: {', '.join(known) or 'none'}. Facts of ledger and customer come from the store.",
                )
            yield name, self._codes.read(text, known[name].kind)

    def _decision(self, decision_type: DecisionType, standing: Standing, more: Values | None = None) -> Decision:
        measured = self._decider.measured(self._question, decision_type, standing)
        values = {**standing.values, **self._request, **(more or {})}
        values.update({name: self._value_of(fact) for name, fact in measured.items()})
        chain = self._decider.engines.decide(decision_type, values)
        override = self._decider.override_for(self._question, decision_type)
        if override:
            chain = overridden(chain, override, self._policy, self._codes)
        facts = tuple(self._facts_read(decision_type, values, measured))
        about = About(self._question.customer_id, self._question.as_of, self._policy, self._decider.hash)
        result = record(about, chain, facts, self._codes)
        return Decision(chain, facts, values, result, override)

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

    def _effects(self, escalation: Decision) -> Iterator[tuple[str, int]]:
        parameters = parameters_of(self._policy)
        for ladder, steps in _steps_taken(self._policy, escalation.chain):
            released = _releases(escalation.chain, ladder)
            for output in _effects_in_force(steps, released):
                yield output.name, run(prepare(output.expression, parameters), escalation.values)

    def _cases(self, escalation: Decision, items: Sequence[OpenItem]) -> Iterator[LadderCase]:
        for ladder, steps in _steps_taken(self._policy, escalation.chain):
            triggers = tuple(step for step in steps if isinstance(step, Trigger))
            levels = {step.id: step for step in steps if isinstance(step, Level)}
            level = levels.get(self._level_said(escalation))
            if level or triggers:
                yield LadderCase(ladder.name, level, triggers, tuple(self._on_the_ladder(ladder, items, escalation)))

    def _level_said(self, escalation: Decision) -> str:
        level = escalation.chain.outputs.get("level", UNKNOWN)
        return "" if isinstance(level, tuple) or level == UNKNOWN else self._codes.text(level, Kind.CATEGORY)

    def _on_the_ladder(self, ladder: Ladder, items: Sequence[OpenItem], escalation: Decision) -> Iterator[OpenItem]:
        parameters = parameters_of(self._policy)
        days = [run(prepare(level.days_past_due, parameters), escalation.values) for level in ladder.levels]
        lowest = min((day for day in days if day != UNKNOWN), default=None)
        return (item for item in items if lowest is not None and item.days_past_due >= lowest)


def _steps_taken(policy: Policy, chain: ChainResult) -> Iterator[tuple[Ladder, tuple[Level | Trigger, ...]]]:
    for result in chain.rule_sets:
        ladder = policy.rule_set(result.rule_set) if result.rule_set else None
        if isinstance(ladder, Ladder):
            steps: Iterable[Level | Trigger] = (*ladder.levels, *ladder.triggers)
            yield ladder, tuple(step for step in steps if step.id in result.hits)


def _releases(chain: ChainResult, ladder: Ladder) -> frozenset[str]:
    return frozenset(
        release for result in chain.rule_sets if result.rule_set == ladder.name for release in result.releases
    )


def _effects_in_force(steps: Iterable[Level | Trigger], released: frozenset[str]) -> Iterator[Output]:
    for step in steps:
        if step.id not in released:
            yield from step.effects
