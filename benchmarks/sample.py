"""Realistic decisions to measure with: a generated ledger, and the values that its customers are decided on."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from policy_service.domain.amounts import from_scaled
from policy_service.domain.decisions import ChainResult, Values
from policy_service.domain.entries import CustomerHistory, Ledger
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import Kind, scale
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.ledger.importer import read_ledger
from policy_service.sample_ledger.generate import generate
from policy_service.sample_ledger.profile import SampleCompany
from policy_service.services.code_book import CodeBook
from policy_service.services.days import day_after_last_entry
from policy_service.services.decide import CustomerDecisions, Decider, Question
from policy_service.services.named_policies import find_policy
from policy_service.services.record import About, FactRead
from policy_service.settings import read_settings

SEED = 7


@dataclass(frozen=True, slots=True)
class Sample:
    """One decision as it was taken: the values it was taken on, and what its record is made of."""

    about: About
    values: Values
    chain: ChainResult
    facts: Sequence[FactRead]
    codes: CodeBook


@cache
def default_policy() -> Policy:
    """Return the policy of the demo."""
    settings = read_settings()
    return load_policy(find_policy(settings.default_policy, settings.rules_dir))


@cache
def sample_ledger(customers: int, invoices: int) -> Ledger:
    """Return a generated ledger, imported."""
    with TemporaryDirectory() as made:
        folder = Path(made) / "ledger"
        generate(SampleCompany(customers, invoices, SEED), folder)
        return read_ledger(folder, default_policy().currency).ledger


@cache
def samples(customers: int, invoices: int) -> tuple[Mapping[DecisionType, Sample], ...]:
    """Return, per customer with invoices, the three decisions of one day; the order is its latest invoice's."""
    policy, ledger = default_policy(), sample_ledger(customers, invoices)
    day = day_after_last_entry(ledger)
    decider = Decider(policy, ledger)
    try:
        asked = [
            Question(customer_id, day, {"order_amount": _latest_amount(history, policy)})
            for customer_id, history in ledger.histories.items()
            if history.invoices
        ]
        return tuple(_of(decider, decider.decide(question)) for question in asked)
    finally:
        decider.close()


def sample_orders(customers: int, invoices: int) -> tuple[tuple[str, str], ...]:
    """Return, per customer with invoices, its id and the amount of its latest invoice, in no order of ids."""
    policy, ledger = default_policy(), sample_ledger(customers, invoices)
    orders = [(name, _latest_amount(own, policy)) for name, own in ledger.histories.items() if own.invoices]
    random.Random(SEED).shuffle(orders)
    return tuple(orders)


def _latest_amount(history: CustomerHistory, policy: Policy) -> str:
    return from_scaled(history.invoices[-1].amount, scale(Kind.MONEY, policy.currency))


def _of(decider: Decider, decided: CustomerDecisions) -> dict[DecisionType, Sample]:
    taken = {DecisionType.REVIEW: decided.review, DecisionType.ESCALATION: decided.escalation}
    if decided.order:
        taken[DecisionType.ORDER] = decided.order
    return {
        kind: Sample(
            About(kind, decided.customer_id, decided.as_of, decider.policy, decider.hash),
            decision.values,
            decision.chain,
            decision.facts,
            decided.codes,
        )
        for kind, decision in taken.items()
    }
